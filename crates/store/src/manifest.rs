//! What is durable and not in the log: one small file, replaced as a whole.

/// One sealed file: rows of one table, or of one rollup, of one week.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Segment {
    /// The tool, as a position in the schemas.
    pub tool: usize,
    /// A table's name, or a rollup's: `cube`, `values`.
    pub table: String,
    /// The Monday of the week its rows are about, in days since 1970-01-01.
    pub week: u32,
    /// Grows with every seal and compaction; files made together share it.
    pub number: u64,
    /// Rows, for planning.
    pub rows: u64,
    /// Bytes on disk, for planning.
    pub bytes: u64,
    /// The CRC-32 of those bytes.
    pub crc: u32,
    /// Ids forgotten with a number up to this are not in it: its own number, or a later one once it was looked through.
    pub clean: u64,
    /// The day of its earliest row.
    pub first_day: u32,
    /// The day of its latest row.
    pub last_day: u32,
    /// The file, relative to the data folder.
    pub path: String,
}
