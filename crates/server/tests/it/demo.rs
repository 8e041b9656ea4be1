//! `aboveboard demo`: every address that it names answers, each page says that the data is made up, and nothing is left,
//! however it ends.

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
        let mut demo = Self::begin(folder, flags);
        let said = demo.said();
        (demo, said)
    }

    /// Starts one, which is not ready yet.
    fn begin(folder: &Path, flags: &[&str]) -> Self {
        let mut command = aboveboard();
        command.args(["demo", "--listen", "127.0.0.1:0"]).args(flags).env("TMPDIR", folder);
        let process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        Self(process.expect("the program starts"))
    }

    /// What it says once it is ready.
    fn said(&mut self) -> String {
        let mut said = String::new();
        for line in BufReader::new(self.0.stdout.take().expect("a pipe")).lines().map_while(Result::ok) {
            said += &format!("{line}\n");
            if line.starts_with("Ctrl-C") {
                break;
            }
        }
        said
    }

    /// Sends a signal, and waits until it ended; whether well.
    fn end(&mut self, signal: &str) -> bool {
        let id = self.0.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().expect("kill runs").success());
        self.0.wait().expect("it ends").success()
    }
}

/// The addresses in what a demo printed.
pub(crate) fn addresses(said: &str) -> Vec<String> {
    let named = said.split_whitespace().filter_map(|word| word.trim_matches('\'').strip_prefix("http://"));
    named.map(str::to_owned).collect()
}

const SMALL: [&str; 4] = ["--days", "14", "--machines", "60"];

/// The folders of demos.
fn folders(folder: &Path) -> usize {
    std::fs::read_dir(folder).expect("a folder").count()
}

#[test]
fn a_demo_shows_what_it_promises_and_leaves_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut demo, said) = Running::start(folder.path(), &SMALL);
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
    let get = |path: &str| request(to, "GET", path, &[], b"").body;
    let transparency = get("/transparency/acme");
    let history = transparency.split("id=\"history\"").nth(1).and_then(|rest| rest.split("</section>").next());
    let history = history.expect("a history");
    let added = "<strong class=\"more\">more</strong> <code>event.site_built</code>";
    assert!(history.contains(added) && history.contains("800"), "{history}");
    assert_eq!(folders(folder.path()), 1, "everything is in one folder");
    assert!(demo.end("-INT"));
    assert_eq!(folders(folder.path()), 0, "the folder is gone");
}

#[test]
fn a_demo_that_is_stopped_while_it_makes_its_data_up_leaves_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut demo = Running::begin(folder.path(), &SMALL);
    // The folder is made after the signal is waited for.
    while folders(folder.path()) == 0 {
        std::thread::yield_now();
    }
    assert!(demo.end("-TERM"));
    assert_eq!(folders(folder.path()), 0);
}

#[test]
fn what_a_killed_demo_left_is_deleted_by_the_next_one_and_a_living_one_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let [mut killed, mut living] = [Running::begin(folder.path(), &SMALL), Running::begin(folder.path(), &SMALL)];
    killed.said();
    let said = living.said();
    assert!(!killed.end("-KILL"));
    assert_eq!(folders(folder.path()), 2, "nobody could delete it");
    let mut next = Running::begin(folder.path(), &SMALL);
    next.said();
    assert_eq!(folders(folder.path()), 2, "that of the dead one is gone");
    let address = said.split("http://").nth(1).and_then(|rest| rest.split('/').next()).expect("an address");
    let answer = request(address.parse().expect("an address"), "GET", "/t/acme", &[], b"");
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(next.end("-INT") && living.end("-INT"));
    assert_eq!(folders(folder.path()), 0);
}
