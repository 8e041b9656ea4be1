//! The other programs that commands start: `git`, which knows what was there before, and the examples of error pages.
//! The collector itself starts none.

#![expect(clippy::disallowed_methods, reason = "the only file that starts other programs for a command")]

use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// How long an example may take. The examples of pages take milliseconds; one that waits for somebody never ends.
const EXAMPLE_TIME: Duration = Duration::from_secs(20);
/// The bytes of an example's output that are looked at.
const OUTPUT_BYTES_MAX: u64 = 1024 * 1024;

/// What `git` says in a folder; `None` when it fails, which it does outside of a repository.
pub(crate) fn git(folder: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").arg("-C").arg(folder).args(arguments).stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs lines of a shell in an empty folder that is their home, with the programs of a folder before all others, and
/// answers all that they print. A path of that folder is from where this program runs, not from theirs.
///
/// # Errors
/// A sentence, when they do not start or do not end.
pub(crate) fn shell(lines: &str, folder: &Path, programs: &Path) -> Result<String, String> {
    let programs = std::path::absolute(programs).unwrap_or_else(|_| programs.to_owned());
    let mut path = std::ffi::OsString::from(programs);
    path.push(":/usr/local/bin:/usr/bin:/bin");
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("{{\n{lines}\n}} 2>&1")).current_dir(folder).env_clear().envs([
        ("PATH", path.as_os_str()),
        ("HOME", folder.as_os_str()),
        // An example is nobody's run.
        ("DO_NOT_TRACK", std::ffi::OsStr::new("1")),
    ]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let child = command.spawn().map_err(|error| format!("cannot start `sh`: {error}"))?;
    output_of(child)
}

fn output_of(mut child: Child) -> Result<String, String> {
    let stdout = child.stdout.take().ok_or("`sh` has no output")?;
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = stdout.take(OUTPUT_BYTES_MAX).read_to_end(&mut bytes);
        // Nobody listens any more when it took too long.
        let _ = sender.send(String::from_utf8_lossy(&bytes).into_owned());
    });
    let said = receiver.recv_timeout(EXAMPLE_TIME);
    if said.is_err() {
        let _ = child.kill();
    }
    let _ = child.wait();
    said.map_err(|_| format!("it did not end within {} seconds", EXAMPLE_TIME.as_secs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_run_in_their_folder_with_their_programs() {
        let folder = tempfile::tempdir().expect("a folder");
        let programs = tempfile::tempdir().expect("a folder");
        let tool = programs.path().join("tool");
        std::fs::write(&tool, "#!/bin/sh\necho \"in $PWD\" >&2\n").expect("a file");
        std::fs::set_permissions(&tool, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("a program");
        let said = shell("echo $HOME\ntool", folder.path(), programs.path()).expect("it ends");
        let path = folder.path().display();
        assert_eq!(said, format!("{path}\nin {path}\n"));
    }

    #[test]
    fn git_says_nothing_where_there_is_no_repository() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(git(folder.path(), &["log"]), None);
    }
}
