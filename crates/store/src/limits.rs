//! Every maximum of the store, unit last, with the reason for its size.

/// Distinct origins of one tool. A tuple takes about 200 bytes of memory; later ones become the origin of which every
/// part is `other`, and are counted as folded.
pub(crate) const ORIGINS_MAX: usize = 1 << 20;
/// Distinct shapes of undeclared events and fields of one tool; later ones are counted under the shape `?`.
pub(crate) const SHAPES_MAX: usize = 1_000;
/// Rows in the open part of a live table: what a snapshot makes the writer copy at most.
pub(crate) const OPEN_ROWS_MAX: usize = 4_096;
/// An open part of this many rows is closed by a snapshot instead of being copied.
pub(crate) const OPEN_ROWS_COPIED_MAX: usize = 512;
/// Bytes of one frame of the log; a batch of the most events that a catalogue can say stays far below.
pub(crate) const FRAME_BYTES_MAX: usize = 64 * 1024 * 1024;
