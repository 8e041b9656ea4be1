//! What comes in, and what is said about it: a batch of checked events, its marks, and its figures.

use std::collections::BTreeMap;

use aboveboard_catalog::{Day, Event, First, Origin, Shape};

/// One upload, checked event by event.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The tool, as a position in the catalogues the store was opened with.
    pub tool: usize,
    /// The day it is about.
    pub day: Day,
    /// Whether it is its machine's first of a period.
    pub first: First,
    /// The first day of the month in which the machine was first seen, where the client says so.
    pub cohort: Option<Day>,
    /// When it arrived, in Unix seconds.
    pub received_at: i64,
    /// How it is recognised when it comes again.
    pub marks: Vec<Mark>,
    /// Until when it is recognised, in Unix seconds.
    pub remember_until: i64,
    /// The origins its entries refer to.
    pub origins: Vec<Origin>,
    /// One for each event that arrived, in order.
    pub entries: Vec<Entry>,
}

/// A sign by which a batch, or its beginning, is recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// A hash that nothing else has.
    pub key: u128,
    /// When the key was seen before, so many entries from the first on are repeats. Of several marks the longest wins.
    pub covers: u32,
}

/// How checking one event ended.
#[derive(Clone, Debug)]
pub enum Entry {
    /// It is kept.
    Kept {
        /// Its origin, as a position in [`Batch::origins`].
        origin: usize,
        /// What happened.
        event: Event,
        /// The shape of its fields that are not declared and were dropped, so that a maintainer sees what to declare.
        undeclared: Option<Shape>,
    },
    /// It is turned away, and counted under a stable code.
    Rejected {
        /// The code.
        code: String,
        /// How often it happened.
        n: u64,
        /// What it looked like, so that a maintainer sees what to declare.
        shape: Option<Shape>,
    },
}

/// How the events of one batch ended. The sum is what was received.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Committed {
    /// Kept now.
    pub kept: u64,
    /// Counted before, when the same batch (or its beginning) came the first time.
    pub repeated: u64,
    /// Turned away.
    pub rejected: u64,
}

/// The durable figures of a tool. Received is `kept + repeated +` the sum of `rejected`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Events kept.
    pub kept: u64,
    /// Events that had been counted before.
    pub repeated: u64,
    /// Events turned away, by code.
    pub rejected: BTreeMap<String, u64>,
    /// Values that became `other`.
    pub folded: u64,
    /// Fields that were not declared, or of a wrong type.
    pub dropped: u64,
}

/// How far the deletion of what was kept under an id is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Erasure {
    /// No id was forgotten under this number.
    Unknown,
    /// No answer counts it any more; files may still hold it, under a number that leads to nobody.
    Hidden,
    /// No file holds it any more.
    Erased,
}

impl Totals {
    /// Every event that arrived and was settled.
    #[must_use]
    pub fn received(&self) -> u64 {
        self.kept + self.repeated + self.rejected.values().sum::<u64>()
    }

    /// The sum of two.
    pub(crate) fn plus(mut self, other: &Self) -> Self {
        self.kept += other.kept;
        self.repeated += other.repeated;
        self.folded += other.folded;
        self.dropped += other.dropped;
        for (code, n) in &other.rejected {
            *self.rejected.entry(code.clone()).or_default() += n;
        }
        self
    }
}

impl Entry {
    /// How many events it stands for.
    pub(crate) fn events(&self) -> u64 {
        match self {
            Self::Kept { event, .. } => u64::from(event.n()),
            Self::Rejected { n, .. } => *n,
        }
    }
}
