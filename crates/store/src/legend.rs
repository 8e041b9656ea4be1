//! What the codes in segments say, as a list: for people who open the files with something else than this store.

use aboveboard_catalog::{FIRST_CODE, Field};

use crate::rollup::{CUBE, CUBE_ORIGIN, VALUES, VALUES_ORIGIN, field_number, valued_columns};
use crate::scan::ScanError;
use crate::snapshot::Snapshot;
use crate::table::{Column, ColumnKind, OriginPlace, Schema};
use crate::words::Words;

/// One code of one column. `none` (0) and `other` (1) are the same everywhere and are left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegendRow {
    /// The table's name; `origin` for the parts of origins.
    pub table: String,
    /// The column.
    pub column: String,
    /// The code; for a set, the bit that stands for the member.
    pub code: u32,
    /// What it says.
    pub text: String,
}

/// What the codes of a tool's columns say. The table `origin` holds, for each part of an origin, one row for each
/// origin code that the other tables refer to.
///
/// # Errors
/// There is no such tool.
pub fn legend(snapshot: &Snapshot, tool: usize) -> Result<Vec<LegendRow>, ScanError> {
    let Some(catalog) = snapshot.catalogs.get(tool) else {
        return Err(ScanError::Unanswerable(format!("there is no tool number {tool}")));
    };
    let schema = &snapshot.schemas[tool];
    let mut legend = Legend { snapshot, tool, schema, rows: Vec::new() };
    for (field, place) in catalog.origin.iter().zip(&schema.origin_places) {
        if let Some(OriginPlace::Tuple(part)) = place {
            legend.origin_part(field, *part);
        }
    }
    for (event, place) in catalog.events.iter().zip(&schema.event_places) {
        legend.push(CUBE, "event", place.table as u32, &event.name);
        for (field, column) in event.fields.iter().zip(&place.columns) {
            if let Some(column) = column {
                legend.event_field(&event.name, field, place.table, *column);
            }
        }
    }
    Ok(legend.rows)
}

struct Legend<'a> {
    snapshot: &'a Snapshot,
    tool: usize,
    schema: &'a Schema,
    rows: Vec<LegendRow>,
}

impl Legend<'_> {
    fn push(&mut self, table: &str, column: &str, code: u32, text: &str) {
        let (table, column, text) = (table.to_owned(), column.to_owned(), text.to_owned());
        self.rows.push(LegendRow { table, column, code, text });
    }

    /// A part of the origin: by origin code, and by its own code where a rollup keeps it.
    fn origin_part(&mut self, field: &Field, part: usize) {
        let column = &self.schema.origin[part];
        let lexicon = &self.snapshot.lexicon.tools[self.tool];
        let Some(words) = Words::of(field, column.kind, self.schema, lexicon) else { return };
        for (origin, code) in (0..).zip(lexicon.origin_column(part)) {
            self.push("origin", &column.name, origin, &said(&words, column, code));
        }
        for (rollup, kept) in [(CUBE, &CUBE_ORIGIN[..]), (VALUES, &VALUES_ORIGIN)] {
            if kept.contains(&column.name.as_str()) {
                self.codes(rollup, &column.name, &words, column);
            }
        }
    }

    fn event_field(&mut self, event: &str, field: &Field, table: usize, column: usize) {
        let declared = &self.schema.tables[table];
        let lexicon = &self.snapshot.lexicon.tools[self.tool];
        let kept = &declared.columns[column];
        if valued_columns(declared).any(|valued| valued == column) {
            let number = field_number(table, self.schema, column);
            self.push(VALUES, "field", number, &format!("{event}.{}", field.name));
        }
        if let Some(words) = Words::of(field, kept.kind, self.schema, lexicon) {
            self.codes(&declared.name, &kept.name, &words, kept);
        }
    }

    fn codes(&mut self, table: &str, name: &str, words: &Words<'_>, column: &Column) {
        let is_set = matches!(column.kind, ColumnKind::Set(_));
        for code in FIRST_CODE..words.count() {
            self.push(table, name, if is_set { 1 << (code - 1) } else { code }, &words.text(code));
        }
    }
}

/// What one code says; the members of a set are joined by commas.
fn said(words: &Words<'_>, column: &Column, code: u32) -> String {
    if !matches!(column.kind, ColumnKind::Set(_)) {
        return words.text(code);
    }
    let members = (0..u32::BITS).filter(|bit| code >> bit & 1 != 0).map(|bit| words.text(bit + 1));
    if code == 0 { words.text(0) } else { members.collect::<Vec<_>>().join(",") }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::testing::TestDisk;
    use crate::tests::fixture::{Said, catalog, commit, open};

    #[test]
    fn every_kind_of_code_is_explained() {
        let store = open(&TestDisk::new()).expect("an empty disk opens");
        commit(&store, Said::build("m1", 1).batch(&catalog())).expect("it is kept");
        let rows = legend(&store.snapshot(), 0).expect("there is a tool");
        let told: BTreeSet<String> =
            rows.iter().map(|row| format!("{} {} {} {}", row.table, row.column, row.code, row.text)).collect();
        for expected in [
            "cube event 1 build",
            "cube os 2 linux",
            "event.build field_colours 8 blue",
            "event.build field_outcome 2 ok",
            "event.build field_plugin 2 4.5.6",
            "event.start field_cached 3 true",
            "origin ci 0 none",
            "origin version 0 1.2.3",
            "values field 4097 build.duration",
            "values version 2 1.2.3",
        ] {
            assert!(told.contains(expected), "{expected} is not in {told:#?}");
        }
    }
}
