//! Projections of the event tables that answer most questions from far fewer rows, exactly.
//!
//! `cube` keeps which events happened under which version, system and CI; `values` keeps how often a field said what,
//! for the fields where that saves much. Neither holds an id, so neither can count machines nor leave out a forgotten one: for a week that may hold
//! forgotten ids the scan reads the event tables themselves.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use crate::lexicon::ToolLexicon;
use crate::rows::Rows;
use crate::table::{ColumnKind, DAY, ORIGIN, Schema, Table};

/// The file name of the rollup by event.
pub(crate) const CUBE: &str = "cube";
/// The file name of the rollup by field.
pub(crate) const VALUES: &str = "values";

/// The key columns of the cube, in sort order. `event` is the position of the table among the tool's.
pub(crate) const CUBE_COLUMNS: [&str; 6] = ["event", "version", "os", "arch", "ci", "day"];
/// The key columns of the values, in sort order. `field` is made by [`field_number`].
pub(crate) const VALUES_COLUMNS: [&str; 5] = ["field", "code", "version", "ci", "day"];
/// The origin fields that the cube keeps.
pub(crate) const CUBE_ORIGIN: [&str; 4] = ["version", "os", "arch", "ci"];
/// The origin fields that the values keep.
pub(crate) const VALUES_ORIGIN: [&str; 2] = ["version", "ci"];

/// A field is in the values only when that makes so many times fewer rows; else its table is read, which is as fast.
/// So small weeks are not kept twice.
const VALUES_SHARE: usize = 4;
/// Fields that one event may ever have had; see [`field_number`].
const FIELDS_EVER: u32 = 4_096;

/// The number of an event's field in the values, from the position of its table and of its column.
pub(crate) fn field_number(table: usize, schema: &Schema, column: usize) -> u32 {
    table as u32 * FIELDS_EVER + (column - schema.tables[table].ids.end) as u32
}

/// The columns of an event table that the values keep, by position.
pub(crate) fn valued_columns(table: &Table) -> impl Iterator<Item = usize> + '_ {
    (table.ids.end..table.columns.len()).filter(|column| table.columns[*column].kind != ColumnKind::Id)
}

/// Sums by key, wider than a column; [`push_all`] splits them where needed.
type Summed<const KEYS: usize> = HashMap<[u32; KEYS], (u64, u64), FixedState>;

/// The rollups of one tool and week, being summed.
#[derive(Debug)]
pub(crate) struct Rollups<'a> {
    schema: &'a Schema,
    /// What the cube keeps of each origin.
    origins: Vec<[u32; 4]>,
    cube: Summed<6>,
    values: Rows,
}

impl<'a> Rollups<'a> {
    pub(crate) fn new(schema: &'a Schema, lexicon: &ToolLexicon) -> Self {
        let mut origins = vec![[0; 4]; lexicon.origin_count()];
        for (place, name) in CUBE_ORIGIN.iter().enumerate() {
            let codes = schema.origin_part(name).map(|part| lexicon.origin_column(part)).unwrap_or_default();
            for (origin, code) in origins.iter_mut().zip(codes) {
                origin[place] = code;
            }
        }
        Self { schema, origins, cube: Summed::default(), values: Rows::new(VALUES_COLUMNS.len()) }
    }

    /// Adds the rows of one event table: all that it has in this week.
    pub(crate) fn add(&mut self, table: usize, rows: &Rows) {
        for row in 0..rows.len() {
            let [version, os, arch, ci] = self.origins[rows.columns[ORIGIN][row] as usize];
            let key = [table as u32, version, os, arch, ci, rows.columns[DAY][row]];
            add(&mut self.cube, key, counts(rows, row));
        }
        for column in valued_columns(&self.schema.tables[table]) {
            let field = field_number(table, self.schema, column);
            let values = self.sum_values(field, &rows.columns[column], rows);
            if saves_much(field, values.len(), rows.len()) {
                push_all(&mut self.values, &values);
            }
        }
    }

    fn sum_values(&self, field: u32, codes: &[u32], rows: &Rows) -> Summed<5> {
        let mut values = Summed::default();
        for (row, code) in codes.iter().enumerate() {
            let [version, _, _, ci] = self.origins[rows.columns[ORIGIN][row] as usize];
            add(&mut values, [field, *code, version, ci, rows.columns[DAY][row]], counts(rows, row));
        }
        values
    }

    /// The name, the key columns and the sorted rows of each rollup.
    pub(crate) fn finish(self) -> [(&'static str, &'static [&'static str], Rows); 2] {
        let mut cube = Rows::new(CUBE_COLUMNS.len());
        push_all(&mut cube, &self.cube);
        let sorted = |rows: Rows| rows.merged(&(0..rows.key_columns()).collect::<Vec<_>>());
        [(CUBE, &CUBE_COLUMNS, sorted(cube)), (VALUES, &VALUES_COLUMNS, sorted(self.values))]
    }
}

/// Tests have too few rows for this ever to hold; there, every other field is kept, so that both cases are met.
fn saves_much(field: u32, values: usize, rows: usize) -> bool {
    if cfg!(test) { field.is_multiple_of(2) } else { values * VALUES_SHARE <= rows }
}

fn counts(rows: &Rows, row: usize) -> (u64, u64) {
    let [.., n, reports] = rows.columns.as_slice() else { return (0, 0) };
    (n[row].into(), reports[row].into())
}

fn add<const KEYS: usize>(sums: &mut Summed<KEYS>, key: [u32; KEYS], (n, reports): (u64, u64)) {
    let sum = sums.entry(key).or_default();
    *sum = (sum.0 + n, sum.1 + reports);
}

fn push_all<const KEYS: usize>(rows: &mut Rows, sums: &Summed<KEYS>) {
    for (key, (n, reports)) in sums {
        let (mut n, mut reports) = (*n, *reports);
        while n > 0 || reports > 0 {
            let part = (n.min(u32::MAX.into()) as u32, reports.min(u32::MAX.into()) as u32);
            rows.push(key, part.0, part.1);
            (n, reports) = (n - u64::from(part.0), reports - u64::from(part.1));
        }
    }
}
