//! The wire formats: bytes to a [`RawBatch`], and nothing more. What is declared is for the judge to say.
//!
//! All of them read JSON into the borrowed words of `aboveboard_catalog`, so all have the same bounds.

pub mod clerk;
pub mod consent;
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

#[cfg(test)]
mod tests {
    use proptest::collection::{btree_map, vec};
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    /// Any JSON, with the keys that dialects look for more often than by chance.
    fn anything() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        let key = prop_oneof!["event|eventName|fields|payload|it|machine_uuid|anonymousId", any::<String>()];
        leaf.prop_recursive(4, 32, 5, move |inner| {
            let object = btree_map(key.clone(), inner.clone(), 0..5);
            prop_oneof![vec(inner, 0..5).prop_map(Value::from), object.prop_map(|map| json!(map))]
        })
    }

    proptest! {
        #[test]
        fn every_element_becomes_one_event(
            events in vec(anything(), 0..6), logs in vec(anything(), 0..3), meta in anything(), context in anything(),
        ) {
            let body = json!({"events": events, "logs": logs, "meta": meta, "context": context}).to_string();
            let foreign = [(clerk::decode(body.as_bytes()), logs.len()), (nextjs::decode(body.as_bytes()), 0)];
            for (batch, more) in foreign {
                let batch = batch.expect("an object");
                prop_assert_eq!(batch.events.len(), events.len() + more);
                prop_assert!(batch.events.iter().all(|event| event.origin < batch.origins.len()));
            }
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in vec(any::<u8>(), 0..64)) {
            let _ = (clerk::decode(&bytes), nextjs::decode(&bytes), native::decode(&bytes).is_ok());
        }
    }
}
