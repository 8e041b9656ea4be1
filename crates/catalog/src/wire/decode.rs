//! How the collector reads a batch: in one pass with serde, and with a word for what is wrong. Errors name the key and
//! never repeat what was sent, because they may be logged.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, SeqAccess, Visitor};

use super::{WIRE_VERSION, WireBatch};
use crate::day::Day;
use crate::limits::{BATCH_EVENTS_MAX, BODY_INFLATED_BYTES_MAX};
use crate::raw::{First, RawBatch, RawEvent, RawFields, RawValue};

/// A batch as it is read.
#[derive(Deserialize)]
struct ReadBatch<'a> {
    #[serde(rename = "v", deserialize_with = "read_version")]
    _version: u64,
    #[serde(deserialize_with = "read_id")]
    id: u128,
    #[serde(borrow, deserialize_with = "read_tool")]
    tool: Cow<'a, str>,
    #[serde(deserialize_with = "read_day")]
    day: Day,
    #[serde(default, deserialize_with = "read_first")]
    first: First,
    #[serde(default, deserialize_with = "read_month")]
    cohort: Option<Day>,
    #[serde(default, borrow, deserialize_with = "read_catalogue")]
    catalogue: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    origin: RawFields<'a>,
    #[serde(borrow, deserialize_with = "read_events")]
    events: Vec<RawEvent<'a>>,
}

impl<'a> WireBatch<'a> {
    /// Reads a batch.
    ///
    /// # Errors
    /// What is wrong with the bytes.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, WireError> {
        if bytes.len() > BODY_INFLATED_BYTES_MAX {
            return Err(WireError::Malformed(format!("a batch has at most {BODY_INFLATED_BYTES_MAX} bytes")));
        }
        // Looking at all bytes once is faster than looking at every string.
        let text = std::str::from_utf8(bytes).map_err(|_| WireError::Malformed("a batch must be UTF-8".into()))?;
        let read: ReadBatch<'a> = serde_json::from_str(text).map_err(|error| WireError::new(text, &error))?;
        let ReadBatch { id, tool, day, first, cohort, catalogue, origin, events, .. } = read;
        Ok(Self { id, tool, day, first, cohort, catalogue, origin, events })
    }
}

/// Reads a native batch for the judge.
///
/// # Errors
/// What is wrong with the bytes.
pub fn decode(bytes: &[u8]) -> Result<RawBatch<'_>, WireError> {
    let WireBatch { id, tool, day, first, cohort, origin, events, .. } = WireBatch::decode(bytes)?;
    Ok(RawBatch { tool, id: Some(id), day: Some(day), first, cohort, origins: vec![origin], events })
}

/// Why bytes are not a batch or a receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WireError {
    /// A batch of a version that is not read here.
    Version(u64),
    /// Anything else, in a sentence that repeats no value.
    Malformed(String),
}

impl WireError {
    /// A batch of another version may look wrong in any way; then the version is what to talk about.
    fn new(text: &str, error: &serde_json::Error) -> Self {
        #[derive(Deserialize)]
        struct VersionOnly {
            v: u64,
        }
        match serde_json::from_str(text) {
            Ok(VersionOnly { v }) if v != WIRE_VERSION => Self::Version(v),
            _ => Self::Malformed(without_values(error)),
        }
    }
}

impl fmt::Display for WireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version(v) => write!(f, "version `{v}` is not read here; send `\"v\":{WIRE_VERSION}`"),
            Self::Malformed(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for WireError {}

/// serde says `invalid type: string "…", expected …`; the first half repeats what was sent.
pub(super) fn without_values(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rsplit_once(", expected ") {
        Some((_, expected)) if text.starts_with("invalid") => format!("expected {expected}"),
        _ => text,
    }
}

/// Reads a value that has a word for what it must be.
fn expect<'de, D: Deserializer<'de>, T>(
    json: D,
    expected: &'static str,
    read: impl FnOnce(RawValue<'de>) -> Option<T>,
) -> Result<T, D::Error> {
    read(RawValue::deserialize(json)?).ok_or_else(|| D::Error::custom(expected))
}

fn read_version<'de, D: Deserializer<'de>>(json: D) -> Result<u64, D::Error> {
    expect(json, "`v` must be 1", |value| super::version(&value))
}

pub(super) fn read_id<'de, D: Deserializer<'de>>(json: D) -> Result<u128, D::Error> {
    expect(json, "`id` must be 32 lower case hexadecimal digits", |value| super::id(&value))
}

fn read_tool<'de, D: Deserializer<'de>>(json: D) -> Result<Cow<'de, str>, D::Error> {
    expect(json, "`tool` must be the name of a tool", super::name)
}

fn read_day<'de, D: Deserializer<'de>>(json: D) -> Result<Day, D::Error> {
    expect(json, "`day` must be a day such as \"2026-11-22\"", |value| super::day(&value))
}

fn read_month<'de, D: Deserializer<'de>>(json: D) -> Result<Option<Day>, D::Error> {
    expect(json, "`cohort` must be a month such as \"2026-09\"", |value| super::month(&value))
}

fn read_catalogue<'de, D: Deserializer<'de>>(json: D) -> Result<Option<Cow<'de, str>>, D::Error> {
    expect(json, "`catalogue` must be a text", super::optional_text)
}

fn read_first<'de, D: Deserializer<'de>>(json: D) -> Result<First, D::Error> {
    expect(json, "`first` must be a list of \"day\", \"week\" and \"month\"", |value| super::first(&value))
}

fn read_count<'de, D: Deserializer<'de>>(json: D) -> Result<u64, D::Error> {
    expect(json, "`n` must be a whole number", |value| super::whole_number(&value))
}

fn read_name<'de, D: Deserializer<'de>>(json: D) -> Result<Cow<'de, str>, D::Error> {
    expect(json, "`event` must be the name of an event", super::text)
}

fn read_events<'de, D: Deserializer<'de>>(json: D) -> Result<Vec<RawEvent<'de>>, D::Error> {
    json.deserialize_seq(Events)
}

struct Events;

impl<'de> Visitor<'de> for Events {
    type Value = Vec<RawEvent<'de>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`events` to be a list of events")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut events = Vec::with_capacity(16);
        while events.len() < BATCH_EVENTS_MAX {
            let Some(event) = items.next_element::<ReadEvent<'de>>()? else { return Ok(events) };
            events.push(RawEvent { name: event.event, n: event.n, origin: 0, fields: event.fields });
        }
        match items.next_element::<IgnoredAny>()? {
            None => Ok(events),
            Some(_) => Err(A::Error::custom(format!("a batch has at most {BATCH_EVENTS_MAX} events"))),
        }
    }
}

/// An event of a batch. One without a name is for the judge to reject.
#[derive(Deserialize)]
#[serde(expecting = "`events` to hold objects")]
struct ReadEvent<'a> {
    #[serde(default, borrow, deserialize_with = "read_name")]
    event: Cow<'a, str>,
    #[serde(default = "once", deserialize_with = "read_count")]
    n: u64,
    #[serde(default, borrow)]
    fields: RawFields<'a>,
}

fn once() -> u64 {
    1
}
