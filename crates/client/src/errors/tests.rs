//! What `explain` shows and asks, and what is kept of it: on a machine of its own, at a quiet moment.

use std::io::{BufReader, Cursor, Read};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use super::vote::{Ballot, Votes, asking};
use super::{ErrorCode, explain};
use crate::environment::Environment;
use crate::example::error_shown::Command;
use crate::example::{ACME, ErrorShown};
use crate::install::Install;
use crate::spool::Spool;
use crate::testing::Trial;
use crate::{Config, Named, disk};

const CODE: &str = "ACME_DISK_FULL";
/// 22 Nov 2026 09:30 UTC.
const NOW: i64 = 1_795_339_800;
/// Only a test that fails waits for it.
const PATIENCE: Duration = Duration::from_secs(60);

struct Machine {
    home: tempfile::TempDir,
    variables: Named<String>,
    terminal: bool,
}

impl Machine {
    /// A machine with a person at a terminal, who chose on, and that sends nothing before tomorrow.
    fn new() -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let text = |name: &str, value: String| (name.to_owned(), value);
        let path = home.path().display().to_string();
        let variables = Named::from([text("HOME", path), text("ACME_TELEMETRY", "1".to_owned())]);
        let machine = Self { home, variables, terminal: true };
        let next = format!("next = \"{}\"\n", crate::clock::now() + 86_400);
        disk::replace(&machine.spool().path("next"), next.as_bytes()).expect("written");
        machine
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    fn environment(&self) -> Environment {
        Environment {
            variables: self.variables.clone(),
            stdin_terminal: self.terminal,
            stdout_terminal: self.terminal,
            stderr_terminal: self.terminal,
            policies: self.home.path().join("etc"),
            ..Environment::default()
        }
    }

    fn install(&self) -> Install {
        Install::new(&ACME, "1.4.2", None, self.environment())
    }

    fn spool(&self) -> Spool {
        self.install().spool().expect("a home")
    }

    /// Runs `explain`; answers the exit code and both outputs.
    fn explain(&self, line: &str, typed: &'static str) -> (u8, String, String) {
        let pages = crate::pages!("../derive/tests/pages");
        let config = Config::new(&ACME, "1.4.2").environment(self.environment()).pages(pages);
        let arguments: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        let (mut output, mut errors) = (Vec::new(), Vec::new());
        let code = explain::run(config, &arguments, Cursor::new(typed), &mut output, &mut errors);
        (code, String::from_utf8(output).expect("text"), String::from_utf8(errors).expect("text"))
    }

    /// Holds a vote in a month; answers what was asked.
    fn vote(&self, now: i64, typed: &'static str) -> String {
        self.vote_with(now, PATIENCE, Cursor::new(typed))
    }

    fn vote_with(&self, now: i64, limit: Duration, typed: impl Read + Send + 'static) -> String {
        let mut errors = Vec::new();
        let install = self.install();
        let ballot = Ballot { install: &install, now, limit };
        ballot.hold(CODE, BufReader::new(typed), &mut errors).expect("written");
        String::from_utf8(errors).expect("text")
    }

    /// What was recorded, as JSON of the events' fields.
    fn recorded(&self) -> Vec<String> {
        let lines = self.spool().waiting();
        let batches = crate::spool::batches(&lines);
        batches.flat_map(|batch| batch.events).map(|event| format!("{} {}", event.name, event.fields.json())).collect()
    }
}

#[test]
fn a_page_is_shown_and_what_is_no_code_is_told_what_is_near() {
    let machine = Machine::new().with("CI", "1");
    let page = "ACME_DISK_FULL";
    let (code, output, errors) = machine.explain(page, "");
    assert!(code == 0 && output.contains("the disk is full") && errors.is_empty(), "{output}{errors}");
    assert_eq!(machine.explain("acme-disk-full", "").1, output, "however it is typed");
    let near = "error: `ACME_DISC_FULL` is no error code of acme; near it: ACME_DISK_FULL\n";
    assert_eq!(machine.explain("ACME_DISC_FULL", ""), (2, String::new(), near.to_owned()));
    let far = "error: `NONSENSE` is no error code of acme; `acme explain` lists all\n";
    assert_eq!(machine.explain("nonsense", ""), (2, String::new(), far.to_owned()));
    assert_eq!(machine.explain("ACME_DISK_FULL please", "").0, 2);
    let (code, list, _) = machine.explain("", "");
    assert!(code == 0 && list.contains("\n  ACME_CONFIG_MISSING  ") && list.contains("\n  ACME_DISK_FULL"), "{list}");
}

#[test]
fn headings_are_bold_on_a_terminal_for_people_who_do_not_mind() {
    let bold = |machine: &Machine| machine.explain(CODE, "").1.contains('\x1b');
    let mut machine = Machine::new();
    assert!(bold(&machine));
    machine.terminal = false;
    assert!(!bold(&machine));
    assert!(!bold(&Machine::new().with("NO_COLOR", "1")));
    assert!(!bold(&Machine::new().with("TERM", "dumb")));
}

#[test]
fn a_yes_is_recorded_as_it_was_shown_before() {
    let machine = Machine::new();
    let asked = machine.vote(NOW, "y\n");
    let shown =
        asked.split_once("\nSent with a yes: ").and_then(|(_, rest)| rest.split_once('\n')).expect("it is shown");
    let shown: serde_json::Value = serde_json::from_str(shown.0).expect("JSON");
    let lines = machine.spool().waiting();
    let mut recorded: serde_json::Value = serde_json::from_slice(lines.trim_ascii()).expect("one line");
    let inside = recorded.as_object_mut().expect("a batch");
    inside.retain(|key, _| !matches!(key.as_str(), "id" | "v"));
    // Numbers are rounded when a line is sealed, and are shown as they are sent.
    let rounded = ["memory", "cpus"].map(|key| (key, shown["origin"][key].clone()));
    rounded.into_iter().filter(|(_, value)| !value.is_null()).for_each(|(key, value)| recorded["origin"][key] = value);
    assert_eq!(shown, recorded);
    assert_eq!(machine.recorded(), [r#"feedback_given {"code":"ACME_DISK_FULL","helpful":true,"surface":"terminal"}"#]);
}

#[test]
fn a_no_may_have_a_reason_out_of_a_closed_list() {
    for (typed, reason) in [
        ("no\n2\n", r#","reason":"message_unclear""#),
        ("n\ns\n", ""),
        ("n\n", ""),
        ("n\n0\n", ""),
        ("n\nmy cat\n", ""),
    ] {
        let machine = Machine::new();
        machine.vote(NOW, typed);
        let expected =
            format!(r#"feedback_given {{"code":"ACME_DISK_FULL","helpful":false{reason},"surface":"terminal"}}"#);
        assert_eq!(machine.recorded(), [expected], "{typed:?}");
    }
}

#[test]
fn without_an_answer_nothing_is_recorded() {
    for typed in ["s\n", "skip\n", "\n", "maybe\n", "never\n", ""] {
        let machine = Machine::new();
        assert!(machine.vote(NOW, typed).contains("Was this helpful?"), "{typed:?}");
        assert!(machine.recorded().is_empty(), "{typed:?}");
    }
}

/// A terminal at which nobody types, until the test is over.
struct Silence(Receiver<()>);

impl Read for Silence {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        let _ = self.0.recv();
        Ok(0)
    }
}

#[test]
fn nobody_waits_for_ever() {
    let machine = Machine::new();
    let (over, silence) = channel();
    let asked = machine.vote_with(NOW, Duration::ZERO, Silence(silence));
    assert!(asked.ends_with("[never] \n"), "{asked}");
    assert!(machine.recorded().is_empty());
    drop(over);
}

#[test]
fn it_is_asked_once_a_code_and_month_and_never_after_never() {
    let machine = Machine::new();
    let asks = |now, typed| !machine.vote(now, typed).is_empty();
    let december = NOW + 10 * 86_400;
    assert!(asks(NOW, "s\n"));
    assert!(!asks(NOW + 3_600, "y\n"), "the same month");
    assert!(asks(december, "never\n"));
    assert!(!asks(december + 40 * 86_400, "y\n"), "never is never");
    let kept = disk::content(&machine.spool().path("votes"));
    assert_eq!(kept, disk::Content::Text("2026-12 ACME_DISK_FULL\nnever\n".into()), "months before are forgotten");
    Votes::choose(&machine.spool(), true).expect("written");
    assert!(asks(december + 40 * 86_400, "y\n"));
}

#[test]
fn nobody_is_asked_who_could_not_answer_or_does_not_want_to() {
    let asks = |machine: &Machine| !machine.vote(NOW, "y\n").is_empty();
    let machine = Machine::new();
    machine.install().save_choice(Some(crate::consent::Mode::Local)).expect("saved");
    assert!(asks(&machine));
    for (name, value) in [
        ("CI", "1"),
        ("CLAUDECODE", "1"),
        ("ACME_FEEDBACK", "0"),
        ("ACME_FEEDBACK", "off"),
        ("DO_NOT_TRACK", "1"),
        ("ACME_TELEMETRY_DISABLED", "1"),
        ("ACME_TELEMETRY", "0"),
        ("ACME_TELEMETRY", "debug"),
    ] {
        let machine = Machine::new().with(name, value);
        assert!(!asks(&machine), "{name}={value}");
        assert!(disk::content(&machine.spool().path("votes")) == disk::Content::Missing, "{name}={value}");
        assert!(machine.recorded().is_empty());
    }
    let mut machine = Machine::new();
    machine.terminal = false;
    assert!(!asks(&machine));
}

#[test]
fn where_it_cannot_be_remembered_nobody_is_asked() {
    for name in ["votes", "new-votes"] {
        let machine = Machine::new();
        std::fs::create_dir(machine.spool().path(name)).expect("a folder where the file should be");
        let install = machine.install();
        let ballot = Ballot { install: &install, now: NOW, limit: PATIENCE };
        let mut errors = Vec::new();
        let held = ballot.hold(CODE, Cursor::new("y\n"), &mut errors);
        assert!(errors.is_empty() && machine.recorded().is_empty(), "{name}");
        // What cannot be read may say never; what cannot be written is found out by writing.
        assert_eq!((asking(&install) == super::vote::Asking::Never, held.is_ok()), (name == "votes", name == "votes"));
    }
}

#[test]
fn forgetting_leaves_the_refusal() {
    let machine = Machine::new();
    machine.vote(NOW, "never\n");
    disk::replace(&machine.spool().path("last-error"), b"ACME_DISK_FULL 1\n").expect("written");
    machine.spool().empty();
    Votes::forget(&machine.spool());
    assert_eq!(disk::content(&machine.spool().path("votes")), disk::Content::Text("never\n".into()));
    assert_eq!(disk::content(&machine.spool().path("last-error")), disk::Content::Missing);
}

/// Codes of the example's catalogue, and one that only a mistake could make.
#[derive(ErrorCode)]
#[code(folder = "../../catalogs/acme/errors")]
enum Declared {
    #[code("ACME_DISK_FULL")]
    DiskFull,
}

#[derive(ErrorCode)]
#[code(folder = "../derive/tests/pages")]
enum Foreign {
    #[code("OTHER_TOOL_FAILED")]
    Failed,
}

#[test]
fn an_error_is_recorded_by_its_code_and_a_foreign_code_not_at_all() {
    let trial = Trial::new(&ACME);
    let (declared, foreign) = (Declared::DiskFull.code().expect("a code"), Foreign::Failed.code().expect("a code"));
    trial.telemetry().error(declared);
    trial.telemetry().error(foreign);
    trial.telemetry().record(ErrorShown::new().code(foreign).command(Command::Build));
    assert_eq!(trial.events(), [r#"{"event":"error_shown","fields":{"code":"ACME_DISK_FULL"}}"#]);
}
