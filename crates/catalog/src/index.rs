//! From the names on the wire to positions in the catalogue, in one hash look-up each.
//!
//! Built once when a catalogue is read; nothing here is public.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use crate::spec::{EventSpec, Field};

type Positions = HashMap<String, u16, FixedState>;

/// The look-up tables of one catalogue.
#[derive(Clone, Debug, Default)]
pub(crate) struct Index {
    events: Positions,
    event_fields: Vec<Fields>,
    origin: Fields,
}

/// The look-up tables of one list of fields.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields {
    keys: Positions,
    members: Vec<Positions>,
}

impl Index {
    pub(crate) fn new(origin: &[Field], events: &[EventSpec]) -> Self {
        Self {
            events: positions(events.iter().map(|event| event.name.as_str())),
            event_fields: events.iter().map(|event| Fields::new(&event.fields)).collect(),
            origin: Fields::new(origin),
        }
    }

    pub(crate) fn event(&self, name: &str) -> Option<usize> {
        self.events.get(name).map(|&position| usize::from(position))
    }

    pub(crate) fn event_fields(&self, event: usize) -> &Fields {
        &self.event_fields[event]
    }

    pub(crate) fn origin(&self) -> &Fields {
        &self.origin
    }
}

impl Fields {
    fn new(fields: &[Field]) -> Self {
        Self {
            keys: positions(fields.iter().map(Field::key)),
            members: fields.iter().map(|field| positions(field.kind.members().iter().map(String::as_str))).collect(),
        }
    }

    pub(crate) fn field(&self, key: &str) -> Option<usize> {
        self.keys.get(key).map(|&position| usize::from(position))
    }

    /// Whether any declared key begins so.
    pub(crate) fn any_under(&self, prefix: &str) -> bool {
        self.keys.keys().any(|key| key.starts_with(prefix))
    }

    pub(crate) fn member(&self, field: usize, text: &str) -> Option<u32> {
        self.members[field].get(text).map(|&position| u32::from(position))
    }
}

fn positions<'a>(names: impl Iterator<Item = &'a str>) -> Positions {
    names.zip(0u16..).map(|(name, position)| (name.to_owned(), position)).collect()
}
