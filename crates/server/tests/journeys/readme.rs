//! The README's own commands, word for word, on a fresh collector.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::collector::Collector;

#[test]
fn the_readme_says_what_happens() {
    let folder = tempfile::tempdir().expect("a folder");
    let collector = Collector::start(folder.path());
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md");
    let readme = fs::read_to_string(readme).expect("the README");
    let run = |line: &str| {
        let line = line.trim().replace("localhost:7300", &collector.address.to_string());
        let output = Command::new("bash").args(["-c", &line]).output().expect("bash");
        assert!(output.status.success(), "{line}");
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let answers: Vec<String> = readme.lines().filter(|line| line.starts_with("    curl ")).map(run).collect();
    let [receipt, ledger, table] = answers.as_slice() else { panic!("three commands, not {}", answers.len()) };
    let shown = readme.lines().find(|line| line.starts_with(r#"    {"id""#)).expect("the receipt is shown");
    assert_eq!(receipt, shown.trim());
    assert!(ledger.contains(r#""received":3,"kept":3"#), "{ledger}");
    assert_eq!(table, "command_finished.command,value,n,folded\r\nbuild,3,3,false\r\n");
}
