//! The Rust client, as the example tool adopts it, against the real collector: what happened is what is answered, and
//! what the user is shown is what arrived.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::Value;

use crate::collector::Collector;

/// Runs of the tool: more than the smallest group that is shown.
const RUNS: u64 = 25;

#[test]
fn a_rust_tool_is_counted_and_its_user_sees_what_arrived() {
    let folder = tempfile::tempdir().expect("a folder");
    let collector = Collector::start(&folder.path().join("data"));
    let relay = Relay::to(collector.address);
    let tool = Tool::built(folder.path());

    tool.run(&["telemetry", "enable"], relay.address);
    for _ in 0..RUNS {
        assert_eq!(tool.run(&["build"], relay.address).stdout, b"build: done\n");
    }
    tool.run(&["unknown", "--token=SECRET"], relay.address);
    tool.send(relay.address);

    let account = collector.account("acme");
    assert_eq!((account.received, account.kept, account.repeated), (RUNS + 1, RUNS + 1, 0));
    let answer: Value = serde_json::from_str(&collector.ask("/v1/query?tool=acme&measure=events")).expect("JSON");
    assert_eq!(answer["rows"][0]["n"], RUNS + 1, "{answer}");

    let shown = tool.run(&["telemetry", "inspect", "--raw"], relay.address).stdout;
    assert!(relay.carried(&shown), "what is shown did not arrive: {}", String::from_utf8_lossy(&shown));
    assert!(!relay.carried(b"SECRET") && !relay.carried(b"unknown"));

    // Whoever sends again, as after an answer that was lost, counts once.
    let answer = crate::http::post(collector.address, "/v1/batches", &shown).expect("an answer");
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(collector.account("acme").kept, RUNS + 1);
}

/// Errors shown and votes: more than the smallest group that is shown.
const VOTES: u64 = 25;

#[test]
fn a_vote_below_a_page_is_answered_with_the_errors_that_it_is_about() {
    let folder = tempfile::tempdir().expect("a folder");
    let collector = Collector::start(&folder.path().join("data"));
    let tool = Tool::built(folder.path());
    std::fs::remove_file(folder.path().join("acme.toml")).expect("removed");

    tool.run(&["telemetry", "enable"], collector.address);
    for _ in 0..VOTES {
        assert_eq!(tool.run(&["build"], collector.address).status.code(), Some(3));
        let shown = tool.on_a_terminal("explain ACME_CONFIG_MISSING", "n\n2\n", collector.address);
        assert!(shown.contains("Thank you."), "{shown}");
        // As if each were another month, or another machine.
        std::fs::remove_file(tool.state().join("votes")).expect("removed");
    }
    tool.send(collector.address);

    let row = |question: &str| {
        let answer = collector.ask(&format!("/v1/query?tool=acme&{question}"));
        serde_json::from_str::<Value>(&answer).expect("JSON")["rows"][0].clone()
    };
    let vote = row("by=feedback_given.code,feedback_given.reason&where=feedback_given.helpful:false");
    assert_eq!(vote["key"], serde_json::json!(["ACME_CONFIG_MISSING", "message_unclear"]), "{vote}");
    assert_eq!(vote["n"], VOTES, "{vote}");
    let followed = row("by=error_followed.next");
    assert_eq!((&followed["key"][0], &followed["n"]), (&"again".into(), &(VOTES - 1).into()), "{followed}");
}

/// The example tool on a machine of its own.
struct Tool {
    program: PathBuf,
    home: PathBuf,
}

impl Tool {
    fn built(home: &Path) -> Self {
        std::fs::write(home.join("acme.toml"), "title = \"My site\"\n").expect("written");
        Self { program: example(), home: home.to_owned() }
    }

    fn state(&self) -> PathBuf {
        self.home.join(".local/state/acme/telemetry")
    }

    /// Runs it on a terminal of its own; answers what that showed.
    fn on_a_terminal(&self, arguments: &str, typed: &str, collector: SocketAddr) -> String {
        let mut script = self.prepared("script".as_ref(), collector);
        script.args(["-qec", &format!("{} {arguments}", self.program.display()), "-E", "never", "/dev/null"]);
        let mut child = script.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("`script` makes a terminal");
        child.stdin.take().expect("an input").write_all(typed.as_bytes()).expect("typed");
        String::from_utf8_lossy(&child.wait_with_output().expect("an output").stdout).into_owned()
    }

    fn run(&self, arguments: &[&str], collector: SocketAddr) -> Output {
        self.prepared(&self.program, collector).args(arguments).output().expect("the tool runs")
    }

    fn prepared(&self, program: &Path, collector: SocketAddr) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", &self.home)
            .env("container", "no")
            .current_dir(&self.home);
        command.env("ACME_TELEMETRY_ENDPOINT", format!("http://{collector}"));
        command
    }

    /// Runs the sender until nothing waits: a child that the tool started may be under way, and only one sends.
    fn send(&self, collector: SocketAddr) {
        let state = self.state();
        for _ in 0..1_000 {
            let _ = std::fs::remove_file(state.join("next"));
            assert!(self.run(&["__aboveboard-send"], collector).status.success());
            let status = self.run(&["telemetry", "status", "--json"], collector).stdout;
            let status: Value = serde_json::from_slice(&status).expect("JSON");
            if status["queued"] == 0 {
                return;
            }
        }
        panic!("something still waits");
    }
}

/// The example tool, built.
pub(crate) fn example() -> PathBuf {
    let built = Command::new(env!("CARGO")).args(["build", "--quiet", "--package", "hello-cli"]).status();
    assert!(built.is_ok_and(|status| status.success()), "the example tool builds");
    Path::new(env!("CARGO_BIN_EXE_aboveboard")).with_file_name("acme")
}

/// Stands between the tool and the collector, and remembers what the tool said.
struct Relay {
    address: SocketAddr,
    said: Arc<Mutex<Vec<u8>>>,
}

impl Relay {
    fn to(collector: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let said = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&said);
        thread::spawn(move || {
            for tool in listener.incoming().flatten() {
                let server = TcpStream::connect(collector).expect("the collector listens");
                let (answers, questions) = (server.try_clone(), tool.try_clone());
                let heard = Arc::clone(&heard);
                thread::spawn(move || carry(tool, server, |bytes| heard.lock().expect("sound").extend(bytes)));
                thread::spawn(move || carry(answers.expect("a socket"), questions.expect("a socket"), |_| {}));
            }
        });
        Self { address, said }
    }

    fn carried(&self, bytes: &[u8]) -> bool {
        let said = self.said.lock().expect("sound");
        !bytes.is_empty() && said.windows(bytes.len()).any(|window| window == bytes)
    }
}

fn carry(mut from: TcpStream, mut to: TcpStream, mut hear: impl FnMut(&[u8])) {
    let mut buffer = [0; 4096];
    while let Ok(length) = from.read(&mut buffer) {
        hear(&buffer[..length]);
        if length == 0 || to.write_all(&buffer[..length]).is_err() {
            let _ = to.shutdown(std::net::Shutdown::Write);
            return;
        }
    }
}
