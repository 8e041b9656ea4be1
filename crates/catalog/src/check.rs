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

/// Turns an identifier into its keyed hash; whoever calls the judge brings the key.
pub type HashId<'a> = &'a dyn Fn(&str) -> IdHash;

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
    values: Vec<Placed>,
    notes: Notes,
}

impl<'c> Sheet<'c> {
    fn new(fields: &'c [Field], index: &'c Fields, hash_id: HashId<'c>) -> Self {
        Self { fields, index, hash_id, values: Vec::new(), notes: Notes::default() }
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
            Kind::Choice(_) | Kind::Name { .. } | Kind::Code { .. } => self.read_member(position, raw),
            Kind::Version { .. } => self.read_version(position, raw),
            Kind::Id => self.read_id(position, raw),
        }
    }

    /// Keeps a value, or counts the field as dropped when its type was wrong.
    fn keep(&mut self, position: usize, value: Option<Value>) {
        match value {
            Some(value) => self.values.push((position as u16, value)),
            None => self.notes.dropped += 1,
        }
    }

    fn read_member(&mut self, position: usize, raw: &RawValue<'_>) {
        let Some(text) = scalar_text(raw) else { return self.keep(position, None) };
        if text.is_empty() {
            return;
        }
        let code = self.index.member(position, &text).map_or(OTHER, |member| FIRST_CODE + member);
        self.notes.folded += u32::from(code == OTHER && text != "other");
        self.keep(position, Some(Value::Code(code)));
    }

    /// A set is a list, or one text with commas, as foreign clients join them.
    fn read_set(&mut self, position: usize, raw: &RawValue<'_>) {
        let texts: Vec<Cow<'_, str>> = match raw {
            RawValue::List(items) => items.iter().map(|item| scalar_text(item).unwrap_or("".into())).collect(),
            RawValue::Text(text) => text.split(',').map(|part| Cow::Borrowed(part.trim())).collect(),
            _ => return self.keep(position, None),
        };
        let mut mask = 0;
        for text in texts.iter().filter(|text| !text.is_empty()) {
            let member = self.index.member(position, text);
            mask |= member.map_or(1, |member| 2 << member);
            self.notes.folded += u32::from(member.is_none() && text != "other");
        }
        if mask != 0 {
            self.keep(position, Some(Value::Set(mask)));
        }
    }

    fn read_version(&mut self, position: usize, raw: &RawValue<'_>) {
        let Some(text) = scalar_text(raw) else { return self.keep(position, None) };
        if text.is_empty() {
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
                let hash = (self.hash_id)(&text);
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
