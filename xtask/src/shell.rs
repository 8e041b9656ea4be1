//! Running other programs: at the root of the repository, said before they start, heard while they run.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().expect("xtask lies in a folder of the repository").to_path_buf()
}

/// A command at the root, its words separated by spaces.
pub(crate) fn command(line: &str) -> Command {
    let mut words = line.split_whitespace();
    let mut command = Command::new(words.next().expect("a command has a first word"));
    command.args(words).current_dir(root()).env("CARGO_TERM_COLOR", "never");
    command
}

/// What a program printed, and whether it ended well.
pub(crate) struct Heard {
    pub(crate) success: bool,
    pub(crate) text: String,
}

/// Runs a command and passes on what it prints.
pub(crate) fn run(command: &mut Command) -> Heard {
    println!("$ {}", spelled(command));
    match command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn() {
        Ok(mut child) => {
            let errors = child.stderr.take().map(|stream| thread::spawn(|| pass_on(stream)));
            let mut text = child.stdout.take().map(pass_on).unwrap_or_default();
            text.extend(errors.and_then(|reader| reader.join().ok()));
            Heard { success: child.wait().is_ok_and(|status| status.success()), text }
        }
        Err(error) => {
            println!("cannot start: {error}");
            Heard { success: false, text: String::new() }
        }
    }
}

/// Runs a command silently and returns its standard output, if it ended well.
pub(crate) fn read(line: &str) -> Option<String> {
    let output = command(line).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

fn pass_on(stream: impl Read) -> String {
    let mut heard = String::new();
    let mut lines = BufReader::new(stream);
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
        let text = String::from_utf8_lossy(&line);
        print!("{text}");
        let _ = std::io::stdout().flush();
        heard.push_str(&text);
        line.clear();
    }
    heard
}

fn spelled(command: &Command) -> String {
    let set = command
        .get_envs()
        .filter(|(name, _)| *name != "CARGO_TERM_COLOR")
        .filter_map(|(name, value)| Some(format!("{}={}", name.display(), value?.display())));
    let program = command.get_program().display().to_string();
    let words = command.get_args().map(|word| word.display().to_string());
    set.chain([program]).chain(words).collect::<Vec<_>>().join(" ")
}
