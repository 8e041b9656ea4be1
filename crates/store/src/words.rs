//! From the stored codes of one dimension to the texts of answers, and from the texts of filters back to codes.

use std::collections::BTreeMap;
use std::sync::Arc;

use aboveboard_catalog::version::{Grain, Version};
use aboveboard_catalog::{ABSENT, EventSpec, FIRST_CODE, Field, Filter, Kind, OTHER};

use crate::lexicon::{Growing, ToolLexicon};
use crate::table::{ColumnKind, Schema};

/// What the codes of a dimension say.
#[derive(Clone, Debug)]
pub(crate) enum Words<'a> {
    /// Positions in the catalogue.
    Events(&'a [EventSpec]),
    /// Stored members: text `i` has code `i + 2`. For sets each member is a code of its own.
    Members(&'a [String]),
    /// Versions of one field of the lexicon.
    Versions(&'a ToolLexicon, usize),
    /// Flags and buckets, whose codes are the catalogue's.
    Declared(&'a Kind),
    /// Groups of versions; several stored codes are one here.
    Groups(Arc<Groups>),
}

/// Groups of the versions of one field.
#[derive(Debug)]
pub(crate) struct Groups {
    /// The code of the group of each stored code.
    of_code: Vec<u32>,
    /// Group `i` has code `i + 2`.
    texts: Vec<String>,
}

impl Groups {
    fn new(grain: Grain, versions: &Growing<u128>) -> Self {
        let groups: Vec<String> = versions.iter().map(|bits| Version::from_bits(bits).group(grain)).collect();
        let mut codes: BTreeMap<String, u32> = groups.iter().map(|group| (group.clone(), 0)).collect();
        codes.values_mut().zip(FIRST_CODE..).for_each(|(code, next)| *code = next);
        let of_version = groups.iter().map(|group| codes[group]);
        Self { of_code: [ABSENT, OTHER].into_iter().chain(of_version).collect(), texts: codes.into_keys().collect() }
    }
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

    /// The same words, where versions are grouped; `None` when these are no versions.
    pub(crate) fn grouped(self, grain: Grain) -> Option<Self> {
        match self {
            Self::Versions(lexicon, field) => {
                Some(Self::Groups(Arc::new(Groups::new(grain, &lexicon.versions[field]))))
            }
            _ => None,
        }
    }

    /// The code in answers of each stored code.
    pub(crate) fn codes(&self) -> Vec<u32> {
        match self {
            Self::Groups(groups) => groups.of_code.clone(),
            _ => (0..self.count()).collect(),
        }
    }

    /// One more than the highest code.
    pub(crate) fn count(&self) -> u32 {
        let words = match self {
            Self::Events(events) => return events.len() as u32,
            Self::Members(texts) => texts.len(),
            Self::Versions(lexicon, field) => lexicon.versions[*field].len(),
            Self::Groups(groups) => groups.texts.len(),
            Self::Declared(Kind::Number { buckets, .. }) => buckets.count(),
            Self::Declared(_) => 2,
        };
        words as u32 + FIRST_CODE
    }

    /// The text of a code.
    pub(crate) fn text(&self, code: u32) -> String {
        match self {
            Self::Events(events) => events[code as usize].name.clone(),
            Self::Declared(kind) => kind.label(code),
            _ if code == ABSENT => "none".into(),
            _ if code == OTHER => "other".into(),
            Self::Members(texts) => texts[(code - FIRST_CODE) as usize].clone(),
            Self::Versions(lexicon, field) => {
                lexicon.version(*field, code).map_or_else(|| "other".into(), |version| version.to_string())
            }
            Self::Groups(groups) => groups.texts[(code - FIRST_CODE) as usize].clone(),
        }
    }

    /// Whether a code has one of the texts of a filter, or none of them, as it asks.
    pub(crate) fn wanted(&self, filter: &Filter) -> Vec<bool> {
        let mut wanted = vec![filter.not; self.count() as usize];
        for code in filter.values.iter().filter_map(|text| self.code(text)) {
            wanted[code as usize] = !filter.not;
        }
        wanted
    }

    /// The code of a text, or `None` when nothing stored says so.
    pub(crate) fn code(&self, text: &str) -> Option<u32> {
        match (self, text) {
            (Self::Events(events), _) => position(events.iter(), |event| event.name == text),
            (_, "none") => Some(ABSENT),
            (_, "other") => Some(OTHER),
            (Self::Members(texts), _) => position(texts.iter(), |member| *member == text).map(|p| p + FIRST_CODE),
            (Self::Versions(lexicon, field), _) => {
                let bits = Version::parse(text)?.0.to_bits();
                position(lexicon.versions[*field].iter(), |known| *known == bits).map(|p| p + FIRST_CODE)
            }
            (Self::Groups(groups), _) => position(groups.texts.iter(), |group| *group == text).map(|p| p + FIRST_CODE),
            (Self::Declared(kind), _) => (FIRST_CODE..self.count()).find(|code| kind.label(*code) == text),
        }
    }
}

fn position<T>(mut words: impl Iterator<Item = T>, is: impl Fn(&T) -> bool) -> Option<u32> {
    words.position(|word| is(&word)).map(|position| position as u32)
}
