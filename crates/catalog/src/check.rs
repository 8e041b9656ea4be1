//! The judge: a raw event becomes an event, or a rejection. Pure, and the same at both ends of the wire.

use std::borrow::Cow;

use crate::bucket::Buckets;
use crate::day::Day;
use crate::event::{Event, FIRST_CODE, IdHash, Notes, OTHER, Origin, Placed, Rejection, Value};
use crate::index::Fields;
use crate::limits::{BATCH_AGE_DAYS_MAX, BATCH_AHEAD_DAYS_MAX, EVENT_COUNT_MAX, ID_BYTES_MAX};
use crate::raw::{RawEvent, RawFields, RawValue};
use crate::spec::{Catalog, Field, Kind};
use crate::version::Version;

/// Turns the value of a field into its keyed hash: from the field's name, and the identifier. Whoever calls the judge
/// brings the key. The name is a part of it, so that one field's public values are never another field's secret ones.
pub type HashId<'a> = &'a dyn Fn(&str, &str) -> IdHash;

impl Catalog {
    /// Checks the facts about where events happened.
    #[must_use]
    pub fn check_origin(&self, raw: &RawFields<'_>, hash_id: HashId<'_>) -> Origin {
        let mut sheet = Sheet::new(&self.origin, self.index.origin(), hash_id);
        sheet.fill("", raw);
        Origin { refusal: sheet.refusal(), values: sheet.values, notes: sheet.notes }
    }

    /// Checks one event that happened, or arrived, on `day`.
    ///
    /// # Errors
    /// The reason why it is not kept. Values and fields that are not declared are no such reason: they are folded or
    /// dropped, and [`Event::notes`] counts them.
    pub fn check(&self, raw: &RawEvent<'_>, day: Day, hash_id: HashId<'_>) -> Result<Event, Rejection> {
        if raw.name.is_empty() {
            return Err(Rejection::EventMalformed);
        }
        let position = self.index.event(&raw.name).ok_or(Rejection::EventUndeclared)?;
        let declared = &self.events[position];
        if let Some(refusal) = &declared.refused {
            return Err(Rejection::Refused(refusal.clone()));
        }
        if declared.expires.is_some_and(|expires| day >= expires) {
            return Err(Rejection::EventExpired);
        }
        if raw.n == 0 || raw.n > EVENT_COUNT_MAX {
            return Err(Rejection::CountOutOfRange);
        }
        let mut sheet = Sheet::new(&declared.fields, self.index.event_fields(position), hash_id);
        sheet.fill("", &raw.fields);
        if sheet.undeclared {
            return Err(Rejection::CodeUndeclared);
        }
        match sheet.refusal() {
            Some(refusal) => Err(Rejection::Refused(refusal)),
            None => Ok(Event { position: position as u16, n: raw.n as u32, values: sheet.values, notes: sheet.notes }),
        }
    }

    /// Checks the day a batch is about against the day it arrives.
    ///
    /// # Errors
    /// [`Rejection::DayOutOfRange`] when it is too old or lies in the future.
    pub fn check_day(&self, day: Day, today: Day) -> Result<Day, Rejection> {
        let age_max = BATCH_AGE_DAYS_MAX.min(self.tool.retention_days as i32);
        let accepted = today.plus(-age_max)..=today.plus(BATCH_AHEAD_DAYS_MAX);
        if accepted.contains(&day) { Ok(day) } else { Err(Rejection::DayOutOfRange) }
    }
}

/// The values of one list of fields, being filled.
struct Sheet<'c> {
    fields: &'c [Field],
    index: &'c Fields,
    hash_id: HashId<'c>,
    /// A bit for each field that was filled: `{"a.b":1}` and `{"a":{"b":2}}` are the same field.
    filled: u64,
    values: Vec<Placed>,
    notes: Notes,
    /// Whether a field that takes declared codes only was given something else.
    undeclared: bool,
}

impl<'c> Sheet<'c> {
    fn new(fields: &'c [Field], index: &'c Fields, hash_id: HashId<'c>) -> Self {
        Self { fields, index, hash_id, filled: 0, values: Vec::new(), notes: Notes::default(), undeclared: false }
    }

    fn fill(&mut self, prefix: &str, raw: &RawFields<'_>) {
        if self.values.capacity() == 0 {
            self.values.reserve_exact(raw.0.len().min(self.fields.len()));
        }
        for (key, value) in &raw.0 {
            let key = if prefix.is_empty() { Cow::Borrowed(&**key) } else { Cow::Owned(format!("{prefix}.{key}")) };
            self.place(&key, value);
        }
    }

    fn place(&mut self, key: &str, raw: &RawValue<'_>) {
        match (self.index.field(key), raw) {
            (_, RawValue::Null) => {}
            (Some(position), _) => self.read(position, raw),
            (None, RawValue::Map(nested)) if !nested.0.is_empty() => self.fill(key, nested),
            (None, _) => self.notes.dropped += 1,
        }
    }

    fn read(&mut self, position: usize, raw: &RawValue<'_>) {
        match &self.fields[position].kind {
            Kind::Drop { .. } => {}
            Kind::Flag => self.keep(position, flag(raw)),
            Kind::Number { buckets, .. } => self.keep(position, number(buckets, raw)),
            Kind::Choices(_) => self.read_set(position, raw),
            Kind::Code { list: None, .. } => self.read_code(position, raw),
            Kind::Choice(_) | Kind::Name { .. } | Kind::Code { .. } => self.read_member(position, raw),
            Kind::Version { .. } => self.read_version(position, raw),
            Kind::Id => self.read_id(position, raw),
        }
    }

    /// Keeps a value, or counts the field as dropped when its type was wrong or it has a value already.
    fn keep(&mut self, position: usize, value: Option<Value>) {
        let bit = 1_u64.checked_shl(position as u32).unwrap_or(0);
        match value {
            Some(value) if self.filled & bit == 0 => {
                self.filled |= bit;
                self.values.push((position as u16, value));
            }
            _ => self.notes.dropped += 1,
        }
    }

    fn read_member(&mut self, position: usize, raw: &RawValue<'_>) {
        let Some(text) = scalar_text(raw) else { return self.keep(position, None) };
        if says_absent(&text) {
            return;
        }
        let code = self.index.member(position, &text).map_or(OTHER, |member| FIRST_CODE + member);
        self.notes.folded += u32::from(code == OTHER && text != "other");
        self.keep(position, Some(Value::Code(code)));
    }

    /// A code that has a page. Votes are counted by it, so nothing else is taken for it, not even `other`.
    fn read_code(&mut self, position: usize, raw: &RawValue<'_>) {
        match scalar_text(raw) {
            Some(text) if says_absent(&text) => {}
            Some(text) => match self.index.member(position, &text) {
                Some(member) => self.keep(position, Some(Value::Code(FIRST_CODE + member))),
                None => self.undeclared = true,
            },
            None => self.undeclared = true,
        }
    }

    /// A set is a list, or one text with commas, as foreign clients join them.
    fn read_set(&mut self, position: usize, raw: &RawValue<'_>) {
        let mask = match raw {
            RawValue::List(items) => {
                // A list or an object in the list is a value that is not declared.
                items
                    .iter()
                    .fold(0, |mask, item| mask | self.bit_of(position, &scalar_text(item).unwrap_or("[]".into())))
            }
            RawValue::Text(text) => text.split(',').fold(0, |mask, part| mask | self.bit_of(position, part.trim())),
            _ => return self.keep(position, None),
        };
        if mask != 0 {
            self.keep(position, Some(Value::Set(mask)));
        }
    }

    fn bit_of(&mut self, position: usize, text: &str) -> u32 {
        if says_absent(text) {
            return 0;
        }
        let member = self.index.member(position, text);
        self.notes.folded += u32::from(member.is_none() && text != "other");
        member.map_or(1, |member| 2 << member)
    }

    fn read_version(&mut self, position: usize, raw: &RawValue<'_>) {
        let Some(text) = scalar_text(raw) else { return self.keep(position, None) };
        if says_absent(&text) {
            return;
        }
        let (value, folded) = match Version::parse(&text) {
            Some((version, folded)) => (Value::Version(version), folded),
            None => (Value::Code(OTHER), text != "other"),
        };
        self.notes.folded += u32::from(folded);
        self.keep(position, Some(value));
    }

    fn read_id(&mut self, position: usize, raw: &RawValue<'_>) {
        match scalar_text(raw) {
            Some(text) if text.is_empty() => {}
            Some(text) if text.len() <= ID_BYTES_MAX => {
                let hash = (self.hash_id)(&self.fields[position].name, &text);
                self.keep(position, Some(Value::Id(hash)));
            }
            _ => self.keep(position, None),
        }
    }

    /// The refusal that one of the values calls for.
    fn refusal(&self) -> Option<crate::spec::Refusal> {
        self.values.iter().find_map(|(position, value)| {
            let field = &self.fields[usize::from(*position)];
            let text = if field.refuse.is_empty() { None } else { field.kind.text_of(*value) }?;
            field.refuse.iter().find(|(member, _)| *member == text).map(|(_, refusal)| refusal.clone())
        })
    }
}

impl Kind {
    /// The text of a single member's value, `other` included; `None` for kinds and values without one.
    #[must_use]
    pub fn text_of(&self, value: Value) -> Option<&str> {
        match (self, value) {
            (Self::Flag, Value::Code(code)) => ["false", "true"].get(code.checked_sub(FIRST_CODE)? as usize).copied(),
            (Self::Choice(_) | Self::Name { .. } | Self::Code { .. }, Value::Code(OTHER)) => Some("other"),
            (_, Value::Code(code)) => self.members().get(code.checked_sub(FIRST_CODE)? as usize).map(String::as_str),
            _ => None,
        }
    }
}

fn flag(raw: &RawValue<'_>) -> Option<Value> {
    match raw {
        RawValue::Bool(flag) => Some(Value::Code(FIRST_CODE + u32::from(*flag))),
        _ => None,
    }
}

fn number(buckets: &Buckets, raw: &RawValue<'_>) -> Option<Value> {
    match raw {
        RawValue::Number(number) => buckets.of(*number).map(|bucket| Value::Code(FIRST_CODE + bucket as u32)),
        _ => None,
    }
}

/// Answers call an absent value `none`; so reading an answer's text gives the value back.
fn says_absent(text: &str) -> bool {
    text.is_empty() || text == "none"
}

/// The text of a scalar: foreign clients send `false` or `5` where others send a word.
fn scalar_text<'v>(raw: &'v RawValue<'_>) -> Option<Cow<'v, str>> {
    match raw {
        RawValue::Text(text) => Some(Cow::Borrowed(text)),
        RawValue::Bool(flag) => Some(Cow::Borrowed(if *flag { "true" } else { "false" })),
        RawValue::Number(number) => Some(Cow::Owned(number.to_string())),
        RawValue::Null => Some(Cow::Borrowed("")),
        RawValue::List(_) | RawValue::Map(_) => None,
    }
}

// The table of single values is `conformance/check/`, which every implementation shares.
#[cfg(all(test, feature = "parse"))]
mod tests {
    use super::*;
    use crate::sample;
    use proptest::prelude::*;

    fn hash(field: &str, id: &str) -> IdHash {
        IdHash(field.bytes().chain(id.bytes()).fold(7, |hash, byte| hash * 31 + u128::from(byte)))
    }

    fn event<'a>(json: &'a str) -> RawEvent<'a> {
        let fields = serde_json::from_str(json).expect("an object");
        RawEvent { name: "command_finished".into(), n: 1, origin: 0, fields }
    }

    /// Values as a client would send them again, by wire key.
    fn spelt(fields: &[Field], values: &[Placed]) -> String {
        let spell = |(position, value): &Placed| {
            let field = &fields[usize::from(*position)];
            let text = match (&field.kind, value) {
                (Kind::Flag, Value::Code(code)) => (*code == FIRST_CODE + 1).to_string(),
                (Kind::Number { buckets, .. }, Value::Code(code)) => {
                    buckets.value((code - FIRST_CODE) as usize).to_string()
                }
                (kind, Value::Code(code)) => format!("{:?}", kind.label(*code)),
                (kind, Value::Set(mask)) => {
                    let members = kind.members().iter().enumerate().filter(|(bit, _)| mask >> (bit + 1) & 1 == 1);
                    let mut texts: Vec<&str> = members.map(|(_, text)| text.as_str()).collect();
                    texts.extend((mask & 1 == 1).then_some("other"));
                    format!("{texts:?}")
                }
                (_, value) => panic!("{value:?} is no value of this event"),
            };
            format!("{:?}:{text}", field.key())
        };
        format!("{{{}}}", values.iter().map(spell).collect::<Vec<_>>().join(","))
    }

    #[test]
    fn days_are_accepted_as_long_as_spools_keep_them() {
        let mut catalog = sample::catalog();
        let today = Day(20_000);
        let accepted = |catalog: &Catalog, offset: i32| catalog.check_day(today.plus(offset), today).is_ok();
        assert_eq!([-46, -45, 0, 1, 2].map(|offset| accepted(&catalog, offset)), [false, true, true, true, false]);
        catalog.tool.retention_days = 7;
        assert_eq!([-8, -7].map(|offset| accepted(&catalog, offset)), [false, true]);
    }

    #[test]
    fn an_id_is_kept_as_its_hash_only() {
        let raw: RawFields<'_> = serde_json::from_str(r#"{"machine":"secret"}"#).expect("an object");
        let origin = sample::catalog().check_origin(&raw, &hash);
        assert_eq!(origin.values(), [(3, Value::Id(hash("machine", "secret")))]);
        assert_eq!(format!("{origin:?}").matches("IdHash(..)").count(), 1);
    }

    #[test]
    fn a_code_without_a_page_turns_the_event_away() {
        let catalog = sample::with_pages();
        let check = |code: &str| {
            let fields = serde_json::from_str(code).expect("an object");
            let raw = RawEvent { name: "build_failed".into(), n: 1, origin: 0, fields };
            catalog.check(&raw, Day(20_779), &hash).map(|event| event.values().to_vec())
        };
        assert_eq!(check(r#"{"error":"ACME_DISK_FULL"}"#), Ok(vec![(0, Value::Code(FIRST_CODE + 1))]));
        for absent in [r#"{"error":null}"#, r#"{"error":""}"#, r#"{"error":"none"}"#] {
            assert_eq!(check(absent), Ok(vec![]), "{absent}");
        }
        for wrong in [r#""acme_disk_full""#, r#""other""#, r#""/home/alice""#, "5", "[]", r#"{"a":1}"#] {
            assert_eq!(check(&format!("{{\"error\":{wrong}}}")), Err(Rejection::CodeUndeclared), "{wrong}");
        }
        assert_eq!(Rejection::CodeUndeclared.code(), "code_undeclared");
    }

    #[test]
    fn the_count_is_kept() {
        let raw = RawEvent { n: 3, ..event("{}") };
        assert_eq!(sample::catalog().check(&raw, Day(0), &hash).expect("kept").n(), 3);
    }

    proptest! {
        #[test]
        fn checking_twice_is_harmless(
            command in "build|check|run|none|other|x", duration in -10.0..1e9f64, ok in any::<bool>(),
            features in "(cache|watch|other|x)(,(cache|watch))?", plugin in "eslint|@acme/docs|y",
        ) {
            let catalog = sample::catalog();
            let json = format!(
                r#"{{"command":"{command}","duration":{duration},"result":{{"ok":{ok}}},"features":"{features}","plugin":"{plugin}"}}"#
            );
            let once = catalog.check(&event(&json), Day(0), &hash).expect("kept");
            let again = spelt(&catalog.events[0].fields, once.values());
            let twice = catalog.check(&event(&again), Day(0), &hash).expect("kept");
            prop_assert_eq!(once.values(), twice.values());
            prop_assert_eq!(twice.notes(), Notes::default());
        }
    }
}
