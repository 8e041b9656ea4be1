//! Raw values as serde reads and writes them: how the collector takes what clients send.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use super::{RawFields, RawValue, WHOLE_NUMBER_MAX};
use crate::limits::{KEYS_MAX, NESTING_DEPTH_MAX};

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
