//! What is kept of something undeclared: its shape, so that a maintainer sees what to declare. Never a value.

use std::fmt;

use crate::index::Fields;
use crate::limits::NAME_CHARS_MAX;
use crate::raw::{RawEvent, RawFields, RawValue};
use crate::spec::Catalog;

/// The name of an event and the names and types of its fields.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Shape {
    /// The event's name, or `?` when that does not look like an identifier.
    pub event: String,
    /// Each field's name (or `?`) and the word for its type, sorted.
    pub fields: Vec<(String, String)>,
}

/// Fields of one shape; the rest is left out.
const SHAPE_FIELDS_MAX: usize = 40;

impl Catalog {
    /// The shape of an undeclared event, or of a declared event's undeclared fields; `None` when all is declared.
    #[must_use]
    pub fn shape_of(&self, raw: &RawEvent<'_>) -> Option<Shape> {
        let event = self.index.event(&raw.name);
        let declared = event.map(|event| self.index.event_fields(event));
        let mut fields = Vec::new();
        collect("", &raw.fields, declared, &mut fields);
        if event.is_some() && fields.is_empty() {
            return None;
        }
        fields.sort();
        fields.dedup();
        fields.truncate(SHAPE_FIELDS_MAX);
        Some(Shape { event: identifier(&raw.name), fields })
    }

    /// Whether something of a shape is not declared: its event, or one of its fields. A shape outlives the catalogue that
    /// lacked it.
    #[must_use]
    pub fn lacks(&self, shape: &Shape) -> bool {
        let Some(event) = self.index.event(&shape.event) else { return true };
        let declared = self.index.event_fields(event);
        let known = |name: &str| declared.field(name).is_some() || declared.any_under(&format!("{name}."));
        !shape.fields.iter().all(|(name, _)| known(name))
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields: Vec<String> = self.fields.iter().map(|(name, kind)| format!("{name}: {kind}")).collect();
        write!(f, "{}({})", self.event, fields.join(", "))
    }
}

/// Adds what is not declared. An object is looked into only where its inside is declared: its keys may be data.
fn collect(prefix: &str, raw: &RawFields<'_>, declared: Option<&Fields>, found: &mut Vec<(String, String)>) {
    for (key, value) in &raw.0 {
        let (path, shown) = (format!("{prefix}{key}"), format!("{prefix}{}", identifier(key)));
        let inside = format!("{path}.");
        match value {
            // Null is the same as absent.
            RawValue::Null => {}
            _ if declared.is_some_and(|fields| fields.field(&path).is_some()) => {}
            RawValue::Map(nested) if declared.is_some_and(|fields| fields.any_under(&inside)) => {
                collect(&inside, nested, declared, found);
            }
            _ => found.push((shown, value.type_name().to_owned())),
        }
    }
}

/// The name when it looks like one that a programmer chose, else `?`: paths, addresses and sentences do not.
fn identifier(name: &str) -> String {
    let starts = name.starts_with(|c: char| c.is_ascii_alphabetic());
    let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if starts && plain && name.len() <= NAME_CHARS_MAX { name.to_owned() } else { "?".to_owned() }
}

#[cfg(all(test, feature = "parse"))]
mod tests {
    use super::Shape;
    use crate::raw::{RawEvent, RawFields};
    use crate::sample;

    fn check(name: &str, fields: &str, expected: Option<&str>) {
        let fields: RawFields<'_> = serde_json::from_str(fields).expect("an object");
        let raw = RawEvent { name: name.into(), n: 1, origin: 0, fields };
        let shape = sample::catalog().shape_of(&raw).map(|shape| shape.to_string());
        assert_eq!(shape.as_deref(), expected, "{name}");
    }

    #[test]
    fn undeclared_names_and_types_are_kept_and_no_values() {
        check("new_event", r#"{"b":"SECRET","a":[1],"c":null}"#, Some("new_event(a: list, b: text)"));
        check("command_finished", r#"{"command":"build","result":{"ok":true}}"#, None);
        check(
            "command_finished",
            r#"{"result":{"ok":true,"speed":1,"x":{}}}"#,
            Some("command_finished(result.speed: number, result.x: object)"),
        );
    }

    #[test]
    fn what_was_declared_since_lacks_nothing() {
        let lacks = |event: &str, fields: &[&str]| {
            let fields = fields.iter().map(|field| ((*field).to_owned(), "text".to_owned())).collect();
            sample::catalog().lacks(&Shape { event: event.into(), fields })
        };
        assert!(!lacks("command_finished", &["command", "result", "result.ok"]));
        assert!(lacks("command_finished", &["command", "result.speed"]));
        assert!(lacks("new_event", &["command"]));
        assert!(lacks("?", &[]));
    }

    #[test]
    fn names_that_nobody_chose_are_not_kept() {
        check("/home/alice", r#"{"alice@acme.example":1,"a/b":{"c":2},"":3}"#, Some("?(?: number, ?: object)"));
        check(&"x".repeat(65), "{}", Some("?()"));
    }

    #[test]
    fn a_shape_has_an_end() {
        let keys: Vec<String> = (0..99).map(|key| format!(r#""k{key}":0"#)).collect();
        let json = format!("{{{}}}", keys.join(","));
        let raw = RawEvent { fields: serde_json::from_str(&json).expect("an object"), ..RawEvent::default() };
        assert_eq!(sample::catalog().shape_of(&raw).expect("a shape").fields.len(), 40);
    }
}
