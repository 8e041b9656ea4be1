//! Our own batches. Their bytes are read by the same code that writes them in the clients: `aboveboard_catalog::wire`.

use aboveboard_catalog::RawBatch;
use aboveboard_catalog::wire::{self, WireError};

/// Reads one body.
///
/// # Errors
/// When it is no batch, or one of another version.
pub fn decode(body: &[u8]) -> Result<RawBatch<'_>, WireError> {
    wire::decode(body)
}
