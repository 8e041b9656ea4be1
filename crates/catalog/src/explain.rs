//! Why something was not taken as it was said, in sentences for the one who sends it, with the line of the catalogue
//! that decides and what would do.
//!
//! The judge is asked about each part by itself, so that nothing here can contradict it. The sentences repeat what was
//! sent: they are for the screen of a developer, never for a log.

use crate::day::Day;
use crate::event::{IdHash, Notes, Rejection};
use crate::limits::{BATCH_AGE_DAYS_MAX, BATCH_AHEAD_DAYS_MAX, EVENT_COUNT_MAX};
use crate::problem::Problem;
use crate::raw::{RawBatch, RawEvent, RawFields, RawValue};
use crate::similar::nearest;
use crate::spec::{Catalog, Field, Kind};

/// Names that are listed before the rest is left to the catalogue.
const LISTED_MAX: usize = 12;
/// Characters of a value that are repeated.
const SHOWN_MAX: usize = 60;

/// A list of fields, where it stands, and how to ask the judge about one value of it.
struct Sheet<'c> {
    catalog: &'c Catalog,
    fields: &'c [Field],
    /// In the catalogue's file, such as `event.command_finished.field`.
    path: String,
    /// Before the name of a field in sentences.
    shown: String,
    judge: &'c dyn Fn(RawFields<'_>) -> Notes,
}

impl Catalog {
    /// Everything in a batch that was rejected, dropped or became `other`, as judged on `today`.
    #[must_use]
    pub fn explain(&self, raw: &RawBatch<'_>, today: Day) -> Vec<Problem> {
        let mut found = Vec::new();
        if let Some(day) = raw.day.filter(|day| self.check_day(*day, today).is_err()) {
            let message = format!(
                "all events are rejected: the batch is about `{day}`, and only {BATCH_AGE_DAYS_MAX} days back and \
                 {BATCH_AHEAD_DAYS_MAX} ahead of {today} are taken; look at the clock"
            );
            found.push(self.source.problem_at("tool", message));
        }
        for origin in &raw.origins {
            let judge = |one: RawFields<'_>| self.check_origin(&one, &no_hash).notes();
            let (path, shown) = ("origin".to_owned(), "origin.".to_owned());
            Sheet { catalog: self, fields: &self.origin, path, shown, judge: &judge }.explain(origin, &mut found);
        }
        for event in &raw.events {
            self.explain_event(event, raw.day.unwrap_or(today), &mut found);
        }
        found.dedup();
        found
    }

    fn explain_event(&self, raw: &RawEvent<'_>, day: Day, found: &mut Vec<Problem>) {
        if let Err(rejection) = self.check(raw, day, &no_hash) {
            let name = &raw.name;
            let message = format!("event `{name}` is rejected: {}", self.reason(raw, &rejection));
            return found.push(self.source.problem_at(&format!("event.{name}"), message));
        }
        let Some(declared) = self.events.iter().find(|event| event.name == raw.name) else { return };
        let judge = |fields: RawFields<'_>| {
            let one = RawEvent { name: declared.name.as_str().into(), n: 1, origin: 0, fields };
            self.check(&one, day, &no_hash).map_or(Notes::default(), |event| event.notes())
        };
        let (path, shown) = (format!("event.{}.field", declared.name), format!("{}.", declared.name));
        Sheet { catalog: self, fields: &declared.fields, path, shown, judge: &judge }.explain(&raw.fields, found);
    }

    fn reason(&self, raw: &RawEvent<'_>, rejection: &Rejection) -> String {
        match rejection {
            Rejection::EventUndeclared => {
                let names = || self.events.iter().map(|event| event.name.as_str());
                let (meant, listed) = (did_you_mean(&raw.name, names()), listed(names()));
                format!("it is not declared{meant}; declared: {listed}; to have it, declare `[event.{}]`", raw.name)
            }
            Rejection::CodeUndeclared => self.undeclared_code(raw),
            Rejection::EventMalformed => "it has no name; send `\"event\":\"NAME\"`".to_owned(),
            Rejection::EventExpired => "its declaration has expired; review `expires` in the catalogue".to_owned(),
            Rejection::CountOutOfRange => format!("`n` is {}; it must be 1 to {EVENT_COUNT_MAX}", raw.n),
            Rejection::Refused(refusal) => format!("`{}`: {}", refusal.code, refusal.reason),
            Rejection::DayOutOfRange => "its day is too old, or in the future".to_owned(),
        }
    }
}

impl Catalog {
    fn undeclared_code(&self, raw: &RawEvent<'_>) -> String {
        let Some(declared) = self.events.iter().find(|event| event.name == raw.name) else { return String::new() };
        let wrong = declared.fields.iter().filter(|field| field.kind.is_strict()).find_map(|field| {
            let sent = raw.fields.0.iter().find(|(key, _)| key == field.key()).map(|(_, value)| shown(value))?;
            (!field.kind.members().contains(&sent)).then_some((field, sent))
        });
        let Some((field, sent)) = wrong else { return "its code has no page".to_owned() };
        let codes = || field.kind.members().iter().map(String::as_str);
        let folder = self.errors.as_ref().and_then(|errors| errors.folder.as_deref()).unwrap_or("errors");
        let meant = did_you_mean(&sent, codes());
        let key = field.key();
        format!(
            "`{key}` is `{sent}`, and no page `{folder}/{sent}.md` declares that code{meant}; declared: {}",
            listed(codes())
        )
    }
}

impl Sheet<'_> {
    fn explain(&self, raw: &RawFields<'_>, found: &mut Vec<Problem>) {
        let mut leaves = Vec::new();
        self.flatten("", raw, &mut leaves);
        for (key, value) in leaves {
            let notes = (self.judge)(RawFields(vec![(key.as_str().into(), value.clone())]));
            if notes.dropped + notes.folded == 0 {
                continue;
            }
            let field = self.field(&key);
            let message = match field {
                None => self.undeclared(&key),
                Some(field) if notes.dropped > 0 => self.wrong_type(field, value),
                Some(field) => self.folded(field, value),
            };
            let path = field.map_or(self.path.clone(), |field| format!("{}.{}", self.path, field.name));
            let path = path.replace("origin.field.", "origin.");
            found.push(self.catalog.source.problem_at(&path, message));
        }
    }

    /// Keys inside objects are joined by dots, unless the object itself is declared.
    fn flatten<'v, 'a>(&self, prefix: &str, raw: &'v RawFields<'a>, leaves: &mut Vec<(String, &'v RawValue<'a>)>) {
        for (key, value) in &raw.0 {
            let key = if prefix.is_empty() { key.to_string() } else { format!("{prefix}.{key}") };
            match value {
                RawValue::Map(nested) if self.field(&key).is_none() && !nested.0.is_empty() => {
                    self.flatten(&key, nested, leaves);
                }
                _ => leaves.push((key, value)),
            }
        }
    }

    fn field(&self, key: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.key() == key)
    }

    fn undeclared(&self, key: &str) -> String {
        let keys = || self.fields.iter().map(Field::key);
        let (shown, meant, listed) = (&self.shown, did_you_mean(key, keys()), listed(keys()));
        format!("`{shown}{key}` is dropped: it is not declared{meant}; declared: {listed}")
    }

    fn wrong_type(&self, field: &Field, value: &RawValue<'_>) -> String {
        let wanted = match &field.kind {
            Kind::Flag => "`true` or `false`",
            Kind::Number { .. } => "a number",
            Kind::Choices(_) => "a list of texts",
            Kind::Id => "an identifier",
            _ => "a text",
        };
        let (shown, name, sent) = (&self.shown, field.key(), shown(value));
        format!("`{shown}{name}` is dropped: it takes {wanted}, and `{sent}` is a {}", value.type_name())
    }

    fn folded(&self, field: &Field, value: &RawValue<'_>) -> String {
        let (shown, name, sent) = (&self.shown, field.key(), unknown(field, value));
        let becomes = format!("`{shown}{name}` is `{sent}`, which becomes `other`");
        let members = || field.kind.members().iter().map(String::as_str);
        match &field.kind {
            Kind::Version { .. } => format!("{becomes}: a version is as `1.4.2` or `2.0.0-beta.1`"),
            kind if kind.list().is_some() => {
                let list = kind.list().unwrap_or_default();
                format!("{becomes}: it is not in `{list}`{}", did_you_mean(&sent, members()))
            }
            _ => format!("{becomes}; declared: {}{}", listed(members()), did_you_mean(&sent, members())),
        }
    }
}

/// The value, or the members of a set, that the field does not declare.
fn unknown(field: &Field, value: &RawValue<'_>) -> String {
    let declared = |text: &str| field.kind.members().iter().any(|member| member == text);
    match value {
        RawValue::List(items) => {
            let texts = items.iter().map(shown).filter(|text| !declared(text));
            texts.collect::<Vec<_>>().join(",")
        }
        value => shown(value),
    }
}

fn shown(value: &RawValue<'_>) -> String {
    let text = match value {
        RawValue::Text(text) => text.to_string(),
        value => serde_json::to_string(value).unwrap_or_default(),
    };
    let end: String = text.chars().take(SHOWN_MAX).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    if text.chars().count() > SHOWN_MAX { format!("{end}…") } else { end }
}

fn did_you_mean<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    nearest(name, known).map_or(String::new(), |meant| format!("; did you mean `{meant}`?"))
}

fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.collect();
    let more = names.len().saturating_sub(LISTED_MAX);
    let listed = names[..names.len() - more].join(", ");
    if more == 0 { listed } else { format!("{listed} and {more} more") }
}

/// No sentence tells of the value of an identifier.
fn no_hash(_: &str, _: &str) -> IdHash {
    IdHash(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{sample, wire};

    const TODAY: &str = "2026-11-22";

    #[track_caller]
    fn check(day: &str, origin: &str, events: &str, expected: &[&str]) {
        let id = "0".repeat(32);
        let body =
            format!(r#"{{"v":1,"id":"{id}","tool":"acme","day":"{day}","origin":{origin},"events":[{events}]}}"#);
        let batch = wire::decode(body.as_bytes()).expect("a batch");
        let found = sample::catalog().explain(&batch, Day::parse(TODAY).expect("a day"));
        let found: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(found.len(), expected.len(), "{found:#?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.contains(expected), "{found}\n{expected}");
        }
    }

    #[test]
    fn what_is_declared_needs_no_word() {
        check(
            TODAY,
            r#"{"version":"1.2.3","os":"linux"}"#,
            r#"{"event":"command_finished","fields":{"result":{"ok":true}}}"#,
            &[],
        );
        check(TODAY, "{}", r#"{"event":"command_finished","fields":{"command":null,"result.ok":false}}"#, &[]);
    }

    #[test]
    fn values_that_become_other_are_told_with_what_would_do() {
        check(
            TODAY,
            r#"{"os":"linus","version":"one"}"#,
            r#"{"event":"command_finished","fields":{"command":"biuld"}}"#,
            &[
                "`origin.os` is `linus`, which becomes `other`; declared: linux, macos, windows; did you mean `linux`?",
                "`origin.version` is `one`, which becomes `other`: a version is as `1.4.2`",
                "`command_finished.command` is `biuld`, which becomes `other`; declared: ",
            ],
        );
    }

    #[test]
    fn dropped_fields_are_told_with_the_type_that_would_do() {
        check(
            TODAY,
            "{}",
            r#"{"event":"command_finished","fields":{"okay":true,"result":{"ok":"yes"},"duration":"12ms","a":{"b":1}}}"#,
            &[
                "`command_finished.okay` is dropped: it is not declared",
                "`command_finished.result.ok` is dropped: it takes `true` or `false`, and `yes` is a text",
                "`command_finished.duration` is dropped: it takes a number, and `12ms` is a text",
                "`command_finished.a.b` is dropped: it is not declared",
            ],
        );
    }

    #[test]
    fn rejected_events_are_told_with_the_reason() {
        check(
            TODAY,
            "{}",
            r#"{"event":"command_finish"},{},{"event":"command_finished","n":0}"#,
            &[
                "event `command_finish` is rejected: it is not declared; did you mean `command_finished`?",
                "event `` is rejected: it has no name",
                "`n` is 0; it must be 1 to 1000000",
            ],
        );
        check("2026-01-01", "{}", "", &["all events are rejected: the batch is about `2026-01-01`"]);
    }

    #[test]
    fn codes_without_a_page_are_told_with_near_ones() {
        let catalog = sample::with_pages();
        let said = |code: &str| {
            let id = "0".repeat(32);
            let event = format!(r#"{{"event":"build_failed","fields":{{"error":{code}}}}}"#);
            let body =
                format!(r#"{{"v":1,"id":"{id}","tool":"acme","day":"{TODAY}","origin":{{}},"events":[{event}]}}"#);
            let batch = wire::decode(body.as_bytes()).expect("a batch");
            let found = catalog.explain(&batch, Day::parse(TODAY).expect("a day"));
            found.iter().map(|problem| problem.message.clone()).collect::<Vec<_>>().join("\n")
        };
        assert_eq!(said("\"ACME_DISK_FULL\""), "");
        assert_eq!(
            said("\"ACME_DISC_FULL\""),
            "event `build_failed` is rejected: `error` is `ACME_DISC_FULL`, and no page `errors/ACME_DISC_FULL.md` \
             declares that code; did you mean `ACME_DISK_FULL`?; declared: ACME_CONFIG_MISSING, ACME_DISK_FULL"
        );
        assert!(said("[1]").contains("`error` is `[1]`"));
        assert!(said("\"/home/alice/secret\"").contains("; declared: "));
    }

    #[test]
    fn sentences_stay_short_and_on_one_line() {
        let long = format!(r#"{{"event":"command_finished","fields":{{"command":"a\n{}"}}}}"#, "x".repeat(200));
        check(TODAY, "{}", &long, &["xxx…`, which becomes `other`"]);
    }
}
