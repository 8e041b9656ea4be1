//! How often an event happened under each value of one of its fields, as far as one place said so.
//!
//! For the collector, which holds what comes against what it keeps. Exact, small groups included: not for showing.

use std::collections::BTreeMap;

use aboveboard_catalog::{Day, IdHash, Origin};

use crate::plan::Asked;
use crate::reading::{Lens, Reading};
use crate::scan::{Scan, ScanError, Tables};
use crate::snapshot::Snapshot;
use crate::table::ORIGIN;
use crate::words::Words;

/// Whose events are counted.
#[derive(Clone, Copy, Debug)]
pub enum Whence<'o> {
    /// Everybody's.
    Anywhere,
    /// Those from where the same is said of the origin, identifiers aside.
    Origin(&'o Origin),
    /// Those under this value of the identifier `machine`.
    Machine(IdHash),
}

/// What is counted: an event and one of its fields, as positions in the catalogue, from the first to the last day.
#[derive(Clone, Copy, Debug)]
pub struct Happening {
    /// The event.
    pub event: usize,
    /// Its field.
    pub field: usize,
    /// The first day.
    pub from: Day,
    /// The last day, counted in.
    pub to: Day,
}

/// A column, and the one code of it that counts.
pub(crate) type Only = Option<(&'static str, u32)>;

/// The name of the column of machines' identifiers.
pub(crate) const MACHINE: &str = "id_machine";
/// The name of the column at [`ORIGIN`].
pub(crate) const ORIGIN_NAME: &str = "origin";

/// The table of one event.
struct Told<'a> {
    table: usize,
    name: &'a str,
    only: Only,
    days: Lens,
    field: (&'a str, Lens),
}

/// Counts over the rows of one moment, of which `only` some count.
pub(crate) fn happened(
    snapshot: &Snapshot,
    tool: usize,
    happening: Happening,
    only: Only,
    today: Day,
) -> Result<BTreeMap<String, u64>, ScanError> {
    let Happening { event, field, from, to } = happening;
    let asked = Asked::new(snapshot, tool, today)?;
    let place = &asked.schema.event_places[event];
    let table = &asked.schema.tables[place.table];
    debug_assert_eq!(table.columns[ORIGIN].name, ORIGIN_NAME);
    let not_kept = || ScanError::unanswerable("a field is of a kind that is not kept as answers".into());
    let column = &table.columns[place.columns[field].ok_or_else(not_kept)?];
    let words = Words::of(&asked.catalog.events[event].fields[field], column.kind, asked.schema, asked.lexicon);
    let words = words.ok_or_else(not_kept)?;
    let (_, days) = asked.days(from, to, None, 1);
    let range = days.first..days.first + days.table.len() as u32;
    let field = (column.name.as_str(), Lens::new((0..u64::from(words.count())).collect()));
    let told = Told { table: place.table, name: &table.name, only, days, field };
    let mut sums = BTreeMap::<u64, u64>::new();
    Scan { snapshot, tool, days: range }.run(&told, &["n"], |block, views| {
        for (slot, row) in block.slots.iter().zip(&block.rows) {
            *sums.entry(*slot).or_default() += u64::from(views[0].get(*row as usize));
        }
    })?;
    Ok(sums.into_iter().map(|(code, n)| (words.text(code as u32), n)).collect())
}

impl Tables for Told<'_> {
    fn of_week(&self, _exact: bool) -> Vec<(&str, Option<usize>)> {
        vec![(self.name, Some(self.table))]
    }

    fn reading(&self, _exact: bool, _table: Option<usize>) -> Option<Reading> {
        let mut reading = Reading::new(0);
        reading.look("day", self.days.clone());
        if let Some((column, code)) = self.only {
            reading.look(column, Lens { first: code, table: vec![0].into() });
        }
        let (column, lens) = &self.field;
        reading.look(column, lens.clone());
        Some(reading)
    }
}
