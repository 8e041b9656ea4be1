//! The public face: open, commit, look, forget, maintain, close.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use aboveboard_catalog::{Catalog, Day, IdHash, Shape};

use crate::batch::{Batch, Committed, Entry, Erasure, Totals};
use crate::columns::ColumnCache;
use crate::disk::Disk;
use crate::encode::Encoder;
use crate::error::{CommitError, DiskError, OpenError, StoreError};
use crate::keeper::{Frozen, Keeper, Maintained};
use crate::limits::FRAME_BYTES_MAX;
use crate::live::Applied;
use crate::one::{self, KeptDay};
use crate::open::open;
use crate::queue::{Ask, Queue};
use crate::scan::ScanError;
use crate::shared::{Shared, State};
use crate::snapshot::Snapshot;
use crate::whence::{self, Happening, MACHINE, ORIGIN_NAME, Whence};
use crate::writer::Writer;

/// Knobs of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Bytes of batches that may wait for the disk; further ones are refused as overload.
    pub queue_bytes_max: usize,
    /// Bytes of the log from which on it is sealed.
    pub seal_log_bytes: u64,
    /// Age of the oldest unsealed batch from which on the log is sealed, in seconds.
    pub seal_age_seconds: i64,
}

impl Default for Options {
    fn default() -> Self {
        Self { queue_bytes_max: 16 * 1024 * 1024, seal_log_bytes: 32 * 1024 * 1024, seal_age_seconds: 3_600 }
    }
}

/// Closing has no clock: marks that expired are sorted out by the next seal.
const KEEP_EVERY_MARK: i64 = i64::MIN;

/// What is kept of all tools, in one folder that nobody else writes to.
///
/// Dropping it stops the writer after all that waits is written; [`Store::close`] seals the log too.
pub struct Store {
    catalogs: Arc<[Catalog]>,
    options: Options,
    disk: Arc<dyn Disk>,
    encoder: Encoder,
    queue: Arc<Queue>,
    shared: Arc<Shared>,
    keeper: Mutex<Keeper>,
    columns: Arc<ColumnCache>,
    writer: Option<JoinHandle<()>>,
    /// Given back last.
    _lock: Box<dyn Send + Sync>,
}

impl Store {
    /// Opens the store in a folder, and makes it when it is empty. Tools are called by their position in `catalogs`.
    ///
    /// # Errors
    /// Another process writes to the folder; a catalogue contradicts what is stored; a file is missing or damaged; the
    /// disk fails.
    pub fn open(disk: Arc<dyn Disk>, catalogs: Arc<[Catalog]>, options: Options) -> Result<Self, OpenError> {
        let lock = disk.lock()?.ok_or_else(|| OpenError::Locked(disk.root()))?;
        let opened = open(&disk, &catalogs)?;
        let encoder = Encoder::new(&opened.manifest.registry, &catalogs);
        let shared = Arc::new(Shared::new(State {
            live: opened.replayed.live,
            frozen: None,
            segments: Arc::new(opened.segments),
            log_bytes: opened.log.bytes(),
        }));
        let queue = Arc::new(Queue::new(options.queue_bytes_max.min(FRAME_BYTES_MAX)));
        let writer = Writer {
            queue: Arc::clone(&queue),
            shared: Arc::clone(&shared),
            log: opened.log,
            marks: opened.replayed.marks,
            new_marks: opened.replayed.new_marks,
        };
        let keeper =
            Keeper::new(Arc::clone(&disk), opened.schemas, Arc::clone(&shared), opened.manifest, opened.lengths);
        let writer = Some(start(writer, &disk)?);
        let (keeper, columns) = (Mutex::new(keeper), Arc::default());
        Ok(Self { catalogs, options, disk, encoder, queue, shared, keeper, columns, writer, _lock: lock })
    }

    /// Queues a batch. `done` is called once: from the writer thread, after the sync that covers the batch or its
    /// failure; or at once when too much is waiting.
    ///
    /// # Panics
    /// An entry refers to an origin that the batch does not have, or the batch to a tool that is not there.
    pub fn commit(&self, batch: Batch, done: impl FnOnce(Result<Committed, CommitError>) + Send + 'static) {
        let body = self.encoder.batch(&batch);
        let entries = u32::try_from(batch.entries.len()).unwrap_or(u32::MAX);
        let events = batch.entries.iter().map(Entry::events).fold(0, u64::saturating_add);
        let done = Box::new(move |outcome: Result<Applied, CommitError>| done(outcome.map(Applied::committed)));
        self.queue.push(&body, entries, events, done);
    }

    /// What there is at this moment, to be read.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let mut state = self.shared.lock();
        Snapshot {
            catalogs: Arc::clone(&self.catalogs),
            schemas: Arc::clone(&state.live.schemas),
            lexicon: state.lexicon(),
            live: state.share_rows(),
            segments: Arc::clone(&state.segments),
            forgotten: state.forgotten(),
            disk: Arc::clone(&self.disk),
            columns: Arc::clone(&self.columns),
        }
    }

    /// The durable figures of a tool since its first day.
    #[must_use]
    pub fn totals(&self, tool: usize) -> Totals {
        let state = self.shared.lock();
        state.live.tools[tool].totals.values().fold(Totals::default(), Totals::plus)
    }

    /// The durable figures of a tool, by the day on which its batches arrived.
    #[must_use]
    pub fn totals_by_day(&self, tool: usize) -> Vec<(Day, Totals)> {
        let state = self.shared.lock();
        state.live.tools[tool].totals.iter().map(|(day, totals)| (*day, totals.clone())).collect()
    }

    /// What undeclared events, and undeclared fields of declared ones, looked like and how often they came, most frequent
    /// first.
    #[must_use]
    pub fn shapes(&self, tool: usize) -> Vec<(Shape, u64)> {
        let state = self.shared.lock();
        let mut shapes: Vec<_> = state.live.tools[tool].shapes.iter().map(|(shape, n)| (shape.clone(), *n)).collect();
        drop(state);
        shapes.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        shapes
    }

    /// Forgets an id: from now on no answer counts its rows, and compaction deletes them. Answers, when it was known, the
    /// number by which [`Store::erasure`] tells how far that is. The number says nothing about the id.
    ///
    /// # Errors
    /// It could not be made durable.
    pub fn forget(&self, tool: usize, id: IdHash) -> Result<Option<u32>, CommitError> {
        let (answer, answered) = channel();
        let done = Box::new(move |outcome: Result<Applied, CommitError>| drop(answer.send(outcome)));
        self.queue.push(&self.encoder.forget(tool, id), 0, 0, done);
        let outcome = answered.recv().unwrap_or(Err(CommitError::Closed))?;
        Ok(outcome.forgotten())
    }

    /// What is kept under the value of an origin field that is an id, by day.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn kept_under(&self, tool: usize, field: &str, id: IdHash, today: Day) -> Result<Vec<KeptDay>, ScanError> {
        let code = self.shared.lock().live.tools[tool].code_of(id.0);
        code.map_or(Ok(Vec::new()), |code| one::kept(&self.snapshot(), tool, field, code, today))
    }

    /// How often an event happened under each value of one of its fields, as far as it was said from somewhere.
    ///
    /// # Errors
    /// A file cannot be read, or the field is of a kind that is not counted.
    pub fn happened(
        &self,
        tool: usize,
        happening: Happening,
        whence: Whence<'_>,
        today: Day,
    ) -> Result<BTreeMap<String, u64>, ScanError> {
        let only = match whence {
            Whence::Anywhere => None,
            Whence::Origin(origin) => {
                let values = self.encoder.origin(tool, origin);
                let state = self.shared.lock();
                let code = state.live.tools[tool].origin_of(&state.live.schemas[tool], &values);
                let Some(code) = code else { return Ok(BTreeMap::new()) };
                Some((ORIGIN_NAME, code))
            }
            Whence::Machine(id) => {
                let Some(code) = self.shared.lock().live.tools[tool].code_of(id.0) else { return Ok(BTreeMap::new()) };
                Some((MACHINE, code))
            }
        };
        whence::happened(&self.snapshot(), tool, happening, only, today)
    }

    /// Whether a batch with this mark arrived and is remembered at this time, in Unix seconds.
    #[must_use]
    pub fn has_arrived(&self, tool: usize, key: u128, now_seconds: i64) -> bool {
        let number = self.shared.lock().live.schemas[tool].number;
        let (reply, answered) = channel();
        let ask = Ask { tool: number as u16, key, now: now_seconds, reply };
        self.queue.ask(ask) && answered.recv().unwrap_or(false)
    }

    /// How far the deletion of what was kept under a forgotten id is.
    #[must_use]
    pub fn erasure(&self, tool: usize, number: u32) -> Erasure {
        self.shared.lock().live.tools[tool].erasure(number)
    }

    /// How many ids of a tool were forgotten since its first day.
    #[must_use]
    pub fn forgotten_count(&self, tool: usize) -> usize {
        self.shared.lock().live.tools[tool].forgotten_count()
    }

    /// Seals the log if it is due, compacts, and lets go of what is too old. To be called from a background thread.
    ///
    /// # Errors
    /// The disk fails. Nothing is lost, and the next call tries again.
    pub fn maintain(&self, now_seconds: i64) -> Result<Maintained, StoreError> {
        let mut keeper = self.keeper();
        let due = self.seal_is_due(now_seconds);
        let sealed = self.seal(&mut keeper, due, now_seconds)?;
        let expired = keeper.retain(Day::of_unix_seconds(now_seconds))?;
        let compacted = keeper.compact()?;
        keeper.sweep()?;
        Ok(Maintained { sealed, compacted, expired })
    }

    /// Seals everything and stops.
    ///
    /// # Errors
    /// The disk fails. The log then still holds what was acknowledged.
    pub fn close(self) -> Result<(), StoreError> {
        let mut keeper = self.keeper();
        self.seal(&mut keeper, true, KEEP_EVERY_MARK)?;
        keeper.sweep()
    }

    fn seal_is_due(&self, now: i64) -> bool {
        let state = self.shared.lock();
        let old = |at: i64| at.saturating_add(self.options.seal_age_seconds) <= now;
        state.log_bytes >= self.options.seal_log_bytes || state.live.oldest_received_at.is_some_and(old)
    }

    fn seal(&self, keeper: &mut Keeper, due: bool, now: i64) -> Result<usize, StoreError> {
        let mut sealed = keeper.seal(now)?;
        if due && let Some(frozen) = self.freeze()? {
            keeper.freeze(frozen);
            sealed += keeper.seal(now)?;
        }
        Ok(sealed)
    }

    fn freeze(&self) -> Result<Option<Frozen>, StoreError> {
        let (answer, answered) = channel();
        if !self.queue.freeze(answer) {
            return Err(StoreError::Closed);
        }
        Ok(answered.recv().map_err(|_| StoreError::Closed)??)
    }

    /// Work that panicked half-way has changed nothing durable but its own new files.
    fn keeper(&self) -> MutexGuard<'_, Keeper> {
        self.keeper.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.queue.close();
        if let Some(writer) = self.writer.take() {
            // A writer that panicked has said so on its way out, and has answered everybody.
            drop(writer.join());
        }
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("root", &self.disk.root()).finish_non_exhaustive()
    }
}

fn start(writer: Writer, disk: &Arc<dyn Disk>) -> Result<JoinHandle<()>, OpenError> {
    let started = thread::Builder::new().name("store writer".into()).spawn(move || writer.run());
    Ok(started.map_err(|source| DiskError { action: "start a thread to write to", path: disk.root(), source })?)
}

impl Applied {
    fn committed(self) -> Committed {
        match self {
            Self::Batch(committed) => committed,
            Self::Forgotten(_) => Committed::default(),
        }
    }

    fn forgotten(self) -> Option<u32> {
        match self {
            Self::Batch(_) => None,
            Self::Forgotten(code) => code,
        }
    }
}
