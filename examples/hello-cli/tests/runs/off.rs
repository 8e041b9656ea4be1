//! Off, each way: no socket, no file, no child, no thread, by what the kernel saw; and the queue is gone.

use std::process::Command;

use super::namespace::within;
use super::tool::{Machine, Seen, plain};

/// Runs the tool under strace; answers the calls that off must not make.
fn forbidden(machine: &Machine) -> Vec<String> {
    forbidden_by(machine, machine.prepared("strace"))
}

fn forbidden_by(machine: &Machine, mut strace: Command) -> Vec<String> {
    let log = machine.home().join("work/calls");
    strace
        .args(["-f", "-o"])
        .arg(&log)
        .args(["-e", "trace=network,process,openat,open,creat,mkdir,mkdirat,rename,renameat,renameat2"]);
    let output = strace.args([env!("CARGO_BIN_EXE_acme"), "build"]).output().expect("strace runs");
    let seen = Seen { code: output.status.code(), stdout: String::from_utf8_lossy(&output.stdout).into_owned() };
    assert_eq!(seen, plain());
    let calls = std::fs::read_to_string(&log).expect("the calls");
    std::fs::remove_file(&log).expect("removed");
    assert!(calls.contains("execve"), "strace saw nothing: {calls}");
    calls.lines().filter(|line| sends(line) || writes(line)).map(str::to_owned).collect()
}

/// The name of a call. A path may have any word in it.
fn name(line: &str) -> &str {
    let call = line.split_once(' ').map_or(line, |(_, call)| call.trim_start());
    call.split('(').next().unwrap_or(call)
}

/// Whether a run sends by this call, or has somebody send.
fn sends(line: &str) -> bool {
    matches!(name(line), "socket" | "connect" | "clone" | "clone3" | "fork" | "vfork")
}

/// Whether this call makes or changes a file.
fn writes(line: &str) -> bool {
    let open = |word: &str| ["O_CREAT", "O_WRONLY", "O_RDWR"].contains(&word);
    match name(line) {
        "open" | "openat" => line.split(|c: char| c != '_' && !c.is_ascii_uppercase()).any(open),
        name => name.starts_with("mkdir") || name.starts_with("rename") || name == "creat",
    }
}

/// A machine on which the user chose on, with something in the queue, and then this.
fn check(because: &str, change: impl FnOnce(Machine) -> Machine) {
    let machine = Machine::that_sends_to("file:///dev/null");
    std::fs::create_dir_all(machine.state()).expect("made");
    std::fs::write(machine.state().join("queue"), "\n{}\n").expect("written");
    let machine = change(machine);
    assert_eq!(forbidden(&machine), [""; 0], "{because}");
    assert!(!machine.state().join("queue").exists(), "{because}: the queue is still there");
}

#[test]
fn off_means_no_file_no_thread_no_child_no_network() {
    check("DO_NOT_TRACK", |machine| machine.with("DO_NOT_TRACK", "1"));
    check("ACME_TELEMETRY_DISABLED", |machine| machine.with("ACME_TELEMETRY_DISABLED", "yes"));
    check("ACME_TELEMETRY=0", |machine| machine.with("ACME_TELEMETRY", "0"));
    check("a saved choice", |machine| {
        assert!(machine.run(&["telemetry", "disable"]).status.success());
        machine
    });
    check("a saved choice that is corrupt", |machine| {
        std::fs::write(machine.choice(), "\0mode").expect("written");
        machine
    });
    check("the project", |machine| {
        std::fs::write(machine.home().join(".acme-telemetry.toml"), "mode = \"off\"").expect("written");
        machine
    });
    check("a file of the project that cannot be understood", |machine| {
        std::fs::write(machine.home().join("work/.acme-telemetry.toml"), "mode off").expect("written");
        machine
    });
    check("410", |machine| {
        std::fs::write(machine.state().join("ended"), "410").expect("written");
        machine
    });
}

/// The policy of a machine lies in its `/etc`, so this machine has one of its own.
#[test]
fn a_policy_of_the_machine_is_obeyed_as_any_other_off() {
    for (policy, kept) in [("mode = \"off\"\n", 0), ("mode off\n", 0), ("# nothing\n", 1)] {
        let machine = Machine::that_sends_to("file:///dev/null").quiet();
        std::fs::write(machine.state().join("queue"), "").expect("written");
        let etc = machine.home().join("work/etc");
        std::fs::create_dir_all(etc.join("acme")).expect("made");
        std::fs::write(etc.join("acme/telemetry.toml"), policy).expect("written");
        let setup = format!("mount --bind {} /etc", etc.display());
        let Some(strace) = within(&machine, &setup, "strace") else { return };
        assert_eq!(forbidden_by(&machine, strace).is_empty(), kept == 0, "{policy}");
        assert_eq!(machine.status()["queued"], kept, "{policy}");
        assert_eq!(machine.state().join("queue").exists(), kept == 1, "{policy}");
    }
}

/// Files that cannot be deleted, also by the superuser: their folder is mounted for reading only.
#[test]
fn what_could_not_be_deleted_is_not_claimed_to_be() {
    let machine = Machine::that_sends_to("file:///dev/null").quiet();
    assert_eq!(Seen::of(&machine.run(&["build"])), plain());
    let state = machine.state().display().to_string();
    let setup = format!("mount --bind {state} {state}\nmount -o remount,bind,ro {state}");
    for words in [["telemetry", "disable"].as_slice(), &["telemetry", "forget", "--yes"]] {
        let Some(mut tool) = within(&machine, &setup, env!("CARGO_BIN_EXE_acme")) else { return };
        let output = tool.args(words).output().expect("the tool runs");
        let (said, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(1), "{words:?}: {said}{error}");
        assert_eq!(error, format!("error: not everything in `{state}` could be deleted\n"), "{words:?}");
        assert!(!said.contains("Done.") && !said.contains(" 1 waiting event"), "{words:?}: {said}");
    }
    assert_eq!(machine.status()["queued"], 1);
}

#[test]
fn a_fresh_machine_without_a_terminal_does_nothing_either() {
    assert_eq!(forbidden(&Machine::new()), [""; 0]);
}

fn sending(calls: &[String]) -> Vec<&String> {
    calls.iter().filter(|call| sends(call)).collect()
}

#[test]
fn what_stays_here_starts_nobody_who_sends() {
    let machine = Machine::that_sends_to("http://127.0.0.1:9").with("ACME_TELEMETRY", "local");
    let calls = forbidden(&machine);
    assert_eq!(sending(&calls), [""; 0]);
    assert_eq!(machine.export()["local"].as_array().map(Vec::len), Some(1));
}

/// Otherwise every run on a full disk would start one more.
#[test]
fn whoever_cannot_write_down_that_somebody_sends_starts_nobody() {
    let machine = Machine::that_sends_to("http://127.0.0.1:9");
    std::fs::create_dir_all(machine.state().join("next/no-file")).expect("made");
    let calls = forbidden(&machine);
    assert_eq!(sending(&calls), [""; 0]);
    assert_eq!(machine.status()["queued"], 1);
}

#[test]
fn the_proof_would_see_it() {
    let machine = Machine::that_sends_to("http://127.0.0.1:9");
    let calls = forbidden(&machine);
    assert!(calls.iter().any(|call| call.contains("O_CREAT")), "{calls:?}");
    assert!(!sending(&calls).is_empty(), "{calls:?}");
}
