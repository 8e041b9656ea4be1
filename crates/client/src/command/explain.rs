//! `explain`: the catalogue, embedded in the tool, for people.

use std::io::{self, Write};

use super::Session;
use crate::vocabulary::{BucketsWord, EventWord, FieldWord, KindWord};

pub(super) fn run(session: &mut Session<'_>, arguments: &[&str]) -> io::Result<u8> {
    let text = match arguments {
        [] => everything(session),
        [name] => match about(session, name) {
            Some(text) => text,
            None => return unknown(session, name),
        },
        [_, second, ..] => return session.misunderstood(second),
    };
    session.output.write_all(text.as_bytes())?;
    Ok(0)
}

fn unknown(session: &Session<'_>, name: &str) -> io::Result<u8> {
    let command = &session.install.command;
    writeln!(io::stderr(), "error: `{name}` is neither an event nor a field; `{command} explain` lists all")?;
    Ok(2)
}

fn everything(session: &Session<'_>) -> String {
    let vocabulary = session.install.vocabulary;
    let head = format!(
        "{} may say this about its use, and nothing else. Kept for {} days by {} ({}).\n",
        vocabulary.title, vocabulary.retention_days, vocabulary.controller, vocabulary.contact
    );
    let origin: String = vocabulary.origin.iter().map(line).collect();
    let events: String = vocabulary.events.iter().map(|word| format!("\n{}", event(word))).collect();
    format!("{head}\nWith every batch\n{origin}{events}")
}

/// What is said under a name: an event, or each field of that name.
fn about(session: &Session<'_>, name: &str) -> Option<String> {
    let vocabulary = session.install.vocabulary;
    if let Some(word) = vocabulary.events.iter().find(|event| event.name == name) {
        return Some(event(word));
    }
    let origin = vocabulary.origin.iter().map(|field| ("with every batch", field));
    let events = vocabulary.events.iter().flat_map(|event| event.fields.iter().map(|field| (event.name, field)));
    let found = origin.chain(events).filter(|(_, field)| field.name == name || field.key() == name);
    let text: String = found.map(|(place, field)| format!("{} ({place})\n{}", field.name, details(field))).collect();
    Some(text).filter(|text| !text.is_empty())
}

fn event(event: &EventWord) -> String {
    let until = event.expires.map_or(String::new(), |day| format!(", until {day}"));
    let fields: String = event.fields.iter().map(line).collect();
    format!(
        "{}\n  {}\n  Asked by {}, since {}{until}, reviewed at {}\n{fields}",
        event.name, event.question, event.owner, event.since, event.review
    )
}

fn line(field: &FieldWord) -> String {
    format!("    {:<16} {}\n", field.name, field.about)
}

fn details(field: &FieldWord) -> String {
    format!("  {}\n  {}\n", field.about, says(&field.kind))
}

/// What a field may say, in words.
fn says(kind: &KindWord) -> String {
    let list = |members: &[&str]| match members.len() {
        0..=20 => members.join(", "),
        count => format!("{} and {} more", members[..20].join(", "), count - 20),
    };
    match kind {
        KindWord::Flag => "true or false".to_owned(),
        KindWord::Choice(members) => format!("one of {}; anything else is `other`", list(members)),
        KindWord::Choices(members) => format!("any of {}; anything else is `other`", list(members)),
        KindWord::Name(members) => format!("a public name: {}; any other is `other`", list(members)),
        KindWord::Code(members) => format!("an error code: {}; any other is `other`", list(members)),
        KindWord::ErrorCode(members) => format!("an error code: {}; no other is taken", list(members)),
        KindWord::Version => "a version: numbers and a known channel word".to_owned(),
        KindWord::Id => "a random number, where the policy allows one".to_owned(),
        KindWord::Number { unit, buckets } => format!("{unit}, {}", rounded(buckets)),
    }
}

fn rounded(buckets: &BucketsWord) -> String {
    match buckets {
        BucketsWord::Edges(edges) => {
            let edges: Vec<String> = edges.iter().map(f64::to_string).collect();
            format!("rounded down to one of {}", edges.join(", "))
        }
        BucketsWord::Log { relative_error, min, max } => {
            format!("rounded by up to {} %, between {min} and {max}", relative_error * 100.0)
        }
    }
}
