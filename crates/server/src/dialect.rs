//! The wire formats: bytes to a [`RawBatch`], and nothing more. What is declared is for the judge to say.
//!
//! All of them read JSON into the borrowed words of `aboveboard_catalog`, so all have the same bounds.

pub mod clerk;
pub mod native;
pub mod nextjs;

use std::borrow::Cow;
use std::fmt;

use aboveboard_catalog::{RawBatch, RawFields, RawValue};

/// Why bytes are no batch: where and what, without repeating anything they hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable(pub(crate) Cow<'static, str>);

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unreadable {}

/// Reads a body that must be one JSON object.
fn read_object(body: &[u8]) -> Result<RawFields<'_>, Unreadable> {
    serde_json::from_slice(body).map_err(|error| Unreadable(error.to_string().into()))
}

/// Takes a list out; absent and `null` are an empty one.
fn take_list<'a>(object: &mut RawFields<'a>, key: &str) -> Result<Vec<RawValue<'a>>, Unreadable> {
    match object.take(key) {
        None | Some(RawValue::Null) => Ok(Vec::new()),
        Some(RawValue::List(items)) => Ok(items),
        Some(other) => Err(Unreadable(format!("`{key}` must be a list, not a {}", other.type_name()).into())),
    }
}

/// Takes a text out; anything else is an empty one.
fn take_text<'a>(object: &mut RawFields<'a>, key: &str) -> Cow<'a, str> {
    match object.take(key) {
        Some(RawValue::Text(text)) => text,
        _ => Cow::Borrowed(""),
    }
}

/// Takes an object out. Something else stays under its key, so that the judge drops and counts it.
fn take_object<'a>(object: &mut RawFields<'a>, key: &'static str) -> RawFields<'a> {
    match object.take(key) {
        None | Some(RawValue::Null) => RawFields::default(),
        Some(RawValue::Map(fields)) => fields,
        Some(other) => RawFields(vec![(Cow::Borrowed(key), other)]),
    }
}

/// The position of an origin in the batch; batches have few, and equal ones follow each other.
fn place_origin<'a>(batch: &mut RawBatch<'a>, origin: RawFields<'a>) -> usize {
    if batch.origins.last() != Some(&origin) {
        batch.origins.push(origin);
    }
    batch.origins.len() - 1
}
