//! Errors with codes: the last line, the page, the question below it, and what came next.

use std::path::Path;
use std::process::Stdio;

use aboveboard_catalog::errors::Page;

use super::tool::Machine;

const CODE: &str = "ACME_CONFIG_MISSING";

/// A machine on which `acme build` finds no `acme.toml`, whose user chose on, and that sends nothing by itself.
fn machine() -> Machine {
    let machine = Machine::that_sends_to("http://127.0.0.1:9").quiet();
    std::fs::remove_file(machine.home().join("work/acme.toml")).expect("removed");
    machine
}

/// What waits here, as JSON of the events with these names.
fn events(machine: &Machine, names: &[&str]) -> Vec<String> {
    let waiting = machine.export()["waiting"].clone();
    let batches = waiting.as_array().into_iter().flatten();
    let events = batches.flat_map(|batch| batch["events"].as_array().cloned().unwrap_or_default());
    let named = events.filter(|event| names.iter().any(|name| event["event"] == *name));
    named.map(|event| event["fields"].to_string()).collect()
}

#[test]
fn the_last_line_of_an_error_names_its_code_and_the_way_to_its_page() {
    let machine = machine();
    let output = machine.run(&["build"]);
    let shown = String::from_utf8_lossy(&output.stderr).into_owned();
    let line = "error[ACME_CONFIG_MISSING]: no acme.toml was found    more: acme explain ACME_CONFIG_MISSING\n";
    assert_eq!((output.status.code(), shown.as_str(), output.stdout.as_slice()), (Some(3), line, b"".as_slice()));
    assert_eq!(events(&machine, &["error_shown"]), [r#"{"code":"ACME_CONFIG_MISSING"}"#]);
    let output = machine.run(&["unknown"]);
    assert_eq!(output.stderr, b"error: `unknown` is not a command\n");
}

#[test]
fn a_page_is_shown_with_telemetry_off_as_well() {
    for machine in [Machine::new(), Machine::new().with("DO_NOT_TRACK", "1")] {
        let output = machine.run(&["explain", CODE]);
        let page = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
        assert!(page.starts_with("ACME_CONFIG_MISSING: ") && page.contains("\nFix it\n"), "{page}");
        assert!(
            !page.contains('\x1b') && page.lines().all(|line| line.starts_with("    ") || line.len() <= 72),
            "{page}"
        );
        let output = machine.run(&["explain", "ACME_CONFIG_MISING"]);
        let near = "error: `ACME_CONFIG_MISING` is no error code of acme; near it: ACME_CONFIG_MISSING";
        assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(2), b"".as_slice()));
        assert!(String::from_utf8_lossy(&output.stderr).starts_with(near), "{output:?}");
        assert!(machine.files().is_empty());
    }
}

#[test]
fn on_a_terminal_it_is_asked_once_a_code_and_month() {
    let machine = machine();
    let shown = machine.on_a_terminal("explain ACME_CONFIG_MISSING", "n\n2\n");
    assert!(shown.contains("Was this helpful? [y]es [n]o [s]kip [never]"), "{shown}");
    let exactly = r#""events":[{"event":"feedback_given","fields":{"code":"ACME_CONFIG_MISSING","helpful":true,"surface":"terminal"}}]}"#;
    assert!(shown.contains(exactly), "{shown}");
    let vote = r#"{"code":"ACME_CONFIG_MISSING","helpful":false,"reason":"message_unclear","surface":"terminal"}"#;
    assert_eq!(events(&machine, &["feedback_given"]), [vote]);
    assert!(!machine.on_a_terminal("explain ACME_CONFIG_MISSING", "").contains("helpful"));
    assert!(machine.on_a_terminal("explain ACME_DISK_FULL", "s\n").contains("helpful"), "another code");
    assert_eq!(events(&machine, &["feedback_given"]), [vote]);
}

#[test]
fn never_is_never_until_somebody_says_otherwise() {
    let machine = machine();
    let asks = |code: &str, typed: &str| machine.on_a_terminal(&format!("explain {code}"), typed).contains("helpful?");
    assert!(asks("ACME_CONFIG_MISSING", "never\n"));
    assert!(!asks("ACME_DISK_FULL", ""));
    assert_eq!(machine.status()["feedback"]["asked"], false);
    machine.run(&["telemetry", "feedback", "on"]);
    assert!(asks("ACME_DISK_FULL", "skip\n"));
    machine.run(&["telemetry", "feedback", "off"]);
    assert!(!asks("ACME_PORT_IN_USE", ""));
    assert!(events(&machine, &["feedback_given"]).is_empty());
}

#[test]
fn nobody_is_asked_in_ci_or_where_telemetry_or_feedback_is_off() {
    for (name, value) in [
        ("CI", "1"),
        ("ACME_FEEDBACK", "0"),
        ("DO_NOT_TRACK", "1"),
        ("ACME_TELEMETRY_DISABLED", "1"),
        ("ACME_TELEMETRY", "0"),
    ] {
        let machine = machine().with(name, value);
        let before = machine.files();
        let shown = machine.on_a_terminal("explain ACME_CONFIG_MISSING", "");
        assert!(shown.contains("ACME_CONFIG_MISSING: ") && !shown.contains("helpful?"), "{name}: {shown}");
        assert_eq!(machine.files(), before, "{name}");
    }
    let machine = Machine::new();
    assert!(!machine.on_a_terminal("explain ACME_CONFIG_MISSING", "").contains("helpful?"), "nobody said yes yet");
    assert!(machine.files().is_empty());
}

/// The terminal stays open and nobody types: the tool ends by itself.
#[test]
fn a_silent_terminal_is_not_waited_for_for_ever() {
    let machine = machine();
    let mut script = machine.prepared("script");
    let line = format!("{} explain {CODE}", env!("CARGO_BIN_EXE_acme"));
    let silent = script.args(["-qec", &line, "/dev/null"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut silent = silent.expect("`script` makes a terminal");
    let keyboard = silent.stdin.take();
    assert!(silent.wait().expect("it ends").success());
    drop(keyboard);
    assert!(events(&machine, &["feedback_given"]).is_empty());
}

#[test]
fn the_next_run_says_what_came_after_an_error() {
    let machine = machine();
    let follows = |machine: &Machine| events(machine, &["error_followed"]);
    let said = |next: &str| format!(r#"{{"code":"ACME_CONFIG_MISSING","next":"{next}"}}"#);
    machine.run(&["build"]);
    assert!(machine.state().join("last-error").exists() && follows(&machine).is_empty());
    machine.run(&["explain", CODE]);
    machine.run(&["telemetry"]);
    assert!(follows(&machine).is_empty(), "neither is a run");
    machine.run(&["build"]);
    assert_eq!(follows(&machine), [said("again")]);
    machine.run(&["build", "--memory", "1"]);
    assert_eq!(follows(&machine), [said("again"), said("other_error")]);
    std::fs::write(machine.state().join("last-error"), format!("{CODE} 1000\n")).expect("written");
    machine.run(&["clean"]);
    assert_eq!(follows(&machine).last(), Some(&said("gave_up")));
    machine.run(&["build"]);
    machine.run(&["clean"]);
    assert_eq!(follows(&machine).last(), Some(&said("success")));
    assert!(!machine.state().join("last-error").exists());
    machine.run(&["clean"]);
    assert_eq!(follows(&machine).len(), 4, "it is said once");
}

#[test]
fn off_keeps_nothing_of_an_error() {
    let machine = Machine::new().with("DO_NOT_TRACK", "1");
    std::fs::remove_file(machine.home().join("work/acme.toml")).expect("removed");
    assert_eq!(machine.run(&["build"]).status.code(), Some(3));
    assert!(machine.files().is_empty());
    let machine = self::machine();
    machine.run(&["build"]);
    std::fs::write(machine.state().join("votes"), "2026-11 ACME_DISK_FULL\nnever\n").expect("written");
    assert!(machine.state().join("last-error").exists());
    machine.run(&["telemetry", "disable"]);
    assert!(!machine.state().join("last-error").exists());
    let votes = std::fs::read_to_string(machine.state().join("votes"));
    assert_eq!(votes.expect("somebody said never"), "never\n");
}

/// A code that has no page is on no list that the tool carries: its event is not recorded, whoever says it.
#[test]
fn what_a_file_says_is_no_code() {
    let machine = machine();
    std::fs::write(machine.state().join("last-error"), "/home/alice/secret 1000\n").expect("written");
    machine.run(&["clean"]);
    assert!(events(&machine, &["error_followed"]).is_empty());
}

/// In an empty folder, and with `acme` on the path, as a reader has it.
#[test]
fn every_example_on_a_page_does_what_it_says() {
    let programs = Path::new(env!("CARGO_BIN_EXE_acme")).parent().expect("a folder").display().to_string();
    let mut examples = 0;
    for (code, text) in aboveboard::pages!("../../catalogs/acme/errors") {
        let page = Page::parse(code, text).unwrap_or_else(|problems| panic!("{code}: {problems:?}"));
        for example in page.examples() {
            let machine = Machine::new().with("DO_NOT_TRACK", "1").with("PATH", &format!("{programs}:/usr/bin:/bin"));
            std::fs::remove_file(machine.home().join("work/acme.toml")).expect("removed");
            let output = machine.prepared("sh").args(["-c", &example.commands.join("\n")]).output().expect("it runs");
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(said.lines().collect::<Vec<_>>(), example.output, "{code}");
            examples += 1;
        }
    }
    assert!(examples >= 12, "each page has one");
}
