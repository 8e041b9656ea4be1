//! What `aboveboard demo` prints to be tried, word for word, on the demo that printed it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_aboveboard");

/// A demo that does not outlive a test that fails.
struct Demo(Child);

impl Drop for Demo {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

#[test]
fn every_line_that_is_to_be_tried_works() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(PROGRAM);
    command.args(["demo", "--listen", "127.0.0.1:0", "--days", "21", "--machines", "120"]).env("TMPDIR", folder.path());
    let demo = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut demo = Demo(demo.expect("the demo starts"));
    let lines = BufReader::new(demo.0.stdout.take().expect("a pipe")).lines().map_while(Result::ok);
    let said: Vec<String> = lines.take_while(|line| !line.starts_with("Ctrl-C")).collect();
    let tried: Vec<&str> = (said.iter().map(String::as_str))
        .skip_while(|line| !line.starts_with("  Try"))
        .take_while(|line| !line.is_empty())
        .map(|line| line.trim_start_matches("  Try").trim())
        .collect();
    assert!(tried.len() >= 2, "{said:#?}");
    for line in tried {
        let output = run(line);
        // Beside a head there is at least one row, and no problem, which curl takes for an answer as well.
        assert!(output.lines().count() >= 2 && !output.contains("/problems#"), "{line}: {output}");
    }
}

/// Runs a line as whoever installed the program would.
fn run(line: &str) -> String {
    let installed = Path::new(PROGRAM).parent().expect("a folder").display();
    let path = format!("{installed}:{}", std::env::var("PATH").expect("a path"));
    let output = Command::new("bash").args(["-c", line]).env("PATH", path).output().expect("bash");
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}
