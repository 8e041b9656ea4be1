//! The commands of the analyst's guide, word for word: tables for everybody, rows for the few, and DuckDB over the rows.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::collector::Collector;
use crate::{http, node};

const GUIDE: &str = include_str!("../../../../docs/guides/analyst.md");
/// As PyPI has it; the package has no command of its own.
const DUCKDB: &str = "duckdb==2.0.0";
const TOKEN: &str = "ada-0123456789abcdef";

#[test]
fn the_guide_says_what_happens() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("names"), format!("ada {TOKEN}\n")).expect("a file");
    let names = folder.path().join("names");
    let names = names.to_str().expect("UTF-8");
    let collector = Collector::start_with(&folder.path().join("data"), &["--export-token-file", names]);
    let today = today();
    for (id, version, n) in [(1, "1.4.2", 3), (2, "1.5.0", 4)] {
        let batch = format!(
            r#"{{"v":1,"id":"{id:032x}","tool":"acme","day":"{today}","origin":{{"version":"{version}","os":"linux"}},
                "events":[{{"event":"command_finished","n":{n},"fields":{{"command":"build"}}}}]}}"#
        );
        assert_eq!(http::post(collector.address, "/v1/batches", batch.as_bytes()).expect("an answer").status, 200);
    }
    let said: Vec<String> = commands().iter().map(|command| run(command, &collector, folder.path(), &today)).collect();
    let [table, rows, answer] = said.as_slice() else { panic!("three commands, not {}", said.len()) };
    assert!(table.starts_with("bucket,version,value,n,folded\r\n"), "{table}");
    assert_eq!(rows, "", "rows go to the file");
    assert_eq!(answer.trim(), "[('1.5.0', 4), ('1.4.2', 3)]");
}

/// The commands of the guide; one goes on where its line ends with a backslash.
fn commands() -> Vec<String> {
    let lines: String = GUIDE.lines().filter_map(|line| line.strip_prefix("    ")).fold(String::new(), |all, line| {
        let end = if line.ends_with('\\') { "" } else { "\n" };
        all + line.trim_end_matches('\\') + end
    });
    let is_command = |line: &&str| ["curl ", "duckdb "].iter().any(|word| line.starts_with(word));
    lines.lines().filter(is_command).map(str::to_owned).collect()
}

/// Runs a command of the guide about this collector and this day.
fn run(line: &str, collector: &Collector, folder: &Path, today: &str) -> String {
    let line = line.replace("localhost:7300", &collector.address.to_string());
    let line = line.replace("2026-11-01", today).replace("2026-11-30", today);
    let path = format!("{}:{}", duckdb().display(), std::env::var("PATH").expect("a path"));
    let mut bash = Command::new("bash");
    bash.args(["-c", &line]).current_dir(folder).env("PATH", path).env("EXPORT_TOKEN", TOKEN);
    let output = bash.output().expect("bash");
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// The folder of a command `duckdb -c SQL`, made once of the package for Python.
fn duckdb() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/journeys").join(DUCKDB.replace("==", "-"));
    let command = folder.join("bin/duckdb");
    if !command.exists() {
        node::run(Command::new("python3").args(["-m", "venv"]).arg(&folder));
        node::run(Command::new(folder.join("bin/pip")).args([
            "install",
            "--quiet",
            "--disable-pip-version-check",
            DUCKDB,
        ]));
        let python = folder.join("bin/python");
        let text = format!(
            "#!{}\nimport duckdb, sys\nassert sys.argv[1] == \"-c\"\nprint(duckdb.sql(sys.argv[2]).fetchall())\n",
            python.display()
        );
        fs::write(&command, text).expect("a file");
        fs::set_permissions(&command, fs::Permissions::from_mode(0o755)).expect("a mode");
    }
    command.parent().expect("a folder").to_owned()
}

/// The day that the collector has.
fn today() -> String {
    node::run(Command::new("date").args(["-u", "+%F"])).trim().to_owned()
}
