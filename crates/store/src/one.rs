//! What is kept under one id: for its owner, who asks what there is before it is deleted.

use std::collections::BTreeMap;

use aboveboard_catalog::{Bucket, Day};

use crate::plan::Asked;
use crate::reading::{Lens, Reading};
use crate::scan::{Scan, ScanError, Tables};
use crate::snapshot::Snapshot;
use crate::table::{PRESENCE_TABLE, Schema};

/// What one day holds under an id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptDay {
    /// The day.
    pub day: Day,
    /// How many batches arrived about it.
    pub batches: u64,
    /// How often each event happened.
    pub events: BTreeMap<String, u64>,
}

/// Every table of a tool, as far as it is about one id.
struct Own<'a> {
    schema: &'a Schema,
    column: String,
    id: Lens,
    days: Lens,
}

/// What is kept under an id code that stands in the column of an origin field.
pub(crate) fn kept(
    snapshot: &Snapshot,
    tool: usize,
    field: &str,
    code: u32,
    today: Day,
) -> Result<Vec<KeptDay>, ScanError> {
    let asked = Asked::new(snapshot, tool, today)?;
    let (days, lens) = asked.days(asked.visible, asked.latest, Some(Bucket::Day), 1);
    let range = lens.first..lens.first + days.len() as u32;
    let id = Lens { first: code, table: vec![0].into() };
    let own = Own { schema: asked.schema, column: format!("id_{field}"), id, days: lens };
    let mut sums = BTreeMap::<(usize, usize), u64>::new();
    Scan { snapshot, tool, days: range }.run(&own, &["n"], |block, views| {
        for (slot, row) in block.slots.iter().zip(&block.rows) {
            let place = (*slot as usize % days.len(), *slot as usize / days.len());
            *sums.entry(place).or_default() += u64::from(views[0].get(*row as usize));
        }
    })?;
    let mut kept: Vec<KeptDay> = Vec::new();
    for ((day, table), n) in sums {
        let Some(day) = days[day] else { continue };
        if kept.last().is_none_or(|last| last.day != day) {
            kept.push(KeptDay { day, batches: 0, events: BTreeMap::new() });
        }
        kept.last_mut().expect("one was just pushed").add(&asked.schema.tables[table].name, n);
    }
    Ok(kept)
}

impl KeptDay {
    fn add(&mut self, table: &str, n: u64) {
        match table.strip_prefix("event.") {
            Some(event) => drop(self.events.insert(event.to_owned(), n)),
            None => self.batches = n,
        }
    }
}

impl Tables for Own<'_> {
    fn of_week(&self, _exact: bool) -> Vec<(&str, Option<usize>)> {
        self.schema.tables.iter().enumerate().map(|(table, declared)| (declared.name.as_str(), Some(table))).collect()
    }

    fn reading(&self, _exact: bool, table: Option<usize>) -> Option<Reading> {
        let table = table.unwrap_or(PRESENCE_TABLE);
        self.schema.tables[table].column(&self.column)?;
        let mut reading = Reading::new((table * self.days.table.len()) as u64);
        reading.look(&self.column, self.id.clone());
        reading.look("day", self.days.clone());
        Some(reading)
    }
}
