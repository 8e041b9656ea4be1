//! The native wire: the bytes of one batch, and of the receipt that answers it. `docs/reference/wire.md` describes it.
//!
//! Versioning: `v` is 1. Keys may be added to a batch, an event and a receipt without a new version, so unknown keys
//! are skipped; a key that changes its meaning needs a new `v`. Errors name the key and never repeat what was sent,
//! because they may be logged.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserializer, Error, IgnoredAny, SeqAccess, Visitor};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};

use crate::day::Day;
use crate::limits::{BATCH_EVENTS_MAX, BODY_INFLATED_BYTES_MAX};
use crate::raw::{First, RawBatch, RawEvent, RawFields, RawValue};

/// The version that is written and read here.
pub const WIRE_VERSION: u64 = 1;

/// A batch as a client sends it. Its events all have origin 0.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WireBatch<'a> {
    #[serde(deserialize_with = "read_version")]
    v: u64,
    /// A random number, so that the collector recognises a repeat.
    #[serde(serialize_with = "write_hex", deserialize_with = "read_id")]
    pub id: u128,
    /// The tool's name.
    #[serde(borrow, deserialize_with = "read_tool")]
    pub tool: Cow<'a, str>,
    /// The day on which its events happened, in UTC.
    #[serde(serialize_with = "write_text", deserialize_with = "read_day")]
    pub day: Day,
    /// Of which periods it is the machine's first.
    #[serde(
        default,
        skip_serializing_if = "is_default",
        serialize_with = "write_first",
        deserialize_with = "read_first"
    )]
    pub first: First,
    /// The first day of the month in which the machine was first seen.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        serialize_with = "write_month",
        deserialize_with = "read_month"
    )]
    pub cohort: Option<Day>,
    /// A short hash of the catalogue that the client was built with.
    #[serde(default, borrow, skip_serializing_if = "Option::is_none", deserialize_with = "read_catalogue")]
    pub catalogue: Option<Cow<'a, str>>,
    /// Where its events happened.
    #[serde(default, borrow)]
    pub origin: RawFields<'a>,
    /// Its events.
    #[serde(borrow, serialize_with = "write_events", deserialize_with = "read_events")]
    pub events: Vec<RawEvent<'a>>,
}

impl<'a> WireBatch<'a> {
    /// A batch without cohort, origin and events.
    #[must_use]
    pub fn new(id: u128, tool: impl Into<Cow<'a, str>>, day: Day) -> Self {
        Self {
            v: WIRE_VERSION,
            id,
            tool: tool.into(),
            day,
            first: First::default(),
            cohort: None,
            catalogue: None,
            origin: RawFields::default(),
            events: Vec::new(),
        }
    }

    /// The one spelling of this batch: keys in the order of the type, nothing that is at its default, no white space.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a batch has text keys only, and memory cannot refuse a write")
    }

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
        serde_json::from_str(text).map_err(|error| WireError::new(text, &error))
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
fn without_values(error: &serde_json::Error) -> String {
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

fn text(value: RawValue<'_>) -> Option<Cow<'_, str>> {
    if let RawValue::Text(text) = value { Some(text) } else { None }
}

fn whole_number(value: &RawValue<'_>) -> Option<u64> {
    match value {
        RawValue::Number(number) if *number >= 0.0 && number.fract() == 0.0 => Some(*number as u64),
        _ => None,
    }
}

fn read_version<'de, D: Deserializer<'de>>(json: D) -> Result<u64, D::Error> {
    expect(json, "`v` must be 1", |value| whole_number(&value).filter(|v| *v == WIRE_VERSION))
}

fn read_id<'de, D: Deserializer<'de>>(json: D) -> Result<u128, D::Error> {
    expect(json, "`id` must be 32 lower case hexadecimal digits", |value| {
        let text = text(value)?;
        let digits = text.len() == 32 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        digits.then(|| u128::from_str_radix(&text, 16).ok())?
    })
}

fn read_tool<'de, D: Deserializer<'de>>(json: D) -> Result<Cow<'de, str>, D::Error> {
    expect(json, "`tool` must be the name of a tool", |value| text(value).filter(|name| !name.is_empty()))
}

fn read_day<'de, D: Deserializer<'de>>(json: D) -> Result<Day, D::Error> {
    expect(json, "`day` must be a day such as \"2026-11-22\"", |value| Day::parse(&text(value)?))
}

fn read_month<'de, D: Deserializer<'de>>(json: D) -> Result<Option<Day>, D::Error> {
    expect(json, "`cohort` must be a month such as \"2026-09\"", |value| match value {
        RawValue::Null => Some(None),
        value => Some(Some(Day::parse(&format!("{}-01", text(value)?))?)),
    })
}

fn read_catalogue<'de, D: Deserializer<'de>>(json: D) -> Result<Option<Cow<'de, str>>, D::Error> {
    expect(json, "`catalogue` must be a text", |value| match value {
        RawValue::Null => Some(None),
        value => Some(Some(text(value)?)),
    })
}

fn read_first<'de, D: Deserializer<'de>>(json: D) -> Result<First, D::Error> {
    expect(json, "`first` must be a list of \"day\", \"week\" and \"month\"", |value| {
        let RawValue::List(words) = value else { return None };
        words.into_iter().try_fold(First::default(), |first, word| match &*text(word)? {
            "day" => Some(First { day: true, ..first }),
            "week" => Some(First { week: true, ..first }),
            "month" => Some(First { month: true, ..first }),
            _ => None,
        })
    })
}

fn read_count<'de, D: Deserializer<'de>>(json: D) -> Result<u64, D::Error> {
    expect(json, "`n` must be a whole number", |value| whole_number(&value))
}

fn read_name<'de, D: Deserializer<'de>>(json: D) -> Result<Cow<'de, str>, D::Error> {
    expect(json, "`event` must be the name of an event", text)
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

#[derive(Serialize)]
struct WrittenEvent<'e> {
    event: &'e str,
    #[serde(skip_serializing_if = "is_once")]
    n: u64,
    #[serde(skip_serializing_if = "is_empty")]
    fields: &'e RawFields<'e>,
}

fn once() -> u64 {
    1
}

fn is_once(n: &u64) -> bool {
    *n == 1
}

fn is_default(first: &First) -> bool {
    *first == First::default()
}

fn is_empty(fields: &&RawFields<'_>) -> bool {
    fields.0.is_empty()
}

fn write_hex<S: Serializer>(id: &u128, json: S) -> Result<S::Ok, S::Error> {
    json.collect_str(&format_args!("{id:032x}"))
}

fn write_text<S: Serializer>(value: &impl fmt::Display, json: S) -> Result<S::Ok, S::Error> {
    json.collect_str(value)
}

fn write_month<S: Serializer>(cohort: &Option<Day>, json: S) -> Result<S::Ok, S::Error> {
    let month = cohort.map(|day| day.to_string()[..7].to_owned());
    month.serialize(json)
}

fn write_first<S: Serializer>(first: &First, json: S) -> Result<S::Ok, S::Error> {
    let words = [(first.day, "day"), (first.week, "week"), (first.month, "month")];
    json.collect_seq(words.iter().filter(|(set, _)| *set).map(|(_, word)| word))
}

fn write_events<S: Serializer>(events: &[RawEvent<'_>], json: S) -> Result<S::Ok, S::Error> {
    json.collect_seq(events.iter().map(|event| WrittenEvent { event: &event.name, n: event.n, fields: &event.fields }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    const HEAD: &str = r#""id":"000102030405060708090a0b0c0d0e0f","tool":"acme","day":"2026-11-22""#;

    /// What is said about a batch with these keys after `v`, `id`, `tool` and `day`.
    #[track_caller]
    fn check(rest: &str, said: &str) {
        let json = format!(r#"{{"v":1,{HEAD},{rest}}}"#);
        let error = decode(json.as_bytes()).expect_err("an error").to_string();
        assert!(error.contains(said), "{error}");
        assert!(!error.contains("SECRET"), "a value is repeated: {error}");
    }

    #[test]
    fn a_batch_is_written_in_one_way() {
        let mut batch = WireBatch::new(0xff, "acme", Day(20_779));
        assert_eq!(
            String::from_utf8_lossy(&batch.encode()),
            r#"{"v":1,"id":"000000000000000000000000000000ff","tool":"acme","day":"2026-11-22","origin":{},"events":[]}"#
        );
        batch.first = First { day: true, week: false, month: true };
        batch.cohort = Day::parse("2026-09-01");
        let fields = RawFields(vec![("ok".into(), RawValue::Bool(true)), ("ms".into(), RawValue::Number(12.0))]);
        batch.events = vec![
            RawEvent { name: "a".into(), n: 3, origin: 0, fields },
            RawEvent { name: "b".into(), n: 1, ..RawEvent::default() },
        ];
        let text = String::from_utf8(batch.encode()).expect("text");
        let tail = r#""first":["day","month"],"cohort":"2026-09","origin":{},"events":[{"event":"a","n":3,"fields":{"ok":true,"ms":12}},{"event":"b"}]}"#;
        assert!(text.ends_with(tail), "{text}");
    }

    #[test]
    fn what_is_wrong_is_named_and_no_value_repeated() {
        check(r#""events":"SECRET""#, "expected `events` to be a list of events");
        check(r#""events":["SECRET"]"#, "expected `events` to hold objects");
        check(r#""events":[{"event":5}]"#, "`event` must be the name of an event");
        check(r#""events":[{"event":"a","n":-1}]"#, "`n` must be a whole number");
        check(r#""events":[{"event":"a","n":1.5}]"#, "`n` must be a whole number");
        check(r#""events":[{"event":"a","fields":"SECRET"}]"#, "an object was expected, not a text");
        check(r#""events":[{"event":"a","fields":{"x":1,"x":2}}]"#, "same key twice");
        check(r#""events":[],"first":["SECRET"]"#, "`first` must be a list");
        check(r#""events":[],"cohort":"SECRET"#, "EOF");
        check(r#""events":[],"cohort":"2026-13""#, "`cohort` must be a month");
        check(r#""events":[],"events":[]"#, "duplicate field `events`");
        check(r#""origin":[]"#, "an object was expected, not a list");
        check(r#""origin":{}"#, "missing field `events`");
        check(r#""events":[]} SECRET"#, "trailing characters");
        let many = vec!["{}"; BATCH_EVENTS_MAX + 1].join(",");
        check(&format!(r#""events":[{many}]"#), "at most 1000 events");
    }

    #[test]
    fn bytes_that_are_no_text_are_no_batch() {
        assert_eq!(decode(b"{\"v\":1,\"tool\":\"\xff\"}").expect_err("an error").to_string(), "a batch must be UTF-8");
    }

    #[test]
    fn keys_that_are_not_known_yet_are_skipped() {
        let json = format!(r#"{{"v":1,{HEAD},"new":{{"a":[1]}},"events":[{{"event":"a","at":5}}]}}"#);
        assert_eq!(decode(json.as_bytes()).expect("a batch").events[0].name, "a");
    }

    #[test]
    fn another_version_is_said_whatever_else_changed() {
        for json in [r#"{"v":2,"batches":[]}"#, r#"{"events":5,"v":2}"#] {
            assert_eq!(decode(json.as_bytes()), Err(WireError::Version(2)));
        }
        assert!(decode(b"{}").expect_err("an error").to_string().contains("missing field `v`"));
    }

    #[test]
    fn texts_without_escapes_are_borrowed() {
        let json = format!(r#"{{"v":1,{HEAD},"events":[{{"event":"a","fields":{{"k":"v"}}}}]}}"#);
        let batch = decode(json.as_bytes()).expect("a batch");
        let event = &batch.events[0];
        assert!(matches!((&event.name, &event.fields.0[0]), (Cow::Borrowed("a"), (Cow::Borrowed("k"), _))));
    }

    fn value() -> impl Strategy<Value = RawValue<'static>> {
        let leaf = prop_oneof![
            Just(RawValue::Null),
            any::<bool>().prop_map(RawValue::Bool),
            any::<f64>().prop_filter("finite", |x| x.is_finite()).prop_map(RawValue::Number),
            any::<i32>().prop_map(|x| RawValue::Number(x.into())),
            any::<String>().prop_map(|text| RawValue::Text(text.into())),
        ];
        leaf.prop_recursive(3, 16, 4, |inner| {
            prop_oneof![vec(inner.clone(), 0..4).prop_map(RawValue::List), fields_of(inner).prop_map(RawValue::Map)]
        })
    }

    fn fields_of(value: impl Strategy<Value = RawValue<'static>>) -> impl Strategy<Value = RawFields<'static>> {
        proptest::collection::btree_map(any::<String>(), value, 0..4)
            .prop_map(|map| RawFields(map.into_iter().map(|(key, value)| (key.into(), value)).collect()))
    }

    prop_compose! {
        fn batch()(
            id in any::<u128>(), tool in "[a-z]{1,9}", day in 0..40_000, flags in any::<(bool, bool, bool)>(),
            month in proptest::option::of(0..40_000), catalogue in proptest::option::of("[0-9a-f]{8}"),
            origin in fields_of(value()), events in vec((any::<String>(), 0..9u64, fields_of(value())), 0..4),
        ) -> WireBatch<'static> {
            let mut batch = WireBatch::new(id, tool, Day(day));
            batch.first = First { day: flags.0, week: flags.1, month: flags.2 };
            batch.cohort = month.map(|day| Day(day).start_of(crate::Bucket::Month));
            batch.catalogue = catalogue.map(Cow::Owned);
            batch.origin = origin;
            let event = |(name, n, fields): (String, _, _)| RawEvent { name: name.into(), n, origin: 0, fields };
            batch.events = events.into_iter().map(event).collect();
            batch
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(batch in batch()) {
            let bytes = batch.encode();
            prop_assert_eq!(WireBatch::decode(&bytes), Ok(batch));
        }

        #[test]
        fn a_receipt_reads_back(id in any::<u128>(), counts in any::<[u32; 6]>(), code in "[a-z_]{1,9}") {
            let [received, kept, repeated, rejected, folded, dropped] = counts.map(u64::from);
            let rejected = [(code, rejected)].into();
            let receipt = Receipt { id, received, kept, repeated, rejected, folded, dropped };
            prop_assert_eq!(Receipt::decode(&receipt.encode()), Ok(receipt));
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in vec(any::<u8>(), 0..99)) {
            let _ = (decode(&bytes), Receipt::decode(&bytes));
        }
    }
}
