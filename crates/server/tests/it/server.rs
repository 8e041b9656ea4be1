//! One running collector, and what tests do with it.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use serde_json::Value;
use tempfile::TempDir;

use crate::client::{Answer, request};
use crate::operator::TOKEN;

/// The program under test.
pub(crate) fn aboveboard() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aboveboard"));
    command.env_clear();
    command
}

fn token_file(folder: &TempDir) -> String {
    let file = folder.path().join("token");
    std::fs::write(&file, format!("{TOKEN}\n")).expect("a file");
    file.to_str().expect("a path in UTF-8").to_owned()
}

/// A collector with a folder of its own; killed when dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    data: Arc<TempDir>,
    process: Child,
    log: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts one on an empty folder.
    pub(crate) fn start(flags: &[&str]) -> Self {
        Self::start_on(Arc::new(tempfile::tempdir().expect("a folder")), flags)
    }

    /// Starts one whose operator has the token [`TOKEN`], so that all others are the public.
    pub(crate) fn start_with_token() -> Self {
        Self::start_with_token_and(&[])
    }

    /// Starts such a one with further flags.
    pub(crate) fn start_with_token_and(flags: &[&str]) -> Self {
        let data = Arc::new(tempfile::tempdir().expect("a folder"));
        let file = token_file(&data);
        Self::start_on(data, &[&["--token-file", &file], flags].concat())
    }

    fn start_on(data: Arc<TempDir>, flags: &[&str]) -> Self {
        let mut command = aboveboard();
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data.path()).args(flags);
        let mut process = command.stderr(Stdio::piped()).spawn().expect("the program starts");
        let (log, (found, address)) = (Arc::new(Mutex::new(String::new())), mpsc::channel());
        let (lines, shared) = (BufReader::new(process.stderr.take().expect("a pipe")), Arc::clone(&log));
        let reader = std::thread::spawn(move || {
            for line in lines.lines().map_while(Result::ok) {
                if let Some((_, address)) = line.split_once("listening on http://") {
                    let digits = address.trim_end_matches(['"', '}']).split('"').next().expect("an address");
                    let _ = found.send(digits.parse().expect("an address"));
                }
                shared.lock().expect("no panic").push_str(&format!("{line}\n"));
            }
        });
        let address = address.recv().unwrap_or_else(|_| panic!("no start: {}", log.lock().expect("no panic")));
        Self { address, data, process, log, reader: Some(reader) }
    }

    /// Stops it as an operator would, and says what it left.
    pub(crate) fn stop(mut self) -> Stopped {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().expect("kill runs").success());
        let status = self.process.wait().expect("it ends");
        let read = self.reader.take().map(JoinHandle::join);
        assert!(read.is_none_or(|read| read.is_ok()));
        let log = self.log.lock().expect("no panic").clone();
        Stopped { status, log, data: Arc::clone(&self.data) }
    }

    /// Stops it as a power cut would.
    pub(crate) fn kill(mut self) -> Stopped {
        self.process.kill().expect("it runs");
        let status = self.process.wait().expect("it ends");
        Stopped { status, log: String::new(), data: Arc::clone(&self.data) }
    }

    /// Where clients send.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Its data folder.
    pub(crate) fn folder(&self) -> &Path {
        self.data.path()
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        request(self.address, "GET", path, &[], b"")
    }

    pub(crate) fn post(&self, path: &str, body: impl AsRef<[u8]>) -> Answer {
        self.post_with(path, &[("content-type", "application/json")], body)
    }

    pub(crate) fn post_with(&self, path: &str, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Answer {
        request(self.address, "POST", path, headers, body.as_ref())
    }

    /// The account of a tool, after checking that it balances.
    pub(crate) fn ledger(&self, tool: &str) -> Value {
        let answer = self.get(&format!("/v1/ledger?tool={tool}"));
        assert_eq!(answer.status, 200, "{answer:?}");
        let account = answer.json();
        let figure = |key: &str| account[key].as_u64().expect("a figure");
        let rejected: u64 = account["rejected"].as_object().expect("codes").values().filter_map(Value::as_u64).sum();
        let sum = figure("kept") + figure("repeated") + rejected + figure("unsettled");
        assert_eq!(figure("received"), sum, "{account}");
        account
    }

    /// Checks the figures of a tool: received, kept, repeated, and rejected by code.
    #[track_caller]
    pub(crate) fn check_ledger(&self, tool: &str, [received, kept, repeated]: [u64; 3], rejected: Value) {
        let account = self.ledger(tool);
        let figures = [&account["received"], &account["kept"], &account["repeated"], &account["rejected"]];
        assert_eq!(figures, [&received.into(), &kept.into(), &repeated.into(), &rejected], "{account}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What a collector left behind.
pub(crate) struct Stopped {
    pub(crate) status: ExitStatus,
    pub(crate) log: String,
    data: Arc<TempDir>,
}

impl Stopped {
    /// Starts another one on the same folder.
    pub(crate) fn restart(self, flags: &[&str]) -> Server {
        Server::start_on(self.data, flags)
    }

    /// Starts another one whose operator has the token [`TOKEN`].
    pub(crate) fn restart_with_token(self) -> Server {
        let file = token_file(&self.data);
        Server::start_on(self.data, &["--token-file", &file])
    }

    /// All bytes in the folder.
    pub(crate) fn all_bytes(&self) -> Vec<u8> {
        let (mut folders, mut bytes) = (vec![self.data.path().to_owned()], Vec::new());
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    bytes.extend(std::fs::read(path).expect("a file"));
                }
            }
        }
        bytes
    }
}

/// A folder of catalogues with that of `acme`, to be changed.
pub(crate) fn copy_of_acme() -> TempDir {
    let catalogs = tempfile::tempdir().expect("a folder");
    let from = concat!(env!("CARGO_MANIFEST_DIR"), "/../../catalogs/acme");
    let copied = Command::new("cp").args(["-r", from]).arg(catalogs.path()).status();
    assert!(copied.expect("cp runs").success());
    catalogs
}
