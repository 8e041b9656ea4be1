//! The native wire: the bytes of one batch, and of the receipt that answers it. `docs/reference/wire.md` describes it.
//!
//! Versioning: `v` is 1. Keys may be added to a batch, an event and a receipt without a new version, so unknown keys
//! are skipped; a key that changes its meaning needs a new `v`.

#[cfg(feature = "serde")]
mod decode;
#[cfg(feature = "serde")]
mod receipt;

use std::borrow::Cow;
use std::fmt::Write;

use crate::day::Day;
use crate::json;
use crate::limits::BATCH_EVENTS_MAX;
use crate::raw::{First, RawEvent, RawFields, RawValue};

#[cfg(feature = "serde")]
pub use decode::{WireError, decode};
#[cfg(feature = "serde")]
pub use receipt::Receipt;

/// The version that is written and read here.
pub(crate) const WIRE_VERSION: u64 = 1;

/// A batch as a client sends it. Its events all have origin 0.
#[derive(Clone, Debug, PartialEq)]
pub struct WireBatch<'a> {
    /// A random number, so that the collector recognises a repeat.
    pub id: u128,
    /// The tool's name.
    pub tool: Cow<'a, str>,
    /// The day on which its events happened, in UTC.
    pub day: Day,
    /// Of which periods it is the machine's first.
    pub first: First,
    /// The first day of the month in which the machine was first seen.
    pub cohort: Option<Day>,
    /// A short hash of the catalogue that the client was built with.
    pub catalogue: Option<Cow<'a, str>>,
    /// Where its events happened.
    pub origin: RawFields<'a>,
    /// Its events.
    pub events: Vec<RawEvent<'a>>,
}

impl<'a> WireBatch<'a> {
    /// A batch without cohort, origin and events.
    #[must_use]
    pub fn new(id: u128, tool: impl Into<Cow<'a, str>>, day: Day) -> Self {
        Self {
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
        let mut out = String::with_capacity(USUAL_BYTES);
        let _ = write!(out, r#"{{"v":{WIRE_VERSION},"id":"{:032x}","tool":"#, self.id);
        json::write_text(&self.tool, &mut out);
        let _ = write!(out, r#","day":"{}""#, self.day);
        let words = self.first.words();
        if !words.is_empty() {
            out.push_str(r#","first":"#);
            json::write_all(['[', ']'], &words, &mut out, |word, out| json::write_text(word, out));
        }
        if let Some(cohort) = self.cohort {
            let _ = write!(out, r#","cohort":"{}""#, &cohort.to_string()[..7]);
        }
        if let Some(catalogue) = &self.catalogue {
            out.push_str(r#","catalogue":"#);
            json::write_text(catalogue, &mut out);
        }
        out.push_str(r#","origin":"#);
        json::write_fields(&self.origin, &mut out);
        out.push_str(r#","events":"#);
        json::write_all(['[', ']'], &self.events, &mut out, write_event);
        out.push('}');
        out.into_bytes()
    }

    /// Reads a batch that a client wrote, this one or another. The collector uses `decode`, which says what is wrong.
    #[must_use]
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        let RawValue::Map(mut keys) = json::read(std::str::from_utf8(bytes).ok()?)? else { return None };
        version(&keys.take("v")?)?;
        Some(Self {
            id: id(&keys.take("id")?)?,
            tool: name(keys.take("tool")?)?,
            day: day(&keys.take("day")?)?,
            first: keys.take("first").map_or(Some(First::default()), |value| first(&value))?,
            cohort: keys.take("cohort").map_or(Some(None), |value| month(&value))?,
            catalogue: keys.take("catalogue").map_or(Some(None), optional_text)?,
            origin: keys.take("origin").map_or(Some(RawFields::default()), fields)?,
            events: events(keys.take("events")?)?,
        })
    }
}

/// Most batches are smaller.
const USUAL_BYTES: usize = 512;

fn write_event(event: &RawEvent<'_>, out: &mut String) {
    out.push_str(r#"{"event":"#);
    json::write_text(&event.name, out);
    if event.n != 1 {
        let _ = write!(out, r#","n":{}"#, event.n);
    }
    if !event.fields.0.is_empty() {
        out.push_str(r#","fields":"#);
        json::write_fields(&event.fields, out);
    }
    out.push('}');
}

impl First {
    /// The words of the periods, from the shortest.
    fn words(self) -> Vec<&'static str> {
        let words = [(self.day, "day"), (self.week, "week"), (self.month, "month")];
        words.into_iter().filter(|(set, _)| *set).map(|(_, word)| word).collect()
    }
}

fn version(value: &RawValue<'_>) -> Option<u64> {
    whole_number(value).filter(|version| *version == WIRE_VERSION)
}

fn id(value: &RawValue<'_>) -> Option<u128> {
    let RawValue::Text(text) = value else { return None };
    let digits = text.len() == 32 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    digits.then(|| u128::from_str_radix(text, 16).ok())?
}

fn name(value: RawValue<'_>) -> Option<Cow<'_, str>> {
    text(value).filter(|name| !name.is_empty())
}

fn day(value: &RawValue<'_>) -> Option<Day> {
    if let RawValue::Text(text) = value { Day::parse(text) } else { None }
}

fn month(value: &RawValue<'_>) -> Option<Option<Day>> {
    match value {
        RawValue::Null => Some(None),
        RawValue::Text(text) => Some(Some(Day::parse(&format!("{text}-01"))?)),
        _ => None,
    }
}

fn first(value: &RawValue<'_>) -> Option<First> {
    let RawValue::List(words) = value else { return None };
    words.iter().try_fold(First::default(), |first, word| {
        let RawValue::Text(word) = word else { return None };
        match &**word {
            "day" => Some(First { day: true, ..first }),
            "week" => Some(First { week: true, ..first }),
            "month" => Some(First { month: true, ..first }),
            _ => None,
        }
    })
}

fn optional_text(value: RawValue<'_>) -> Option<Option<Cow<'_, str>>> {
    if value == RawValue::Null { Some(None) } else { text(value).map(Some) }
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

fn fields(value: RawValue<'_>) -> Option<RawFields<'_>> {
    match value {
        RawValue::Map(fields) => Some(fields),
        RawValue::Null => Some(RawFields::default()),
        _ => None,
    }
}

fn events(value: RawValue<'_>) -> Option<Vec<RawEvent<'_>>> {
    let RawValue::List(events) = value else { return None };
    (events.len() <= BATCH_EVENTS_MAX).then(|| events.into_iter().map(event).collect())?
}

/// An event of a batch. One without a name is for the judge to reject.
fn event(value: RawValue<'_>) -> Option<RawEvent<'_>> {
    let RawValue::Map(mut keys) = value else { return None };
    Some(RawEvent {
        name: keys.take("event").map_or(Some(Cow::Borrowed("")), text)?,
        n: keys.take("n").map_or(Some(1), |n| whole_number(&n))?,
        origin: 0,
        fields: keys.take("fields").map_or(Some(RawFields::default()), fields)?,
    })
}

#[cfg(all(test, feature = "serde"))]
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
            // Numbers that no client writes are read by the one exactly, and almost by the other.
            prop_assert_eq!(WireBatch::read(&bytes).map(|batch| batch.id), Some(batch.id));
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
