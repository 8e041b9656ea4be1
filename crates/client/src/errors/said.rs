//! The events of the error loop as records: found by what the catalogue calls them, filled by what their fields can say.

use aboveboard_catalog::FIRST_CODE;

use crate::record::{Record, Row, code_of};
use crate::vocabulary::{EventWord, FieldWord, KindWord, Vocabulary};

/// An event and its fields, each with the number of its value.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    vocabulary: &'static Vocabulary,
    event: usize,
    cells: Vec<(u32, u32)>,
}

impl Said {
    /// The event of this name, with the code in the one field that takes one.
    pub(crate) fn about(vocabulary: &'static Vocabulary, event: Option<&str>, code: &str) -> Option<Self> {
        let event = vocabulary.events.iter().position(|word| Some(word.name) == event)?;
        let said = Self { vocabulary, event, cells: Vec::new() };
        let (position, field) = said.field(FieldWord::is_code)?;
        let number = field.kind.members().binary_search(&code).ok()? as u32 + FIRST_CODE;
        Some(said.with(position, number))
    }

    /// With a member in the choice of this name, where there are both.
    pub(crate) fn choosing(self, name: &str, member: &str) -> Self {
        match self.field(|field| field.name == name && field.kind.members().contains(&member)) {
            Some((position, field)) => {
                let number = code_of(field.kind.members(), member);
                self.with(position, number)
            }
            None => self,
        }
    }

    /// With a flag in the one field that takes one.
    pub(crate) fn flagged(self, flag: bool) -> Option<Self> {
        let (position, _) = self.field(|field| matches!(field.kind, KindWord::Flag))?;
        Some(self.with(position, FIRST_CODE + u32::from(flag)))
    }

    /// The members that the choice of this name has.
    pub(crate) fn members(&self, name: &str) -> &'static [&'static str] {
        self.field(|field| field.name == name).map_or(&[], |(_, field)| field.kind.members())
    }

    fn with(mut self, field: u32, number: u32) -> Self {
        // In the order of the vocabulary, so that equal records are equal rows.
        let place = self.cells.partition_point(|(earlier, _)| *earlier < field);
        self.cells.insert(place, (field, number));
        self
    }

    fn field(&self, wanted: impl Fn(&FieldWord) -> bool) -> Option<(u32, &'static FieldWord)> {
        let word: &'static EventWord = &self.vocabulary.events[self.event];
        let position = word.fields.iter().position(wanted)?;
        Some((position as u32, &word.fields[position]))
    }
}

impl Record for Said {
    fn vocabulary(&self) -> &'static Vocabulary {
        self.vocabulary
    }

    fn event(&self) -> usize {
        self.event
    }

    fn write(&self, row: &mut Row<'_>) {
        self.cells.iter().for_each(|(field, number)| row.code(*field, Some(*number)));
    }
}
