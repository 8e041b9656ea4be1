//! The only reader of environment variables, the operating system, the terminal and the arguments of the process.
//!
//! What is read is plain data, so that everything else is a function of it and tests pass their own. Each fact about
//! the machine stands behind one function below, cheap and coarse. Never read, because nothing may say it: the host
//! name, the user, paths as facts, hardware addresses, version control, the kernel's build, the model of the CPU.

#![expect(clippy::disallowed_methods, reason = "the one place of the client that reads what surrounds the process")]

use std::io::{IsTerminal, Read};
use std::path::PathBuf;

use crate::order::Named;
use crate::rules::{AGENTS, CI, CONTAINERS};

/// The files whose mere existence says something, see `conformance/environment`.
pub(crate) const FILES: [&str; 3] = ["/.dockerenv", "/run/.containerenv", "/opt/.devin"];

/// What surrounds the process. Cheap to read: a few microseconds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    /// The variables. What is no Unicode in a value is U+FFFD: an off is an off, whatever it is written with.
    pub variables: Named<String>,
    /// Whether standard input is a terminal.
    pub stdin_terminal: bool,
    /// Whether standard output is a terminal.
    pub stdout_terminal: bool,
    /// Whether standard error is a terminal.
    pub stderr_terminal: bool,
    /// Those files out of a short list that exist.
    pub files: Vec<String>,
    /// The working directory, only to look for a project's own settings.
    pub folder: Option<PathBuf>,
    /// The folder with the machine's policies: `/etc`, and what the other systems have instead.
    pub policies: PathBuf,
    /// This program, to start it again for sending.
    pub program: Option<PathBuf>,
}

/// What is read of the machine, and only in a run that records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Machine {
    /// `linux`, `macos`, `windows`, as Rust names them.
    pub os: String,
    /// `x86_64`, `aarch64`, as Rust names them.
    pub arch: String,
    /// The text of `/etc/os-release`, or of what macOS has instead.
    pub release: String,
    /// The kernel's release, for telling WSL.
    pub kernel: String,
    /// The text of `/proc/self/cgroup`.
    pub cgroup: String,
    /// The text of `/proc/meminfo`.
    pub meminfo: String,
    /// Processors that this process may use.
    pub cpus: usize,
}

impl Environment {
    /// Reads it.
    #[must_use]
    pub fn read() -> Self {
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.to_string_lossy().into_owned()))
        };
        Self {
            variables: std::env::vars_os().filter_map(text).collect(),
            stdin_terminal: std::io::stdin().is_terminal(),
            stdout_terminal: std::io::stdout().is_terminal(),
            stderr_terminal: std::io::stderr().is_terminal(),
            files: FILES
                .iter()
                .filter(|file| std::fs::exists(file).unwrap_or(false))
                .map(|&file| file.to_owned())
                .collect(),
            folder: std::env::current_dir().ok(),
            policies: policies(),
            program: std::env::current_exe().ok(),
        }
    }

    /// The text of a variable.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str)
    }

    /// A variable read as a switch: `None` when it is unset or blank, `false` for `0`, `false`, `no` and `off` in any
    /// case, `true` for anything else, so that nobody who writes `yes` is ignored.
    #[must_use]
    pub fn switch(&self, name: &str) -> Option<bool> {
        let value = self.variable(name)?.trim();
        let off = ["0", "false", "no", "off"].iter().any(|word| value.eq_ignore_ascii_case(word));
        (!value.is_empty()).then_some(!off)
    }

    /// Whether a person is likely to read what is written to the terminal: there is one, and neither CI nor an agent
    /// sits in front of it.
    #[must_use]
    pub fn attended(&self) -> bool {
        self.stderr_terminal && ci(self).is_none() && agent(self).is_none()
    }
}

impl Machine {
    /// Reads what the facts of these names need, and no more: each file costs tens of microseconds.
    #[must_use]
    pub fn read(asked: impl Fn(&str) -> bool) -> Self {
        let any = |names: &[&str]| names.iter().any(|name| asked(name));
        let text = |names: &[&str], path: &str| if any(names) { text(path) } else { String::new() };
        let release = match cfg!(target_os = "macos") {
            true => "/System/Library/CoreServices/SystemVersion.plist",
            false => "/etc/os-release",
        };
        Self {
            os: std::env::consts::OS.to_owned(),
            arch: std::env::consts::ARCH.to_owned(),
            release: text(&["os_version", "distribution"], release),
            kernel: text(&["wsl"], "/proc/sys/kernel/osrelease"),
            cgroup: text(&["container", "wsl"], "/proc/self/cgroup"),
            meminfo: text(&["memory"], "/proc/meminfo"),
            cpus: if asked("cpus") { cpu_count() } else { 0 },
        }
    }
}

/// The first 4 KiB of a file, in one call: what is asked for stands at the head. Files of `/proc` do not say how long
/// they are, and are otherwise read 32 bytes at a time.
fn text(path: &str) -> String {
    let mut buffer = [0; 4096];
    let length = std::fs::File::open(path).and_then(|mut file| file.read(&mut buffer)).unwrap_or(0);
    String::from_utf8_lossy(&buffer[..length]).into_owned()
}

/// Processors that this process may run on, 0 when that is not known. Not `available_parallelism`, which looks for
/// quotas all over the control groups: 54 µs and ten kilobytes for a bucket.
#[cfg(target_os = "linux")]
fn cpu_count() -> usize {
    let set = nix::sched::sched_getaffinity(nix::unistd::Pid::this());
    set.map_or(0, |set| (0..nix::sched::CpuSet::count()).filter(|cpu| set.is_set(*cpu).unwrap_or(false)).count())
}

#[cfg(not(target_os = "linux"))]
fn cpu_count() -> usize {
    std::thread::available_parallelism().map_or(0, usize::from)
}

/// Where administrators put policies.
fn policies() -> PathBuf {
    if cfg!(target_os = "macos") {
        PathBuf::from("/Library/Application Support")
    } else if cfg!(windows) {
        // An unset variable leaves a relative path, under which there is nothing.
        PathBuf::from(std::env::var_os("ProgramData").unwrap_or_default())
    } else {
        PathBuf::from("/etc")
    }
}

/// The first argument of the process, by which the program knows that it was started to send.
pub(crate) fn first_argument() -> Option<std::ffi::OsString> {
    std::env::args_os().nth(1)
}

/// The arguments of the process that are text, without the program's name.
pub(crate) fn arguments() -> impl Iterator<Item = String> {
    std::env::args_os().skip(1).filter_map(|argument| argument.into_string().ok())
}

/// The name of the continuous integration this runs in, `other` when it is none we know.
#[must_use]
pub fn ci(environment: &Environment) -> Option<&'static str> {
    CI.first(environment, &Machine::default())
}

/// The name of the coding agent that started this.
#[must_use]
pub fn agent(environment: &Environment) -> Option<&'static str> {
    AGENTS.first(environment, &Machine::default())
}

/// The kind of container this runs in.
#[must_use]
pub fn container(environment: &Environment, machine: &Machine) -> Option<&'static str> {
    CONTAINERS.first(environment, machine)
}

/// Whether this is Linux under Windows, and not a container on it.
#[must_use]
pub fn wsl(environment: &Environment, machine: &Machine) -> bool {
    machine.kernel.to_ascii_lowercase().contains("microsoft") && container(environment, machine).is_none()
}

/// The major version of the operating system or distribution, such as `24` or `15`.
#[must_use]
pub fn os_version(machine: &Machine) -> Option<&str> {
    let text = match machine.release.split_once("<key>ProductVersion</key>") {
        Some((_, rest)) => rest.split_once("<string>")?.1,
        None => release_value(&machine.release, "VERSION_ID")?,
    };
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    Some(&text[..digits]).filter(|major| !major.is_empty())
}

/// The name of the Linux distribution, as it calls itself: `debian`, `ubuntu`. The catalogue has the list that counts.
#[must_use]
pub fn distribution(machine: &Machine) -> Option<&str> {
    release_value(&machine.release, "ID")
}

/// Mebibytes of memory. The catalogue makes buckets of it.
#[must_use]
pub fn memory_mib(machine: &Machine) -> Option<u64> {
    let line = machine.meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kib: u64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kib / 1024)
}

/// Processors that this process may use. The catalogue makes buckets of it.
#[must_use]
pub fn cpus(machine: &Machine) -> Option<usize> {
    Some(machine.cpus).filter(|&cpus| cpus > 0)
}

/// Whether a person sees the output directly.
#[must_use]
pub fn terminal(environment: &Environment) -> bool {
    environment.stdout_terminal
}

/// The value of `KEY=value` or `KEY="value"` in an os-release file.
fn release_value<'r>(release: &'r str, key: &str) -> Option<&'r str> {
    let line = release.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='))?;
    Some(line.trim().trim_matches(['"', '\'']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &str, value: &str) -> Environment {
        Environment { variables: [(name.to_owned(), value.to_owned())].into(), ..Environment::default() }
    }

    #[test]
    fn a_switch_takes_every_word_of_agreement_and_four_of_refusal() {
        let check =
            |value: &str, expected: Option<bool>| assert_eq!(with("X", value).switch("X"), expected, "{value:?}");
        for on in ["1", "true", "TRUE", "yes", "on", "please", " 1 ", "2", "00"] {
            check(on, Some(true));
        }
        for off in ["0", "false", "False", "no", "NO", "off", " off "] {
            check(off, Some(false));
        }
        check("", None);
        check("  ", None);
        assert_eq!(with("Y", "1").switch("X"), None);
    }

    #[test]
    fn the_system_is_told_by_its_major_version_only() {
        let check = |release: &str, version: Option<&str>, name: Option<&str>| {
            let machine = Machine { release: release.to_owned(), ..Machine::default() };
            assert_eq!((os_version(&machine), distribution(&machine)), (version, name), "{release}");
        };
        check("NAME=\"Ubuntu\"\nID=ubuntu\nVERSION_ID=\"24.04\"\n", Some("24"), Some("ubuntu"));
        check("ID=debian\nVERSION_ID=\"13\"\n", Some("13"), Some("debian"));
        check("ID=arch\nBUILD_ID=rolling\n", None, Some("arch"));
        check("ID=x\nVERSION_ID=\"rolling\"\n", None, Some("x"));
        check("<dict><key>ProductVersion</key>\n<string>15.6.1</string></dict>", Some("15"), None);
        check("", None, None);
    }

    #[test]
    fn memory_is_read_in_mebibytes() {
        let check = |meminfo: &str, expected| {
            assert_eq!(memory_mib(&Machine { meminfo: meminfo.to_owned(), ..Machine::default() }), expected);
        };
        check("MemTotal:       16384000 kB\nMemFree: 1 kB\n", Some(16_000));
        check("MemTotal: many kB\n", None);
        check("", None);
    }

    #[test]
    fn only_a_person_attends() {
        let terminal = |name, value| Environment { stderr_terminal: true, ..with(name, value) };
        assert!(terminal("SHELL", "/bin/sh").attended());
        assert!(!terminal("CI", "1").attended(), "some CI has a terminal");
        assert!(!terminal("CLAUDECODE", "1").attended(), "an agent reads, its user may not");
        assert!(!with("SHELL", "/bin/sh").attended());
    }

    #[test]
    fn this_machine_can_be_read() {
        let machine = Machine::read(|_| true);
        assert!(!machine.os.is_empty() && cpus(&machine).is_some());
        let idle = Machine::read(|_| false);
        assert_eq!(idle, Machine { os: machine.os, arch: machine.arch, ..Machine::default() });
    }
}
