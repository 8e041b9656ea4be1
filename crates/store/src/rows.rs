//! Rows as columns of small integers: what a live table holds, and what sealing turns into a segment.
//!
//! What a column means is said by its [`Table`](crate::table::Table); nothing here knows.

/// Rows of one table. Every column has one code a row; the last two columns are counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rows {
    /// Key columns in the order of the table, then `n`, then `reports`.
    pub columns: Vec<Vec<u32>>,
}

/// Columns at the end of every table that are counts: `n` (times) and `reports` (rows of batches).
pub(crate) const COUNT_COLUMNS: usize = 2;

impl Rows {
    /// No rows of a table with this many key columns.
    pub(crate) fn new(key_columns: usize) -> Self {
        Self { columns: vec![Vec::new(); key_columns + COUNT_COLUMNS] }
    }

    pub(crate) fn len(&self) -> usize {
        self.columns.first().map_or(0, Vec::len)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(crate) fn key_columns(&self) -> usize {
        self.columns.len() - COUNT_COLUMNS
    }

    /// Adds one row: its key, how often it happened, and how many reports said so.
    #[inline]
    pub(crate) fn push(&mut self, key: &[u32], n: u32, reports: u32) {
        debug_assert_eq!(key.len(), self.key_columns());
        let values = key.iter().chain([&n, &reports]);
        for (column, value) in self.columns.iter_mut().zip(values) {
            column.push(*value);
        }
    }

    /// Adds the rows of another part of the same table.
    pub(crate) fn append(&mut self, other: &Self) {
        for (column, more) in self.columns.iter_mut().zip(&other.columns) {
            column.extend_from_slice(more);
        }
    }
}
