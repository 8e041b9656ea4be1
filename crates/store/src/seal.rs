//! From rows in memory to sealed files, and from many files to fewer. Writes files, and decides nothing about the log.
//!
//! Every function leaves its files durable (file and folder synced) before it answers; files of a call that failed
//! are not in any manifest, and are deleted when the store is next opened.

use std::collections::BTreeMap;
use std::sync::Arc;

use aboveboard_catalog::Day;

use crate::disk::Disk;
use crate::error::StoreError;
use crate::lexicon::Lexicon;
use crate::manifest::Segment;
use crate::rows::Rows;
use crate::table::Schema;

/// What sealing and compacting work with.
pub(crate) struct Sealing<'a> {
    pub disk: &'a dyn Disk,
    pub schemas: &'a [Schema],
    pub lexicon: &'a Lexicon,
    /// By tool: forgotten id codes. Rows that hold one are left out.
    pub forgotten: &'a [Arc<BTreeMap<u32, u64>>],
    /// The number of the files that are written now.
    pub number: u64,
}

/// Files that take the place of others. A file that is in both lists stays: only what is known of it has changed.
pub(crate) struct Replaced {
    pub removed: Vec<Arc<Segment>>,
    pub added: Vec<Segment>,
}

impl Sealing<'_> {
    /// Merges rows (by tool, table, part) and writes them and their rollups, one file for each table and week.
    pub(crate) fn seal(&self, _rows: &[Vec<Vec<Arc<Rows>>>]) -> Result<Vec<Segment>, StoreError> {
        Ok(Vec::new())
    }

    /// One round of compaction: weeks with too many files, then weeks with forgotten ids. `None` when all is well.
    pub(crate) fn compact(&self, _segments: &[Arc<Segment>]) -> Result<Option<Replaced>, StoreError> {
        Ok(None)
    }

    /// The files whose rows are all older than their tool keeps.
    pub(crate) fn expired(&self, _segments: &[Arc<Segment>], _today: Day) -> Vec<Arc<Segment>> {
        Vec::new()
    }
}
