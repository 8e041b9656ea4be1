//! What is answered: a question over the rows of one moment, live and sealed, becomes counts.
//!
//! Counts are not for showing: only the server's `disclose` makes a table of them, which hides small groups.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use aboveboard_catalog::{Buckets, Day, FIRST_CODE, Kind, Measure, Question};

use crate::columns::{Codes, View};
use crate::error::StoreError;
use crate::manifest::Segment;
use crate::plan::{Asked, Plan, Source, leave_out};
use crate::reading::{Block, Reading};
use crate::rows::Rows;
use crate::snapshot::Snapshot;
use crate::table::Table;
use crate::tally::{Distinct, Sums};

pub use crate::people::{CohortRow, funnel, retention};

/// Why a question has no answer.
#[derive(Debug)]
pub enum ScanError {
    /// What is stored cannot answer it; the sentence says why and what can be asked instead.
    Unanswerable(String),
    /// A file could not be read.
    Store(StoreError),
}

impl ScanError {
    pub(crate) fn unanswerable(sentence: String) -> Self {
        Self::Unanswerable(sentence)
    }
}

impl From<StoreError> for ScanError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl fmt::Display for ScanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unanswerable(sentence) => f.write_str(sentence),
            Self::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for ScanError {}

/// What was counted, small groups included. It cannot be serialised.
#[derive(Clone, Debug, PartialEq)]
pub struct Counts {
    rows: Vec<CountRow>,
}

/// One group in one span of time.
#[derive(Clone, Debug, PartialEq)]
pub struct CountRow {
    /// The first day of the span of time, where the question has spans.
    pub bucket: Option<Day>,
    /// One text for each dimension.
    pub key: Vec<String>,
    /// What was asked for; for percentiles, how many values there were.
    pub n: u64,
    /// How many machines stand behind it (reports, where machines cannot be told apart); `n` when nobody asked.
    pub support: u64,
    /// The percentile, where one was asked for.
    pub percentile: Option<f64>,
}

impl Counts {
    /// The groups, by span of time.
    #[must_use]
    pub fn into_rows(self) -> Vec<CountRow> {
        self.rows
    }
}

/// Answers a question. `today` settles which days are still kept; `with_support` whether small groups can be told.
///
/// # Errors
/// When the tool cannot answer such a question, or a file cannot be read.
pub fn answer(
    snapshot: &Snapshot,
    tool: usize,
    question: &Question,
    today: Day,
    with_support: bool,
) -> Result<Counts, ScanError> {
    let plan = Plan::new(Asked::new(snapshot, tool, today)?, question, with_support)?;
    let mut tally = Tally::new(&plan);
    let scan = Scan { snapshot, tool, days: plan.days() };
    let extra = plan.counted.columns(plan.asked.machine_column());
    scan.run(&PlanTables(&plan), &extra, |block, views| tally.add(block, views))?;
    Ok(Counts { rows: tally.finish(&plan, question.measure) })
}

/// Which tables are read, and how.
pub(crate) trait Tables {
    /// The tables of a week, by name, and by position unless they are rollups. `exact` asks for tables with ids.
    fn of_week(&self, exact: bool) -> Vec<(&str, Option<usize>)>;
    /// How one of them is read; `None` when nothing of it counts.
    fn reading(&self, exact: bool, table: Option<usize>) -> Option<Reading>;
}

pub(crate) struct PlanTables<'p, 'a>(pub &'p Plan<'a>);

impl PlanTables<'_, '_> {
    fn source(&self, exact: bool) -> Source {
        if exact { self.0.source_with_ids() } else { self.0.source }
    }
}

impl Tables for PlanTables<'_, '_> {
    fn of_week(&self, exact: bool) -> Vec<(&str, Option<usize>)> {
        self.0.tables(self.source(exact))
    }

    fn reading(&self, exact: bool, table: Option<usize>) -> Option<Reading> {
        self.0.reading(self.source(exact), table)
    }
}

/// The rows of one tool in a range of days.
pub(crate) struct Scan<'a> {
    pub snapshot: &'a Snapshot,
    pub tool: usize,
    pub days: std::ops::Range<u32>,
}

/// A table's reading, with the columns that are handed on.
struct Prepared<'t> {
    name: &'t str,
    table: Option<usize>,
    reading: Reading,
    /// The positions of the columns that are handed on.
    extra: Vec<usize>,
}

impl Scan<'_> {
    /// Hands over every row that counts, with a look at the `extra` columns.
    pub(crate) fn run(
        &self,
        tables: &impl Tables,
        extra: &[&str],
        mut take: impl FnMut(&Block, &[View<'_>]),
    ) -> Result<(), ScanError> {
        let weeks = self.weeks();
        let narrow = self.prepare(tables, false, extra);
        let prepared = OnceCell::new();
        let exact = || prepared.get_or_init(|| self.prepare(tables, true, extra));
        for files in weeks.values() {
            let answered = if self.may_hold_forgotten(files) {
                BTreeSet::new()
            } else {
                self.run_week(files, &narrow, &mut take)?
            };
            let rest: Vec<&Arc<Segment>> =
                files.iter().filter(|file| !answered.contains(&file.number)).copied().collect();
            if !rest.is_empty() {
                self.run_week(&rest, exact(), &mut take)?;
            }
        }
        if self.snapshot.live[self.tool].iter().flatten().any(|rows| !rows.is_empty()) {
            self.run_live(exact(), &mut take);
        }
        Ok(())
    }

    fn prepare<'t>(&self, tables: &'t impl Tables, exact: bool, extra: &[&str]) -> Vec<Prepared<'t>> {
        let prepare = |(name, table): (&'t str, Option<usize>)| {
            let mut reading = tables.reading(exact, table)?;
            if let Some(table) = table.filter(|_| exact) {
                self.leave_out_forgotten(&mut reading, &self.snapshot.schemas[self.tool].tables[table]);
            }
            let extra = extra.iter().map(|column| reading.column(column)).collect();
            Some(Prepared { name, table, reading, extra })
        };
        tables.of_week(exact).into_iter().filter_map(prepare).collect()
    }

    fn leave_out_forgotten(&self, reading: &mut Reading, table: &Table) {
        let forgotten = &self.snapshot.forgotten[self.tool];
        if !forgotten.is_empty() {
            let id_codes = self.snapshot.lexicon.tools[self.tool].id_codes();
            leave_out(reading, table, forgotten.keys().copied(), id_codes);
        }
    }

    /// The files of the weeks that the days touch.
    fn weeks(&self) -> BTreeMap<u32, Vec<&Arc<Segment>>> {
        let mut weeks = BTreeMap::<u32, Vec<&Arc<Segment>>>::new();
        let touched = |file: &&Arc<Segment>| {
            file.tool == self.tool && file.first_day < self.days.end && file.last_day >= self.days.start
        };
        for file in self.snapshot.segments.iter().filter(touched) {
            weeks.entry(file.week).or_default().push(file);
        }
        weeks
    }

    fn may_hold_forgotten(&self, files: &[&Arc<Segment>]) -> bool {
        let forgotten = &self.snapshot.forgotten[self.tool];
        files.iter().any(|file| forgotten.values().any(|number| *number > file.clean))
    }

    /// Reads these tables of a week. Answers the generations of which nothing else needs to be read: a rollup that
    /// leaves out what is asked for does not answer for its generation.
    fn run_week(
        &self,
        files: &[&Arc<Segment>],
        tables: &[Prepared<'_>],
        take: &mut impl FnMut(&Block, &[View<'_>]),
    ) -> Result<BTreeSet<u64>, ScanError> {
        let by_rollup = tables.iter().any(|prepared| prepared.table.is_none());
        let mut answered: BTreeSet<u64> =
            if by_rollup { BTreeSet::new() } else { files.iter().map(|file| file.number).collect() };
        for prepared in tables {
            for file in files.iter().filter(|file| file.table == prepared.name) {
                if self.run_file(file, prepared, take)? {
                    answered.insert(file.number);
                }
            }
        }
        Ok(answered)
    }

    /// Reads one file. Answers whether it has what the reading is only about.
    fn run_file(
        &self,
        file: &Segment,
        prepared: &Prepared<'_>,
        take: &mut impl FnMut(&Block, &[View<'_>]),
    ) -> Result<bool, ScanError> {
        let names: Vec<&str> = prepared.reading.columns.iter().map(String::as_str).collect();
        let columns = self.snapshot.columns.read(&*self.snapshot.disk, file, &names)?;
        let views: Vec<View<'_>> = columns.iter().map(|codes: &Arc<Codes>| codes.view()).collect();
        let handed: Vec<View<'_>> = prepared.extra.iter().map(|column| views[*column]).collect();
        let rows = prepared.reading.rows(file.rows as usize, &views);
        let found = !rows.is_empty();
        let views = prepared.reading.without_need(&views, "day", file.first_day..=file.last_day);
        prepared.reading.blocks(rows, &views, |block| take(block, &handed));
        Ok(found)
    }

    fn run_live(&self, tables: &[Prepared<'_>], take: &mut impl FnMut(&Block, &[View<'_>])) {
        let schema = &self.snapshot.schemas[self.tool];
        for prepared in tables {
            let Some(table) = prepared.table else { continue };
            for rows in &self.snapshot.live[self.tool][table] {
                let view = |name: &String| live_view(&schema.tables[table], rows, name);
                let views: Vec<View<'_>> = prepared.reading.columns.iter().map(view).collect();
                let handed: Vec<View<'_>> = prepared.extra.iter().map(|column| views[*column]).collect();
                prepared.reading.blocks(0..rows.len(), &views, |block| take(block, &handed));
            }
        }
    }
}

/// A look at a column of live rows; one that they do not have is absent in all.
fn live_view<'r>(table: &Table, rows: &'r Rows, name: &str) -> View<'r> {
    let position = match name {
        "n" => Some(rows.key_columns()),
        "reports" => Some(rows.key_columns() + 1),
        _ => table.column(name),
    };
    position.map_or(View::Same(0), |column| View::Words(0, &rows.columns[column]))
}

impl crate::plan::Counted {
    /// The columns that are added up, in the order in which [`Tally::add`] takes them.
    fn columns<'n>(&self, machine: Option<&'n str>) -> Vec<&'n str> {
        let machine = machine.filter(|_| self.machines);
        self.sum.into_iter().chain(self.reports.then_some("reports")).chain(machine).collect()
    }
}

/// What is added up while rows go by.
struct Tally {
    inner: u64,
    sum: Option<Sums>,
    reports: Option<Sums>,
    machines: Option<Distinct>,
}

impl Tally {
    fn new(plan: &Plan<'_>) -> Self {
        let (slots, counted) = (&plan.slots, plan.counted);
        let groups = slots.count / slots.inner;
        Self {
            inner: slots.inner,
            sum: counted.sum.map(|_| Sums::new(slots.count)),
            reports: counted.reports.then(|| Sums::new(groups)),
            machines: counted.machines.then(|| Distinct::new(groups, plan.asked.lexicon.id_codes())),
        }
    }

    fn add(&mut self, block: &Block, views: &[View<'_>]) {
        // A division for each row would take longer than all else that is done with it.
        let inner = self.inner;
        let group = |slot: u64| if inner == 1 { slot } else { slot / inner };
        let mut views = views.iter();
        let mut next = || views.next().copied().unwrap_or(View::Same(0));
        if let Some(sums) = &mut self.sum {
            each(block, next(), |slot, value| sums.add(slot, value));
        }
        if let Some(sums) = &mut self.reports {
            each(block, next(), |slot, value| sums.add(group(slot), value));
        }
        if let Some(machines) = &mut self.machines {
            each(block, next(), |slot, id| machines.add(group(slot), id));
        }
    }

    fn finish(self, plan: &Plan<'_>, measure: Measure) -> Vec<CountRow> {
        let support = self.reports.map(Sums::finish).or(self.machines.map(Distinct::finish));
        let Some(sums) = self.sum.map(Sums::finish) else {
            let counts = support.unwrap_or_default();
            return counts.into_iter().map(|(group, n)| plan.slots.row(group, n, n, None)).collect();
        };
        let support: Option<BTreeMap<u64, u64>> = support.map(|support| support.into_iter().collect());
        let supported = |group: u64, n: u64| support.as_ref().map_or(n, |by| by.get(&group).copied().unwrap_or(0));
        let Measure::Percentile { event, field, percent } = measure else {
            return sums.into_iter().map(|(group, n)| plan.slots.row(group, n, supported(group, n), None)).collect();
        };
        let kind = &plan.asked.catalog.events[event].fields[field].kind;
        let Kind::Number { buckets, .. } = kind else { return Vec::new() };
        sums.chunk_by(|(a, _), (b, _)| a / self.inner == b / self.inner)
            .map(|histogram| {
                let group = histogram[0].0 / self.inner;
                let n = histogram.iter().map(|(_, n)| n).sum();
                let code = percentile_code(histogram, n, percent) % self.inner;
                let value = number(buckets, code as u32);
                plan.slots.row(group, n, supported(group, n), Some(value))
            })
            .collect()
    }
}

/// The slot under or in which this many percent of the values lie (the nearest-rank percentile).
fn percentile_code(histogram: &[(u64, u64)], n: u64, percent: u8) -> u64 {
    let rank = (u128::from(n) * u128::from(percent)).div_ceil(100);
    let mut below = 0;
    let found = histogram.iter().find(|(_, n)| {
        below += u128::from(*n);
        below >= rank
    });
    found.map_or(0, |(slot, _)| *slot)
}

fn number(buckets: &Buckets, code: u32) -> f64 {
    buckets.value(code.saturating_sub(FIRST_CODE) as usize)
}

#[inline]
fn each(block: &Block, view: View<'_>, mut take: impl FnMut(u64, u32)) {
    let rows = block.slots.iter().zip(&block.rows);
    match view {
        View::Same(code) => block.slots.iter().for_each(|slot| take(*slot, code)),
        View::Bytes(base, codes) => rows.for_each(|(slot, row)| take(*slot, base + u32::from(codes[*row as usize]))),
        View::Shorts(base, codes) => rows.for_each(|(slot, row)| take(*slot, base + u32::from(codes[*row as usize]))),
        View::Words(base, codes) => rows.for_each(|(slot, row)| take(*slot, base + codes[*row as usize])),
    }
}

impl crate::plan::Slots<'_> {
    /// Puts a group back into words.
    fn row(&self, group: u64, n: u64, support: u64, percentile: Option<f64>) -> CountRow {
        let mut rest = group;
        let mut key: Vec<String> = Vec::with_capacity(self.by.len());
        for words in self.by.iter().rev() {
            key.push(words.text((rest % u64::from(words.count())) as u32));
            rest /= u64::from(words.count());
        }
        key.reverse();
        CountRow { bucket: self.buckets[rest as usize], key, n, support, percentile }
    }
}
