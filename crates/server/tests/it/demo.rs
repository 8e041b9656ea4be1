//! `aboveboard demo`: every address that it names answers, each page says that the data is made up, and nothing is left.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::client::request;
use crate::server::aboveboard;

/// A demo that does not outlive a test that fails.
pub(crate) struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
    }
}

impl Running {
    /// Starts one that keeps its data in a folder, and says what it printed.
    pub(crate) fn start(folder: &Path, flags: &[&str]) -> (Self, String) {
        let mut command = aboveboard();
        command.args(["demo", "--listen", "127.0.0.1:0"]).args(flags).env("TMPDIR", folder);
        let process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut process = Self(process.expect("the program starts"));
        let mut said = String::new();
        for line in BufReader::new(process.0.stdout.take().expect("a pipe")).lines().map_while(Result::ok) {
            said += &format!("{line}\n");
            if line.starts_with("Ctrl-C") {
                break;
            }
        }
        (process, said)
    }
}

/// The addresses in what a demo printed.
pub(crate) fn addresses(said: &str) -> Vec<String> {
    let named = said.split_whitespace().filter_map(|word| word.trim_matches('\'').strip_prefix("http://"));
    named.map(str::to_owned).collect()
}

#[test]
fn a_demo_shows_what_it_promises_and_leaves_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut process, said) = Running::start(folder.path(), &["--days", "14", "--machines", "60"]);
    let all = addresses(&said);
    let to: SocketAddr = all[0].split('/').next().expect("an address").parse().expect("an address");
    let paths: Vec<&str> = all.iter().filter_map(|address| Some(address.split_once('/')?.1)).collect();
    assert!(paths.len() >= 7, "{said}");
    for path in paths {
        let answer = request(to, "GET", &format!("/{path}"), &[], b"");
        assert_eq!(answer.status, 200, "{path}");
        let is_page = answer.header("content-type").starts_with("text/html");
        assert!(!is_page || answer.body.contains("Demo data."), "{path}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 1, "everything is in one folder");
    let id = process.0.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().expect("kill runs").success());
    assert!(process.0.wait().expect("it ends").success());
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0, "the folder is gone");
}
