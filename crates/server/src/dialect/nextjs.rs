//! The telemetry of Next.js, every generation: `{"context":{…},"meta":{…},"events":[{"eventName":…,"fields":{…}}]}`.
//!
//! `meta` and the three identifiers of `context` say where it happened. There is no time and no batch id.

use std::borrow::Cow;

use aboveboard_catalog::{RawBatch, RawEvent, RawFields, RawValue};

use super::{Unreadable, place_origin, read_object, take_list, take_object, take_text};

const IDS: [&str; 3] = ["anonymousId", "projectId", "sessionId"];

/// Reads one body.
///
/// # Errors
/// When it is not a JSON object with a list of events.
pub fn decode(body: &[u8]) -> Result<RawBatch<'_>, Unreadable> {
    let mut body = read_object(body)?;
    let events = take_list(&mut body, "events")?;
    let mut batch = RawBatch::default();
    let origin = read_origin(&mut body);
    let origin = place_origin(&mut batch, origin);
    batch.events = events.into_iter().map(|raw| read_event(raw, origin)).collect();
    Ok(batch)
}

fn read_origin<'a>(body: &mut RawFields<'a>) -> RawFields<'a> {
    let mut origin = take_object(body, "meta");
    let mut context = take_object(body, "context");
    for id in IDS {
        origin.take(id);
        if let Some(value) = context.take(id) {
            origin.0.push((Cow::Borrowed(id), value));
        }
    }
    origin
}

fn read_event(raw: RawValue<'_>, origin: usize) -> RawEvent<'_> {
    let mut event = match raw {
        RawValue::Map(fields) => fields,
        _ => RawFields::default(),
    };
    let name = take_text(&mut event, "eventName");
    RawEvent { name, n: 1, origin, fields: take_object(&mut event, "fields") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_as_next_sends_it() {
        let body = br#"{"context":{"anonymousId":"a","projectId":"p","sessionId":"s"},
            "meta":{"isCI":false,"ciName":null},
            "events":[{"eventName":"E","fields":{"x":1}},{"eventName":"F"},{"fields":{}},null]}"#;
        let mut batch = decode(body).expect("a batch");
        let names: Vec<&str> = batch.events.iter().map(|event| &*event.name).collect();
        assert_eq!(names, ["E", "F", "", ""]);
        assert_eq!(batch.events[0].fields.0, [("x".into(), RawValue::Number(1.0))]);
        assert_eq!(batch.origins.len(), 1);
        assert_eq!(batch.origins[0].take("anonymousId"), Some(RawValue::Text("a".into())));
        assert_eq!(batch.origins[0].take("isCI"), Some(RawValue::Bool(false)));
    }

    #[test]
    fn missing_parts_are_empty() {
        let batch = decode(b"{}").expect("a batch");
        assert!(batch.events.is_empty());
        assert_eq!(batch.origins, [RawFields::default()]);
    }

    #[test]
    fn an_identifier_comes_from_the_context_only() {
        let mut batch = decode(br#"{"meta":{"sessionId":"m"},"context":{"sessionId":"c"}}"#).expect("a batch");
        assert_eq!(batch.origins[0].take("sessionId"), Some(RawValue::Text("c".into())));
        assert_eq!(batch.origins[0].take("sessionId"), None);
    }
}
