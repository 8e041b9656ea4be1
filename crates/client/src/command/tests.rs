//! What each subcommand says, as a whole: files in `tests/golden`.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use super::*;
use crate::environment::Environment;
use crate::example::ACME;
use crate::golden;
use crate::ledger;
use crate::spool::Spool;

/// A machine whose home is a folder that goes away, at a quiet moment: 22 Nov 2026 09:30 UTC.
struct Machine {
    home: tempfile::TempDir,
    variables: Vec<(&'static str, &'static str)>,
    terminal: bool,
    /// Where batches go, when it is not where the catalogue says.
    endpoint: String,
}

const NOW: i64 = 1_795_339_800;

impl Machine {
    fn new() -> Self {
        Self {
            home: tempfile::tempdir().expect("a folder"),
            variables: vec![("HOME", "")],
            terminal: false,
            endpoint: String::new(),
        }
    }

    fn with(mut self, name: &'static str, value: &'static str) -> Self {
        self.variables.push((name, value));
        self
    }

    fn install(&self) -> Install {
        let text = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let mut variables: crate::Named<_> = self.variables.iter().map(text).collect();
        variables.insert("ACME_TELEMETRY_ENDPOINT".into(), self.endpoint.clone());
        variables.insert("HOME".into(), self.home.path().display().to_string());
        let environment = Environment {
            variables,
            stdin_terminal: self.terminal,
            stdout_terminal: self.terminal,
            stderr_terminal: self.terminal,
            policies: self.home.path().join("etc"),
            ..Environment::default()
        };
        Install::new(&ACME, "1.4.2", None, environment)
    }

    fn spool(&self) -> Spool {
        self.install().spool().expect("a home")
    }

    fn sent(self) -> Self {
        for (number, day) in [(1, "2026-11-20"), (2, "2026-11-21")] {
            let batch = format!(
                r#"{{"v":1,"id":"{number:032x}","tool":"acme","day":"{day}","first":["day"],"cohort":"2026-09","catalogue":"c74e8c0b","origin":{{"version":"1.4.2","os":"linux","ci":false}},"events":[{{"event":"command_finished","n":3,"fields":{{"command":"build","outcome":"ok","duration":1280}}}}]}}"#
            );
            ledger::add(&self.spool(), NOW - 86_400 * (3 - number), 200, batch.as_bytes());
        }
        self
    }

    fn waiting(self) -> Self {
        let line = r#"{"v":1,"id":"00000000000000000000000000000000","tool":"acme","day":"2026-11-22","origin":{"version":"1.4.2","os":"linux"},"events":[{"event":"command_finished","n":2,"fields":{"command":"check"}},{"event":"error_shown","fields":{"code":"ACME_DISK_FULL","path":"/home/alice"}}]}"#;
        crate::disk::append(&self.spool().path("queue"), line.as_bytes(), u64::MAX).expect("written");
        self
    }

    /// Runs a command line; answers exit code and output, with the home folder as `~` where it is spelled out.
    fn run(&self, line: &str, input: &str) -> (u8, String) {
        let (mut input, mut output) = (input.as_bytes(), Vec::new());
        let install = self.install();
        let colour = has_colour(&install);
        let mut session = Session { colour, install, input: &mut input, output: &mut output, now: NOW, random: 0xabc };
        let arguments: Vec<&str> = line.split_whitespace().collect();
        let code = session.run(&arguments).expect("an output");
        let text = String::from_utf8(output).expect("text");
        (code, text.replace(&self.home.path().display().to_string(), "~"))
    }

    /// Checks what a command line says against a file.
    #[track_caller]
    fn check(&self, line: &str, code: u8, file: &str) {
        let (found, text) = self.run(line, "");
        golden::check(&format!("telemetry-{file}.txt"), &text);
        assert_eq!(found, code, "{line}");
    }
}

#[test]
fn status_says_what_holds_and_why() {
    let machine = Machine::new();
    machine.check("", 0, "status-fresh");
    machine.check("status", 0, "status-fresh");
    machine.check("status --json", 0, "status-fresh-json");
    assert_eq!(machine.run("enable", "").0, 0);
    let machine = machine.with("DO_NOT_TRACK", "1").sent();
    machine.check("status", 0, "status-untracked");
    assert!(!machine.home.path().join("etc").exists());
}

#[test]
fn status_without_words_is_an_exit_code() {
    let machine = Machine::new();
    assert_eq!(machine.run("status --quiet", ""), (1, String::new()));
    machine.run("enable", "");
    assert_eq!(machine.run("status --quiet", ""), (0, String::new()));
}

#[test]
fn asking_leaves_no_trace() {
    let machine = Machine::new();
    for line in [
        "",
        "status",
        "status --json",
        "inspect",
        "inspect --next",
        "explain",
        "export",
        "help",
        "nonsense",
        "enable --help",
        "enable nonsense",
        "disable -h",
        "local --nonsense",
        "forget --yes",
    ] {
        machine.run(line, "");
    }
    assert!(crate::disk::names(machine.home.path()).is_empty());
}

#[test]
fn whoever_asks_what_a_word_does_has_not_said_it() {
    let machine = Machine::new();
    let usage = "inspect: what was sent, or would be sent next\n\n\
                 Usage: acme telemetry inspect [NUMBER] [--last N | --next] [--raw] [--explain]\n";
    assert_eq!(machine.run("inspect --help", ""), (0, usage.to_owned()));
    let usage = "enable: record and send\n\nUsage: acme telemetry enable\n";
    assert_eq!(machine.run("enable --help", ""), (0, usage.to_owned()));
    assert_eq!(machine.run("enable please", ""), (2, String::new()));
    assert_eq!(machine.install().choice(), Some(crate::settings::Settings::default()));
}

#[test]
fn status_tells_what_does_not_arrive_and_what_stays_here() {
    let machine = Machine::new().waiting().with("ACME_TELEMETRY", "1");
    let queue = crate::disk::bytes(&machine.spool().path("queue"));
    crate::disk::append(&machine.spool().path("local"), &queue, u64::MAX).expect("written");
    let next = format!("next = \"{}\"\nfailures = \"3\"\n", NOW + 3_600);
    crate::disk::replace(&machine.spool().path("next"), next.as_bytes()).expect("written");
    machine.check("status", 0, "status-failing");
    let json = machine.run("status --json", "").1;
    assert!(json.contains(r#""local":3,"no_room":0,"failures":3,"not_before":"2026-11-22T10:30:00Z""#), "{json}");
}

/// What is said of what was sent, by whoever switches it off.
#[track_caller]
fn check_sent(machine: &Machine, expected: &str) {
    let (code, said) = machine.run("disable", "");
    assert_eq!((code, said.lines().nth(1)), (0, Some(expected)), "{said}");
}

#[test]
fn whoever_switches_it_off_is_promised_only_what_can_be_done() {
    let machine = Machine::new();
    check_sent(&machine, "Nothing was sent before.");
    let machine = machine.sent();
    check_sent(&machine, "What was already sent carries no id: nobody can tell it from what others sent.");
    let mut memory = machine.spool().memory();
    memory.0.set("identifiers", "1".repeat(32));
    machine.spool().remember(&memory).expect("written");
    check_sent(&machine, "To delete what was already sent: acme telemetry forget");
}

#[test]
fn what_has_nowhere_to_go_is_not_claimed_to_be_on() {
    let mut machine = Machine::new();
    machine.endpoint = "telemetry.acme.example".to_owned();
    let said = "Saved: on. But nothing is sent: the endpoint is not a URL.\n";
    assert_eq!(machine.run("enable", ""), (0, said.to_owned()));
}

#[test]
fn a_choice_is_saved_and_nothing_is_claimed_that_does_not_hold() {
    let machine = Machine::new().waiting();
    machine.check("enable", 0, "enable");
    machine.check("local", 0, "local");
    machine.check("disable", 0, "disable");
    assert_eq!(machine.spool().waiting_bytes(), 0, "what waited is gone");
    let machine = Machine::new().with("DO_NOT_TRACK", "1");
    machine.check("enable", 0, "enable-untracked");
}

#[test]
fn a_choice_that_cannot_be_saved_is_not_claimed() {
    let machine = Machine::new();
    std::fs::write(machine.home.path().join(".config"), "a file where a folder should be").expect("written");
    assert_eq!(machine.run("enable", ""), (1, String::new()));
    assert_eq!(machine.run("disable", ""), (1, String::new()));
}

#[test]
fn inspect_shows_what_was_sent_and_what_would_be() {
    let machine = Machine::new();
    machine.check("inspect", 0, "inspect-nothing");
    let machine = machine.sent().waiting();
    machine.check("inspect", 0, "inspect");
    machine.check("inspect --last 2 --explain", 0, "inspect-explained");
    machine.check("inspect --next", 0, "inspect-next");
    assert!(machine.run("inspect 1 --raw", "").1.starts_with(r#"{"v":1,"id":"00000000000000000000000000000001","#));
    assert_eq!(machine.run("inspect seven", "").0, 2);
    assert_eq!(machine.run("inspect 99", ""), (1, "#99 is not in the ledger, which goes from #1 to #2.\n".to_owned()));
    assert_eq!(machine.spool().sealed(), [], "looking seals nothing");
}

#[test]
fn raw_is_the_very_bytes() {
    let machine = Machine::new().sent();
    let sent = &ledger::entries(&machine.spool())[1];
    assert_eq!(machine.run("inspect --raw", "").1.as_bytes(), sent.bytes);
}

#[test]
fn explain_is_the_catalogue() {
    let machine = Machine::new();
    machine.check("explain", 0, "explain");
    machine.check("explain duration", 0, "explain-field");
    machine.check("explain command_finished", 0, "explain-event");
    assert_eq!(machine.run("explain secret", "").0, 2);
}

#[test]
fn forget_asks_and_deletes() {
    let mut machine = Machine::new().sent().waiting();
    assert_eq!(machine.run("forget", "y\n").0, 1, "nobody is here to confirm");
    machine.terminal = true;
    let (code, said) = machine.run("forget", "\n");
    assert!(code == 1 && said.ends_with("Nothing was deleted.\n"), "an empty line is a no: {said}");
    assert_eq!(ledger::entries(&machine.spool()).len(), 2);
    machine.terminal = false;
    machine.check("forget --yes", 0, "forget");
    assert!(ledger::entries(&machine.spool()).is_empty() && machine.spool().waiting_bytes() == 0);
}

/// Reads a request to its end: a connection that is closed with bytes unread takes the answer with it.
fn hear(stream: &std::net::TcpStream) {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    let mut line = String::new();
    while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
        let said = line.to_ascii_lowercase();
        length = said.strip_prefix("content-length:").map_or(length, |said| said.trim().parse().expect("a length"));
        line.clear();
    }
    let _ = std::io::copy(&mut reader.take(length), &mut std::io::sink());
}

/// A collector that gives each request this answer; where it is.
fn answering(status: u16, body: &'static str) -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            hear(&stream);
            let _ = write!(
                stream,
                "HTTP/1.1 {status} Said\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            );
        }
    });
    format!("http://{address}")
}

/// A machine that sent with two identifiers, and forgets them with a collector that answers this.
#[track_caller]
fn check_forget(line: &str, (status, body): (u16, &'static str), code: u8, file: &str) -> Machine {
    let url = answering(status, body);
    let mut machine = Machine::new().sent();
    machine.endpoint = url.clone();
    let mut memory = machine.spool().memory();
    memory.0.set("identifiers", format!("{} {}", "1".repeat(32), "2".repeat(32)));
    machine.spool().remember(&memory).expect("written");
    let (found, text) = machine.run(line, "");
    golden::check(&format!("telemetry-{file}.txt"), &text.replace(&url, "https://telemetry.acme.example"));
    assert_eq!(found, code, "{line}");
    machine
}

#[test]
fn what_was_sent_with_an_id_is_asked_to_be_deleted_and_the_receipt_is_shown() {
    let answer = r#"{"forgotten":true,"receipt":"7F3K-Q2M9"}"#;
    let machine = check_forget("forget --yes", (200, answer), 0, "forget-with-ids");
    assert!(machine.spool().memory().identifiers().is_empty());
    let nothing = r#"{"forgotten":false,"receipt":null}"#;
    let machine = check_forget("forget --yes", (200, nothing), 0, "forget-of-nothing");
    assert!(machine.spool().memory().identifiers().is_empty());
}

#[test]
fn an_identifier_that_the_collector_did_not_forget_stays_known() {
    for answer in [(500, ""), (403, "{}"), (200, "<html>a login page</html>"), (302, "")] {
        let machine = check_forget("forget --yes", answer, 1, "forget-unconfirmed");
        assert_eq!(machine.spool().memory().identifiers().len(), 2);
        assert!(ledger::entries(&machine.spool()).is_empty(), "what is here is deleted all the same");
    }
    let mut machine = Machine::new();
    machine.endpoint = format!("file://{}", machine.home.path().join("sent").display());
    assert_eq!(machine.run("forget --check 7F3K-Q2M9", "").0, 1, "a file cannot be asked");
}

#[test]
fn a_receipt_tells_how_far_a_deletion_is() {
    let check = |state: &'static str, code: u8, file: &str| {
        check_forget("forget --check 7F3K-Q2M9", (200, state), code, &format!("receipt-{file}"));
    };
    check(r#"{"receipt":"7F3K-Q2M9","state":"hidden"}"#, 0, "hidden");
    check(r#"{"receipt":"7F3K-Q2M9","state":"erased"}"#, 0, "erased");
    check(r#"{"receipt":"7F3K-Q2M9","state":"unknown"}"#, 1, "unknown");
    check("busy", 1, "unanswered");
    let machine = Machine::new();
    for wrong in ["forget --check", "forget --check ../x", "forget --check a?b", "forget --check \x1b[2J"] {
        assert_eq!(machine.run(wrong, "").0, 2, "{wrong}");
    }
}

#[test]
fn export_holds_everything() {
    let machine = Machine::new().sent().waiting();
    machine.check("export", 0, "export");
}

#[test]
fn help_lists_the_commands() {
    Machine::new().check("help", 0, "help");
}

#[test]
fn colour_needs_a_terminal_that_wants_it() {
    let mut machine = Machine::new();
    assert!(!machine.run("status", "").1.contains('\x1b'));
    machine.terminal = true;
    assert!(machine.run("status", "").1.contains("\x1b[31moff\x1b[0m"));
    let machine = machine.with("NO_COLOR", "1");
    assert!(!machine.run("status", "").1.contains('\x1b'));
    assert!(Path::new(machine.home.path()).exists());
}

/// The command line of a host that took the subcommand in.
#[cfg(feature = "clap")]
fn host() -> clap::Command {
    let mut host = clap::Command::new("acme").version("1.4.2").subcommand(clap());
    host.build();
    host
}

#[cfg(feature = "clap")]
#[test]
fn a_host_with_clap_shows_the_subcommands() {
    let host = host();
    let words = |line: &str| host.clone().try_get_matches_from(line.split(' ').collect::<Vec<_>>()).is_ok();
    assert!(
        words("acme telemetry inspect --last 2 --raw") && words("acme telemetry") && !words("acme telemetry nonsense")
    );
    let telemetry = host.find_subcommand(NAME).expect("it is there");
    let names: Vec<&str> = telemetry.get_subcommands().map(clap::Command::get_name).collect();
    assert_eq!(names[..SUBCOMMANDS.len()], SUBCOMMANDS.each_ref().map(|it| it.name));
}

#[cfg(feature = "clap")]
#[test]
fn shells_complete_the_subcommands_and_their_options() {
    use clap_complete::Shell::{Bash, Fish, Zsh};
    for shell in [Bash, Fish, Zsh] {
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut host(), "acme", &mut script);
        let script = String::from_utf8(script).expect("text");
        let options = ["json", "quiet", "last", "next", "raw", "explain", "yes", "check"];
        for word in SUBCOMMANDS.iter().map(|it| it.name).chain(options) {
            assert!(script.contains(word), "{shell} does not complete `{word}`");
        }
    }
}

#[cfg(feature = "clap")]
#[test]
fn a_man_page_tells_each_subcommand() {
    let mut pages = Vec::new();
    let host = host();
    let telemetry = host.find_subcommand(NAME).expect("it is there");
    for command in [telemetry].into_iter().chain(telemetry.get_subcommands().filter(|it| it.get_name() == "inspect")) {
        clap_mangen::Man::new(command.clone()).render(&mut pages).expect("memory");
    }
    golden::check("telemetry.1", &String::from_utf8(pages).expect("text"));
}
