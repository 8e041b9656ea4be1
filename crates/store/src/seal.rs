//! From rows in memory to sealed files, and from many files to fewer. Writes files, and decides nothing about the log.
//!
//! Every function leaves its files durable (file and folder synced) before it answers; files of a call that failed
//! are not in any manifest, and are deleted when the store is next opened. The same input makes the same files.
//!
//! Files of one tool, week and number are a **generation**: written together, and replaced together, so that their
//! rollups are always the sums of their tables.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aboveboard_catalog::limits::BATCH_AGE_DAYS_MAX;
use aboveboard_catalog::{ABSENT, Bucket, Day};

use crate::columns::read_segment;
use crate::disk::Disk;
use crate::error::StoreError;
use crate::lexicon::Lexicon;
use crate::manifest::Segment;
use crate::retain;
use crate::rollup::Rollups;
use crate::rows::Rows;
use crate::segment;
use crate::table::{ColumnKind, DAY, ORIGIN, PRESENCE_TABLE, Schema, Table};

/// The version of the files' layout, in their metadata.
const FORMAT: &str = "1";
/// The names of the two columns that end every file.
pub(crate) const COUNTS: [&str; 2] = ["n", "reports"];
/// Generations of one week and of similar size that are merged.
const SIMILAR_MAX: usize = 4;

/// What sealing and compacting work with.
pub(crate) struct Sealing<'a> {
    pub disk: &'a dyn Disk,
    pub schemas: &'a [Schema],
    pub lexicon: &'a Lexicon,
    /// By tool: forgotten id codes. Rows that hold one are left out.
    pub forgotten: &'a [Arc<BTreeMap<u32, u64>>],
    /// The number of the files that are written now.
    pub number: u64,
}

/// Files that take the place of others. A file that is in both lists stays: only what is known of it has changed.
pub(crate) struct Replaced {
    pub removed: Vec<Arc<Segment>>,
    pub added: Vec<Segment>,
}

/// The files of one tool and week that were written together, by number.
type Generations = BTreeMap<u64, Vec<Arc<Segment>>>;
/// All files, by tool and week.
type Weeks = BTreeMap<(usize, u32), Generations>;

impl Sealing<'_> {
    /// Merges rows (by tool, table, part) and writes them and their rollups, one file for each table and week.
    pub(crate) fn seal(&self, rows: &[Vec<Vec<Arc<Rows>>>]) -> Result<Vec<Segment>, StoreError> {
        let mut added = Vec::new();
        for (tool, tables) in rows.iter().enumerate() {
            let mut weeks: BTreeMap<u32, Vec<(usize, Rows)>> = BTreeMap::new();
            for (table, parts) in tables.iter().enumerate() {
                for (week, rows) in by_week(parts) {
                    weeks.entry(week).or_default().push((table, rows));
                }
            }
            for (week, tables) in weeks {
                added.extend(self.write_week(tool, week, tables.into_iter().map(Ok))?);
            }
        }
        self.sync_folders(&added)?;
        Ok(added)
    }

    /// One round of compaction: weeks with too many files, then weeks with forgotten ids. `None` when all is well.
    pub(crate) fn compact(&self, segments: &[Arc<Segment>]) -> Result<Option<Replaced>, StoreError> {
        let weeks = generations(segments);
        for ((tool, week), generations) in &weeks {
            let crowded = crowded(generations, is_closed(&weeks, *tool, *week));
            if !crowded.is_empty() {
                return self.rewrite(*tool, *week, crowded).map(Some);
            }
        }
        for ((tool, week), generations) in &weeks {
            for files in generations.values() {
                if files.iter().any(|file| self.may_hold_forgotten(file)) {
                    return self.look_through(*tool, *week, files).map(Some);
                }
            }
        }
        Ok(None)
    }

    /// The files whose rows are all older than their tool keeps.
    pub(crate) fn expired(&self, segments: &[Arc<Segment>], today: Day) -> Vec<Arc<Segment>> {
        retain::expired(self.schemas, segments, today)
    }

    fn may_hold_forgotten(&self, file: &Segment) -> bool {
        self.forgotten[file.tool].values().any(|number| *number > file.clean)
    }

    /// Rewrites a generation that holds a forgotten id; else only notes that it does not.
    fn look_through(&self, tool: usize, week: u32, files: &[Arc<Segment>]) -> Result<Replaced, StoreError> {
        for file in files {
            if self.holds_forgotten(file)? {
                return self.rewrite(tool, week, files.to_vec());
            }
        }
        let added = files.iter().map(|file| Segment { clean: self.number, ..(**file).clone() }).collect();
        Ok(Replaced { removed: files.to_vec(), added })
    }

    fn holds_forgotten(&self, file: &Segment) -> Result<bool, StoreError> {
        let schema = &self.schemas[file.tool];
        let Some(table) = schema.table(&file.table).map(|table| &schema.tables[table]) else { return Ok(false) };
        let ids: Vec<&str> = table.id_columns().map(|column| table.columns[column].name.as_str()).collect();
        let forgotten = &self.forgotten[file.tool];
        let columns = read_segment(self.disk, file, &ids)?;
        Ok(columns.iter().flatten().flatten().any(|code| forgotten.contains_key(code)))
    }

    /// Merges generations of one week into a new one.
    fn rewrite(&self, tool: usize, week: u32, removed: Vec<Arc<Segment>>) -> Result<Replaced, StoreError> {
        let schema = &self.schemas[tool];
        let tables = (0..schema.tables.len()).map(|table| {
            let mut rows = Rows::new(schema.tables[table].columns.len());
            for file in removed.iter().filter(|file| file.table == schema.tables[table].name) {
                rows.append(&read_rows(self.disk, &schema.tables[table], file)?);
            }
            Ok((table, rows))
        });
        let added = self.write_week(tool, week, tables)?;
        self.sync_folders(&added)?;
        Ok(Replaced { removed, added })
    }

    /// Writes one generation: each table merged, and the rollups of all.
    fn write_week(
        &self,
        tool: usize,
        week: u32,
        tables: impl Iterator<Item = Result<(usize, Rows), StoreError>>,
    ) -> Result<Vec<Segment>, StoreError> {
        let schema = &self.schemas[tool];
        let mut rollups = Rollups::new(schema, &self.lexicon.tools[tool]);
        let mut added = Vec::new();
        for table in tables {
            let (number, rows) = table?;
            let table = &schema.tables[number];
            let rows = self.without_forgotten(tool, table, rows).merged(&sort_order(table));
            if number != PRESENCE_TABLE {
                rollups.add(number, &rows);
            }
            let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
            added.extend(self.write(tool, &table.name, week, &names, &rows, kinds(table))?);
        }
        for (name, columns, rows) in rollups.finish() {
            added.extend(self.write(tool, name, week, columns, &rows, String::new())?);
        }
        Ok(added)
    }

    fn without_forgotten(&self, tool: usize, table: &Table, rows: Rows) -> Rows {
        let forgotten = &self.forgotten[tool];
        if forgotten.is_empty() {
            return rows;
        }
        let ids: Vec<&[u32]> = table.id_columns().map(|column| rows.columns[column].as_slice()).collect();
        rows.filtered(|row| !ids.iter().any(|column| forgotten.contains_key(&column[row])))
    }

    /// Writes one file and syncs it; its folder is synced by the caller. No file for no rows, and no column for a field
    /// that no row has.
    fn write(
        &self,
        tool: usize,
        table: &str,
        week: u32,
        key_columns: &[&str],
        rows: &Rows,
        kinds: String,
    ) -> Result<Option<Segment>, StoreError> {
        if rows.is_empty() {
            return Ok(None);
        }
        let path = path(&self.schemas[tool].tool, table, week, self.number);
        let facts = facts(&self.schemas[tool].tool, table, kinds);
        let names = key_columns.iter().copied().chain(COUNTS);
        let said = |(_, codes): &(&str, &Vec<u32>)| codes.iter().any(|code| *code != ABSENT);
        let (names, columns): (Vec<&str>, Vec<&Vec<u32>>) = names.zip(&rows.columns).filter(said).unzip();
        let bytes = segment::write(&names, &columns, &facts)
            .map_err(|error| StoreError::Damaged(self.disk.root().join(&path), error.to_string()))?;
        let mut file = self.disk.create(&path)?;
        file.append(&bytes)?;
        file.sync()?;
        let days = names.iter().position(|name| *name == "day").map_or(&[][..], |day| columns[day]);
        Ok(Some(Segment {
            tool,
            table: table.to_owned(),
            week,
            number: self.number,
            rows: rows.len() as u64,
            bytes: bytes.len() as u64,
            crc: crc32fast::hash(&bytes),
            clean: self.number,
            first_day: days.iter().copied().min().unwrap_or(week),
            last_day: days.iter().copied().max().unwrap_or(week),
            path,
        }))
    }

    fn sync_folders(&self, added: &[Segment]) -> Result<(), StoreError> {
        let folders: BTreeSet<&str> = added.iter().filter_map(|file| file.path.rsplit_once('/')).map(|f| f.0).collect();
        for folder in folders {
            self.disk.sync_folder(folder)?;
        }
        Ok(())
    }
}

/// The Monday of the week of a day, both as columns hold them.
pub(crate) fn week_of(day: u32) -> u32 {
    Day(day.cast_signed()).start_of(Bucket::Week).0.cast_unsigned()
}

/// Where a segment lies, relative to the data folder.
fn path(tool: &str, table: &str, week: u32, number: u64) -> String {
    format!("segments/{tool}/{table}/{}-{number}.parquet", Day(week.cast_signed()))
}

fn facts(tool: &str, table: &str, kinds: String) -> [(&'static str, String); 4] {
    [
        ("aboveboard.format", FORMAT.to_owned()),
        ("aboveboard.tool", tool.to_owned()),
        ("aboveboard.table", table.to_owned()),
        ("aboveboard.kinds", kinds),
    ]
}

/// What each key column's codes mean, for people who open the file with something else.
fn kinds(table: &Table) -> String {
    let words: Vec<&str> = table.columns.iter().map(|column| column.kind.word()).collect();
    words.join(" ")
}

impl ColumnKind {
    /// The word for this kind in the metadata of files.
    fn word(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Origin => "origin",
            Self::First => "first",
            Self::Cohort => "cohort",
            Self::Id => "id",
            Self::Flag => "flag",
            Self::Text(_) => "member",
            Self::Set(_) => "set",
            Self::Number => "number",
            Self::Version(_) => "version",
        }
    }
}

/// Rows of one machine lie together: origin, ids, day, and then the rest.
fn sort_order(table: &Table) -> Vec<usize> {
    let rest = table.ids.end..table.columns.len();
    [ORIGIN].into_iter().chain(table.ids.clone()).chain([DAY]).chain(rest).collect()
}

fn by_week(parts: &[Arc<Rows>]) -> BTreeMap<u32, Rows> {
    let mut weeks: BTreeMap<u32, Rows> = BTreeMap::new();
    for part in parts.iter().filter(|part| !part.is_empty()) {
        let present: BTreeSet<u32> = part.columns[DAY].iter().map(|day| week_of(*day)).collect();
        for week in present {
            let rows = part.filtered(|row| week_of(part.columns[DAY][row]) == week);
            weeks.entry(week).or_insert_with(|| Rows::new(part.key_columns())).append(&rows);
        }
    }
    weeks
}

fn read_rows(disk: &dyn Disk, table: &Table, file: &Segment) -> Result<Rows, StoreError> {
    let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).chain(COUNTS).collect();
    let columns = read_segment(disk, file, &names)?;
    let absent = || vec![0; file.rows as usize];
    Ok(Rows { columns: columns.into_iter().map(|column| column.unwrap_or_else(absent)).collect() })
}

fn generations(segments: &[Arc<Segment>]) -> Weeks {
    let mut weeks = Weeks::new();
    for file in segments {
        let generations = weeks.entry((file.tool, file.week)).or_default();
        generations.entry(file.number).or_default().push(file.clone());
    }
    weeks
}

/// Whether no batch can arrive any more that is about this week, by the newest week that the tool has.
fn is_closed(weeks: &Weeks, tool: usize, week: u32) -> bool {
    let newest = weeks.range((tool, 0)..=(tool, u32::MAX)).next_back().map_or(week, |((_, week), _)| *week);
    newest - week > BATCH_AGE_DAYS_MAX.unsigned_abs() + 7
}

/// The files to merge: all of a closed week, else generations of similar size, so that a row is rewritten a number of
/// times that grows with the logarithm of its week. Nothing when there is no need.
fn crowded(generations: &Generations, closed: bool) -> Vec<Arc<Segment>> {
    let files = |of: &[&Vec<Arc<Segment>>]| of.iter().flat_map(|files| files.iter().cloned()).collect();
    if closed && generations.len() > 1 {
        return files(&generations.values().collect::<Vec<_>>());
    }
    let mut similar: BTreeMap<u32, Vec<&Vec<Arc<Segment>>>> = BTreeMap::new();
    for generation in generations.values() {
        let rows: u64 = generation.iter().map(|file| file.rows).sum();
        similar.entry(rows.max(1).ilog(4)).or_default().push(generation);
    }
    similar.values().find(|generations| generations.len() >= SIMILAR_MAX).map(|found| files(found)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestDisk;
    use crate::tests::fixture::{Said, catalog, commit, open};

    #[test]
    fn sealing_again_makes_the_same_files() {
        let disk = TestDisk::new();
        let store = open(&disk).expect("an empty disk opens");
        for mark in 0..9 {
            commit(&store, Said::build("m1", mark).batch(&catalog())).expect("it is kept");
        }
        let snapshot = store.snapshot();
        let seal = || {
            let sealing = Sealing {
                disk: &disk,
                schemas: &snapshot.schemas,
                lexicon: &snapshot.lexicon,
                forgotten: &snapshot.forgotten,
                number: 7,
            };
            (sealing.seal(&snapshot.live).expect("it seals"), disk.contents())
        };
        let (first, second) = (seal(), seal());
        let tables: Vec<&str> = first.0.iter().map(|file| file.table.as_str()).collect();
        assert_eq!(tables, ["presence", "event.build", "cube", "values"]);
        assert_eq!(first, second);
    }

    #[test]
    fn generations_of_similar_size_are_merged_four_at_a_time() {
        let files = |rows: &[u64]| {
            let file = |(number, rows): (u64, &u64)| Segment { number, rows: *rows, ..Segment::default() };
            (0..).zip(rows).map(|found| (found.0, vec![Arc::new(file(found))])).collect::<Generations>()
        };
        let check = |rows: &[u64], closed: bool, merged: usize| {
            assert_eq!(crowded(&files(rows), closed).len(), merged, "{rows:?}");
        };
        check(&[20, 20, 20], false, 0);
        check(&[20, 20, 20, 20], false, 4);
        check(&[20, 2_000, 20, 200_000, 20], false, 0);
        check(&[20, 2_000, 20, 200_000, 20], true, 5);
        check(&[20], true, 0);
    }
}
