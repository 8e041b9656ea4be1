//! What is kept: the log, the sealed columns, the figures of the ledger, and the scan that answers questions.
//!
//! One folder, one writer thread, many readers. A batch is acknowledged when it is on disk, and counts from then on.
//! No HTTP, no JSON, no async, no clock: times are arguments, and the disk is a trait.

mod batch;
mod columns;
pub mod disk;
mod encode;
mod error;
mod export;
mod frame;
mod intern;
mod keeper;
mod legend;
mod lexicon;
mod limits;
mod live;
mod manifest;
mod marks;
mod memory;
mod one;
mod open;
mod pack;
mod people;
mod plan;
mod queue;
mod raw;
mod reading;
mod registry;
mod retain;
mod rollup;
mod rows;
pub mod scan;
mod schema;
mod seal;
mod segment;
mod shared;
mod sheet;
mod snapshot;
mod store;
mod table;
mod tally;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;
mod wal;
mod whence;
mod words;
mod writer;

pub use batch::{Batch, Committed, Entry, Erasure, Mark, Totals};
pub use error::{CommitError, DiskError, OpenError, StoreError};
pub use export::ParquetRows;
pub use keeper::Maintained;
pub use legend::{LegendRow, legend};
pub use one::KeptDay;
pub use raw::{Cell, Raw, RawColumn, RawKind};
pub use snapshot::Snapshot;
pub use store::{Options, Store};
pub use whence::{Happening, Whence};
