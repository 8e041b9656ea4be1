//! Counts become a table here and nowhere else: what is too small to show is folded, so that no answer gives a small
//! group away, not even by subtraction.
//!
//! A group is small when fewer machines than the minimum stand behind it (reports, where a tool has no identifiers).
//! Each bucket of time is folded on its own, by the rule of [`fold::fold`]; totals over buckets are never shown.

mod fold;
mod table;

use std::collections::{BTreeMap, BTreeSet};

use aboveboard_catalog::version::Grain;
use aboveboard_catalog::{Bucket, Day};
use aboveboard_store::Totals;
use aboveboard_store::scan::{CohortRow, CountRow};

use fold::{Folded, Groups, Piece};
pub use table::Table;
pub(crate) use table::{Column, Echo, Figure, Note, Row, View};

/// How the groups of an answer relate, which decides how they are folded and what may be added up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Adding {
    /// Groups are parts of one whole: events, reports.
    Counts,
    /// As counts; the value is the part of the bucket's whole.
    Shares,
    /// Distinct machines may be in several groups, so that sums mean nothing.
    Distinct,
    /// The value is a percentile of `n` values.
    Percentiles,
}

/// What was counted for one question.
pub(crate) struct Measured {
    /// The question as it was asked.
    pub(crate) echo: Echo,
    /// What the values are.
    pub(crate) adding: Adding,
    /// The groups: by each dimension, then by each pick.
    pub(crate) counts: Vec<CountRow>,
    /// For two dimensions, the same question by each of them alone.
    pub(crate) margins: Vec<Vec<CountRow>>,
    /// By which dimensions versions are grouped, after what is small was folded: such an answer says nothing that the
    /// one by whole versions does not.
    pub(crate) grains: Vec<Option<Grain>>,
    /// The last dimensions are not shown: only their groups with these texts are.
    pub(crate) picks: Vec<String>,
    /// Groups that are no parts of a whole that anyone can ask for: small ones are left out, nothing else is.
    pub(crate) apart: bool,
    /// The last day of which the answer knows everything.
    pub(crate) complete_to: Day,
}

/// Makes the table of a question.
pub(crate) fn table(measured: Measured, minimum: u64) -> Table {
    let Measured { echo, adding, counts, margins, grains, picks, apart, complete_to } = measured;
    let mut margins: Vec<_> = margins.into_iter().map(by_bucket).collect();
    let mut rows = Rows { adding, minimum, rows: Vec::new(), folded: false, withheld: false };
    for (bucket, groups) in by_bucket(counts) {
        let margins: Vec<Groups> =
            margins.iter_mut().map(|margin| margin.remove(&bucket).unwrap_or_default()).collect();
        let folded = if apart { fold::leave_out(groups, minimum) } else { fold::fold(groups, &margins, minimum) };
        rows.add_bucket(bucket, fold::group(folded, &grains), &picks);
    }
    let mut notes = rows.notes();
    notes.extend((!notes.is_empty() && grains.iter().any(Option::is_some)).then(|| Note::grouped(minimum)));
    notes.extend(incomplete(&echo, complete_to));
    Table::new(echo, minimum, rows.rows, notes)
}

/// Makes the table of who came back. Each week's machines are a line of cohorts, folded as any line is, and what is
/// folded is left out. Those of a cohort who were not there are a group too: the cohort less those who were.
pub(crate) fn retention(echo: Echo, cohorts: Vec<CohortRow>, bucket: Bucket, minimum: u64) -> Table {
    let sizes: BTreeMap<Day, u64> =
        cohorts.iter().filter(|row| row.period == 0).map(|row| (row.cohort, row.machines)).collect();
    let mut lines: BTreeMap<Day, Groups> = BTreeMap::new();
    for row in &cohorts {
        let absent = sizes.get(&row.cohort).map_or(0, |size| size.saturating_sub(row.machines));
        let support = if absent == 0 { row.machines } else { row.machines.min(absent) };
        let group = fold::Group { key: vec![row.cohort.to_string()], n: row.machines, support, percentile: None };
        lines.entry(later(row.cohort, row.period, bucket)).or_default().push(group);
    }
    let shown: BTreeMap<(Day, String), u64> =
        lines.into_iter().flat_map(|(day, groups)| shown_of_line(day, groups, minimum)).collect();
    let figure = |row: &CohortRow, period| shown.get(&(later(row.cohort, period, bucket), row.cohort.to_string()));
    let asked_for = |row: &&CohortRow| row.cohort >= echo.from() && row.cohort <= echo.to();
    let rows = cohorts.iter().filter(asked_for).filter_map(|row| {
        let value = figure(row, row.period).map(|&machines| Figure::Count(machines));
        let size = figure(row, 0).copied();
        (value.is_some() || minimum > 1).then(|| Row::new(Some(row.cohort), vec![row.period.to_string()], value, size))
    });
    let rows: Vec<Row> = rows.collect();
    let withheld = rows.iter().any(|row| row.value().is_none());
    let notes = withheld.then(|| Note::withheld(minimum)).into_iter().collect();
    Table::new(echo, minimum, rows, notes)
}

/// Makes the table of how far machines came. A step is shown when at least the minimum reached it, and when none or at
/// least the minimum stopped since the step shown before it; so every difference of two steps is nothing or not small.
pub(crate) fn funnel(echo: Echo, steps: &[String], machines: &[u64], minimum: u64) -> Table {
    let mut before = None;
    let rows: Vec<Row> = steps
        .iter()
        .zip(machines)
        .map(|(step, &reached)| {
            let stopped = before.map_or(0, |before: u64| before.saturating_sub(reached));
            let shown = reached >= minimum && (stopped == 0 || stopped >= minimum);
            before = if shown { Some(reached) } else { before };
            let first = machines.first().copied().filter(|&first| first >= minimum);
            Row::new(None, vec![step.clone()], shown.then_some(Figure::Count(reached)), first)
        })
        .collect();
    let withheld = rows.iter().any(|row| row.value().is_none());
    let notes = withheld.then(|| Note::withheld(minimum)).into_iter().collect();
    Table::new(echo, minimum, rows, notes)
}

/// Makes the table of how events ended. These are the figures of the public ledger, which tell of no group: how many
/// events of a tool arrived, and under which code some were turned away.
pub(crate) fn verdicts(echo: Echo, days: Vec<(Day, Totals)>, bucket: Bucket, complete_to: Day) -> Table {
    let mut sums: BTreeMap<Day, BTreeMap<String, u64>> = BTreeMap::new();
    for (day, totals) in days.into_iter().filter(|(day, _)| *day >= echo.from() && *day <= echo.to()) {
        let verdicts = sums.entry(day.start_of(bucket)).or_default();
        let rejected = totals.rejected.into_iter().map(|(code, n)| (format!("rejected: {code}"), n));
        let kept = [("kept".to_owned(), totals.kept), ("repeated".to_owned(), totals.repeated)];
        kept.into_iter().chain(rejected).for_each(|(verdict, n)| *verdicts.entry(verdict).or_default() += n);
    }
    let row = |day: Day, verdict, n| Row::new(Some(day), vec![verdict], Some(Figure::Count(n)), Some(n));
    let rows = sums.into_iter().flat_map(|(day, verdicts)| {
        verdicts.into_iter().filter(|(_, n)| *n > 0).map(move |(verdict, n)| row(day, verdict, n))
    });
    let rows = rows.collect();
    let notes = incomplete(&echo, complete_to);
    Table::new(echo, 1, rows, notes)
}

/// Makes the table of which fields are said: in how many of an event's occurrences a field had a value. A count under
/// the minimum is not shown, nor one that lies as near to all of them.
pub(crate) fn coverage(
    echo: Echo,
    events: Vec<CountRow>,
    fields: Vec<([String; 2], Vec<CountRow>)>,
    minimum: u64,
) -> Table {
    let events: BTreeMap<Vec<String>, u64> = events.into_iter().map(|row| (row.key, row.n)).collect();
    let rows = fields.into_iter().map(|([event, field], counts)| {
        let whole = events.get(&vec![event.clone()]).copied().unwrap_or_default();
        let silent = counts.iter().filter(|row| row.key == ["none"]).map(|row| row.n).sum();
        let said = whole.saturating_sub(silent);
        let is_shown = |n: u64| n == 0 || n >= minimum;
        let value = (is_shown(said) && is_shown(silent)).then_some(Figure::Count(said));
        Row::new(None, vec![event, field], value, is_shown(whole).then_some(whole))
    });
    let rows: Vec<Row> = rows.collect();
    let withheld = rows.iter().any(|row| row.value().is_none());
    let notes = withheld.then(|| Note::withheld(minimum)).into_iter().collect();
    Table::new(echo, minimum, rows, notes)
}

/// The events of each bucket that are not told by themselves: those of few machines, and the smallest other one. What all
/// events together are is public, from the ledger; without the other one, what is left of that would be the few.
pub(crate) fn untold(list: Vec<CountRow>, minimum: u64) -> BTreeSet<(Option<Day>, String)> {
    let of_bucket = |(bucket, groups): (Option<Day>, Groups)| {
        fold::folded(&groups, minimum).into_iter().map(move |event| (bucket, event))
    };
    by_bucket(list).into_iter().flat_map(of_bucket).collect()
}

fn by_bucket(counts: Vec<CountRow>) -> BTreeMap<Option<Day>, Groups> {
    let mut buckets: BTreeMap<Option<Day>, Groups> = BTreeMap::new();
    for row in counts.into_iter().filter(|row| row.n > 0) {
        // A percentile of few values is no better than a small group, whoever they came from.
        let support = if row.percentile.is_some() { row.support.min(row.n) } else { row.support };
        let group = fold::Group { key: row.key, n: row.n, support, percentile: row.percentile };
        buckets.entry(row.bucket).or_default().push(group);
    }
    buckets
}

fn shown_of_line(day: Day, groups: Groups, minimum: u64) -> Vec<((Day, String), u64)> {
    let Folded::Pieces(pieces) = fold::fold(groups, &[], minimum) else { return Vec::new() };
    let named = |piece: Piece| piece.key.into_iter().next().flatten().map(|cohort| ((day, cohort), piece.n));
    pieces.into_iter().filter_map(named).collect()
}

fn later(day: Day, periods: u32, bucket: Bucket) -> Day {
    (0..periods).fold(day, |day, _| day.start_of_next(bucket))
}

/// The first and the last bucket may hold less than their span.
fn incomplete(echo: &Echo, complete_to: Day) -> Vec<Note> {
    let Some(bucket) = echo.bucket() else { return Vec::new() };
    let (first, last) = (echo.from().start_of(bucket), echo.to().start_of(bucket));
    let cut = first < echo.from();
    let running = echo.to() > complete_to || echo.to().plus(1) < echo.to().start_of_next(bucket);
    let first = cut.then(|| Note::incomplete(first));
    let last = running.then(|| Note::incomplete(last));
    first.into_iter().chain(last).collect()
}

/// The rows of a table, as its buckets come.
struct Rows {
    adding: Adding,
    minimum: u64,
    rows: Vec<Row>,
    folded: bool,
    withheld: bool,
}

impl Rows {
    fn add_bucket(&mut self, bucket: Option<Day>, folded: Folded, picks: &[String]) {
        let (pieces, withheld) = match folded {
            Folded::Pieces(pieces) => pick(pieces, picks),
            Folded::Withheld => (Vec::new(), true),
        };
        let (rest, mut named): (Vec<Piece>, Vec<Piece>) = pieces.into_iter().partition(Piece::belongs_to_the_rest);
        named.sort_by(|a, b| b.n.cmp(&a.n).then_with(|| a.key.cmp(&b.key)));
        let whole: u64 = named.iter().chain(&rest).map(|piece| piece.n).sum();
        for piece in named {
            let row = self.named(bucket, piece, whole);
            self.rows.push(row);
        }
        if !rest.is_empty() {
            let sum = rest.iter().map(|piece| piece.n).sum();
            let row = self.merged(bucket, vec![None; rest[0].key.len()], sum, whole);
            self.rows.push(row);
        }
        if withheld {
            self.withheld = true;
            self.rows.push(Row::withheld(bucket));
        }
    }

    fn named(&mut self, bucket: Option<Day>, piece: Piece, whole: u64) -> Row {
        if piece.key.iter().any(Option::is_none) {
            return self.merged(bucket, piece.key, piece.n, whole);
        }
        let value = match self.adding {
            Adding::Percentiles => piece.percentile.map(Figure::Ratio),
            _ => self.sum(piece.n, whole),
        };
        Row::new(bucket, piece.key.into_iter().flatten().collect(), value, Some(piece.n))
    }

    /// A row of several groups: it has a value only where values add up.
    fn merged(&mut self, bucket: Option<Day>, key: Vec<Option<String>>, n: u64, whole: u64) -> Row {
        self.folded = true;
        let value = match self.adding {
            Adding::Percentiles | Adding::Distinct => None,
            _ => self.sum(n, whole),
        };
        let n = (self.adding != Adding::Distinct).then_some(n);
        let key = key.into_iter().map(|text| text.unwrap_or_else(|| format!("fewer than {}", self.minimum)));
        Row::new(bucket, key.collect(), value, n).folded()
    }

    fn sum(&self, n: u64, whole: u64) -> Option<Figure> {
        match self.adding {
            Adding::Shares => Some(Figure::Ratio(n as f64 / whole.max(1) as f64)),
            _ => Some(Figure::Count(n)),
        }
    }

    fn notes(&self) -> Vec<Note> {
        let folded = self.folded.then(|| Note::folded(self.minimum));
        let withheld = self.withheld.then(|| Note::withheld(self.minimum));
        folded.into_iter().chain(withheld).collect()
    }
}

/// Keeps the groups whose last dimensions have the picked texts, without those dimensions; and whether there is
/// something that may not be told apart from nothing.
fn pick(mut pieces: Vec<Piece>, picks: &[String]) -> (Vec<Piece>, bool) {
    if picks.is_empty() {
        return (pieces, false);
    }
    let could_be = |piece: &Piece| {
        let shown = piece.key.len() - picks.len();
        piece.key[shown..].iter().zip(picks).all(|(text, pick)| text.as_ref().is_none_or(|text| text == pick))
    };
    pieces.retain(could_be);
    let maybe = !pieces.is_empty();
    pieces.retain(|piece| piece.key[piece.key.len() - picks.len()..].iter().all(Option::is_some));
    for piece in &mut pieces {
        piece.key.truncate(piece.key.len() - picks.len());
    }
    // A single hidden cell is not a sum of several.
    pieces.retain(|piece| piece.shown || !piece.key.is_empty());
    let withheld = maybe && pieces.is_empty();
    (pieces, withheld)
}

#[cfg(test)]
mod tests;
