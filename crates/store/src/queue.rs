//! What waits for the writer: bounded, and handed over all at once, which is what makes a group.

use std::ops::Range;
use std::sync::mpsc::Sender;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::error::{CommitError, DiskError};
use crate::keeper::Frozen;
use crate::live::Applied;

/// Called once, from the writer thread or from the one that found the queue full.
pub(crate) type Done = Box<dyn FnOnce(Result<Applied, CommitError>) + Send>;

/// A frame that waits to be written.
pub(crate) struct Job {
    /// Where its body is in [`Work::bodies`].
    pub body: Range<usize>,
    /// Entries of the batch, 0 when it is none.
    pub entries: u32,
    /// Events of the batch.
    pub events: u64,
    pub done: Done,
}

/// Asks for the rows to be frozen, so that they can be sealed; `None` when there are none.
pub(crate) type FreezeReply = Sender<Result<Option<Frozen>, DiskError>>;

/// Asks whether a mark is remembered.
pub(crate) struct Ask {
    /// The number of the tool in the registry.
    pub tool: u16,
    pub key: u128,
    /// In Unix seconds.
    pub now: i64,
    pub reply: Sender<bool>,
}

/// Jobs and requests that wait.
#[derive(Default)]
pub(crate) struct Work {
    pub jobs: Vec<Job>,
    /// The bodies of their frames. Copied here, because memory that one thread takes and another gives back costs more
    /// than the copy.
    pub bodies: Vec<u8>,
    pub freezes: Vec<FreezeReply>,
    pub asks: Vec<Ask>,
}

impl Work {
    fn is_empty(&self) -> bool {
        self.jobs.is_empty() && self.freezes.is_empty() && self.asks.is_empty()
    }

    fn push(&mut self, body: &[u8], entries: u32, events: u64, done: Done) {
        let start = self.bodies.len();
        self.bodies.extend_from_slice(body);
        self.jobs.push(Job { body: start..self.bodies.len(), entries, events, done });
    }
}

/// The queue between everybody and the writer.
pub(crate) struct Queue {
    waiting: Mutex<Waiting>,
    wake: Condvar,
    bytes_max: usize,
}

#[derive(Default)]
struct Waiting {
    work: Work,
    closed: bool,
    /// The writer sleeps, and must be woken.
    asleep: bool,
}

impl Queue {
    pub(crate) fn new(bytes_max: usize) -> Self {
        Self { waiting: Mutex::default(), wake: Condvar::new(), bytes_max }
    }

    /// Adds a frame, or answers it at once when there is no room.
    pub(crate) fn push(&self, body: &[u8], entries: u32, events: u64, done: Done) {
        let mut waiting = self.lock();
        let refused = if waiting.closed {
            CommitError::Closed
        } else if waiting.work.bodies.len() + body.len() > self.bytes_max {
            CommitError::Overloaded
        } else {
            waiting.work.push(body, entries, events, done);
            return self.wake_writer(waiting);
        };
        drop(waiting);
        done(Err(refused));
    }

    /// Asks for a freeze. Answers false when the writer is gone.
    pub(crate) fn freeze(&self, reply: FreezeReply) -> bool {
        let mut waiting = self.lock();
        if waiting.closed {
            return false;
        }
        waiting.work.freezes.push(reply);
        self.wake_writer(waiting);
        true
    }

    /// Asks the writer, who alone knows the marks. Answers false when the writer is gone.
    pub(crate) fn ask(&self, ask: Ask) -> bool {
        let mut waiting = self.lock();
        if waiting.closed {
            return false;
        }
        waiting.work.asks.push(ask);
        self.wake_writer(waiting);
        true
    }

    /// Takes no more; what waits is still done.
    pub(crate) fn close(&self) {
        let mut waiting = self.lock();
        waiting.closed = true;
        self.wake_writer(waiting);
    }

    /// Waits for work and exchanges it for `done` work, whose room is used again. False when there will be no more.
    pub(crate) fn take(&self, work: &mut Work) -> bool {
        let mut waiting = self.lock();
        while waiting.work.is_empty() {
            if waiting.closed {
                return false;
            }
            waiting.asleep = true;
            waiting = self.wake.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
        work.bodies.clear();
        std::mem::swap(&mut waiting.work, work);
        true
    }

    fn wake_writer(&self, mut waiting: MutexGuard<'_, Waiting>) {
        let asleep = std::mem::take(&mut waiting.asleep);
        drop(waiting);
        if asleep {
            self.wake.notify_one();
        }
    }

    /// Nothing that can panic runs under this lock, so what it guards is whole even when poisoned.
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
