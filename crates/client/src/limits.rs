//! Every maximum of the client, unit last, with the reason for its size.

use std::time::Duration;

/// Cells of four bytes for rows in memory before they are written out.
pub(crate) const CELLS_MAX: usize = 2_048;
/// Bytes of the queue; what comes then is counted and dropped. A busy day is under 16 KiB.
pub(crate) const QUEUE_BYTES_MAX: u64 = 256 * 1024;
/// Bytes of all batches that wait; the oldest go first.
pub(crate) const SEALED_BYTES_MAX: u64 = 1024 * 1024;
/// Days a batch may wait. The collector takes them up to [`aboveboard_catalog::limits::BATCH_AGE_DAYS_MAX`].
pub(crate) const WAIT_DAYS_MAX: i32 = 14;
/// Bytes of the ledger; the older half goes first.
pub(crate) const LEDGER_BYTES_MAX: usize = 1024 * 1024;
/// Events of one batch.
pub(crate) const BATCH_EVENTS_MAX: usize = 200;

/// How long a child that sends may live.
pub(crate) const CHILD_LIFE_MAX: Duration = Duration::from_secs(10);
/// How long one request may take, name resolution included.
pub(crate) const REQUEST_MAX: Duration = Duration::from_secs(8);
/// Seconds after which a lock is nobody's: no sender lives that long.
pub(crate) const LOCK_SECONDS_MAX: u64 = 60;
/// How long the end of a run in CI or a container may wait for the collector.
pub(crate) const EXIT_WAIT_MAX: Duration = Duration::from_millis(100);
/// How long a child waits before it does anything, so that it does not compete with its parent's end.
pub(crate) const CHILD_PAUSE: Duration = Duration::from_millis(50);
/// How long a person may take to say whether a page helped.
pub(crate) const ANSWER_MAX: Duration = Duration::from_secs(5);

/// Seconds between two sendings, and as many again at random, so that when a batch arrives says little.
pub(crate) const PAUSE_SECONDS: i64 = 600;
/// Seconds for which a process that was started to send is alone: as long as it may live.
pub(crate) const CLAIM_SECONDS: i64 = CHILD_LIFE_MAX.as_secs() as i64;
/// Seconds of the longest pause after failures.
pub(crate) const BACKOFF_SECONDS_MAX: i64 = 4 * 86_400;

const _: () = assert!(CELLS_MAX >= 2 * crate::record::ROW_CELLS_MAX);
const _: () = assert!(WAIT_DAYS_MAX < aboveboard_catalog::limits::BATCH_AGE_DAYS_MAX);
const _: () = assert!(BATCH_EVENTS_MAX <= aboveboard_catalog::limits::BATCH_EVENTS_MAX);
const _: () = assert!(CHILD_LIFE_MAX.as_secs() < LOCK_SECONDS_MAX);
const _: () = assert!(REQUEST_MAX.as_millis() < CHILD_LIFE_MAX.as_millis());
