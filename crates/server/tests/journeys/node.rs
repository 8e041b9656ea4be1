//! The real clients: copied from `fixtures/clients`, installed once under `target/journeys`, run by Node.js.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Files by whose content an installation is recognised.
const STAMP: &str = ".installed";

/// Copies a folder of `fixtures/clients`, installs what the `package.json` in `app` names, and returns the copy.
///
/// A second run finds the packages already there.
pub(crate) fn client(name: &str, app: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let copy = root.join("target/journeys").join(name);
    copy_folder(&root.join("fixtures/clients").join(name), &copy);
    let app = copy.join(app);
    let wanted = fs::read_to_string(app.join("package.json")).expect("a package.json");
    if fs::read_to_string(app.join(STAMP)).ok().as_ref() != Some(&wanted) {
        run(Command::new("npm").args(["install", "--no-progress"]).current_dir(&app));
        fs::write(app.join(STAMP), wanted).expect("a stamp");
    }
    copy
}

/// Node.js or npm, with nothing in its environment that changes what a client sends.
pub(crate) fn command(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).env_clear();
    for kept in ["PATH", "HOME", "SystemRoot"] {
        if let Some(value) = std::env::var_os(kept) {
            command.env(kept, value);
        }
    }
    command
}

/// Runs a command to its end and returns what it printed; a failure fails the test.
pub(crate) fn run(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output();
    let output = output.unwrap_or_else(|error| panic!("{command:?}: {error}; the journeys need Node.js and npm"));
    let printed = [output.stdout, output.stderr].concat();
    let printed = String::from_utf8_lossy(&printed).into_owned();
    assert!(output.status.success(), "{command:?}: {}\n{printed}", output.status);
    printed
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy_folder(&from, &to);
        } else {
            fs::copy(&from, &to).expect("a copy");
        }
    }
}
