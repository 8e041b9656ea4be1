//! `aboveboard dev` and `init`: from an empty folder to a first event, by what the terminal says.

use std::io::{BufRead, BufReader, Lines, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::client::request;
use crate::server::aboveboard;

/// A running `aboveboard dev`, and what it says.
struct Dev {
    process: Child,
    said: Lines<BufReader<ChildStdout>>,
    address: SocketAddr,
}

impl Dev {
    fn start(folder: &Path, flags: &[&str]) -> Self {
        let mut command = aboveboard();
        command.args(["dev", "--listen", "127.0.0.1:0"]).args(flags).current_dir(folder);
        let mut process = command.stdout(Stdio::piped()).spawn().expect("the program starts");
        let mut said = BufReader::new(process.stdout.take().expect("a pipe")).lines();
        let page = said.find_map(|line| Some(line.ok()?.split_once("http://")?.1.strip_suffix("/dev")?.to_owned()));
        let address = page.expect("an address").parse().expect("an address");
        Self { process, said, address }
    }

    fn post(&self, path: &str, body: &str) {
        request(self.address, "POST", path, &[], body.as_bytes());
    }

    /// The next line with this in it.
    fn says(&mut self, part: &str) -> String {
        let mut heard = String::new();
        for line in self.said.by_ref() {
            let line = line.expect("UTF-8");
            if line.contains(part) {
                return line;
            }
            heard += &format!("{line}\n");
        }
        panic!("it never said `{part}`, but:\n{heard}")
    }

    fn stop(mut self) {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().expect("kill runs").success());
        assert!(self.process.wait().expect("it ends").success());
    }
}

impl Drop for Dev {
    /// Also when a test fails, nothing goes on running.
    fn drop(&mut self) {
        let _ = self.process.kill();
    }
}

fn init(folder: &Path, flags: &[&str]) -> (i32, String) {
    let output = aboveboard().arg("init").arg(folder).args(flags).stdin(Stdio::null()).output().expect("it runs");
    let said = String::from_utf8([output.stdout, output.stderr].concat()).expect("UTF-8");
    (output.status.code().expect("a code"), said)
}

/// Runs `init` on a terminal of its own, and answers what the terminal showed.
fn init_on_a_terminal(folder: &Path, typed: &str) -> String {
    let line = format!("{} init {}", env!("CARGO_BIN_EXE_aboveboard"), folder.display());
    let mut script = Command::new("script");
    script.env_clear().env("PATH", "/usr/bin:/bin").env("SHELL", "/bin/sh").args([
        "-qec",
        &line,
        "-E",
        "never",
        "/dev/null",
    ]);
    let mut child = script.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("`script` makes a terminal");
    child.stdin.take().expect("an input").write_all(typed.as_bytes()).expect("typed");
    let output = child.wait_with_output().expect("an output");
    String::from_utf8_lossy(&output.stdout).replace('\r', "")
}

fn batch(id: u8, fields: &str) -> String {
    let today = today();
    format!(
        r#"{{"v":1,"id":"{id:032x}","tool":"site","day":"{today}","origin":{{"version":"0.1.0","os":"linux"}},
            "events":[{{"event":"command_finished","fields":{fields}}}]}}"#
    )
}

/// The day that the collector has, from its own words.
fn today() -> String {
    let output = Command::new("date").args(["-u", "+%F"]).output().expect("date runs");
    String::from_utf8(output.stdout).expect("UTF-8").trim().to_owned()
}

#[test]
fn from_an_empty_folder_to_a_first_event() {
    let folder = tempfile::tempdir().expect("a folder");
    let (code, said) = init(folder.path(), &["--name", "site"]);
    assert_eq!(code, 0, "{said}");
    let mut dev = Dev::start(folder.path(), &[]);

    dev.post("/v1/batches", &batch(1, r#"{"command":"biuld","outcome":"succeeded","duration":"12ms","path":"/a"}"#));
    dev.says("site 0.1.0, native, 2");
    let told = dev.says("`command_finished.command` is `biuld`");
    assert!(told.contains("catalogs/site/catalog.toml:"), "{told}");
    assert!(told.contains("declared: build, check, init; did you mean `build`?"), "{told}");
    dev.says("`command_finished.outcome` is `succeeded`, which becomes `other`; declared: failed, ok");
    dev.says("`command_finished.duration` is dropped: it takes a number, and `12ms` is a text");
    dev.says("`command_finished.path` is dropped: it is not declared; declared: command, outcome, duration");
    let first = dev.says("First event, ");
    assert!(first.ends_with("bytes, from site 0.1.0."), "{first}");
    dev.says(&format!("http://{}/t/site", dev.address));
    dev.says(&format!("http://{}/transparency/site", dev.address));

    dev.post("/v1/batches", &batch(2, r#"{"command":"build","outcome":"ok","duration":12}"#));
    let taken = dev.says("site 0.1.0, native, ");
    assert!(taken.ends_with(": 1 kept"), "{taken}");

    let page = request(dev.address, "GET", "/dev", &[], b"");
    assert_eq!(page.status, 200);
    assert!(page.body.contains("did you mean"), "{}", page.body);
    dev.stop();
}

#[test]
fn what_is_refused_is_told_with_the_reason() {
    let folder = tempfile::tempdir().expect("a folder");
    init(folder.path(), &["--name", "site"]);
    let mut dev = Dev::start(folder.path(), &[]);
    dev.post("/v1/batches", "{\"v\":1");
    dev.says("body_malformed: ");
    dev.post("/v1/batches", &batch(1, "{}").replace("\"site\"", "\"sight\""));
    dev.says("`tool` is `sight`, and there are catalogues of site only");
    dev.post("/v1/batches", &batch(2, "{}").replace("command_finished", "command_ended"));
    dev.says("event `command_ended` is rejected: it is not declared");
    dev.post("/telemetry", "{}");
    dev.says("POST /telemetry: refused");
    dev.says("send native batches to `/v1/batches`");
    dev.stop();
}

#[test]
fn silence_has_a_checklist() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut dev = Dev::start(folder.path(), &["--patience", "1"]);
    dev.says("Nothing has come for 1 s. What keeps a tool silent:");
    dev.says("DO_NOT_TRACK");
    let command = dev.says("To see that this end works: curl ");
    let body = command.split('\'').nth(1).expect("a body").to_owned();
    dev.post("/v1/batches", &body);
    dev.says("First event, ");
    dev.stop();
}

#[test]
fn a_new_catalogue_is_sound_and_never_replaces_one() {
    let check = |file: &str, text: &str, name: &str, snippet: &str| {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join(file), text).expect("a file");
        let (code, said) = init(folder.path(), &[]);
        assert_eq!(code, 0, "{said}");
        assert!(said.contains(snippet), "{said}");
        let catalog = folder.path().join("catalogs").join(name);
        let checked = aboveboard().args(["catalog", "check"]).arg(&catalog).output().expect("it runs");
        assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
        std::fs::write(catalog.join("catalog.toml"), "mine").expect("a file");
        let (code, said) = init(folder.path(), &[]);
        assert!(code == 1 && said.contains("nothing is overwritten"), "{said}");
        assert_eq!(std::fs::read_to_string(catalog.join("catalog.toml")).expect("a file"), "mine");
    };
    check("Cargo.toml", "[package]\nname = \"my_site\"\n", "my-site", "cargo add aboveboard");
    check("package.json", r#"{"name":"@me/site"}"#, "site", "npm install CLONE/sdk/typescript");
    check("run.sh", "", "mytool", "aboveboard record --catalog catalogs/mytool");
}

#[test]
fn on_a_terminal_five_questions_make_a_catalogue() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("Cargo.toml"), "[package]\nname = \"my_site\"\n").expect("a file");
    let said =
        init_on_a_terminal(folder.path(), "Site_Maker\nEvery & One\n\nhttps://in.example/t\ndeploy, build,,build\n");
    assert_eq!(said.matches("]: ").count(), 5, "{said}");
    for asked in [
        "Name of the tool, in lower case [my-site]: ",
        "Who is responsible for the data [the makers of site-maker]: ",
        "Where people can ask about it [privacy@site-maker.example]: ",
        "Where your collector will be [https://telemetry.site-maker.example]: ",
        "Its commands, with commas [build,check,init]: ",
        "cargo add aboveboard",
    ] {
        assert!(said.contains(asked), "{asked}: {said}");
    }
    let written = folder.path().join("catalogs/site-maker/catalog.toml");
    let written = std::fs::read_to_string(written).unwrap_or_else(|error| panic!("{error}: {said}"));
    for answer in
        ["\"Every & One\"", "\"privacy@site-maker.example\"", "\"https://in.example/t\"", "[\"build\", \"deploy\"]"]
    {
        assert!(written.contains(answer), "{answer}: {written}");
    }
}

#[test]
fn whoever_ends_the_questions_has_nothing_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let said = init_on_a_terminal(folder.path(), "site\n\u{4}");
    assert!(said.contains("nothing was written"), "{said}");
    assert!(!folder.path().join("catalogs").exists());
}

#[test]
fn answers_that_cannot_be_are_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let (code, said) = init(folder.path(), &["--endpoint", "http://insecure.example"]);
    assert!(code == 2 && said.contains("https"), "{said}");
    assert!(!folder.path().join("catalogs").exists());
}
