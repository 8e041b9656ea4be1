//! The real `aboveboard serve` as a process of its own, on a free port of this machine.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Sender};
use std::thread::{self, JoinHandle};

use serde_json::Value;

use crate::http;

/// A running collector. Dropped, it is killed as by `kill -9`.
pub(crate) struct Collector {
    process: Child,
    pub(crate) address: SocketAddr,
    readers: Vec<JoinHandle<String>>,
}

/// The figures of the ledger, without those of single codes.
#[derive(Debug, PartialEq)]
pub(crate) struct Account {
    pub(crate) received: u64,
    pub(crate) kept: u64,
    pub(crate) repeated: u64,
    pub(crate) rejected: BTreeMap<String, u64>,
    pub(crate) unsettled: u64,
    pub(crate) dropped: u64,
}

impl Collector {
    /// Starts one on a data folder and waits until it listens.
    pub(crate) fn start(data: &Path) -> Self {
        Self::start_with(data, &[])
    }

    /// The same with further flags.
    pub(crate) fn start_with(data: &Path, flags: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_aboveboard"));
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data).args(flags);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.spawn().expect("the collector starts");
        let (tell, told) = mpsc::channel();
        let stdout = listen(process.stdout.take().expect("a pipe"), tell.clone());
        let stderr = listen(process.stderr.take().expect("a pipe"), tell);
        let mut collector = Self { process, address: ([127, 0, 0, 1], 0).into(), readers: vec![stdout, stderr] };
        match told.recv() {
            Ok(address) => collector.address = address,
            Err(_) => panic!("the collector did not listen:\n{}", collector.logs()),
        }
        collector
    }

    /// Ends it as a power cut ends a process: no farewell.
    pub(crate) fn kill(mut self) {
        self.process.kill().expect("it was running");
        self.logs();
    }

    /// Asks it to stop, waits, and returns all it printed.
    pub(crate) fn stop(mut self) -> String {
        let told = Command::new("kill").args(["-TERM", &self.process.id().to_string()]).status();
        assert!(told.is_ok_and(|status| status.success()), "the collector can be asked to stop");
        let ended = self.process.wait().expect("it was running");
        let logs = self.logs();
        assert!(ended.success(), "{ended}\n{logs}");
        logs
    }

    /// The body of an answer that must be good.
    #[track_caller]
    pub(crate) fn ask(&self, path: &str) -> String {
        let answer = http::get(self.address, path).expect("an answer");
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer.body
    }

    /// The account of a tool.
    #[track_caller]
    pub(crate) fn account(&self, tool: &str) -> Account {
        let json: Value = serde_json::from_str(&self.ask(&format!("/v1/ledger?tool={tool}"))).expect("JSON");
        let figure = |name: &str| json[name].as_u64().unwrap_or_else(|| panic!("`{name}` in {json}"));
        let codes = json["rejected"].as_object().expect("codes");
        let account = Account {
            received: figure("received"),
            kept: figure("kept"),
            repeated: figure("repeated"),
            rejected: codes.iter().map(|(code, n)| (code.clone(), n.as_u64().expect("a number"))).collect(),
            unsettled: figure("unsettled"),
            dropped: figure("dropped"),
        };
        let verdicts = account.kept + account.repeated + account.rejected.values().sum::<u64>() + account.unsettled;
        assert_eq!(account.received, verdicts, "the ledger balances: {json}");
        account
    }

    /// The values of a question by their groups, joined by ` / `.
    #[track_caller]
    pub(crate) fn counts(&self, question: &str) -> BTreeMap<String, u64> {
        let json: Value = serde_json::from_str(&self.ask(&format!("/v1/query?{question}"))).expect("JSON");
        let rows = json["rows"].as_array().expect("rows");
        let key = |row: &Value| {
            let texts = row["key"].as_array().expect("a key").iter().map(|text| text.as_str().expect("a text"));
            texts.collect::<Vec<_>>().join(" / ")
        };
        rows.iter().map(|row| (key(row), row["value"].as_u64().unwrap_or_else(|| panic!("a count in {row}")))).collect()
    }

    fn logs(&mut self) -> String {
        drop(self.process.wait());
        self.readers.drain(..).map(|reader| reader.join().expect("a reader")).collect()
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// Reads all that comes, and tells the address once it is said.
fn listen(pipe: impl Read + Send + 'static, tell: Sender<SocketAddr>) -> JoinHandle<String> {
    thread::spawn(move || {
        let mut tell = Some(tell);
        let mut heard = String::new();
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            if let Some(address) = address_in(&line)
                && let Some(tell) = tell.take()
            {
                let _ = tell.send(address);
            }
            heard.push_str(&line);
            heard.push('\n');
        }
        heard
    })
}

fn address_in(line: &str) -> Option<SocketAddr> {
    let (_, rest) = line.split_once("listening on http://")?;
    rest.split_whitespace().next()?.parse().ok()
}
