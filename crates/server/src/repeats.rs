//! How a batch is recognised when it comes again, in each dialect. See `docs/reference/wire.md`.

use aboveboard_catalog::{Dialect, RawBatch, RawFields, RawValue};
use aboveboard_store::Mark;

use crate::keys::{Key, first_half};

/// Clients of the native dialect keep a batch for thirty days and may send it again until they saw the answer.
const NATIVE_SECONDS: i64 = 60 * 86_400;
/// Foreign clients retry within seconds; two equal batches further apart are two.
const FOREIGN_SECONDS: i64 = 20;

/// For how long the marks of a dialect are remembered, in seconds.
pub(crate) fn remembered_seconds(dialect: Dialect) -> i64 {
    if dialect == Dialect::Native { NATIVE_SECONDS } else { FOREIGN_SECONDS }
}

/// The marks of a batch.
pub(crate) fn marks(dialect: Dialect, key: &Key, body: &[u8], batch: &RawBatch<'_>) -> Vec<Mark> {
    match dialect {
        Dialect::Native => batch.id.map(|id| of_id(&batch.tool, id, batch)).into_iter().collect(),
        Dialect::Nextjs => vec![of_body(key, body, batch)],
        Dialect::Clerk => of_beginnings(key, batch),
    }
}

/// A native batch has an id of its own. No key: it is random, and must be known again after the key rotated.
fn of_id(tool: &str, id: u128, batch: &RawBatch<'_>) -> Mark {
    Mark { key: key_of_id(tool, id), covers: batch.events.len() as u32 }
}

/// What is remembered of the id of a native batch.
pub(crate) fn key_of_id(tool: &str, id: u128) -> u128 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&id.to_be_bytes()).update(tool.as_bytes());
    first_half(hasher.finalize())
}

/// Next.js sends the same bytes once more when the first answer did not come; they hold a session's random id.
fn of_body(key: &Key, body: &[u8], batch: &RawBatch<'_>) -> Mark {
    let mut hasher = key.mark_hasher();
    hasher.update(body);
    Mark { key: first_half(hasher.finalize()), covers: batch.events.len() as u32 }
}

/// Old Clerk SDKs empty their buffer only after the answer, so four events arrive as 1 + 2 + 3 + 4. Each beginning of
/// a batch has a mark, and the longest one that was seen before tells how much of the batch is old.
fn of_beginnings(key: &Key, batch: &RawBatch<'_>) -> Vec<Mark> {
    let mut hasher = key.mark_hasher();
    let mut bytes = Vec::with_capacity(512);
    let mut marks = Vec::with_capacity(batch.events.len());
    for (event, covers) in batch.events.iter().zip(1..) {
        bytes.clear();
        put_text(&mut bytes, &event.name);
        put_fields(&mut bytes, &batch.origins[event.origin]);
        put_fields(&mut bytes, &event.fields);
        hasher.update(&bytes);
        marks.push(Mark { key: first_half(hasher.finalize()), covers });
    }
    marks
}

fn put_fields(bytes: &mut Vec<u8>, fields: &RawFields<'_>) {
    put_length(bytes, fields.0.len());
    for (key, value) in &fields.0 {
        put_text(bytes, key);
        put_value(bytes, value);
    }
}

/// Every value begins with its type and its length, so that no two lists of values have the same bytes.
fn put_value(bytes: &mut Vec<u8>, value: &RawValue<'_>) {
    bytes.push(value.type_name().as_bytes()[0]);
    match value {
        RawValue::Null => {}
        RawValue::Bool(flag) => bytes.push(u8::from(*flag)),
        RawValue::Number(number) => bytes.extend(number.to_bits().to_le_bytes()),
        RawValue::Text(text) => put_text(bytes, text),
        RawValue::Map(fields) => put_fields(bytes, fields),
        RawValue::List(items) => {
            put_length(bytes, items.len());
            items.iter().for_each(|item| put_value(bytes, item));
        }
    }
}

fn put_text(bytes: &mut Vec<u8>, text: &str) {
    put_length(bytes, text.len());
    bytes.extend(text.as_bytes());
}

fn put_length(bytes: &mut Vec<u8>, length: usize) {
    bytes.extend((length as u32).to_le_bytes());
}
