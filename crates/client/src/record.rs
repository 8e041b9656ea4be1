//! What a tool hands over: typed records, and the row of small integers that each becomes in memory.
//!
//! A row is written in a few nanoseconds and without allocating. It is positions and codes of the vocabulary, so that
//! even a hand-written [`Record`] cannot put a text into it.

use aboveboard_catalog::version::Version;
use aboveboard_catalog::{FIRST_CODE, OTHER, RawEvent, RawFields, RawValue};

use crate::limits::CELLS_MAX;
use crate::order::sorted;
use crate::vocabulary::{FieldWord, KindWord, Vocabulary};

/// Something that happened and that the tool's catalogue declares. Generated code implements it.
///
/// # What cannot be said
///
/// A field that the catalogue does not declare:
/// ```compile_fail,E0599
/// use aboveboard::example::CommandFinished;
/// let record = CommandFinished::new().path("/home/alice");
/// ```
/// A text where the catalogue declares a choice:
/// ```compile_fail,E0308
/// use aboveboard::example::CommandFinished;
/// let record = CommandFinished::new().command("build --token=x");
/// ```
/// A member that the catalogue does not declare:
/// ```compile_fail,E0599
/// use aboveboard::example::command_finished::Command;
/// let command = Command::Whoami;
/// ```
/// A name that is not on the list (`Plugin::of` makes it `other`):
/// ```compile_fail,E0423
/// use aboveboard::example::plugin_loaded::Plugin;
/// let plugin = Plugin(12_345);
/// ```
/// A version that is a text:
/// ```compile_fail,E0308
/// use aboveboard::example::PluginLoaded;
/// let record = PluginLoaded::new().plugin_version("1.0.0-alice.laptop");
/// ```
/// An event that the catalogue does not declare:
/// ```compile_fail,E0277
/// use aboveboard::{Config, Telemetry, example::ACME};
/// Telemetry::open(Config::new(&ACME, "1.0.0")).record("anything");
/// ```
pub trait Record {
    /// The vocabulary it belongs to.
    fn vocabulary(&self) -> &'static Vocabulary;

    /// The position of its event.
    fn event(&self) -> usize;

    /// Writes the fields that were given.
    fn write(&self, row: &mut Row<'_>);
}

/// The place where a record writes its fields.
#[derive(Debug)]
pub struct Row<'c> {
    /// Of a length that is known when a tool is built, so that most of its records are written without a check.
    cells: &'c mut [u32; ROW_CELLS_MAX],
    /// Cells that were written, or would have been if there had been room.
    length: usize,
}

/// The number of no value at all.
pub(crate) const NOTHING: u32 = 0;

/// Cells of a row at most: a head, and for each field its position and a version of four cells.
pub(crate) const ROW_CELLS_MAX: usize = 1 + aboveboard_catalog::limits::FIELDS_MAX * 5;

impl Row<'_> {
    /// A flag.
    #[inline]
    pub fn flag(&mut self, field: u32, flag: Option<bool>) {
        self.code(field, flag.map(|flag| FIRST_CODE + u32::from(flag)));
    }

    /// A member by its code (1 is `other`, the first member is 2), or a set of them as a mask.
    #[inline]
    pub fn code(&mut self, field: u32, code: Option<u32>) {
        if let Some(code) = code {
            self.put([field, code]);
        }
    }

    /// A number, as it is; its bucket is found when the row is read.
    #[inline]
    pub fn number(&mut self, field: u32, number: Option<f64>) {
        if let Some(bits) = number.map(f64::to_bits) {
            self.put([field, (bits >> 32) as u32, bits as u32]);
        }
    }

    /// A version.
    #[inline]
    pub fn version(&mut self, field: u32, version: Option<Version>) {
        if let Some(bits) = version.map(Version::to_bits) {
            self.put([field, (bits >> 96) as u32, (bits >> 64) as u32, (bits >> 32) as u32, bits as u32]);
        }
    }

    #[inline]
    fn put<const N: usize>(&mut self, cells: [u32; N]) {
        if let Some(place) = self.cells.get_mut(self.length..self.length + N) {
            place.copy_from_slice(&cells);
        }
        self.length += N;
    }
}

/// The code of a name in a list: the position of the first member is 2, and what is not in it is 1, `other`.
#[must_use]
pub fn code_of(members: &[&str], name: &str) -> u32 {
    let position = members.iter().position(|member| *member == name);
    position.map_or(OTHER, |position| FIRST_CODE + position as u32)
}

/// The mask of several members' codes.
#[must_use]
pub fn mask_of(codes: impl Iterator<Item = u32>) -> u32 {
    codes.fold(0, |mask, code| mask | 1 << (code - OTHER))
}

/// The rows of one run, in memory that is taken once.
#[derive(Debug)]
pub(crate) struct Rows {
    cells: Box<[u32]>,
    used: usize,
}

impl Rows {
    pub(crate) fn new() -> Self {
        Self { cells: vec![0; CELLS_MAX].into_boxed_slice(), used: 0 }
    }

    /// Whether another row is sure to find room.
    #[inline]
    pub(crate) fn has_room(&self) -> bool {
        self.cells.len() - self.used >= ROW_CELLS_MAX
    }

    /// Writes one record behind the others. One that is longer than any can be is left out.
    #[inline]
    pub(crate) fn push(&mut self, record: &impl Record) {
        let Some(cells) = self.cells[self.used..].first_chunk_mut() else { return };
        let mut row = Row { cells, length: 1 };
        record.write(&mut row);
        let length = row.length;
        if length <= ROW_CELLS_MAX {
            row.cells[0] = (record.event() as u32) << 16 | length as u32;
            self.used += length;
        }
    }

    /// What was said of one event, in the order of time.
    pub(crate) fn of_event(&self, position: usize, vocabulary: &'static Vocabulary) -> Vec<RawEvent<'static>> {
        let rows = rows(&self.cells[..self.used]).filter(|row| (row[0] >> 16) as usize == position);
        rows.filter_map(|row| event(row, vocabulary)).collect()
    }

    /// Takes the rows out as events.
    pub(crate) fn take(&mut self, vocabulary: &'static Vocabulary) -> Vec<RawEvent<'static>> {
        let used = std::mem::take(&mut self.used);
        events(&self.cells[..used], vocabulary)
    }
}

/// The rows as events, equal ones counted, in the order of their cells so that nothing tells when each happened.
fn events(cells: &[u32], vocabulary: &'static Vocabulary) -> Vec<RawEvent<'static>> {
    let rows: Vec<&[u32]> = sorted(rows(cells));
    let equal = rows.chunk_by(|a, b| a == b);
    equal.filter_map(|rows| Some(RawEvent { n: rows.len() as u64, ..event(rows[0], vocabulary)? })).collect()
}

fn rows(mut cells: &[u32]) -> impl Iterator<Item = &[u32]> {
    std::iter::from_fn(move || {
        let length = usize::from(*cells.first()? as u16);
        let (row, rest) = cells.split_at_checked(length.max(1))?;
        cells = rest;
        Some(row)
    })
}

fn event(row: &[u32], vocabulary: &'static Vocabulary) -> Option<RawEvent<'static>> {
    let (head, mut cells) = row.split_first()?;
    let word = vocabulary.events.get((head >> 16) as usize)?;
    let mut fields = Vec::new();
    while let Some((position, rest)) = cells.split_first() {
        let field = word.fields.get(*position as usize)?;
        let (value, length) = value(field, rest)?;
        fields.push((field.key().into(), value));
        cells = &rest[length..];
    }
    Some(RawEvent { name: word.name.into(), n: 1, origin: 0, fields: RawFields(fields) })
}

/// The value at the head of these cells, and how many of them it takes.
fn value(field: &FieldWord, cells: &[u32]) -> Option<(RawValue<'static>, usize)> {
    let joined = |cells: &[u32]| cells.iter().fold(0, |bits: u128, &cell| bits << 32 | u128::from(cell));
    Some(match &field.kind {
        KindWord::Flag => (RawValue::Bool(*cells.first()? == FIRST_CODE + 1), 1),
        KindWord::Number { .. } => (RawValue::Number(f64::from_bits(joined(cells.get(..2)?) as u64)), 2),
        KindWord::Version => (RawValue::Text(Version::from_bits(joined(cells.get(..4)?)).to_string().into()), 4),
        KindWord::Choices(members) => (set(members, *cells.first()?), 1),
        KindWord::Choice(members)
        | KindWord::Name(members)
        | KindWord::Code(members)
        | KindWord::ErrorCode(members) => (RawValue::Text(member(members, *cells.first()?)?.into()), 1),
        KindWord::Id => return None,
    })
}

fn member(members: &'static [&'static str], code: u32) -> Option<&'static str> {
    if code == OTHER { Some("other") } else { members.get(code.checked_sub(FIRST_CODE)? as usize).copied() }
}

/// Bit 0 is `other`, bit `i + 1` is member `i`.
fn set(members: &'static [&'static str], mask: u32) -> RawValue<'static> {
    let given = (0..u32::BITS).filter(|bit| mask >> bit & 1 == 1);
    let texts = given.filter_map(|bit| member(members, bit + OTHER));
    RawValue::List(texts.map(|text| RawValue::Text(text.into())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::command_finished::{Command, Flags, Outcome};
    use crate::example::{ACME, CommandFinished, PluginLoaded, plugin_loaded::Plugin};

    #[test]
    fn a_row_reads_back_as_it_was_said() {
        let mut rows = Rows::new();
        let (version, _) = Version::parse("3.2.1-rc.4").expect("a version");
        rows.push(&PluginLoaded::new().plugin(Plugin::of("@acme/docs")).plugin_version(version));
        let record = CommandFinished::new().command(Command::Build).outcome(Outcome::Other).duration(-0.5);
        rows.push(&record.flags(&[Flags::Watch, Flags::Draft]).cached(false));
        rows.push(&CommandFinished::new());
        let events = rows.take(&ACME);
        let said: Vec<String> = events
            .iter()
            .map(|event| format!("{} {}", event.name, serde_json::to_string(&event.fields).expect("JSON")))
            .collect();
        assert_eq!(
            said,
            [
                "command_finished {}",
                r#"command_finished {"command":"build","outcome":"other","duration":-0.5,"flags":["draft","watch"],"cached":false}"#,
                r#"plugin_loaded {"plugin":"@acme/docs","plugin_version":"3.2.1-rc.4"}"#,
            ]
        );
    }

    #[test]
    fn recording_takes_no_memory_but_what_was_there() {
        let mut rows = Rows::new();
        let place = rows.cells.as_ptr();
        while rows.has_room() {
            rows.push(&CommandFinished::new().command(Command::Build).duration(1.0).cached(true));
        }
        assert_eq!((rows.cells.as_ptr(), rows.cells.len()), (place, CELLS_MAX));
    }

    /// Says more than a row holds.
    struct Endless;

    impl Record for Endless {
        fn vocabulary(&self) -> &'static Vocabulary {
            &ACME
        }

        fn event(&self) -> usize {
            0
        }

        fn write(&self, row: &mut Row<'_>) {
            (0..CELLS_MAX).for_each(|_| row.flag(0, Some(true)));
        }
    }

    #[test]
    fn a_record_without_end_is_left_out() {
        let mut rows = Rows::new();
        rows.push(&Endless);
        rows.push(&CommandFinished::new());
        assert_eq!(rows.take(&ACME).len(), 1);
    }

    /// Rows of a hand-written record, or of memory gone wrong, are left out, and nothing panics.
    #[test]
    fn rows_that_make_no_sense_are_left_out() {
        for cells in
            [&[0][..], &[5], &[0, 0, 0], &[(99 << 16) | 1], &[2, 77], &[3, 77, 1], &[3, 0, 99], &[3, 2, 1], &[9, 1]]
        {
            let events = events(cells, &ACME);
            assert!(events.iter().all(|event| event.fields.0.is_empty()), "{cells:?}: {events:?}");
        }
    }
}
