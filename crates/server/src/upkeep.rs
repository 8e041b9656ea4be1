//! What is done beside the requests: sealing, expiry and the rotation of keys, on one thread, every few seconds.

use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::app::{App, Shared};
use crate::clock::{self, Moment};

/// How often there is a look whether something is due.
const PAUSE: Duration = Duration::from_secs(5);

/// The thread; it ends when this is dropped.
pub(crate) struct Upkeep {
    /// Dropped first, which tells the thread to end.
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Upkeep {
    /// Starts the thread.
    ///
    /// # Errors
    /// A sentence, when the system gives no thread.
    pub(crate) fn start(app: Shared) -> Result<Self, String> {
        let (stop, stopped) = mpsc::channel();
        let work = move || {
            while stopped.recv_timeout(PAUSE) == Err(RecvTimeoutError::Timeout) {
                look_after(&app, clock::now());
            }
        };
        let thread = std::thread::Builder::new().name("upkeep".into()).spawn(work);
        let thread = thread.map_err(|error| format!("cannot start a thread: {error}"))?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Upkeep {
    fn drop(&mut self) {
        self.stop.take();
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("upkeep ended early; see above");
        }
    }
}

/// Does what is due. What fails is tried again at the next look.
fn look_after(app: &App, now: Moment) {
    if let Err(error) = app.store.maintain(now.unix_seconds()) {
        tracing::error!(%error, "upkeep of the store failed");
    }
    if let Err(error) = app.keys.rotate(&app.catalogs, now.day()) {
        tracing::error!(%error, "rotating the keys failed");
    }
}
