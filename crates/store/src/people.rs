//! Questions that follow machines through time: who came back, and who went on to the next step.

use aboveboard_catalog::{Bucket, Catalog, Day, Dimension, Filter, Measure, Question};

use crate::plan::{Asked, Plan, first_lens};
use crate::reading::{Lens, Reading, SKIP};
use crate::scan::{PlanTables, Scan, ScanError, Tables};
use crate::snapshot::Snapshot;
use crate::table::{FIRST_OF_MONTH, PRESENCE, PRESENCE_TABLE};
use crate::tally::Sums;

/// How many machines of a cohort were there again after some time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CohortRow {
    /// The first day of the span of time in which these machines were first seen.
    pub cohort: Day,
    /// Spans of time later: 0 is the first one itself.
    pub period: u32,
    /// How many of them were there.
    pub machines: u64,
}

/// Bits of a machine's row in the matrix of spans of time.
const WORD_BITS: usize = 64;

/// Of the machines first seen in a span of time from `from` to `to`: how many were there in each span up to `to`.
///
/// Where machines have an id that stays, first seen means in the days that are kept. Elsewhere the clients say the month
/// in which a machine was first seen, and which batch is its first of a month; then `bucket` can only be a month.
///
/// # Errors
/// Another bucket where only months are known; a file cannot be read.
pub fn retention(
    snapshot: &Snapshot,
    tool: usize,
    bucket: Bucket,
    from: Day,
    to: Day,
    today: Day,
) -> Result<Vec<CohortRow>, ScanError> {
    let asked = Asked::new(snapshot, tool, today)?;
    if asked.ids_last() {
        return followed(snapshot, tool, bucket, (from, to), today);
    }
    if bucket != Bucket::Month {
        return Err(ScanError::Unanswerable(format!(
            "`{}` has no machine id that stays, so cohorts are known by `month` only",
            asked.catalog.tool.name
        )));
    }
    told(snapshot, tool, (from, to), today)
}

/// Machines that did the first step, then the second on the same or a later day, and so on: a number for each step.
///
/// A day is the finest time that is kept, so two steps of one day count in either order. Filters on an event's fields
/// hold for the steps of that event.
///
/// # Errors
/// The tool has no machine id; a file cannot be read.
pub fn funnel(
    snapshot: &Snapshot,
    tool: usize,
    steps: &[usize],
    filters: &[Filter],
    from: Day,
    to: Day,
    today: Day,
) -> Result<Vec<u64>, ScanError> {
    let asked = Asked::new(snapshot, tool, today)?;
    let Some(machine) = asked.machine_column() else {
        let name = &asked.catalog.tool.name;
        return Err(ScanError::Unanswerable(format!(
            "`{name}` has no machine id, so nobody knows who did the next step"
        )));
    };
    // By machine: the earliest day on which all steps so far were done, counted from the first day.
    let mut reached = vec![0u64; asked.lexicon.id_codes()];
    let mut counts = Vec::with_capacity(steps.len());
    for step in steps {
        let question = step_question(asked.catalog, *step, filters, (from, to));
        let mut next = vec![u64::MAX; reached.len()];
        by_machine(snapshot, tool, &question, today, machine, |day, machine| {
            if day >= reached[machine] {
                next[machine] = next[machine].min(day);
            }
        })?;
        counts.push(next.iter().filter(|day| **day != u64::MAX).count() as u64);
        reached = next;
    }
    Ok(counts)
}

fn step_question(catalog: &Catalog, step: usize, filters: &[Filter], (from, to): (Day, Day)) -> Question {
    let concerns = |filter: &&Filter| match filter.dimension.whole() {
        Dimension::Field { event, .. } => event == step,
        _ => true,
    };
    let only = Filter { dimension: Dimension::Event, values: vec![catalog.events[step].name.clone()], not: false };
    let filters = filters.iter().filter(concerns).cloned().chain([only]).collect();
    Question { measure: Measure::Machines, by: Vec::new(), filters, from, to, bucket: Some(Bucket::Day) }
}

/// Hands over which machine was there in which span of time.
fn by_machine(
    snapshot: &Snapshot,
    tool: usize,
    question: &Question,
    today: Day,
    machine: &str,
    mut take: impl FnMut(u64, usize),
) -> Result<Vec<Option<Day>>, ScanError> {
    let plan = Plan::new(Asked::new(snapshot, tool, today)?, question, false)?;
    let scan = Scan { snapshot, tool, days: plan.days() };
    scan.run(&PlanTables(&plan), &[machine], |block, views| {
        for (slot, row) in block.slots.iter().zip(&block.rows) {
            match views[0].get(*row as usize) {
                0 => {}
                id => take(*slot, id as usize),
            }
        }
    })?;
    Ok(plan.slots.buckets)
}

/// Cohorts of machines that keep their id: one bit for each machine and span of time.
fn followed(
    snapshot: &Snapshot,
    tool: usize,
    bucket: Bucket,
    (from, to): (Day, Day),
    today: Day,
) -> Result<Vec<CohortRow>, ScanError> {
    let asked = Asked::new(snapshot, tool, today)?;
    let machine = asked.machine_column().unwrap_or_default();
    let (measure, bucket_asked) = (Measure::Machines, Some(bucket));
    let question = Question { measure, by: vec![], filters: vec![], from: asked.visible, to, bucket: bucket_asked };
    let words = asked.days(asked.visible, to, bucket_asked, 1).0.len().div_ceil(WORD_BITS);
    let mut seen = vec![0u64; asked.lexicon.id_codes() * words];
    let buckets = by_machine(snapshot, tool, &question, today, machine, |slot, machine| {
        seen[machine * words + slot as usize / WORD_BITS] |= 1 << (slot as usize % WORD_BITS);
    })?;
    let mut sums = Sums::new((buckets.len() * buckets.len()) as u64);
    for machine in seen.chunks_exact(words.max(1)) {
        let mut there = bits(machine);
        let Some(first) = there.next() else { continue };
        sums.add((first * buckets.len()) as u64, 1);
        there.for_each(|later| sums.add((first * buckets.len() + later - first) as u64, 1));
    }
    let row = |(slot, machines): (u64, u64)| {
        let (cohort, period) = (slot as usize / buckets.len(), slot as usize % buckets.len());
        Some(CohortRow { cohort: buckets[cohort]?, period: period as u32, machines })
    };
    let asked_for = |row: &CohortRow| row.cohort >= from.start_of(bucket);
    Ok(sums.finish().into_iter().filter_map(row).filter(asked_for).collect())
}

/// The positions of the bits that are set, lowest first.
fn bits(words: &[u64]) -> impl Iterator<Item = usize> + '_ {
    words.iter().enumerate().flat_map(|(position, word)| {
        let mut word = *word;
        std::iter::from_fn(move || {
            let bit = (word != 0).then(|| word.trailing_zeros() as usize)?;
            word &= word - 1;
            Some(position * WORD_BITS + bit)
        })
    })
}

/// Cohorts as clients tell them: the month of the cohort, and which batch is its machine's first of a month.
struct Told {
    first: Lens,
    days: Lens,
    cohorts: Lens,
}

impl Tables for Told {
    fn of_week(&self, _exact: bool) -> Vec<(&str, Option<usize>)> {
        vec![(PRESENCE, Some(PRESENCE_TABLE))]
    }

    fn reading(&self, _exact: bool, _table: Option<usize>) -> Option<Reading> {
        let mut reading = Reading::new(0);
        reading.look("day", self.days.clone());
        reading.look("first", self.first.clone());
        reading.look("cohort", self.cohorts.clone());
        Some(reading)
    }
}

fn told(snapshot: &Snapshot, tool: usize, (from, to): (Day, Day), today: Day) -> Result<Vec<CohortRow>, ScanError> {
    let asked = Asked::new(snapshot, tool, today)?;
    let from = from.max(Day(0)).start_of(Bucket::Month);
    let (visits, days) = asked.days(from, to, Some(Bucket::Month), 1);
    let days_range = days.first..days.first + days.table.len() as u32;
    let cohorts = months(from, to.min(asked.latest));
    let tables = Told { first: first_lens(FIRST_OF_MONTH), days, cohorts: cohort_lens(&cohorts, visits.len() as u64) };
    let mut sums = Sums::new((cohorts.len() * visits.len()) as u64);
    Scan { snapshot, tool, days: days_range }.run(&tables, &["n"], |block, views| {
        for (slot, row) in block.slots.iter().zip(&block.rows) {
            sums.add(*slot, views[0].get(*row as usize));
        }
    })?;
    let row = |(slot, machines): (u64, u64)| {
        let cohort = cohorts[slot as usize / visits.len()];
        let visit = visits[slot as usize % visits.len()]?;
        let period = months(cohort, visit).len().checked_sub(1)? as u32;
        Some(CohortRow { cohort, period, machines })
    };
    Ok(sums.finish().into_iter().filter_map(row).collect())
}

/// The first days of the months from one day to another.
fn months(from: Day, to: Day) -> Vec<Day> {
    let next = |day: &Day| Some(day.start_of_next(Bucket::Month));
    std::iter::successors(Some(from.start_of(Bucket::Month)), next).take_while(|month| *month <= to).collect()
}

/// Only the first days of these months count, `stride` apart.
fn cohort_lens(months: &[Day], stride: u64) -> Lens {
    let (Some(first), Some(last)) = (months.first(), months.last()) else { return Lens::new(Vec::new()) };
    let mut table = vec![SKIP; (last.0 - first.0) as usize + 1];
    for (month, position) in months.iter().zip(0..) {
        table[(month.0 - first.0) as usize] = position * stride;
    }
    Lens { first: first.0.cast_unsigned(), table: table.into() }
}
