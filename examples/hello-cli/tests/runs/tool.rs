//! The tool under test, on a machine of its own: a home folder that goes away, and nothing of this environment.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

pub(crate) struct Machine {
    home: tempfile::TempDir,
    variables: Vec<(String, String)>,
}

/// How a run ended, as its user sees it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
}

impl Seen {
    pub(crate) fn of(output: &Output) -> Self {
        Self { code: output.status.code(), stdout: String::from_utf8_lossy(&output.stdout).into_owned() }
    }
}

impl Machine {
    /// A machine on which the tool was never run. It says that it is no container, for containers send otherwise.
    pub(crate) fn new() -> Self {
        let home = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(home.path().join("work")).expect("a folder");
        std::fs::write(home.path().join("work/acme.toml"), "title = \"My site\"\n").expect("written");
        Self { home, variables: Vec::new() }.with("container", "no")
    }

    /// A machine whose user chose on, and that sends to this place.
    pub(crate) fn that_sends_to(url: &str) -> Self {
        let machine = Self::new();
        assert!(machine.run(&["telemetry", "enable"]).status.success());
        machine.with("ACME_TELEMETRY_ENDPOINT", url)
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.variables.retain(|(known, _)| known != name);
        self
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    pub(crate) fn state(&self) -> PathBuf {
        self.home.path().join(".local/state/acme/telemetry")
    }

    pub(crate) fn choice(&self) -> PathBuf {
        self.home.path().join(".config/acme/telemetry.toml")
    }

    pub(crate) fn command(&self) -> Command {
        self.prepared(env!("CARGO_BIN_EXE_acme"))
    }

    /// A program with this machine's environment and nothing else.
    pub(crate) fn prepared(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", self.home()).current_dir(self.home().join("work"));
        command.envs(self.variables.iter().map(|(name, value)| (name, value))).stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command().args(arguments).output().expect("the tool runs")
    }

    pub(crate) fn build(&self) -> Seen {
        Seen::of(&self.run(&["build"]))
    }

    /// Runs the tool on a terminal of its own, and answers what it showed there, without what was typed.
    pub(crate) fn on_a_terminal(&self, arguments: &str, typed: &str) -> String {
        use std::io::Write;
        let line = format!("{} {arguments}", env!("CARGO_BIN_EXE_acme"));
        let mut script = self.prepared("script");
        script.args(["-qec", &line, "-E", "never", "/dev/null"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = script.spawn().expect("`script` makes a terminal");
        child.stdin.take().expect("an input").write_all(typed.as_bytes()).expect("typed");
        let output = child.wait_with_output().expect("an output");
        String::from_utf8_lossy(&output.stdout).replace('\r', "")
    }

    /// The same machine shortly after it sent: no run starts a child, so that the test alone sends.
    pub(crate) fn quiet(self) -> Self {
        self.is_quiet();
        self
    }

    /// Makes it so once more.
    pub(crate) fn is_quiet(&self) -> &Self {
        std::fs::create_dir_all(self.state()).expect("made");
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock").as_secs();
        std::fs::write(self.state().join("next"), format!("next = \"{}\"\n", now + 86_400)).expect("written");
        self
    }

    /// Runs the sender until nothing waits, also while a child that a run started is under way.
    pub(crate) fn send_all(&self) {
        for _ in 0..1_000 {
            self.send();
            if self.status()["queued"] == 0 {
                return self.wait_for_the_ledger();
            }
        }
        panic!("something still waits: {}", self.status());
    }

    /// Runs the sender now, as the tool's child does, and waits for its end.
    pub(crate) fn send(&self) {
        let _ = std::fs::remove_file(self.state().join("next"));
        assert!(self.run(&["__aboveboard-send"]).status.success());
    }

    /// Waits until a sender that is under way is done: its lock is gone.
    pub(crate) fn wait_for_the_ledger(&self) {
        while self.state().join("lock").exists() {
            std::thread::yield_now();
        }
    }

    /// The names of everything in the home folder, but for the site in the working directory.
    pub(crate) fn files(&self) -> Vec<String> {
        let mut found = Vec::new();
        walk(self.home(), &mut found);
        found.retain(|name| name != "acme.toml");
        found.sort();
        found
    }

    /// Everything that is kept here, as `telemetry export` says it.
    pub(crate) fn export(&self) -> serde_json::Value {
        serde_json::from_slice(&self.run(&["telemetry", "export"]).stdout).expect("JSON")
    }

    pub(crate) fn status(&self) -> serde_json::Value {
        serde_json::from_slice(&self.run(&["telemetry", "status", "--json"]).stdout).expect("JSON")
    }
}

fn walk(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        match path.is_dir() {
            true => walk(&path, found),
            false => found.push(path.file_name().unwrap_or_default().to_string_lossy().into_owned()),
        }
    }
}

/// What a run looks like when there is no telemetry.
pub(crate) fn plain() -> Seen {
    Seen { code: Some(0), stdout: "build: done\n".to_owned() }
}

/// How many events some batches hold.
pub(crate) fn events(bodies: &[Vec<u8>]) -> u64 {
    let batches = bodies.iter().map(|body| aboveboard_catalog::wire::decode(body).expect("a batch"));
    batches.flat_map(|batch| batch.events).map(|event| event.n).sum()
}
