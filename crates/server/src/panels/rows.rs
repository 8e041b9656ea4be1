//! From the rows of an answer to what drawings take: totals of groups, series over time, versions in their order.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use aboveboard_catalog::{Bucket, Day, version::Version};

use crate::chart::{Across, Point, Series, Value};
use crate::disclose::{Row, Table};

/// A group over all spans of time of an answer.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Group {
    pub(super) key: Vec<String>,
    pub(super) folded: bool,
    pub(super) point: Point,
}

/// The name of what is left when only so many groups are shown.
pub(super) const OTHERS: &str = "all others";

/// The groups of an answer, added up over its spans of time, most frequent first and what is folded last. Only for
/// measures that add up, or answers of one span.
pub(super) fn groups(table: &Table) -> Vec<Group> {
    let mut groups: BTreeMap<&[String], Group> = BTreeMap::new();
    for row in table.rows() {
        let group = || Group { key: row.key().to_vec(), folded: row.is_folded(), point: Point::MISSING };
        let known = groups.entry(row.key()).or_insert_with(group);
        known.point = plus(known.point, point(row));
    }
    let mut groups: Vec<Group> = groups.into_values().collect();
    groups.sort_by(|a, b| {
        let (x, y) = (a.point.value.known(), b.point.value.known());
        a.folded.cmp(&b.folded).then(y.partial_cmp(&x).unwrap_or(Ordering::Equal)).then_with(|| a.key.cmp(&b.key))
    });
    groups
}

/// The groups of one dimension that are named: their text and point.
pub(super) fn named(table: &Table) -> Vec<(String, Point)> {
    let named = groups(table).into_iter().filter(|group| !group.folded);
    named.filter_map(|group| Some((group.key.into_iter().next()?, group.point))).collect()
}

/// What a row says.
pub(super) fn point(row: &Row) -> Point {
    let value = row.value().map_or(Value::Few, |figure| Value::Known(figure.number()));
    Point { value, n: row.n() }
}

pub(super) fn plus(a: Point, b: Point) -> Point {
    let value = match (a.value, b.value) {
        (Value::Known(a), Value::Known(b)) => Value::Known(a + b),
        (Value::Known(known), _) | (_, Value::Known(known)) => Value::Known(known),
        (Value::Few, _) | (_, Value::Few) => Value::Few,
        (Value::Missing, Value::Missing) => Value::Missing,
    };
    let n = match (a.n, b.n) {
        (Some(a), Some(b)) => Some(a + b),
        (a, b) => a.or(b),
    };
    Point { value, n }
}

/// What lies in a span of time where an answer has no row for a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gap {
    /// Nothing happened, unless small groups are folded there.
    Zero,
    /// Nothing was measured.
    Missing,
}

/// An answer over time, by its first dimension.
pub(super) struct Course {
    pub(super) bucket: Bucket,
    pub(super) starts: Vec<Day>,
    pub(super) so_far: bool,
    pub(super) series: Vec<Series>,
}

impl Course {
    /// Reads an answer by spans of time. It begins with the first span of which something is known, and not in the
    /// middle of one: that would look like growth.
    pub(super) fn of(table: &Table, today: Day, gap: Gap) -> Self {
        let echo = table.echo();
        let bucket = echo.bucket().unwrap_or(Bucket::Day);
        let first = table.rows().iter().filter_map(Row::bucket).min().unwrap_or(echo.from());
        let next = |day: &Day| Some(day.start_of_next(bucket));
        let spans = std::iter::successors(Some(first.start_of(bucket)), next);
        let mut starts: Vec<Day> = spans.take_while(|start| *start <= echo.to()).collect();
        if starts.len() > 1 && starts.first().is_some_and(|start| *start < echo.from()) {
            starts.remove(0);
        }
        // A span that has only begun, and of which nothing is known yet, is not shown as nothing.
        let is_new = |start: &Day| start.start_of_next(bucket).plus(-1) >= today;
        if starts.last().is_some_and(is_new) && !table.rows().iter().any(|row| row.bucket() == starts.last().copied()) {
            starts.pop();
        }
        let so_far = starts.last().is_some_and(|last| {
            let end = last.start_of_next(bucket).plus(-1);
            end > echo.to() || end >= today
        });
        let mut course = Self { bucket, starts, so_far, series: Vec::new() };
        course.read(table, gap);
        course
    }

    fn read(&mut self, table: &Table, gap: Gap) {
        let mut cells: BTreeMap<(&str, Day), Point> = BTreeMap::new();
        let mut names: Vec<(&str, bool)> = Vec::new();
        let mut hidden: Vec<Day> = Vec::new();
        for row in table.rows() {
            let (Some(start), name) = (row.bucket(), row.key().first().map_or("", String::as_str)) else { continue };
            if self.starts.first().is_some_and(|first| start < *first) {
                continue;
            }
            if row.is_folded() {
                hidden.push(start);
            }
            if !names.iter().any(|(known, _)| *known == name) {
                names.push((name, row.is_folded()));
            }
            let cell = cells.entry((name, start)).or_insert(Point::MISSING);
            *cell = plus(*cell, point(row));
        }
        for (name, folded) in names {
            let at = |start: &Day| match cells.get(&(name, *start)) {
                Some(point) => *point,
                None if gap == Gap::Missing => Point::MISSING,
                None if !folded && hidden.contains(start) => Point::FEW,
                None => Point::count(0),
            };
            let points = self.starts.iter().map(at).collect();
            self.series.push(Series { folded, ..Series::new(name, points) });
        }
    }

    /// The only series of a course about the days before, laid over this one so that both end together.
    pub(super) fn earlier(&self, before: &Self) -> Option<Series> {
        let points = &before.series.first()?.points;
        let at =
            |place: usize| (place + points.len()).checked_sub(self.starts.len()).and_then(|at| points.get(at)).copied();
        let laid = (0..self.starts.len()).map(|place| at(place).unwrap_or(Point::MISSING)).collect();
        Some(Series::new("the days before", laid))
    }

    /// What lies on the axis.
    pub(super) fn across(&self) -> Across {
        Across::Days { bucket: self.bucket, starts: self.starts.clone(), so_far: self.so_far }
    }

    /// Keeps the series with the largest sums of late, and adds up the others.
    pub(super) fn keep(&mut self, most: usize) {
        if self.series.len() <= most {
            return;
        }
        let weight = |series: &Series| series.points.iter().filter_map(|point| point.value.known()).sum::<f64>();
        let mut weights: Vec<(usize, f64)> = self.series.iter().enumerate().map(|(at, s)| (at, weight(s))).collect();
        weights.retain(|(at, _)| !self.series[*at].folded);
        weights.sort_by(|a, b| b.1.partial_cmp(&a.1).unwrap_or(Ordering::Equal));
        let kept: Vec<usize> = weights.iter().take(most - 1).map(|(at, _)| *at).collect();
        let (mut series, mut others) = (Vec::new(), vec![Point::MISSING; self.starts.len()]);
        for (at, one) in std::mem::take(&mut self.series).into_iter().enumerate() {
            if kept.contains(&at) {
                series.push(one);
            } else {
                others.iter_mut().zip(&one.points).for_each(|(sum, point)| *sum = plus(*sum, *point));
            }
        }
        series.push(Series { folded: true, ..Series::new(OTHERS, others) });
        self.series = series;
    }

    /// The series, oldest version first; what is no version first of all.
    pub(super) fn by_version(&mut self) {
        self.series.sort_by(|a, b| a.folded.cmp(&b.folded).reverse().then_with(|| compare_versions(&a.name, &b.name)));
    }
}

/// Versions as releases are ordered; what is no version comes first.
pub(super) fn compare_versions(a: &str, b: &str) -> Ordering {
    version(a).cmp(&version(b)).then_with(|| a.cmp(b))
}

/// The version that a text is, also without its last numbers.
pub(super) fn version(text: &str) -> Option<Version> {
    let text = text.trim_end_matches(".x");
    Version::parse(text).filter(|_| text.starts_with(|first: char| first.is_ascii_digit())).map(|(version, _)| version)
}

/// Whether a text names a release and no preview of one.
pub(super) fn is_release(text: &str) -> bool {
    version(text).is_some() && !text.contains('-')
}

/// What part of each span of time each series is.
pub(super) fn by_share(course: &Course) -> Vec<(String, Vec<f64>)> {
    let sum =
        |at: usize| -> f64 { course.series.iter().filter_map(|series| series.points.get(at)?.value.known()).sum() };
    let sums: Vec<f64> = (0..course.starts.len()).map(sum).collect();
    let part = |(point, sum): (&Point, &f64)| point.value.known().map_or(0.0, |n| n / sum.max(f64::MIN_POSITIVE));
    let parts = |series: &Series| series.points.iter().zip(&sums).map(part).collect();
    course.series.iter().filter(|series| !series.folded).map(|series| (series.name.clone(), parts(series))).collect()
}

#[cfg(test)]
mod tests {
    use aboveboard_catalog::{Asked, Measure, Question};
    use aboveboard_store::scan::CountRow;

    use super::*;
    use crate::disclose::{self, Adding, Echo, Measured, View};

    /// So many events in each month, of a question about these days.
    fn months(from: Day, to: Day, events: &[(Day, u64)]) -> Table {
        let bucket = Some(Bucket::Month);
        let question = Question { measure: Measure::Events, by: Vec::new(), filters: Vec::new(), from, to, bucket };
        let asked = Asked { measure: "events", bucket, ..Asked::default() };
        let row = |&(month, n): &(Day, u64)| CountRow {
            bucket: Some(month),
            key: Vec::new(),
            n,
            support: n,
            percentile: None,
        };
        let measured = Measured {
            echo: Echo::new("acme", View::Operator, &asked, "events".into(), "events").over(&question),
            adding: Adding::Counts,
            counts: events.iter().map(row).collect(),
            margins: Vec::new(),
            grains: Vec::new(),
            picks: Vec::new(),
            apart: false,
            complete_to: to,
        };
        disclose::table(measured, 1)
    }

    #[test]
    fn a_span_that_was_asked_for_in_part_is_no_beginning() {
        let [august, september, october] =
            ["2026-08-01", "2026-09-01", "2026-10-01"].map(|day| Day::parse(day).expect("a day"));
        let events = [(august, 7), (september, 60), (october, 70)];
        let course = |from: Day| Course::of(&months(from, october.plus(30), &events), october.plus(90), Gap::Zero);
        assert_eq!(course(august.plus(23)).starts, [september, october]);
        assert_eq!(course(august.plus(23)).series[0].points, [60, 70].map(Point::count));
        assert_eq!(course(august).starts, [august, september, october]);
        let only = months(august.plus(3), august.plus(9), &[(august, 7)]);
        assert_eq!(Course::of(&only, october, Gap::Zero).series[0].points, [Point::count(7)], "better than nothing");
    }
}
