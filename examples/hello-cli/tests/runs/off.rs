//! Off, each way: no socket, no file, no child, no thread, by what the kernel saw; and the queue is gone.

use super::tool::{Machine, Seen, plain};

/// Runs the tool under strace; answers the calls that off must not make.
fn forbidden(machine: &Machine) -> Vec<String> {
    let log = machine.home().join("work/calls");
    let mut strace = machine.prepared("strace");
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
    let words = ["socket(", "connect(", "clone", "fork", "O_CREAT", "O_WRONLY", "O_RDWR", "mkdir", "rename", "creat("];
    calls.lines().filter(|line| words.iter().any(|word| line.contains(word))).map(str::to_owned).collect()
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
    check("410", |machine| {
        std::fs::write(machine.state().join("ended"), "410").expect("written");
        machine
    });
}

#[test]
fn a_fresh_machine_without_a_terminal_does_nothing_either() {
    assert_eq!(forbidden(&Machine::new()), [""; 0]);
}

#[test]
fn the_proof_would_see_it() {
    let machine = Machine::that_sends_to("http://127.0.0.1:9");
    let calls = forbidden(&machine);
    assert!(calls.iter().any(|call| call.contains("O_CREAT")), "{calls:?}");
    assert!(calls.iter().any(|call| call.contains("clone") || call.contains("fork")), "{calls:?}");
}
