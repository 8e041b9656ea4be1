//! What the collector answers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, Serializer};

use super::decode::{WireError, read_id, without_values};

/// What became of a batch: `received = kept + repeated + the sum of rejected`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The batch it answers.
    #[serde(serialize_with = "write_hex", deserialize_with = "read_id")]
    pub id: u128,
    /// Events in the batch, each counted as often as its `n` says.
    pub received: u64,
    /// Events that are on disk now.
    pub kept: u64,
    /// Events that were on disk already.
    pub repeated: u64,
    /// Events that were turned away, by code.
    pub rejected: BTreeMap<String, u64>,
    /// Values that became `other`.
    pub folded: u64,
    /// Fields that were not declared, or of the wrong type.
    pub dropped: u64,
}

impl Receipt {
    /// The bytes that answer the batch.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a receipt has text keys only, and memory cannot refuse a write")
    }

    /// Reads a receipt.
    ///
    /// # Errors
    /// What is wrong with the bytes.
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        serde_json::from_slice(bytes).map_err(|error| WireError::Malformed(without_values(&error)))
    }
}

fn write_hex<S: Serializer>(id: &u128, json: S) -> Result<S::Ok, S::Error> {
    json.collect_str(&format_args!("{id:032x}"))
}
