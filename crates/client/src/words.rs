//! A record in words, as a shell script says it: `command_finished command=build outcome=ok`.
//!
//! For programs that know their vocabulary only at run time. What a typed record cannot say is an error here, and the
//! error names what is declared.

use std::fmt;

use aboveboard_catalog::OTHER;
use aboveboard_catalog::version::Version;

use crate::record::{Record, Row, code_of, mask_of};
use crate::vocabulary::{EventWord, FieldWord, KindWord, Vocabulary};

/// An event and its fields, held against a vocabulary.
#[derive(Clone, Debug)]
pub struct Words {
    vocabulary: &'static Vocabulary,
    event: usize,
    fields: Vec<(u32, Word)>,
}

/// Why words are not a record: a sentence for whoever wrote them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misspoken(String);

#[derive(Clone, Debug, PartialEq)]
enum Word {
    Flag(bool),
    Code(u32),
    Number(f64),
    Version(Version),
}

impl Words {
    /// Reads the name of an event, and each of its fields as `field=value`. Several members of one field are
    /// separated by commas.
    ///
    /// # Errors
    /// What is not declared, and what is.
    pub fn parse<'w>(
        vocabulary: &'static Vocabulary,
        event: &str,
        fields: impl IntoIterator<Item = &'w str>,
    ) -> Result<Self, Misspoken> {
        let position = vocabulary.events.iter().position(|word| word.name == event);
        let position = position.ok_or_else(|| no_event(vocabulary, event))?;
        let mut words = Self { vocabulary, event: position, fields: Vec::new() };
        for text in fields {
            let (field, word) = word(&vocabulary.events[position], text)?;
            if words.fields.iter().any(|(earlier, _)| *earlier == field) {
                return Err(Misspoken(format!("`{text}` says a field a second time; say each once")));
            }
            words.fields.push((field, word));
        }
        // In the order of the vocabulary, so that equal records are equal rows.
        words.fields.sort_unstable_by_key(|(field, _)| *field);
        Ok(words)
    }
}

impl Record for Words {
    fn vocabulary(&self) -> &'static Vocabulary {
        self.vocabulary
    }

    fn event(&self) -> usize {
        self.event
    }

    fn write(&self, row: &mut Row<'_>) {
        for (field, word) in &self.fields {
            match *word {
                Word::Flag(flag) => row.flag(*field, Some(flag)),
                Word::Code(code) => row.code(*field, Some(code)),
                Word::Number(number) => row.number(*field, Some(number)),
                Word::Version(version) => row.version(*field, Some(version)),
            }
        }
    }
}

impl fmt::Display for Misspoken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Misspoken {}

fn no_event(vocabulary: &Vocabulary, event: &str) -> Misspoken {
    let declared = list(vocabulary.events.iter().map(|word| word.name));
    Misspoken(format!("`{event}` is not an event of `{}`; declared: {declared}", vocabulary.name))
}

/// The position and the value of `field=value`.
fn word(event: &EventWord, text: &str) -> Result<(u32, Word), Misspoken> {
    let (name, value) =
        text.split_once('=').ok_or_else(|| Misspoken(format!("`{text}` says no value; write `field=value`")))?;
    let position = event.fields.iter().position(|field| field.name == name).ok_or_else(|| {
        let declared = match event.fields {
            [] => "none".to_owned(),
            fields => list(fields.iter().map(|field| field.name)),
        };
        Misspoken(format!("`{name}` is not a field of `{}`; declared: {declared}", event.name))
    })?;
    let field = &event.fields[position];
    let said = said(&field.kind, value)
        .ok_or_else(|| Misspoken(format!("`{value}` is not a value of `{name}`; {}", declared(field))))?;
    Ok((position as u32, said))
}

/// A value, if the field can have it. Names are of public lists that a caller cannot know: any other is `other`.
fn said(kind: &KindWord, value: &str) -> Option<Word> {
    let member = |members: &[&str], text: &str| match code_of(members, text) {
        OTHER if text != "other" => None,
        code => Some(code),
    };
    match kind {
        KindWord::Flag => value.parse().ok().map(Word::Flag),
        KindWord::Choice(members) | KindWord::Code(members) => member(members, value).map(Word::Code),
        KindWord::ErrorCode(members) if value != "other" => member(members, value).map(Word::Code),
        KindWord::ErrorCode(_) => None,
        KindWord::Name(members) => Some(Word::Code(code_of(members, value))),
        KindWord::Choices(members) => {
            let codes: Option<Vec<u32>> = value.split(',').map(|text| member(members, text.trim())).collect();
            Some(Word::Code(mask_of(codes?.into_iter())))
        }
        KindWord::Number { .. } => value.parse().ok().filter(|number: &f64| number.is_finite()).map(Word::Number),
        KindWord::Version => Version::parse(value).map(|(version, _)| Word::Version(version)),
        KindWord::Id => None,
    }
}

/// What a field can say, for somebody who said something else.
fn declared(field: &FieldWord) -> String {
    match &field.kind {
        KindWord::Flag => "say true or false".to_owned(),
        KindWord::Choices(members) => {
            format!("declared: {}, and other; several with commas between them", list(members.iter().copied()))
        }
        KindWord::Number { unit, .. } => format!("say a number, in {unit}"),
        KindWord::Version => "say a version, such as 1.4.2".to_owned(),
        KindWord::Id => "an identifier is made by the client, never said".to_owned(),
        KindWord::ErrorCode(codes) => format!("declared: {}", list(codes.iter().copied())),
        kind => format!("declared: {}, and other", list(kind.members().iter().copied())),
    }
}

/// The most names that a sentence lists.
const NAMES_MAX: usize = 40;

fn list<'n>(names: impl ExactSizeIterator<Item = &'n str>) -> String {
    let more = names.len().saturating_sub(NAMES_MAX);
    let listed = names.take(NAMES_MAX).collect::<Vec<_>>().join(", ");
    if more == 0 { listed } else { format!("{listed} and {more} more") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::ACME;
    use crate::testing::Trial;

    /// What would be sent for a line of words, or what is wrong with it.
    #[track_caller]
    fn check(line: &str, expected: Result<&str, &str>) {
        let mut words = line.split_whitespace();
        let event = words.next().unwrap_or_default();
        let said = Words::parse(&ACME, event, words).map(|record| {
            let trial = Trial::new(&ACME);
            trial.telemetry().record(record);
            trial.events().concat()
        });
        let said = said.map_err(|wrong| wrong.to_string());
        assert_eq!(said.as_deref().map_err(String::as_str), expected, "{line}");
    }

    #[test]
    fn words_are_a_record() {
        check("command_finished", Ok(r#"{"event":"command_finished"}"#));
        check(
            "command_finished outcome=ok command=build duration=1234.5 cached=true flags=watch,draft,other",
            Ok(
                r#"{"event":"command_finished","fields":{"command":"build","outcome":"ok","duration":1280,"flags":["draft","watch","other"],"cached":true}}"#,
            ),
        );
        check("command_finished command=other", Ok(r#"{"event":"command_finished","fields":{"command":"other"}}"#));
        check(
            "plugin_loaded plugin=mine plugin_version=v2.1.0-alice.7",
            Ok(r#"{"event":"plugin_loaded","fields":{"plugin":"other","plugin_version":"2.1.0-other"}}"#),
        );
    }

    #[test]
    fn what_is_not_declared_is_answered_with_what_is() {
        let events = ACME.events.iter().map(|event| event.name).collect::<Vec<_>>().join(", ");
        check("finished", Err(&format!("`finished` is not an event of `acme`; declared: {events}")));
        check("", Err(&format!("`` is not an event of `acme`; declared: {events}")));
        check("command_finished build", Err("`build` says no value; write `field=value`"));
        check(
            "feedback_given stars=5",
            Err("`stars` is not a field of `feedback_given`; declared: code, helpful, reason, surface"),
        );
        check(
            "command_finished outcome=fine",
            Err("`fine` is not a value of `outcome`; declared: cancelled, failed, ok, and other"),
        );
        check("command_finished cached=1", Err("`1` is not a value of `cached`; say true or false"));
        check("command_finished duration=long", Err("`long` is not a value of `duration`; say a number, in ms"));
        check("command_finished duration=inf", Err("`inf` is not a value of `duration`; say a number, in ms"));
        check(
            "plugin_loaded plugin_version=latest",
            Err("`latest` is not a value of `plugin_version`; say a version, such as 1.4.2"),
        );
        check(
            "command_finished flags=watch,--token",
            Err(
                "`watch,--token` is not a value of `flags`; declared: draft, minify, offline, open, port, quiet, verbose, watch, and other; several with commas between them",
            ),
        );
        check(
            "command_finished cached=true cached=false",
            Err("`cached=false` says a field a second time; say each once"),
        );
    }
}
