//! What arrived and is not trusted yet: batches, events and values as a dialect's bytes spell them.
//!
//! Borrowed from the request body wherever JSON allows it. Bounds on depth and repeated keys are kept where they are
//! read, so every dialect has them; whether a name or value is declared is for [`crate::check`] to say.

#[cfg(feature = "serde")]
mod serde;

use std::borrow::Cow;

use crate::day::Day;
use crate::json;

/// One upload, decoded.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RawBatch<'a> {
    /// The name of the tool it claims to be from.
    pub tool: Cow<'a, str>,
    /// The batch's own identifier, where the dialect has one.
    pub id: Option<u128>,
    /// The day it is about, where the dialect has one.
    pub day: Option<Day>,
    /// Whether it is the machine's first of a period.
    pub first: First,
    /// The first day of the month in which the machine was first seen, where the dialect says so.
    pub cohort: Option<Day>,
    /// The origins its events refer to: one in native batches, one per differing event in Clerk's.
    pub origins: Vec<RawFields<'a>>,
    /// Its events.
    pub events: Vec<RawEvent<'a>>,
}

/// Of which periods a batch is its machine's first, so that sums of batches count machines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct First {
    /// First of its day.
    pub day: bool,
    /// First of its ISO week.
    pub week: bool,
    /// First of its month.
    pub month: bool,
}

/// One event, decoded.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RawEvent<'a> {
    /// Its name; empty when the client gave none.
    pub name: Cow<'a, str>,
    /// How often it happened.
    pub n: u64,
    /// Its origin, as a position in [`RawBatch::origins`].
    pub origin: usize,
    /// Its fields.
    pub fields: RawFields<'a>,
}

/// Keys and values in the order they came, each key once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RawFields<'a>(pub Vec<(Cow<'a, str>, RawValue<'a>)>);

/// A JSON value.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum RawValue<'a> {
    /// `null`, the same as absent.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// Any number.
    Number(f64),
    /// A string.
    Text(Cow<'a, str>),
    /// An array.
    List(Vec<RawValue<'a>>),
    /// An object.
    Map(RawFields<'a>),
}

impl<'a> RawFields<'a> {
    /// Takes the value of a key out.
    pub fn take(&mut self, key: &str) -> Option<RawValue<'a>> {
        let position = self.0.iter().position(|(name, _)| name == key)?;
        Some(self.0.swap_remove(position).1)
    }

    /// As JSON, without white space.
    #[must_use]
    pub fn json(&self) -> String {
        let mut out = String::new();
        json::write_fields(self, &mut out);
        out
    }
}

impl RawValue<'_> {
    /// As JSON, without white space.
    #[must_use]
    pub fn json(&self) -> String {
        let mut out = String::new();
        json::write(self, &mut out);
        out
    }

    /// The word for its type, for shapes and messages.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "flag",
            Self::Number(_) => "number",
            Self::Text(_) => "text",
            Self::List(_) => "list",
            Self::Map(_) => "object",
        }
    }
}

/// The largest number up to which every whole number has its own `f64`.
pub(crate) const WHOLE_NUMBER_MAX: f64 = 9_007_199_254_740_991.0;

impl From<bool> for RawValue<'_> {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}

impl From<u64> for RawValue<'_> {
    fn from(number: u64) -> Self {
        Self::Number(number as f64)
    }
}

impl<'a> From<&'a str> for RawValue<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for RawValue<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl<'a> From<Vec<RawValue<'a>>> for RawValue<'a> {
    fn from(items: Vec<RawValue<'a>>) -> Self {
        Self::List(items)
    }
}

impl<'a, T: Into<RawValue<'a>>> From<Option<T>> for RawValue<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl<'a, const N: usize> From<[(&'static str, RawValue<'a>); N]> for RawValue<'a> {
    fn from(keys: [(&'static str, RawValue<'a>); N]) -> Self {
        Self::Map(RawFields(keys.into_iter().map(|(key, value)| (Cow::Borrowed(key), value)).collect()))
    }
}
