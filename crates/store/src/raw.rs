//! Rows in words, one by one, for those who may see them: no code is left, and no identifier.
//!
//! An identifier becomes a number that counts up as new ones turn up, and means something within one reading only.

use std::collections::HashMap;
use std::sync::Arc;

use aboveboard_catalog::{ABSENT, Bucket, Day, FIRST_CODE, Kind};

use crate::columns::View;
use crate::plan::Asked;
use crate::reading::{Lens, Reading};
use crate::scan::{Scan, ScanError, Tables};
use crate::snapshot::Snapshot;
use crate::table::{ColumnKind, OriginPlace, PRESENCE, Table};
use crate::words::Words;

/// What the cells of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RawKind {
    /// Texts.
    Text,
    /// The numbers that stand for buckets.
    Number,
    /// Whole numbers: counts, and what became of identifiers.
    Count,
}

/// A column of rows in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawColumn {
    /// `day`, the name of an origin field, `event.FIELD`, `n`, `reports`.
    pub name: String,
    /// What its cells are.
    pub kind: RawKind,
}

/// One cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// It was not said.
    Absent,
    /// A text.
    Text(Arc<str>),
    /// A number.
    Number(f64),
    /// A whole number.
    Count(u64),
}

/// The rows of one table in a range of days.
pub struct Raw<'a> {
    snapshot: &'a Snapshot,
    tool: usize,
    asked: Asked<'a>,
    table: &'a Table,
    position: usize,
    days: Lens,
    sources: Vec<Source<'a>>,
    columns: Vec<RawColumn>,
}

/// Where a cell comes from: the stored column, and what its codes say.
enum Source<'a> {
    Day,
    /// A part of the origin.
    Origin(usize, Meaning<'a>),
    /// An identifier in this column of the table.
    Id(usize),
    /// A field in this column of the table.
    Field(usize, Meaning<'a>),
    /// How often, and how many reports said so: so many columns after the key.
    Counter(usize),
}

/// What codes say.
enum Meaning<'a> {
    Words(Words<'a>),
    Set(Words<'a>),
    Bucket(&'a Kind),
}

/// Texts and numbers that were given out, so that each is made once.
#[derive(Default)]
struct Given {
    texts: HashMap<(usize, u32), Arc<str>>,
    ids: HashMap<(usize, u32), u64>,
}

impl<'a> Raw<'a> {
    /// The rows of an event, or of `presence`, from one day to another.
    ///
    /// # Errors
    /// There is no such table.
    pub fn new(
        snapshot: &'a Snapshot,
        tool: usize,
        table: &str,
        (from, to): (Day, Day),
        today: Day,
    ) -> Result<Self, ScanError> {
        let asked = Asked::new(snapshot, tool, today)?;
        let stored = if table == PRESENCE { PRESENCE.to_owned() } else { format!("event.{table}") };
        let position = asked.schema.table(&stored).ok_or_else(|| {
            ScanError::unanswerable(format!(
                "`{table}` is neither `{PRESENCE}` nor an event of `{}`",
                asked.schema.tool
            ))
        })?;
        let days = asked.days(from, to, Some(Bucket::Day), 1).1;
        let table = &asked.schema.tables[position];
        let mut raw = Self { snapshot, tool, asked, table, position, days, sources: Vec::new(), columns: Vec::new() };
        raw.add("day".to_owned(), RawKind::Text, Source::Day);
        raw.add_origin();
        raw.add_fields();
        let keys = raw.table.columns.len();
        raw.add("n".to_owned(), RawKind::Count, Source::Counter(keys));
        raw.add("reports".to_owned(), RawKind::Count, Source::Counter(keys + 1));
        Ok(raw)
    }

    /// Its columns.
    #[must_use]
    pub fn columns(&self) -> &[RawColumn] {
        &self.columns
    }

    /// How many rows there are.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn count(&self) -> Result<u64, ScanError> {
        let mut rows = 0;
        self.scan().run(self, &[], |block, _| rows += block.rows.len() as u64)?;
        Ok(rows)
    }

    /// Hands over each row, until one is not wanted any more.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn each(&self, mut take: impl FnMut(&[Cell]) -> bool) -> Result<(), ScanError> {
        let stored: Vec<&str> = self.table.columns.iter().map(|column| column.name.as_str()).collect();
        let stored = [&stored[..], &["n", "reports"]].concat();
        let (mut given, mut wanted, mut row) = (Given::default(), true, Vec::new());
        self.scan().run(self, &stored, |block, views| {
            for &at in &block.rows {
                if wanted {
                    row.clear();
                    row.extend(
                        self.sources
                            .iter()
                            .enumerate()
                            .map(|(place, source)| self.cell(place, source, views, at as usize, &mut given)),
                    );
                    wanted = take(&row);
                }
            }
        })
    }

    fn scan(&self) -> Scan<'_> {
        let days = self.days.first..self.days.first + self.days.table.len() as u32;
        Scan { snapshot: self.snapshot, tool: self.tool, days }
    }

    fn add(&mut self, name: String, kind: RawKind, source: Source<'a>) {
        self.columns.push(RawColumn { name, kind });
        self.sources.push(source);
    }

    fn add_origin(&mut self) {
        for (field, place) in self.asked.catalog.origin.iter().zip(&self.asked.schema.origin_places) {
            match place {
                Some(OriginPlace::Tuple(part)) => {
                    let kind = self.asked.schema.origin[*part].kind;
                    let words = Words::of(field, kind, self.asked.schema, self.asked.lexicon);
                    self.add_field(field.name.clone(), &field.kind, kind, words, |meaning| {
                        Source::Origin(*part, meaning)
                    });
                }
                Some(OriginPlace::Id(id)) => {
                    self.add(field.name.clone(), RawKind::Count, Source::Id(self.table.ids.start + id));
                }
                None => {}
            }
        }
    }

    fn add_fields(&mut self) {
        let Some(event) = self.table.event else { return };
        let (declared, place) = (&self.asked.catalog.events[event], &self.asked.schema.event_places[event]);
        for (field, column) in declared.fields.iter().zip(&place.columns) {
            let Some(column) = *column else { continue };
            let kind = self.table.columns[column].kind;
            let words = Words::of(field, kind, self.asked.schema, self.asked.lexicon);
            let name = format!("{}.{}", declared.name, field.name);
            self.add_field(name, &field.kind, kind, words, |meaning| Source::Field(column, meaning));
        }
    }

    fn add_field(
        &mut self,
        name: String,
        declared: &'a Kind,
        kind: ColumnKind,
        words: Option<Words<'a>>,
        source: impl Fn(Meaning<'a>) -> Source<'a>,
    ) {
        match (kind, words) {
            (ColumnKind::Number, _) => self.add(name, RawKind::Number, source(Meaning::Bucket(declared))),
            (ColumnKind::Set(_), Some(words)) => self.add(name, RawKind::Text, source(Meaning::Set(words))),
            (_, Some(words)) => self.add(name, RawKind::Text, source(Meaning::Words(words))),
            (_, None) => {}
        }
    }

    fn cell(&self, place: usize, source: &Source<'a>, views: &[View<'_>], row: usize, given: &mut Given) -> Cell {
        match source {
            Source::Day => {
                given.text(place, views[crate::table::DAY].get(row), |day| Day(day.cast_signed()).to_string())
            }
            Source::Origin(part, meaning) => {
                let origin = views[crate::table::ORIGIN].get(row);
                meaning.cell(place, self.asked.lexicon.part(origin as usize, *part), given)
            }
            Source::Field(column, meaning) => meaning.cell(place, views[*column].get(row), given),
            Source::Id(column) => given.id(place, views[*column].get(row)),
            Source::Counter(column) => Cell::Count(u64::from(views[*column].get(row))),
        }
    }
}

impl Meaning<'_> {
    fn cell(&self, place: usize, code: u32, given: &mut Given) -> Cell {
        match self {
            _ if code == ABSENT => Cell::Absent,
            Self::Words(words) => given.text(place, code, |code| words.text(code)),
            Self::Set(words) => given.text(place, code, |set| {
                let members = (0..u32::BITS).filter(|bit| set >> bit & 1 != 0).map(|bit| words.text(bit + 1));
                members.collect::<Vec<_>>().join("|")
            }),
            Self::Bucket(Kind::Number { buckets, .. }) if code >= FIRST_CODE => {
                Cell::Number(buckets.value((code - FIRST_CODE) as usize))
            }
            Self::Bucket(_) => Cell::Absent,
        }
    }
}

impl Given {
    fn text(&mut self, place: usize, code: u32, spell: impl Fn(u32) -> String) -> Cell {
        Cell::Text(Arc::clone(self.texts.entry((place, code)).or_insert_with(|| spell(code).into())))
    }

    fn id(&mut self, place: usize, code: u32) -> Cell {
        let next = self.ids.len() as u64 + 1;
        if code == ABSENT { Cell::Absent } else { Cell::Count(*self.ids.entry((place, code)).or_insert(next)) }
    }
}

impl Tables for Raw<'_> {
    fn of_week(&self, _exact: bool) -> Vec<(&str, Option<usize>)> {
        vec![(&self.table.name, Some(self.position))]
    }

    fn reading(&self, _exact: bool, _table: Option<usize>) -> Option<Reading> {
        let mut reading = Reading::new(0);
        reading.look("day", self.days.clone());
        Some(reading)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestDisk;
    use crate::tests::fixture::{START, Said, catalog, commit, hash, open};

    fn rows(store: &crate::Store, table: &str) -> Vec<String> {
        let (snapshot, today) = (store.snapshot(), Day::of_unix_seconds(START));
        let raw = Raw::new(&snapshot, 0, table, (today.plus(-9), today), today).expect("there is such a table");
        let mut told = Vec::new();
        raw.each(|row| {
            let cell = |(column, cell): (&RawColumn, &Cell)| match cell {
                Cell::Absent => String::new(),
                Cell::Text(text) => format!("{}={text} ", column.name),
                Cell::Number(number) => format!("{}={number:.0} ", column.name),
                Cell::Count(count) => format!("{}={count} ", column.name),
            };
            told.push(raw.columns().iter().zip(row).map(cell).collect::<String>().trim_end().to_owned());
            true
        })
        .expect("the disk works");
        assert_eq!(raw.count().expect("the disk works"), told.len() as u64);
        told.sort();
        told
    }

    #[test]
    fn rows_are_told_in_words_and_identifiers_as_numbers_of_this_reading() {
        let store = open(&TestDisk::new()).expect("it opens");
        let send = |machine, mark| commit(&store, Said::build(machine, mark).batch(&catalog())).expect("it is kept");
        send("somebody", 1);
        store.maintain(START + 4_000).expect("the disk works");
        send("another", 2);
        let row = |machine: u32| {
            format!(
                "day=2026-11-16 version=1.2.3 os=linux machine={machine} build.outcome=ok build.duration=1280 \
                 build.colours=red|blue build.plugin=4.5.6 n=1 reports=1"
            )
        };
        assert_eq!(rows(&store, "build"), [row(1), row(2)]);
        assert_eq!(rows(&store, "presence").len(), 2);
        store.forget(0, hash("somebody")).expect("the disk works");
        assert_eq!(rows(&store, "build"), [row(1)], "who was forgotten is in no row, and takes no number");
        assert!(rows(&store, "start").is_empty());
        let (snapshot, today) = (store.snapshot(), Day(0));
        assert!(Raw::new(&snapshot, 0, "nothing", (today, today), today).is_err());
    }
}
