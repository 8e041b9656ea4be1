//! What is kept: the log, the sealed columns, the figures of the ledger, and the scan that answers questions.
//!
//! One folder, one writer thread, many readers. A batch is acknowledged when it is on disk, and counts from then on.
//! No HTTP, no JSON, no async, no clock: times are arguments, and the disk is a trait.

#![allow(dead_code)] // the writer that uses these lands next

mod batch;
mod columns;
pub mod disk;
mod error;
mod lexicon;
mod manifest;
mod people;
mod plan;
mod reading;
mod retain;
mod rollup;
mod rows;
pub mod scan;
mod seal;
mod segment;
mod snapshot;
mod table;
mod tally;
mod words;

pub use batch::{Batch, Committed, Entry, Mark, Totals};
pub use error::{CommitError, DiskError, OpenError, StoreError};
pub use snapshot::Snapshot;
