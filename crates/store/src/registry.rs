//! The durable names: which tools, tables, fields and members have which numbers, for ever.
//!
//! Numbers are positions in lists that only grow, so a catalogue may be reordered, extended and cut down while old
//! rows keep their meaning. What a catalogue may not do is give a stored field another meaning.

use aboveboard_catalog::limits::{SET_MEMBERS_MAX, VERSIONS_DISTINCT_DEFAULT};
use aboveboard_catalog::{Catalog, Field, Kind};

/// Every tool that was ever declared, by number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Registry {
    pub tools: Vec<RegisteredTool>,
}

/// A tool.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RegisteredTool {
    pub name: String,
    /// As last declared, so that rows expire also when the tool is no longer declared.
    pub retention_days: u32,
    pub origin: Vec<RegisteredField>,
    pub events: Vec<RegisteredEvent>,
}

/// An event. Its table has the number of its position plus one; table 0 is presence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RegisteredEvent {
    pub name: String,
    pub fields: Vec<RegisteredField>,
}

/// A field of an origin or an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RegisteredField {
    pub name: String,
    pub storage: Storage,
    /// Member texts, in the order they were first declared.
    pub members: Vec<String>,
}

/// How the values of a field are stored. Fields may change their kind within one of these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Storage {
    Flag,
    /// Choices, names and codes: one member.
    Member,
    /// Choices that may be given several at once.
    Set,
    /// The unit and the bucket scheme in the words of the catalogue.
    Number(String),
    /// The most distinct values kept, as last declared.
    Version(u32),
    Id,
}

/// Something that the stored data and a catalogue say differently, with the fix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Contradiction(pub String);

impl Registry {
    /// Adds what these catalogues declare.
    pub(crate) fn extend(&mut self, catalogs: &[Catalog]) -> Result<(), Contradiction> {
        for catalog in catalogs {
            let name = &catalog.tool.name;
            let number = position_or_push(&mut self.tools, |tool| tool.name == *name, || RegisteredTool::named(name));
            self.tools[number].extend(catalog)?;
        }
        Ok(())
    }
}

impl RegisteredTool {
    fn named(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    fn extend(&mut self, catalog: &Catalog) -> Result<(), Contradiction> {
        self.retention_days = catalog.tool.retention_days;
        extend_fields(&mut self.origin, &catalog.origin, &format!("the origin of `{}`", self.name))?;
        for event in &catalog.events {
            let new = || RegisteredEvent { name: event.name.clone(), fields: Vec::new() };
            let number = position_or_push(&mut self.events, |known| known.name == event.name, new);
            let whose = format!("event `{}` of `{}`", event.name, self.name);
            extend_fields(&mut self.events[number].fields, &event.fields, &whose)?;
        }
        Ok(())
    }
}

fn extend_fields(known: &mut Vec<RegisteredField>, declared: &[Field], whose: &str) -> Result<(), Contradiction> {
    for field in declared {
        let Some(storage) = Storage::of(&field.kind) else { continue };
        let new = || RegisteredField { name: field.name.clone(), storage: storage.clone(), members: Vec::new() };
        let number = position_or_push(known, |known| known.name == field.name, new);
        known[number].become_(storage, whose)?;
        known[number].extend(field.kind.members(), whose)?;
    }
    Ok(())
}

impl RegisteredField {
    /// Takes the declared storage if rows stored before mean the same under it.
    fn become_(&mut self, declared: Storage, whose: &str) -> Result<(), Contradiction> {
        let same = match (&self.storage, &declared) {
            (Storage::Version(_), Storage::Version(_)) => true,
            (stored, declared) => stored == declared,
        };
        if !same {
            return Err(Contradiction(format!(
                "field `{}` of {whose} is stored as {} and is now declared as {}; declare it under a new name, or put \
                 the old declaration back",
                self.name,
                self.storage.words(),
                declared.words(),
            )));
        }
        self.storage = declared;
        Ok(())
    }

    fn extend(&mut self, members: &[String], whose: &str) -> Result<(), Contradiction> {
        let known: std::collections::HashSet<&String> = self.members.iter().collect();
        let new: Vec<String> = members.iter().filter(|member| !known.contains(member)).cloned().collect();
        self.members.extend(new);
        if self.storage == Storage::Set && self.members.len() > SET_MEMBERS_MAX {
            return Err(Contradiction(format!(
                "field `{}` of {whose} has had {} different members since its first day, and a set has room for \
                 {SET_MEMBERS_MAX}; declare it under a new name",
                self.name,
                self.members.len(),
            )));
        }
        Ok(())
    }
}

impl Storage {
    /// How a kind is stored; `None` for kinds that are not.
    pub(crate) fn of(kind: &Kind) -> Option<Self> {
        Some(match kind {
            Kind::Flag => Self::Flag,
            Kind::Choice(_) | Kind::Name { .. } | Kind::Code { .. } => Self::Member,
            Kind::Choices(_) => Self::Set,
            Kind::Number { unit, buckets } => Self::Number(format!("{unit} {buckets}")),
            Kind::Version { distinct_max: 0 } => Self::Version(VERSIONS_DISTINCT_DEFAULT),
            Kind::Version { distinct_max } => Self::Version(*distinct_max),
            Kind::Id => Self::Id,
            Kind::Drop { .. } => return None,
        })
    }

    /// In the words of a catalogue, for messages and for the metadata of segments.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Flag => "flag".into(),
            Self::Member => "choice".into(),
            Self::Set => "choice, many".into(),
            Self::Number(scheme) => format!("number {scheme}"),
            Self::Version(_) => "version".into(),
            Self::Id => "id".into(),
        }
    }
}

fn position_or_push<T>(list: &mut Vec<T>, is_it: impl Fn(&T) -> bool, new: impl FnOnce() -> T) -> usize {
    list.iter().position(is_it).unwrap_or_else(|| {
        list.push(new());
        list.len() - 1
    })
}
