//! First runs, on a terminal and without, and what a choice changes.

use super::collector::{Answer, Collector};
use super::tool::{Machine, events, plain};

#[test]
fn the_first_run_on_a_terminal_tells_and_sends_nothing() {
    let collector = Collector::new(Answer::Status(200));
    let machine = Machine::new().with("ACME_TELEMETRY_ENDPOINT", &collector.url());
    let shown = machine.on_a_terminal("build", "");
    assert!(shown.contains("acme sends usage statistics") && shown.contains("build: done"), "{shown}");
    assert_eq!(machine.files(), ["telemetry.toml"]);

    let shown = machine.on_a_terminal("build", "");
    assert_eq!(shown, "build: done\n", "it is told once");
    let body = collector.body();
    assert_eq!(events(&[body]), 1, "only the second run is counted");
}

#[test]
fn whoever_was_told_less_is_told_again_and_until_then_nothing_is_said() {
    let machine = Machine::new().quiet();
    for saved in ["", "mode = \"on\"\n"] {
        std::fs::create_dir_all(machine.choice().parent().expect("a folder")).expect("made");
        std::fs::write(machine.choice(), format!("{saved}notice = \"technical\"\n")).expect("written");
        assert_eq!(machine.build(), plain());
        assert_eq!(machine.status()["rule"], "unattended", "{saved:?}: nobody could be told");
        assert!(machine.on_a_terminal("build", "").contains("acme sends usage statistics"), "{saved:?}");
        assert_eq!(machine.status()["queued"], 0, "{saved:?}: not in the run that tells");
        assert_eq!(machine.on_a_terminal("build", ""), "build: done\n", "{saved:?}");
        assert_eq!(machine.status()["queued"], 1, "{saved:?}");
        std::fs::remove_file(machine.state().join("queue")).expect("removed");
    }
}

#[test]
fn an_off_that_is_no_text_is_an_off() {
    use std::os::unix::ffi::OsStrExt;
    let machine = Machine::that_sends_to("http://127.0.0.1:9").quiet();
    let mut tool = machine.command();
    tool.arg("build").env("DO_NOT_TRACK", std::ffi::OsStr::from_bytes(b"\xff"));
    assert!(tool.status().expect("the tool runs").success());
    assert_eq!(machine.status()["queued"], 0);
}

#[test]
fn without_a_terminal_nobody_was_told_and_nothing_is_kept() {
    let machine = Machine::new();
    let output = machine.run(&["build"]);
    assert_eq!((output.stdout.as_slice(), output.stderr.as_slice()), (b"build: done\n".as_slice(), b"".as_slice()));
    assert!(machine.files().is_empty());
}

#[test]
fn a_terminal_in_ci_and_an_agent_are_told_nothing() {
    for name in ["CI", "CLAUDECODE"] {
        let machine = Machine::new().with(name, "1");
        assert_eq!(machine.on_a_terminal("build", ""), "build: done\n", "{name}");
        assert!(machine.files().is_empty(), "{name}");
    }
}

#[test]
fn asking_about_telemetry_is_not_answered_with_a_notice() {
    let machine = Machine::new();
    assert!(!machine.on_a_terminal("telemetry status", "").contains("usage statistics"));
    assert!(machine.files().is_empty());
}

#[test]
fn a_notice_that_cannot_be_remembered_is_not_shown() {
    let machine = Machine::new();
    std::fs::write(machine.home().join(".config"), "no folder").expect("written");
    assert_eq!(machine.on_a_terminal("build", ""), "build: done\n");
}

#[test]
fn what_was_recorded_as_local_is_never_sent() {
    let collector = Collector::new(Answer::Status(200));
    let machine = Machine::that_sends_to(&collector.url());
    machine.run(&["telemetry", "local"]);
    assert_eq!(machine.build(), plain());
    assert_eq!(machine.export()["local"].as_array().map(Vec::len), Some(1));
    machine.run(&["telemetry", "enable"]);
    machine.send();
    assert!(collector.so_far().is_empty());
}

#[test]
fn whoever_switches_it_off_is_obeyed_by_a_sender_under_way() {
    let collector = Collector::new(Answer::Status(200));
    let machine = Machine::that_sends_to("http://127.0.0.1:9").quiet();
    machine.build();
    let machine = machine.with("ACME_TELEMETRY_ENDPOINT", &collector.url());
    std::fs::write(machine.choice(), "mode = \"off\"\n").expect("written");
    machine.send();
    assert!(collector.so_far().is_empty());
    assert_eq!(machine.status()["queued"], 0);
}

#[test]
fn a_panic_of_the_tool_ends_as_it_would_without() {
    let (off, on) = (Machine::new(), Machine::that_sends_to("http://127.0.0.1:9"));
    let (off, on) = (off.run(&["panic"]), on.run(&["panic"]));
    assert_eq!((off.status.code(), off.stdout), (on.status.code(), on.stdout));
}
