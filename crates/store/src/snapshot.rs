//! What a reader sees: the rows of one moment, live and sealed, with the words to read them.
//!
//! Cheap to take and never changed afterwards. Files it refers to stay on disk until it is dropped.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use aboveboard_catalog::Catalog;

use crate::columns::ColumnCache;
use crate::disk::Disk;
use crate::lexicon::Lexicon;
use crate::manifest::Segment;
use crate::rows::Rows;
use crate::table::Schema;

/// The rows of one moment. What is asked of it is in `scan.rs`.
#[derive(Clone)]
pub struct Snapshot {
    /// The catalogues the store was opened with; tools are numbered by their position here.
    pub(crate) catalogs: Arc<[Catalog]>,
    /// The tables of every tool: first those of the catalogues, then tools that are no longer declared.
    pub(crate) schemas: Arc<[Schema]>,
    pub(crate) lexicon: Lexicon,
    /// Rows that are not sealed yet, by tool and table, in parts. Not merged.
    pub(crate) live: Vec<Vec<Vec<Arc<Rows>>>>,
    /// Sealed rows and rollups of all tools.
    pub(crate) segments: Arc<Vec<Arc<Segment>>>,
    /// By tool: the id codes that were forgotten while sealed rows may still hold them, each with the number from
    /// which on segments cannot ([`Segment::clean`]).
    pub(crate) forgotten: Vec<Arc<BTreeMap<u32, u64>>>,
    pub(crate) disk: Arc<dyn Disk>,
    /// Columns of segments that were read before; one for the whole store.
    pub(crate) columns: Arc<ColumnCache>,
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot").field("segments", &self.segments.len()).finish_non_exhaustive()
    }
}
