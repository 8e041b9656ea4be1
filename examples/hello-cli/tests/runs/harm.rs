//! Disks, homes and files as they are, two hundred runs at once, and a kill in the middle.

use std::process::Stdio;

use super::collector::{Answer, Collector, PATIENCE};
use super::tool::{Machine, events, plain};

#[test]
fn two_hundred_runs_at_once_lose_and_double_nothing() {
    let collector = Collector::new(Answer::Status(200));
    let machine = Machine::that_sends_to(&collector.url());
    let children: Vec<_> = (0..200)
        .map(|_| machine.command().arg("build").stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("a run"))
        .collect();
    for mut child in children {
        assert!(child.wait().expect("an end").success());
    }
    machine.send_all();
    let sent = machine.export()["sent"].clone();
    let batches: Vec<Vec<u8>> =
        sent.as_array().expect("a list").iter().map(|entry| entry["batch"].to_string().into_bytes()).collect();
    let mut ids: Vec<_> =
        batches.iter().map(|batch| aboveboard_catalog::wire::decode(batch).expect("a batch").id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!((events(&batches), ids.len()), (200, batches.len()));
}

#[test]
fn a_sender_that_is_killed_again_and_again_loses_nothing() {
    let collector = Collector::new(Answer::Status(200));
    let machine = Machine::that_sends_to("http://127.0.0.1:9");
    for round in 0..10 {
        assert_eq!(machine.build(), plain());
        let _ = std::fs::remove_file(machine.state().join("next"));
        let mut sender = machine.command();
        sender.env("ACME_TELEMETRY_ENDPOINT", collector.url()).arg("__aboveboard-send").stdout(Stdio::null());
        let mut child = sender.spawn().expect("a sender");
        // Killed at once, or after it is through: every moment in between is one that must be survived.
        if round % 2 == 0 {
            child.kill().expect("killed");
        }
        child.wait().expect("an end");
    }
    let machine = machine.with("ACME_TELEMETRY_ENDPOINT", &collector.url());
    machine.send_all();
    let mut batches: Vec<_> = collector
        .so_far()
        .into_iter()
        .map(|body| (aboveboard_catalog::wire::decode(&body).expect("a batch").id, body.clone()))
        .collect();
    batches.sort();
    batches.dedup_by_key(|(id, _)| *id);
    let bodies: Vec<Vec<u8>> = batches.into_iter().map(|(_, body)| body).collect();
    assert_eq!(events(&bodies), 10, "each event once, by the ids of the batches");
}

#[test]
fn a_home_that_cannot_be_written_is_met_with_silence() {
    let machine = Machine::new().with("ACME_TELEMETRY", "1");
    std::fs::write(machine.home().join(".local"), "a file where a folder should be").expect("written");
    let output = machine.run(&["build"]);
    assert_eq!((output.stdout.as_slice(), output.stderr.as_slice()), (b"build: done\n".as_slice(), b"".as_slice()));
}

#[test]
fn no_home_means_off() {
    let machine = Machine::new().with("ACME_TELEMETRY", "1").with("HOME", "");
    assert_eq!(machine.build(), plain());
    assert_eq!(machine.status()["rule"], "nowhere_to_keep");
    assert!(machine.files().is_empty());
}

#[test]
fn a_full_disk_is_met_with_silence() {
    let machine = Machine::that_sends_to("http://127.0.0.1:9");
    std::fs::create_dir_all(machine.state()).expect("made");
    std::os::unix::fs::symlink("/dev/full", machine.state().join("queue")).expect("linked");
    assert_eq!(machine.build(), plain());
}

#[test]
fn corrupt_files_are_met_with_silence_and_what_is_whole_is_sent() {
    let collector = Collector::new(Answer::Status(200));
    let machine = Machine::that_sends_to("http://127.0.0.1:9");
    std::fs::create_dir_all(machine.state()).expect("made");
    for name in ["queue", "memory", "next", "ledger", "lost", "s-0", "q-zz"] {
        std::fs::write(machine.state().join(name), "\0\u{1}{\"v\":1,\n\"").expect("written");
    }
    assert_eq!(machine.build(), plain());
    let machine = machine.with("ACME_TELEMETRY_ENDPOINT", &collector.url());
    machine.send_all();
    assert_eq!(events(&collector.so_far()), 1);
}

#[test]
fn a_project_cannot_make_the_tool_wait() {
    let machine = Machine::that_sends_to("http://127.0.0.1:9").quiet();
    let file = machine.home().join("work/.acme-telemetry.toml");
    // Git keeps such a link: whoever reads it waits for somebody to type.
    std::os::unix::fs::symlink("/dev/tty", &file).expect("linked");
    assert_eq!(machine.on_a_terminal("build", ""), "build: done\n");
    assert_eq!(machine.status()["rule"], "project_unreadable");
    std::fs::remove_file(&file).expect("removed");
    let made = machine.prepared("mkfifo").arg(&file).status();
    assert!(made.is_ok_and(|status| status.success()));
    assert_eq!(machine.build(), plain());
    assert_eq!(machine.status()["rule"], "project_unreadable", "what is no file says nothing that could be read");
}

#[test]
fn a_full_queue_counts_what_it_turns_away() {
    let machine = Machine::that_sends_to("http://127.0.0.1:9");
    std::fs::create_dir_all(machine.state()).expect("made");
    std::fs::write(machine.state().join("queue"), vec![b'\n'; 256 * 1024]).expect("written");
    assert_eq!(machine.build(), plain());
    assert_eq!(machine.status()["no_room"], 1);
}

#[test]
fn a_child_keeps_no_handle_of_its_parent() {
    let collector = Collector::new(Answer::Silence);
    let machine = Machine::that_sends_to(&collector.url());
    // The shell waits for the end of a pipe that the tool inherits as handle 7: a child that kept it would hold the
    // shell up for as long as the collector is silent.
    let script = format!("{{ {} build 7>&1 >/dev/null; }} | cat", env!("CARGO_BIN_EXE_acme"));
    let mut shell = machine.prepared("sh");
    shell.args(["-c", &script]);
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || sender.send(shell.output().expect("a shell").status.success()));
    collector.body();
    // A child that is stopped does not end by itself either, however long this takes.
    let child = std::fs::read_to_string(machine.state().join("lock")).expect("the number of the child");
    signal("-STOP", &child);
    let ended = receiver.recv_timeout(PATIENCE);
    signal("-KILL", &child);
    assert_eq!(ended, Ok(true), "the pipe is still open while the child waits");
}

fn signal(name: &str, process: &str) {
    let sent = std::process::Command::new("kill").args([name, process]).status();
    assert!(sent.is_ok_and(|status| status.success()), "there is no process {process}");
}

#[test]
fn a_child_is_in_nobodys_way() {
    let collector = Collector::new(Answer::Silence);
    let machine = Machine::that_sends_to(&collector.url());
    assert_eq!(machine.build(), plain());
    collector.body();
    let child = std::fs::read_to_string(machine.state().join("lock")).expect("it waits for an answer");
    signal("-STOP", &child);
    let of_the_child = |name: &str| std::path::PathBuf::from(format!("/proc/{child}/{name}"));
    let leads_to = |name: &str| std::fs::read_link(of_the_child(name)).expect("a link").display().to_string();
    let stat = std::fs::read_to_string(of_the_child("stat")).expect("a process");
    assert_eq!(leads_to("cwd"), "/", "it keeps no folder busy");
    assert_eq!([0, 1, 2].map(|handle| leads_to(&format!("fd/{handle}"))), ["/dev/null"; 3]);
    // After the name in brackets: state, parent, group.
    let (_, rest) = stat.rsplit_once(") ").expect("a name");
    assert_eq!(rest.split(' ').nth(2), Some(child.as_str()), "no key pressed in the terminal of its parent reaches it");
    signal("-KILL", &child);
}
