//! The telemetry of Clerk's SDKs and command line: `{"events":[…]}` on `/v1/event`, `{"logs":[…]}` on `/v1/logs`.
//!
//! Every key of an event but `event` and `payload` says where it happened, and so does the command line's
//! `payload.machine_uuid`. One bad event never drops the others: it becomes an event without a name.

use std::borrow::Cow;

use aboveboard_catalog::{RawBatch, RawEvent, RawFields, RawValue};

use super::{Unreadable, place_origin, read_object, take_list, take_object, take_text};

/// The name under which catalogues declare (and refuse) log entries. Their content is not even looked at.
pub const LOG: &str = "LOG";

/// Reads one body.
///
/// # Errors
/// When it is not a JSON object with a list of events or logs.
pub fn decode(body: &[u8]) -> Result<RawBatch<'_>, Unreadable> {
    let mut body = read_object(body)?;
    let (events, logs) = (take_list(&mut body, "events")?, take_list(&mut body, "logs")?);
    let mut batch = RawBatch::default();
    for event in events {
        add_event(&mut batch, event);
    }
    for _ in logs {
        add_log(&mut batch);
    }
    Ok(batch)
}

fn add_event<'a>(batch: &mut RawBatch<'a>, raw: RawValue<'a>) {
    let mut origin = match raw {
        RawValue::Map(fields) => fields,
        _ => RawFields::default(),
    };
    let name = take_text(&mut origin, "event");
    let mut fields = take_object(&mut origin, "payload");
    hoist_machine(&mut fields, &mut origin);
    lower_instance_type(&mut origin);
    let origin = place_origin(batch, origin);
    batch.events.push(RawEvent { name, n: 1, origin, fields });
}

fn add_log(batch: &mut RawBatch<'_>) {
    let origin = place_origin(batch, RawFields::default());
    batch.events.push(RawEvent { name: Cow::Borrowed(LOG), n: 1, origin, fields: RawFields::default() });
}

fn hoist_machine<'a>(payload: &mut RawFields<'a>, origin: &mut RawFields<'a>) {
    const MACHINE: &str = "machine_uuid";
    if let Some(machine) = payload.take(MACHINE) {
        origin.take(MACHINE);
        origin.0.push((Cow::Borrowed(MACHINE), machine));
    }
}

/// `it` is `development` from JavaScript and iOS, `DEVELOPMENT` from Android.
fn lower_instance_type(origin: &mut RawFields<'_>) {
    for (key, value) in &mut origin.0 {
        if let RawValue::Text(text) = value
            && key == "it"
            && text.bytes().any(|byte| byte.is_ascii_uppercase())
        {
            *text = Cow::Owned(text.to_ascii_lowercase());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each event as `name@origin fields`, the origins after it.
    fn check(body: &str, events: &[&str], origins: &[&str]) {
        let batch = decode(body.as_bytes()).expect("a batch");
        let show = |fields: &RawFields<'_>| {
            let mut texts: Vec<String> = fields.0.iter().map(|(key, value)| format!("{key}={value:?}")).collect();
            texts.sort();
            texts.join(" ")
        };
        let seen: Vec<String> = batch
            .events
            .iter()
            .map(|event| format!("{}@{} {}", event.name, event.origin, show(&event.fields)).trim_end().to_owned())
            .collect();
        assert_eq!(seen, events, "{body}");
        assert_eq!(batch.origins.iter().map(show).collect::<Vec<_>>(), origins, "{body}");
    }

    #[test]
    fn events_share_an_origin_while_it_stays_the_same() {
        check(
            r#"{"events":[{"event":"A","it":"DEVELOPMENT","payload":{"x":true}},{"it":"development","event":"B"},{"event":"C"}]}"#,
            &[r#"A@0 x=Bool(true)"#, "B@0", "C@1"],
            &[r#"it=Text("development")"#, ""],
        );
    }

    #[test]
    fn the_machine_belongs_to_the_origin() {
        check(
            r#"{"events":[{"event":"A","payload":{"machine_uuid":"m","os":"linux"}}]}"#,
            &[r#"A@0 os=Text("linux")"#],
            &[r#"machine_uuid=Text("m")"#],
        );
    }

    #[test]
    fn one_bad_event_does_not_drop_the_others() {
        check(
            r#"{"events":[null,{"event":7},{"payload":"text"},{"event":"A","payload":null,"pk":null}]}"#,
            &["@0", "@0", r#"@0 payload=Text("text")"#, "A@1"],
            &["", "pk=Null"],
        );
    }

    #[test]
    fn logs_arrive_without_their_content() {
        check(r#"{"logs":[{"msg":"secret","lvl":"error"},5]}"#, &["LOG@0", "LOG@0"], &[""]);
    }

    #[test]
    fn what_is_no_batch() {
        let problem = |body: &[u8]| decode(body).expect_err("a problem").to_string();
        assert!(problem(b"[]").contains("an object was expected, not a list"));
        assert!(problem(br#"{"events":{}}"#).contains("`events` must be a list, not a object"));
        assert!(problem(b"{\"events\":[{\"event\":\"\xff\"}]}").contains("unicode"));
        assert!(problem(b"").contains("EOF"));
        assert!(problem(br#"{"events":[]} x"#).contains("trailing"));
        assert!(!problem(br#""secret""#).contains("secret"));
    }
}
