//! A machine full of canaries: a home folder of its own, a project in it, and a listener that is all of the network that
//! the tool is told about.

#![expect(
    clippy::disallowed_methods,
    reason = "a harness that runs other programs in a folder that it makes and deletes"
)]

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use super::ear::Ear;
use super::{Canary, Heard, Planted};

/// A place for one tool, deleted when it is dropped.
pub(crate) struct Place {
    root: PathBuf,
    planted: Planted,
    /// What was put there, so that it is not found again.
    files: BTreeMap<PathBuf, Vec<u8>>,
    ear: Ear,
}

/// How a run ended.
pub(crate) struct Ran {
    /// The exit code, when it was not a signal.
    pub(crate) code: Option<i32>,
    /// Whether the host name was planted, too.
    pub(crate) renamed: bool,
    /// Whether something still waited to be sent.
    pub(crate) waiting: bool,
}

/// How often the place is looked at until nothing waits there, and how long between two looks.
const LOOKS_MAX: u32 = 240;
const LOOKS_MIN: u32 = 20;
const PAUSE: Duration = Duration::from_millis(50);

/// Words shorter than this stand in every file.
const REAL_LETTERS_MIN: usize = 6;

impl Place {
    /// Makes one. The files of `project` are copied into it.
    pub(crate) fn new(seed: u64, project: Option<&Path>) -> io::Result<Self> {
        let planted = Planted::new(seed);
        let root = std::env::temp_dir().join(format!("aboveboard-{seed:016x}"));
        let mut place = Self { root, planted, files: BTreeMap::new(), ear: Ear::open()? };
        fs::create_dir_all(place.root.join("tmp"))?;
        fs::create_dir_all(place.project().join(".git/objects"))?;
        if let Some(project) = project {
            place.copy(project, &place.project())?;
        }
        place.plant()?;
        Ok(place)
    }

    fn home(&self) -> PathBuf {
        self.root.join(&self.planted.user)
    }

    fn project(&self) -> PathBuf {
        self.home().join(&self.planted.folder)
    }

    /// Everything that is looked for.
    pub(crate) fn canaries(&self) -> Vec<Canary> {
        self.planted.canaries(&self.home().display().to_string(), &self.project().display().to_string(), real())
    }

    fn plant(&mut self) -> io::Result<()> {
        let Planted { user, folder, package, branch, commit, mail, token, .. } = &self.planted;
        let remote = self.planted.remote();
        let files = [
            (format!("{folder}/.git/HEAD"), format!("ref: refs/heads/{branch}\n")),
            (format!("{folder}/.git/refs/heads/{branch}"), format!("{commit}\n")),
            (
                format!("{folder}/.git/config"),
                format!(
                    "[core]\n\trepositoryformatversion = 0\n[user]\n\tname = {user}\n\temail = {mail}\n[remote \"origin\"]\n\turl = {remote}\n"
                ),
            ),
            (format!("{folder}/package.json"), format!("{{ \"name\": \"{package}\", \"version\": \"1.0.0\" }}\n")),
            (format!("{folder}/.env"), format!("API_KEY={token}\n")),
            (".netrc".to_owned(), format!("machine git.example login {user} password {token}\n")),
            (".npmrc".to_owned(), format!("//registry.example/:_authToken={token}\n")),
            (".gitconfig".to_owned(), format!("[user]\n\tname = {user}\n\temail = {mail}\n")),
        ];
        let files = files.map(|(path, text)| (self.home().join(path), text));
        files.into_iter().filter(|(path, _)| !path.exists()).try_for_each(|(path, text)| self.put(path, text.into()))
    }

    fn put(&mut self, path: PathBuf, bytes: Vec<u8>) -> io::Result<()> {
        fs::create_dir_all(path.parent().unwrap_or(&self.root))?;
        fs::write(&path, &bytes)?;
        self.files.insert(path, bytes);
        Ok(())
    }

    /// Copies a project without its history and what its links lead to.
    fn copy(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        for entry in fs::read_dir(from)? {
            let entry = entry?;
            let (kind, target) = (entry.file_type()?, to.join(entry.file_name()));
            if kind.is_dir() && entry.file_name() != ".git" {
                self.copy(&entry.path(), &target)?;
            } else if kind.is_file() {
                self.put(target.clone(), fs::read(entry.path())?)?;
                fs::set_permissions(target, entry.metadata()?.permissions())?;
            }
        }
        Ok(())
    }

    /// Runs a program of this tool to its end, and waits until nothing waits to be sent. Its output goes to stderr.
    pub(crate) fn run(&self, tool: &str, program: &[OsString], kept: &[(String, String)]) -> io::Result<Ran> {
        let renamed = can_rename();
        let mut command = if renamed { renamed_host(&self.planted.host, program) } else { command(program) };
        command.current_dir(self.project()).env_clear();
        command.envs(kept.iter().map(|(name, value)| (name, value))).envs(self.variables(tool));
        let status = command.stdin(Stdio::null()).stdout(Stdio::from(io::stderr())).status()?;
        let waiting = self.settle();
        Ok(Ran { code: status.code(), renamed, waiting })
    }

    /// What stands in the environment: who one is, what nobody may know, and where to send.
    fn variables(&self, tool: &str) -> Vec<(String, String)> {
        let Planted { user, host, branch, commit, mail, token, owner, repository, .. } = &self.planted;
        let (home, tmp) = (self.home().display().to_string(), self.root.join("tmp").display().to_string());
        let ear = format!("http://{}", self.ear.address);
        let (telemetry, _) = aboveboard::consent::variables(tool);
        let endpoint = format!("{telemetry}_ENDPOINT");
        let full = format!("{owner}/{repository}");
        let named: [(&[&str], &str); 14] = [
            (&["USER", "LOGNAME", "USERNAME"], user),
            (&["HOSTNAME", "HOST", "COMPUTERNAME"], host),
            (&["HOME", "USERPROFILE"], &home),
            (&["TMPDIR", "TEMP", "TMP"], &tmp),
            (&["GITHUB_REF_NAME", "BRANCH"], branch),
            (&["GITHUB_SHA"], commit),
            (&["GITHUB_REPOSITORY"], &full),
            (&["EMAIL", "GIT_AUTHOR_EMAIL"], mail),
            (&["GITHUB_TOKEN", "NPM_TOKEN", "AWS_SECRET_ACCESS_KEY", "API_KEY"], token),
            (&["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"], &ear),
            (&["no_proxy", "NO_PROXY"], "127.0.0.1"),
            (&["container"], "no"),
            (&[&telemetry], "1"),
            (&[&endpoint], &ear),
        ];
        named
            .iter()
            .flat_map(|(names, value)| names.iter().map(|name| ((*name).to_owned(), (*value).to_owned())))
            .collect()
    }

    /// Waits for senders that outlive the tool; answers whether something still waits.
    fn settle(&self) -> bool {
        (1..=LOOKS_MAX).all(|look| {
            thread::sleep(PAUSE);
            look < LOOKS_MIN || self.queues()
        })
    }

    /// Whether a queue of a client of ours, in any language, holds something.
    fn queues(&self) -> bool {
        let waits = |path: &Path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let below = path.parent().is_some_and(|folder| folder.ends_with("telemetry"));
            below && (name == "queue" || name.starts_with("q-") || name.starts_with("s-"))
        };
        files_below(&self.home()).iter().any(|path| waits(path))
    }

    /// What was kept, by file, and what was sent.
    pub(crate) fn heard(&self) -> Vec<Heard> {
        let kept = files_below(&self.root).into_iter().filter_map(|path| {
            let bytes = fs::read(&path).ok()?;
            (self.files.get(&path) != Some(&bytes)).then(|| Heard { place: self.name(&path), bytes })
        });
        let sent = self.ear.heard().into_iter().map(|bytes| Heard { place: super::SENT.to_owned(), bytes });
        kept.chain(sent).collect()
    }

    /// A path as people know it.
    fn name(&self, path: &Path) -> String {
        let shown = |path: &Path| path.display().to_string();
        match (path.strip_prefix(self.home()), path.strip_prefix(&self.root)) {
            (Ok(below), _) => format!("`~/{}`", shown(below)),
            (_, Ok(below)) => format!("`{}`", shown(below)),
            _ => format!("`{}`", shown(path)),
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.root);
    }
}

/// What is private on this very machine and cannot be planted.
fn real() -> Vec<Canary> {
    let text = |path: &str| fs::read_to_string(path).unwrap_or_default().trim().to_owned();
    let cards = fs::read_dir("/sys/class/net").into_iter().flatten().flatten();
    let addresses = cards.map(|card| text(&card.path().join("address").display().to_string()));
    let addresses = addresses.filter(|address| address.bytes().any(|byte| !matches!(byte, b'0' | b':')));
    let addresses = addresses.flat_map(|address| [address.replace(':', ""), address.replace(':', "-"), address]);
    let words = [
        ("host name of this machine", vec![text("/proc/sys/kernel/hostname")]),
        ("id of this machine", vec![text("/etc/machine-id")]),
        ("hardware address of this machine", addresses.collect()),
    ];
    let long = |words: Vec<String>| words.into_iter().filter(|word| word.len() >= REAL_LETTERS_MIN).collect();
    let canaries = words.map(|(what, words)| Canary { what, words: long(words) });
    canaries.into_iter().filter(|canary: &Canary| !canary.words.is_empty()).collect()
}

/// Whether a program can be run under another host name (a UTS namespace, which needs the right to make one).
fn can_rename() -> bool {
    let mut probe = Command::new("unshare");
    probe.args(["--uts", "true"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    probe.status().is_ok_and(|status| status.success())
}

fn command(program: &[OsString]) -> Command {
    let mut command = Command::new(&program[0]);
    command.args(&program[1..]);
    command
}

fn renamed_host(host: &str, program: &[OsString]) -> Command {
    let mut command = Command::new("unshare");
    let script = r#"echo "$0" > /proc/sys/kernel/hostname && exec "$@""#;
    command.args(["--uts", "sh", "-c", script, host]).args(program);
    command
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries
        .flat_map(|entry| match entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            true => files_below(&entry.path()),
            false => vec![entry.path()],
        })
        .collect();
    files.sort();
    files
}
