//! What arrived and is not trusted yet: batches, events and values as a dialect's bytes spell them.
//!
//! Borrowed from the request body wherever JSON allows it. Bounds on depth and repeated keys are kept here, so every
//! dialect has them; whether a name or value is declared is for [`crate::check`] to say.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::day::Day;
use crate::limits::NESTING_DEPTH_MAX;

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
}

impl RawValue<'_> {
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

impl<'de: 'a, 'a> Deserialize<'de> for RawValue<'a> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        AtDepth(0).deserialize(json)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for RawFields<'a> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        match AtDepth(0).deserialize(json)? {
            RawValue::Map(fields) => Ok(fields),
            RawValue::Null => Ok(Self::default()),
            other => Err(D::Error::custom(format!("an object was expected, not a {}", other.type_name()))),
        }
    }
}

impl Serialize for RawValue<'_> {
    fn serialize<S: Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => json.serialize_unit(),
            Self::Bool(flag) => json.serialize_bool(*flag),
            // As JSON.stringify writes it, so that both SDKs send the same bytes: 12, not 12.0.
            Self::Number(number) if number.fract() == 0.0 && number.abs() <= WHOLE_NUMBER_MAX => {
                json.serialize_i64(*number as i64)
            }
            Self::Number(number) => json.serialize_f64(*number),
            Self::Text(text) => json.serialize_str(text),
            Self::List(items) => json.collect_seq(items),
            Self::Map(fields) => fields.serialize(json),
        }
    }
}

impl Serialize for RawFields<'_> {
    fn serialize<S: Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
        json.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

/// The largest number up to which every whole number has its own `f64`.
const WHOLE_NUMBER_MAX: f64 = 9_007_199_254_740_991.0;

/// Reads a value that lies this many containers deep.
#[derive(Clone, Copy)]
struct AtDepth(usize);

impl AtDepth {
    fn inner<E: Error>(self) -> Result<Self, E> {
        if self.0 >= NESTING_DEPTH_MAX {
            return Err(E::custom(format!("nested more than {NESTING_DEPTH_MAX} deep")));
        }
        Ok(Self(self.0 + 1))
    }
}

impl<'de> DeserializeSeed<'de> for AtDepth {
    type Value = RawValue<'de>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for AtDepth {
    type Value = RawValue<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(RawValue::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        Ok(RawValue::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
        Ok(RawValue::Number(value as f64))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        Ok(RawValue::Number(value as f64))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
        Ok(RawValue::Number(value))
    }

    fn visit_borrowed_str<E: Error>(self, value: &'de str) -> Result<Self::Value, E> {
        Ok(RawValue::Text(Cow::Borrowed(value)))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Self::Value, E> {
        Ok(RawValue::Text(Cow::Owned(value.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let inner = self.inner()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(inner)? {
            list.push(item);
        }
        Ok(RawValue::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let inner = self.inner()?;
        let mut fields: Vec<(Cow<'de, str>, RawValue<'de>)> = Vec::with_capacity(8);
        while let Some(Key(key)) = entries.next_key()? {
            if fields.len() >= KEYS_MAX {
                return Err(A::Error::custom(format!("an object has more than {KEYS_MAX} keys")));
            }
            if fields.iter().any(|(earlier, _)| *earlier == key) {
                return Err(A::Error::custom("an object says the same key twice"));
            }
            fields.push((key, entries.next_value_seed(inner)?));
        }
        Ok(RawValue::Map(RawFields(fields)))
    }
}

/// Keys of one object, so that looking for repeated ones stays cheap; the most a real client sends is 39.
const KEYS_MAX: usize = 128;

/// An object key, borrowed when it has no escapes.
struct Key<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        match AtDepth(0).deserialize(json)? {
            RawValue::Text(text) => Ok(Self(text)),
            _ => Err(D::Error::custom("an object key must be a string")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<RawValue<'_>, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn values_borrow_from_the_body() {
        let value = read(r#"{"a":[1,true,null,"x"],"b":{"c":-1.5e3}}"#).expect("JSON");
        let RawValue::Map(mut fields) = value else { panic!("an object") };
        let Some(RawValue::List(list)) = fields.take("a") else { panic!("a list") };
        assert!(matches!(&list[3], RawValue::Text(Cow::Borrowed("x"))));
        assert_eq!(fields.take("a"), None);
    }

    #[test]
    fn hostile_json_is_an_error() {
        let check = |json: &str, said: &str| {
            let problem = read(json).expect_err("a problem");
            assert!(problem.contains(said), "{problem}");
        };
        check(r#"{"a":1,"a":2}"#, "same key twice");
        check(&"[".repeat(100), "nested more than 16 deep");
        check(&format!("{}1{}", r#"{"a":"#.repeat(17), "}".repeat(17)), "nested more than 16 deep");
        check("1e999", "out of range");
        let keys: Vec<String> = (0..600).map(|key| format!(r#""{key}":0"#)).collect();
        check(&format!("{{{}}}", keys.join(",")), "more than 128 keys");
    }
}
