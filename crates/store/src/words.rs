//! From the stored codes of one dimension to the texts of answers, and from the texts of filters back to codes.

use aboveboard_catalog::version::Version;
use aboveboard_catalog::{ABSENT, EventSpec, FIRST_CODE, Field, Filter, Kind, OTHER};

use crate::lexicon::ToolLexicon;
use crate::table::{ColumnKind, Schema};

/// What the codes of a dimension say.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Words<'a> {
    /// Positions in the catalogue.
    Events(&'a [EventSpec]),
    /// Stored members: text `i` has code `i + 2`. For sets each member is a code of its own.
    Members(&'a [String]),
    /// Versions of one field of the lexicon.
    Versions(&'a ToolLexicon, usize),
    /// Flags and buckets, whose codes are the catalogue's.
    Declared(&'a Kind),
}

impl<'a> Words<'a> {
    /// The words of a field, or `None` when its codes say nothing to people.
    pub(crate) fn of(field: &'a Field, kind: ColumnKind, schema: &'a Schema, lexicon: &'a ToolLexicon) -> Option<Self> {
        match kind {
            ColumnKind::Text(texts) | ColumnKind::Set(texts) => Some(Self::Members(&schema.texts[texts])),
            ColumnKind::Version(versions) => Some(Self::Versions(lexicon, versions)),
            ColumnKind::Flag | ColumnKind::Number => Some(Self::Declared(&field.kind)),
            _ => None,
        }
    }

    /// One more than the highest code.
    pub(crate) fn count(self) -> u32 {
        let words = match self {
            Self::Events(events) => return events.len() as u32,
            Self::Members(texts) => texts.len(),
            Self::Versions(lexicon, field) => lexicon.versions[field].len(),
            Self::Declared(Kind::Number { buckets, .. }) => buckets.count(),
            Self::Declared(_) => 2,
        };
        words as u32 + FIRST_CODE
    }

    /// The text of a code.
    pub(crate) fn text(self, code: u32) -> String {
        match self {
            Self::Events(events) => events[code as usize].name.clone(),
            Self::Declared(kind) => kind.label(code),
            _ if code == ABSENT => "none".into(),
            _ if code == OTHER => "other".into(),
            Self::Members(texts) => texts[(code - FIRST_CODE) as usize].clone(),
            Self::Versions(lexicon, field) => {
                lexicon.version(field, code).map_or_else(|| "other".into(), |version| version.to_string())
            }
        }
    }

    /// Whether a code has one of the texts of a filter, or none of them, as it asks.
    pub(crate) fn wanted(self, filter: &Filter) -> Vec<bool> {
        let mut wanted = vec![filter.not; self.count() as usize];
        for code in filter.values.iter().filter_map(|text| self.code(text)) {
            wanted[code as usize] = !filter.not;
        }
        wanted
    }

    /// The code of a text, or `None` when nothing stored says so.
    pub(crate) fn code(self, text: &str) -> Option<u32> {
        match (self, text) {
            (Self::Events(events), _) => position(events.iter(), |event| event.name == text),
            (_, "none") => Some(ABSENT),
            (_, "other") => Some(OTHER),
            (Self::Members(texts), _) => position(texts.iter(), |member| *member == text).map(|p| p + FIRST_CODE),
            (Self::Versions(lexicon, field), _) => {
                let bits = Version::parse(text)?.0.to_bits();
                position(lexicon.versions[field].iter(), |known| *known == bits).map(|p| p + FIRST_CODE)
            }
            (Self::Declared(kind), _) => (FIRST_CODE..self.count()).find(|code| kind.label(*code) == text),
        }
    }
}

fn position<T>(mut words: impl Iterator<Item = T>, is: impl Fn(&T) -> bool) -> Option<u32> {
    words.position(|word| is(&word)).map(|position| position as u32)
}
