//! A vocabulary from a catalogue that is read at run time, for a program that speaks for many tools.
//!
//! It is never freed: a vocabulary lasts as long as its program, also a generated one, and so a program makes one at its
//! start. With a lifetime instead, everything that is static and costs nothing in a tool would carry it.

use aboveboard_catalog::errors::Errors;
use aboveboard_catalog::{Buckets, Catalog, EventSpec, Field, Kind};

use super::{BucketsWord, ErrorsWord, EventWord, FieldWord, KindWord, Vocabulary};

impl Vocabulary {
    /// What a tool may say by this catalogue. Call it once: the memory is not given back.
    #[must_use]
    pub fn lasting(catalog: &Catalog) -> &'static Self {
        let tool = &catalog.tool;
        Box::leak(Box::new(Self {
            name: text(&tool.name),
            title: text(&tool.title),
            controller: text(&tool.controller),
            contact: text(&tool.contact),
            endpoint: text(&tool.endpoint),
            mode: tool.mode,
            identity: tool.identity,
            retention_days: tool.retention_days,
            links: tool.links.iter().map(|(label, url)| (text(label), text(url))).collect::<Vec<_>>().leak(),
            hash: text(&catalog.hash()),
            origin: fields(&catalog.origin),
            errors: catalog.errors.as_ref().map(errors),
            events: catalog.events.iter().filter(|event| event.refused.is_none()).map(event).collect::<Vec<_>>().leak(),
        }))
    }
}

fn errors(errors: &Errors) -> ErrorsWord {
    let name = |name: &Option<String>| name.as_deref().map(text);
    ErrorsWord {
        codes: errors.pages.iter().map(|page| text(&page.code)).collect::<Vec<_>>().leak(),
        shown: name(&errors.shown),
        followed: name(&errors.followed),
        vote: name(&errors.vote),
        docs: name(&errors.docs),
    }
}

fn event(event: &EventSpec) -> EventWord {
    EventWord {
        name: text(&event.name),
        question: text(&event.question),
        owner: text(&event.owner),
        review: text(&event.review),
        since: event.since,
        expires: event.expires,
        sensitivity: event.sensitivity,
        fields: fields(&event.fields),
    }
}

/// What is thrown away anyway is not in a vocabulary.
fn fields(fields: &[Field]) -> &'static [FieldWord] {
    let word = |field: &Field| {
        let wire = field.wire.as_deref().map(text);
        Some(FieldWord { name: text(&field.name), wire, about: text(&field.about), kind: kind(&field.kind)? })
    };
    fields.iter().filter_map(word).collect::<Vec<_>>().leak()
}

fn kind(kind: &Kind) -> Option<KindWord> {
    Some(match kind {
        Kind::Flag => KindWord::Flag,
        Kind::Choice(members) => KindWord::Choice(texts(members)),
        Kind::Choices(members) => KindWord::Choices(texts(members)),
        Kind::Number { unit, buckets } => KindWord::Number { unit: text(unit), buckets: scheme(buckets) },
        Kind::Version { .. } => KindWord::Version,
        Kind::Name { members, .. } => KindWord::Name(texts(members)),
        Kind::Code { list: None, members } => KindWord::ErrorCode(texts(members)),
        Kind::Code { members, .. } => KindWord::Code(texts(members)),
        Kind::Id => KindWord::Id,
        Kind::Drop { .. } => return None,
    })
}

fn scheme(buckets: &Buckets) -> BucketsWord {
    match buckets {
        Buckets::Edges(edges) => BucketsWord::Edges(edges.clone().leak()),
        Buckets::Log { relative_error, min, max } => {
            BucketsWord::Log { relative_error: *relative_error, min: *min, max: *max }
        }
    }
}

fn texts(texts: &[String]) -> &'static [&'static str] {
    texts.iter().map(|member| text(member)).collect::<Vec<_>>().leak()
}

fn text(text: &str) -> &'static str {
    text.to_owned().leak()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::ACME;

    /// A catalogue keeps everything but what only a collector needs, and the hash is of the whole of it.
    #[test]
    fn what_is_read_says_the_same_as_what_is_generated() {
        let lasting = Vocabulary::lasting(&ACME.catalog());
        // The judge asks for no pages, so a client's catalogue has none.
        let generated = format!("{ACME:?}").replace(ACME.hash, lasting.hash);
        let generated = generated.replace(&format!("{:?}", ACME.errors), "None");
        assert_eq!(format!("{lasting:?}"), generated);
    }
}
