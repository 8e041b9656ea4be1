//! A shell script as a client: `aboveboard record` and `aboveboard telemetry`, by the example `examples/hello-shell`.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;

use crate::server::Server;

/// A machine with the script, a home folder that goes away, and nothing of this environment.
pub(crate) struct Machine {
    home: TempDir,
    catalog: PathBuf,
    variables: Vec<(String, String)>,
}

impl Machine {
    pub(crate) fn new() -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let machine = Self { home, catalog: example().join("catalog"), variables: Vec::new() };
        machine.with("container", "no")
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A machine whose user said yes, and that sends there.
    pub(crate) fn that_sends_to(url: &str) -> Self {
        Self::new().with("HELLO_SHELL_TELEMETRY", "1").with("HELLO_SHELL_TELEMETRY_ENDPOINT", url)
    }

    /// The same machine with a catalogue that differs in this.
    fn with_catalogue(mut self, from: &str, to: &str) -> Self {
        let toml = std::fs::read_to_string(self.catalog.join("catalog.toml")).expect("the catalogue");
        assert!(toml.contains(from), "{toml}");
        self.catalog = self.home.path().join("catalog");
        std::fs::create_dir(&self.catalog).expect("a folder");
        std::fs::write(self.catalog.join("catalog.toml"), toml.replace(from, to)).expect("written");
        self
    }

    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let here = Path::new(env!("CARGO_BIN_EXE_aboveboard")).parent().expect("a folder");
        let mut command = Command::new(program);
        command.env_clear().env("PATH", format!("{}:/usr/bin:/bin", here.display())).env("HOME", self.home.path());
        command.envs(self.variables.iter().map(|(name, value)| (name, value))).stdin(Stdio::null());
        command.current_dir(self.home.path());
        command
    }

    /// Runs the script.
    pub(crate) fn hello(&self, arguments: &[&str]) -> Output {
        self.command(example().join("hello")).args(arguments).output().expect("the script runs")
    }

    /// Runs `aboveboard WORD --catalog … ARGUMENTS`.
    fn aboveboard(&self, word: &str, arguments: &[&str]) -> Output {
        let mut command = self.command(env!("CARGO_BIN_EXE_aboveboard"));
        command.arg(word).arg("--catalog").arg(&self.catalog).args(arguments).output().expect("the program runs")
    }

    /// Records on a terminal, where a person types this, and answers what the terminal showed.
    fn on_a_terminal(&self, typed: &str) -> String {
        let mut terminal = self.terminal();
        terminal.stdin.take().expect("an input").write_all(typed.as_bytes()).expect("typed");
        let output = terminal.wait_with_output().expect("an output");
        String::from_utf8_lossy(&output.stdout).replace('\r', "")
    }

    /// A terminal on which a record is under way.
    fn terminal(&self) -> Child {
        let program = env!("CARGO_BIN_EXE_aboveboard");
        let line = format!("{program} record --catalog {} command_finished", self.catalog.display());
        let mut script = self.command("script");
        script.args(["-qec", &line, "-E", "never", "/dev/null"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        script.spawn().expect("`script` makes a terminal")
    }

    fn status(&self) -> serde_json::Value {
        let output = self.aboveboard("telemetry", &["status", "--json"]);
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error} in {output:?}"))
    }

    /// Sends until nothing waits: a child that a run started may be under way, and only one sends.
    pub(crate) fn send(&self) {
        for _ in 0..1_000 {
            let _ = std::fs::remove_file(self.state().join("next"));
            assert!(self.aboveboard(aboveboard::SEND, &[]).status.success());
            if self.status()["queued"] == 0 {
                while self.state().join("lock").exists() {
                    std::thread::yield_now();
                }
                return;
            }
        }
        panic!("something still waits: {}", self.status());
    }

    fn state(&self) -> PathBuf {
        self.home.path().join(".local/state/hello-shell/telemetry")
    }

    fn is_untouched(&self) -> bool {
        let mut entries = std::fs::read_dir(self.home.path()).expect("a home");
        entries.all(|entry| entry.expect("an entry").path() == self.catalog)
    }
}

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/hello-shell")
}

fn text(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

fn said(code: i32, stdout: &str) -> (Option<i32>, String, String) {
    (Some(code), stdout.to_owned(), String::new())
}

#[test]
fn a_script_is_counted_by_a_real_collector() {
    let catalogs = tempfile::tempdir().expect("a folder");
    std::os::unix::fs::symlink(example().join("catalog"), catalogs.path().join("hello-shell")).expect("linked");
    let server = Server::start(&["--catalogs", catalogs.path().to_str().expect("UTF-8")]);
    let machine = Machine::that_sends_to(&server.url());
    for _ in 0..3 {
        assert_eq!(text(&machine.hello(&["greet"])), said(0, "hello, world\n"));
    }
    machine.send();
    server.check_ledger("hello-shell", [3, 3, 0], serde_json::json!({}));
    // A run may have found that sending was due before this test asked for it: then there are two batches.
    let shown = machine.hello(&["telemetry", "inspect"]);
    assert!(text(&shown).1.contains("Copy as sent: hello telemetry inspect "), "{shown:?}");
}

#[test]
fn what_came_from_a_machine_is_deleted_when_its_user_says_so() {
    let catalogs = tempfile::tempdir().expect("a folder");
    std::os::unix::fs::symlink(example().join("catalog"), catalogs.path().join("hello-shell")).expect("linked");
    let server = Server::start(&["--catalogs", catalogs.path().to_str().expect("UTF-8")]);
    let count = || {
        let answer = server.get("/v1/query?tool=hello-shell&measure=events").json();
        answer["rows"][0]["value"].as_u64().unwrap_or(0)
    };
    let (machine, other) = (Machine::that_sends_to(&server.url()), Machine::that_sends_to(&server.url()));
    for machine in [&machine, &other] {
        assert_eq!(machine.hello(&["greet"]).status.code(), Some(0));
        machine.send();
    }
    assert_eq!(count(), 2);
    let (code, stdout, _) = text(&machine.hello(&["telemetry", "forget", "--yes"]));
    assert_eq!((code, count()), (Some(0), 1), "{stdout}");
    let (_, receipt) = stdout.rsplit_once("hello telemetry forget --check ").expect("a receipt");
    let (code, stdout, _) =
        text(&machine.hello(&["telemetry", "forget", "--check", receipt.trim_end_matches([')', '\n'])]));
    assert!(code == Some(0) && stdout.contains("no answer counts it any more"), "{stdout}");
    let again = text(&machine.hello(&["telemetry", "forget", "--yes"]));
    assert!(again.1.contains("What was sent carries no id") && !again.1.contains("Receipt"), "{}", again.1);
    assert_eq!(machine.hello(&["greet"]).status.code(), Some(0));
    machine.send();
    assert_eq!(count(), 2, "and from then on it is another machine");
}

#[test]
fn without_aboveboard_the_script_does_its_work() {
    let machine = Machine::new();
    let hello = machine.command(example().join("hello")).env("PATH", "/usr/bin:/bin").arg("greet").output();
    assert_eq!(text(&hello.expect("the script runs")), said(0, "hello, world\n"));
}

#[test]
fn wrong_words_are_an_error_whatever_the_user_chose() {
    let machine = Machine::new().with("DO_NOT_TRACK", "1");
    let check = |arguments: &[&str], expected: &str| {
        let (code, stdout, stderr) = text(&machine.aboveboard("record", arguments));
        assert_eq!((code, stdout.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(stderr.starts_with(expected), "{stderr}");
    };
    check(&["finished"], "`finished` is not an event of `hello-shell`; declared: command_finished\n");
    check(&["command_finished", "path=/home"], "`path` is not a field of `command_finished`; declared: command, out");
    check(&["command_finished", "command=rm"], "`rm` is not a value of `command`; declared: count, greet, and other");
    check(&["command_finished", "rm"], "`rm` says no value; write `field=value`");
    check(&["--tool", "acme", "command_finished"], "this is the catalogue of `hello-shell`, not of `acme`");
    check(&[], "error: the following required arguments were not provided");
    assert!(machine.is_untouched());
}

#[test]
fn a_tool_without_a_catalogue_is_an_error_that_says_where_it_was_looked_for() {
    let machine = Machine::new().with("XDG_DATA_DIRS", "/nowhere");
    let record = |tool: &str| {
        let mut command = machine.command(env!("CARGO_BIN_EXE_aboveboard"));
        text(&command.args(["record", "--tool", tool, "x"]).output().expect("the program runs"))
    };
    for tool in ["hello-shell", "../hello-shell", ""] {
        let (code, _, stderr) = record(tool);
        assert!(code == Some(2) && stderr.contains("`/nowhere/aboveboard/catalogs`"), "{stderr}");
    }
    assert!(record("clerk").2.contains("`clerk` speaks the dialect of its own clients"));
    let broken = machine.with_catalogue("mode = \"on\"", "mode = \"always\"");
    let (code, _, stderr) = text(&broken.aboveboard("record", &["command_finished"]));
    assert!(code == Some(1) && stderr.contains("catalog.toml:9:"), "{stderr}");
}

#[test]
fn an_installed_catalogue_is_found_by_its_tools_name() {
    let machine = Machine::new();
    let data = machine.home.path().join("data");
    std::fs::create_dir_all(data.join("aboveboard/catalogs")).expect("made");
    std::os::unix::fs::symlink(example().join("catalog"), data.join("aboveboard/catalogs/hello-shell")).expect("made");
    let mut command = machine.command(env!("CARGO_BIN_EXE_aboveboard"));
    command.env("XDG_DATA_DIRS", &data).env("HELLO_SHELL_TELEMETRY", "debug");
    let output = command.args(["record", "--tool", "hello-shell", "command_finished", "command=greet"]).output();
    let (code, stdout, stderr) = text(&output.expect("the program runs"));
    assert_eq!((code, stdout.as_str()), (Some(0), ""));
    assert!(stderr.starts_with("[telemetry] {\"v\":1,") && stderr.contains(r#""command":"greet""#), "{stderr}");
}

#[test]
fn a_bad_environment_is_met_with_silence() {
    let machine = Machine::that_sends_to("http://127.0.0.1:9");
    std::fs::write(machine.home.path().join(".local"), "a file where a folder should be").expect("written");
    assert_eq!(text(&machine.aboveboard("record", &["command_finished"])), said(0, ""));
    let homeless = Machine::that_sends_to("http://127.0.0.1:9").with("HOME", "");
    assert_eq!(text(&homeless.aboveboard("record", &["command_finished"])), said(0, ""));
}

#[test]
fn users_of_a_script_are_told_can_see_it_and_can_switch_it_off() {
    let machine = Machine::new();
    assert_eq!(text(&machine.hello(&["count"])), said(0, "1 2 3\n"));
    assert!(machine.is_untouched(), "nobody was told, so nothing is kept");
    let shown = machine.on_a_terminal("");
    let command = format!("aboveboard telemetry --catalog {}", machine.catalog.display());
    assert!(shown.contains(&format!("See it:    {command} inspect")), "{shown}");
    assert_eq!(machine.status()["rule"], "default_on");
    let (code, stdout, _) = text(&machine.hello(&["telemetry", "disable"]));
    assert!(code == Some(0) && stdout.contains("Nothing was sent before."), "{stdout}");
    let (_, usage, _) = text(&machine.hello(&["telemetry", "help"]));
    assert!(usage.contains("Usage: hello telemetry [COMMAND]"), "{usage}");
    assert_eq!(text(&machine.hello(&["greet"])), said(0, "hello, world\n"));
    assert!(!machine.state().exists());
    assert_eq!(machine.aboveboard("telemetry", &["status", "--quiet"]).status.code(), Some(1));
}

/// What a person answers on a real terminal, and what holds then. Whatever it was, the question comes once.
#[track_caller]
fn check_answer(typed: &str, mode: &str) {
    let machine = Machine::new().with_catalogue("mode = \"on\"", "mode = \"ask\"");
    let shown = machine.on_a_terminal(typed);
    assert!(shown.contains("hello-shell would like to send") && shown.contains("Send them? [y/N]"), "{shown}");
    assert_eq!(machine.status()["saved"], mode, "{typed:?}");
    assert!(!machine.state().exists(), "nothing is recorded in the run that asks");
    assert_eq!(machine.on_a_terminal(""), "", "{typed:?}: asked again");
    assert_eq!(machine.state().exists(), mode == "on", "{typed:?}");
}

#[test]
fn a_tool_that_asks_takes_only_a_yes_for_a_yes() {
    check_answer("y\n", "on");
    check_answer("yes\n", "on");
    check_answer("n\n", "off");
    check_answer("\n", "off");
    check_answer("\u{4}", "off");
}

#[test]
fn whoever_ends_a_tool_that_asks_has_not_said_yes() {
    let machine = Machine::new().with_catalogue("mode = \"on\"", "mode = \"ask\"");
    let mut terminal = machine.terminal();
    let mut shown = Vec::new();
    BufReader::new(terminal.stdout.as_mut().expect("an output")).read_until(b'[', &mut shown).expect("read");
    assert!(shown.ends_with(b"Send them? ["), "{}", String::from_utf8_lossy(&shown));
    terminal.stdin.as_mut().expect("an input").write_all(b"\x03").expect("typed");
    assert!(!terminal.wait().expect("an end").success());
    assert_eq!(machine.status()["saved"], "off");
}

#[test]
fn nobody_is_asked_without_a_terminal() {
    let machine = Machine::new().with_catalogue("mode = \"on\"", "mode = \"ask\"");
    assert_eq!(text(&machine.aboveboard("record", &["command_finished"])), said(0, ""));
    assert!(machine.is_untouched());
}
