//! Processes and threads: the child that sends after its parent has ended, and the thread that sends before the end of
//! a run in CI or a container, where a child would not live on.
//!
//! The child is the tool's own program with a hidden argument. It must not be noticed: nothing of the terminal, no
//! handles of its parent (a lock or a pipe that somebody waits for), no folder that it keeps busy, and ten seconds to
//! live.

#![expect(clippy::disallowed_methods, reason = "the one place of the client that starts and ends processes")]

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crate::clock;
use crate::http::Sender;
use crate::install::Install;
use crate::limits::{CHILD_LIFE_MAX, CHILD_PAUSE, EXIT_WAIT_MAX, REQUEST_MAX};
use crate::upload;

/// The hidden first argument of the child: in a program that has it, `open` sends and does not return.
pub const SEND: &str = "__aboveboard-send";

/// Starts the child. That it could not be started is as good as a network that is down.
pub(crate) fn start(program: &Path, arguments: &[OsString]) {
    let mut command = Command::new(program);
    command
        .arg(SEND)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .current_dir(neutral());
    // Of its own group from the start: the end of a terminal, or a key pressed there, is not meant for it.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    #[cfg(windows)]
    std::os::windows::process::CommandExt::creation_flags(&mut command, WITHOUT_CONSOLE);
    let _ = command.spawn();
}

/// `DETACHED_PROCESS | CREATE_NEW_PROCESS_GROUP | CREATE_NO_WINDOW`, from winbase.h.
#[cfg(windows)]
const WITHOUT_CONSOLE: u32 = 0x0000_0008 | 0x0000_0200 | 0x0800_0000;

/// A folder that nobody wants to delete or unmount.
fn neutral() -> &'static Path {
    Path::new(if cfg!(windows) { "C:\\" } else { "/" })
}

/// The life of the child, at the end of which its process ends.
pub(crate) fn live(install: &Install) -> ! {
    leave_the_parent();
    let end = || {
        thread::sleep(CHILD_LIFE_MAX);
        std::process::exit(0);
    };
    // Without somebody who ends it, it does not begin.
    let bounded = thread::Builder::new().spawn(end).is_ok();
    thread::sleep(CHILD_PAUSE);
    if let Some(endpoint) = install.endpoint().filter(|_| bounded) {
        upload::run(install, &Sender::new(endpoint, REQUEST_MAX), clock::now(), random());
    }
    std::process::exit(0);
}

/// Closes what the parent had open when it started us: programs between it and us may have left handles that are
/// inherited.
#[cfg(unix)]
fn leave_the_parent() {
    let names = crate::disk::names(Path::new("/dev/fd"));
    let inherited = names.iter().filter_map(|name| name.parse::<i32>().ok()).filter(|handle| *handle > 2);
    for handle in inherited {
        let _ = nix::unistd::close(handle);
    }
}

/// Windows hands down only what it is told to, and we told it nothing.
#[cfg(not(unix))]
fn leave_the_parent() {}

/// Whether a process of this number lives, as far as can be told.
#[cfg(unix)]
pub(crate) fn lives(process: u32) -> bool {
    let process = i32::try_from(process).map(nix::unistd::Pid::from_raw);
    process.is_ok_and(|process| nix::sys::signal::kill(process, None) != Err(nix::errno::Errno::ESRCH))
}

#[cfg(not(unix))]
pub(crate) fn lives(_: u32) -> bool {
    true
}

/// Random bits.
pub(crate) fn random() -> u128 {
    let mut bytes = [0; 16];
    // Without randomness ids would repeat; the time then tells most of them apart.
    match getrandom::fill(&mut bytes) {
        Ok(()) => u128::from_ne_bytes(bytes),
        Err(_) => (clock::now() as u128) << 64 | u128::from(std::process::id()),
    }
}

/// A thread that prepares to send while the tool works, and sends when told so.
pub(crate) struct Early(Arc<Talk>);

/// What the tool and the thread tell each other. A channel would do the same in eight kilobytes.
struct Talk {
    stage: Mutex<Stage>,
    changed: Condvar,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Nothing was said yet.
    Open,
    /// The tool is about to end: send.
    Send,
    /// It is sent, or there is nothing to send.
    Over,
}

impl Early {
    /// Starts it: certificates are read now, and not at the end of the run.
    pub(crate) fn start(install: Install) -> Option<Self> {
        let endpoint = install.endpoint()?;
        let early = Self(Arc::new(Talk { stage: Mutex::new(Stage::Open), changed: Condvar::new() }));
        let talk = Arc::clone(&early.0);
        let work = move || {
            let sender = Sender::new(endpoint, REQUEST_MAX);
            if talk.wait_while(Stage::Open, Duration::MAX) == Stage::Send {
                upload::run(&install, &sender, clock::now(), random());
                talk.say(Stage::Over);
            }
        };
        thread::Builder::new().name("telemetry".into()).spawn(work).ok()?;
        Some(early)
    }

    /// Lets it send, and waits a little. What is not through by then waits for another run.
    pub(crate) fn finish(self) {
        self.0.say(Stage::Send);
        self.0.wait_while(Stage::Send, EXIT_WAIT_MAX);
    }
}

impl Drop for Early {
    fn drop(&mut self) {
        self.0.say(Stage::Over);
    }
}

impl Talk {
    fn say(&self, stage: Stage) {
        *self.stage() = stage;
        self.changed.notify_all();
    }

    /// Waits while this is the stage, but not for ever; answers the stage then.
    fn wait_while(&self, stage: Stage, at_most: Duration) -> Stage {
        let waited = self.changed.wait_timeout_while(self.stage(), at_most, |now| *now == stage);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }

    fn stage(&self) -> MutexGuard<'_, Stage> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
