//! What is used: values by how often, two dimensions against each other, parts over time, and what lies below a
//! version.

use aboveboard_catalog::Bucket;

use super::rows::{Course, Gap, Group, compare_versions, groups, named, version};
use super::scope::Span;
use super::versions::catalogue_changes;
use super::{Drawn, Oracle, Scope, Size};
use crate::chart::{self, Bar, Drawing, Head, Heat, Plot, Point, Ranked, Totals, Unit, Value};
use crate::disclose::Table;
use crate::views::Counted;

/// Rows where there is little room, and where there is a page.
const ROWS_SMALL: usize = 8;
const ROWS_FULL: usize = 200;
/// Rows and columns of a grid.
const GRID_SMALL: usize = 6;
const GRID_FULL: usize = 40;
/// Values that are looked at for what comes with them.
const TOGETHER: usize = 8;
const SERIES_MAX: usize = 6;

pub(super) fn ranked(
    counted: &Counted,
    title: &str,
    scope: &Scope<'_>,
    oracle: &Oracle<'_>,
    size: Size,
) -> Result<Drawn, String> {
    let (ask, span) = scope.whole(counted);
    let table = oracle.ask(&ask)?;
    let (by, rows_are) = dimension(counted);
    let adds_up = counted.adds_up();
    let whole: f64 = groups(&table).iter().filter_map(|group| group.point.value.known()).sum();
    let before = scope.whole_before(counted, span).map(|ask| oracle.ask(&ask)).transpose()?;
    let before: Option<Vec<(String, Point)>> = before.map(|table| named(&table));
    // Machines of an event are the dearest to count, and once more by spans of time: that is for the panel's page.
    let trends = adds_up || size == Size::Full;
    let over_time = trends.then(|| oracle.ask(&scope.over_time(counted))).transpose()?;
    let course = over_time.map(|table| Course::of(&table, scope.today, Gap::Zero));
    let head = scope.head(title, counted);
    let mut bars = bars(groups(&table), rows(size), adds_up);
    for bar in &mut bars {
        bar.link = scope.narrowed_to(by, &bar.name).filter(|_| !bar.folded);
        let series = course.iter().flat_map(|course| &course.series).find(|series| series.name == bar.name);
        bar.trend = series.map(|series| series.points.iter().map(|point| point.value).collect()).unwrap_or_default();
        let share = bar.point.value.known().map_or("–".into(), |n| Unit::Share.full(n / whole.max(1.0)));
        bar.more.extend(adds_up.then_some(share));
        bar.more.extend(before.as_ref().map(|before| earlier(before, bar, &head.unit)));
    }
    let columns = [adds_up.then_some("share"), before.as_ref().map(|_| "before")];
    let columns = columns.into_iter().flatten().map(str::to_owned).collect();
    let drawing = Ranked { head, rows_are, n_counts: None, columns, bars }.draw();
    let mut drawn = spanned(Drawn::one(drawing), span);
    if size == Size::Full
        && let Some(together) = together(counted, scope, oracle)?
    {
        drawn = drawn.and(together);
    }
    Ok(drawn)
}

/// What a row was before.
fn earlier(before: &[(String, Point)], bar: &Bar, unit: &Unit) -> String {
    let known = before.iter().find(|(name, _)| *name == bar.name).and_then(|(_, point)| point.value.known());
    known.map_or_else(|| "–".into(), |number| unit.full(number))
}

/// What comes together: for a field that holds several values, how often each two of the most frequent ones stand in
/// one event.
fn together(counted: &Counted, scope: &Scope<'_>, oracle: &Oracle<'_>) -> Result<Option<Drawing>, String> {
    let (by, rows_are) = dimension(counted);
    if scope.is_public() || !scope.is_set(by, counted) {
        return Ok(None);
    }
    let (ask, _) = scope.whole(counted);
    let names: Vec<String> =
        named(&*oracle.ask(&ask)?).into_iter().map(|(name, _)| name).filter(|n| n != "none").collect();
    let names: Vec<String> = names.into_iter().take(TOGETHER).collect();
    let mut cells = Vec::new();
    for name in &names {
        let table = oracle.ask(&ask.clone().with("where", format!("{by}:{name}")))?;
        let with = named(&table);
        let cell = |other: &String| match with.iter().find(|(known, _)| known == other) {
            // With itself each stands always; that would outshine everything else.
            _ if other == name => Value::Missing,
            Some((_, point)) => point.value,
            None => Value::Known(0.0),
        };
        cells.push(names.iter().map(cell).collect());
    }
    let head = Head { title: "Used together".into(), ..scope.head("", counted) };
    let rows = names.iter().map(|name| (name.clone(), None)).collect();
    Ok(Some(Heat { head, columns_are: rows_are.clone(), rows_are, rows, columns: names, cells, totals: None }.draw()))
}

pub(super) fn grid(
    counted: &Counted,
    title: &str,
    scope: &Scope<'_>,
    oracle: &Oracle<'_>,
    size: Size,
) -> Result<Drawn, String> {
    let (ask, span) = scope.whole(counted);
    let table = oracle.ask(&ask)?;
    let all = groups(&table);
    let mut heat = heat(&all, scope.head(title, counted), if size == Size::Small { GRID_SMALL } else { GRID_FULL });
    let by = |place: usize| counted.by.get(place).map_or("", |by| bare(by)).to_owned();
    (heat.rows_are, heat.columns_are) = (by(0), by(1));
    for (row, link) in &mut heat.rows {
        *link = scope.narrowed_to(counted.by.first().map_or("", String::as_str), row);
    }
    heat.totals = (counted.adds_up() && size == Size::Full).then(|| Totals::sums(&heat.cells));
    Ok(spanned(Drawn::one(heat.draw()), span))
}

/// Where it runs, and what dropping the oldest line of a version field would cost.
pub(super) fn systems(
    counted: &Counted,
    versions: Option<&Counted>,
    scope: &Scope<'_>,
    oracle: &Oracle<'_>,
    size: Size,
) -> Result<Drawn, String> {
    let drawn = grid(counted, "Where it runs", scope, oracle, size)?;
    let Some(versions) = versions else { return Ok(drawn) };
    let title = format!("By {}", versions.by.first().map_or("", |by| bare(by)));
    let Drawn { figures, says, .. } = below(versions, &title, scope, oracle, size)?;
    let drawn = says.into_iter().fold(drawn, |drawn, sentence| drawn.saying(Some(sentence)));
    Ok(figures.into_iter().fold(drawn, Drawn::and))
}

/// An answer by two dimensions, as a grid.
pub(super) fn grid_of(table: &Table, head: Head, by: [String; 2]) -> Drawing {
    let [rows_are, columns_are] = by;
    Heat { rows_are, columns_are, ..heat(&groups(table), head, GRID_FULL) }.draw()
}

fn heat(groups: &[Group], head: Head, most: usize) -> Heat {
    let rows = axis(groups, 0, most);
    let columns = axis(groups, 1, most);
    let cell = |row: &String, column: &String| {
        let found = groups.iter().find(|group| group.key.first() == Some(row) && group.key.get(1) == Some(column));
        found.map_or(Value::Missing, |group| group.point.value)
    };
    let cells = rows.iter().map(|row| columns.iter().map(|column| cell(row, column)).collect()).collect();
    let rows = rows.into_iter().map(|row| (row, None)).collect();
    Heat { head, rows_are: String::new(), columns_are: String::new(), rows, columns, cells, totals: None }
}

pub(super) fn course(counted: &Counted, title: &str, scope: &Scope<'_>, oracle: &Oracle<'_>) -> Result<Drawn, String> {
    let table = oracle.ask(&scope.over_time(counted))?;
    let mut course = Course::of(&table, scope.today, Gap::Zero);
    course.keep(SERIES_MAX);
    let head = scope.head(title, counted);
    let by = counted.by.first().map_or("", String::as_str);
    for series in course.series.iter_mut().filter(|series| !series.folded) {
        if series.name.is_empty() {
            series.name = head.counts.clone();
        } else {
            series.link = scope.narrowed_to(by, &series.name);
            series.name = said(by, &series.name);
        }
    }
    if let (Some(ask), [_]) = (scope.over_time_before(counted), course.series.as_slice()) {
        let before = Course::of(&*oracle.ask(&ask)?, scope.today, Gap::Zero);
        course.series.extend(course.earlier(&before));
    }
    let annotations = catalogue_changes(scope);
    Ok(Drawn::one(Plot { annotations, ..Plot::lines(head, course.across(), course.series) }.draw()))
}

/// Versions in their order, each with the part of all that lies below it: what dropping the older ones would cost.
pub(super) fn below(
    counted: &Counted,
    title: &str,
    scope: &Scope<'_>,
    oracle: &Oracle<'_>,
    size: Size,
) -> Result<Drawn, String> {
    let (ask, span) = scope.whole(counted);
    let table = oracle.ask(&ask)?;
    let (by, rows_are) = dimension(counted);
    let mut versions: Vec<(String, Point)> =
        named(&table).into_iter().filter(|(name, _)| version(name).is_some()).collect();
    versions.sort_by(|(a, _), (b, _)| compare_versions(a, b));
    let whole: f64 = versions.iter().filter_map(|(_, point)| point.value.known()).sum();
    let mut lower = 0.0;
    let mut bars = Vec::new();
    for (name, point) in &versions {
        let part = if whole > 0.0 { Unit::Share.full(lower / whole) } else { "–".into() };
        lower += point.value.known().unwrap_or_default();
        let link = scope.narrowed_to(by, name);
        bars.push(Bar { link, more: vec![part], ..Bar::new(name.as_str(), *point) });
    }
    bars.reverse();
    bars.truncate(rows(size));
    let head = scope.head(title, counted);
    let columns = vec!["below it".to_owned()];
    let oldest = oldest(&versions, &rows_are, &head.counts);
    let drawing = Ranked { head, rows_are, n_counts: None, columns, bars }.draw();
    Ok(spanned(Drawn::one(drawing).saying(oldest), span))
}

/// What it would cost to drop the oldest line.
fn oldest(versions: &[(String, Point)], of: &str, counts: &str) -> Option<String> {
    let major = |name: &str| name.split('.').next().map(str::to_owned);
    let first = major(&versions.first()?.0)?;
    let sum = |old: bool| -> f64 {
        let some = versions.iter().filter(|(name, _)| (major(name).as_deref() == Some(&first)) == old);
        some.filter_map(|(_, point)| point.value.known()).sum()
    };
    let (old, others) = (sum(true), sum(false));
    let part = Unit::Share.full(old / (old + others));
    (others > 0.0).then(|| format!("Without {of} {first}, {part} of {counts} would be left behind."))
}

/// The first groups, and the others as one: with their sum, if they are parts of one.
pub(super) fn bars(groups: Vec<Group>, most: usize, adds_up: bool) -> Vec<Bar> {
    let (folded, named): (Vec<Group>, Vec<Group>) = groups.into_iter().partition(|group| group.folded);
    let bar = |group: &Group| Bar { folded: group.folded, ..Bar::new(group.key.join(" · "), group.point) };
    let mut bars: Vec<Bar> = named.iter().take(most).map(bar).collect();
    if named.len() > most {
        let rest = || named[most..].iter().filter_map(|group| group.point.value.known()).sum();
        let value = if adds_up { Value::Known(rest()) } else { Value::Missing };
        let point = Point { value, n: None };
        bars.push(Bar { folded: true, ..Bar::new(format!("{} others", named.len() - most), point) });
    }
    bars.extend(folded.iter().map(bar));
    bars
}

/// The values of one dimension, the most frequent first; versions by their order.
fn axis(groups: &[Group], place: usize, most: usize) -> Vec<String> {
    let mut values: Vec<(String, f64)> = Vec::new();
    for group in groups {
        let Some(name) = group.key.get(place) else { continue };
        let number = group.point.value.known().unwrap_or_default();
        match values.iter_mut().find(|(known, _)| known == name) {
            Some((_, sum)) => *sum += number,
            None => values.push((name.clone(), number)),
        }
    }
    values.sort_by(|a, b| b.1.total_cmp(&a.1));
    values.truncate(most);
    if values.iter().filter(|(name, _)| version(name).is_some()).count() * 2 > values.len() {
        values.sort_by(|(a, _), (b, _)| compare_versions(b, a));
    }
    values.into_iter().map(|(name, _)| name).collect()
}

/// The first dimension, as a question and as a head.
fn dimension(counted: &Counted) -> (&str, String) {
    let by = counted.by.first().map_or("", String::as_str);
    (by, bare(by).to_owned())
}

/// A field without its event.
fn bare(by: &str) -> &str {
    by.rsplit_once('.').filter(|(_, field)| !matches!(*field, "major" | "minor")).map_or(by, |(_, field)| field)
}

/// A value of a flag says of what.
fn said(by: &str, value: &str) -> String {
    match value {
        "true" => bare(by).to_owned(),
        "false" => format!("not {}", bare(by)),
        "none" => format!("{} not said", bare(by)),
        _ => value.to_owned(),
    }
}

fn rows(size: Size) -> usize {
    if size == Size::Small { ROWS_SMALL } else { ROWS_FULL }
}

/// With the days, where they are not those of the page.
pub(super) fn spanned(mut drawn: Drawn, span: Span) -> Drawn {
    if let Span::Week(monday) = span {
        let within = chart::within(monday, Bucket::Week);
        drawn.notes.push(format!("counted {within} only: these figures of several weeks cannot be added up"));
    }
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(name: &str, n: u64) -> Group {
        Group { key: vec![name.to_owned()], folded: false, point: Point::count(n) }
    }

    #[test]
    fn others_are_added_up_only_where_nobody_is_counted_twice() {
        let packages = || vec![group("react", 90), group("zod", 40), group("next-auth", 30)];
        let others = |adds_up| bars(packages(), 1, adds_up).pop().map(|bar| (bar.name, bar.point.value));
        assert_eq!(others(true), Some(("2 others".into(), Value::Known(70.0))));
        assert_eq!(others(false), Some(("2 others".into(), Value::Missing)), "a machine may have both");
    }

    #[test]
    fn what_dropping_the_oldest_line_would_cost_is_a_part_of_all() {
        let versions = [("18.20.8", 48), ("20.19.5", 237), ("24.11.1", 315)];
        let versions = versions.map(|(name, n)| (name.to_owned(), Point::count(n)));
        let said = "Without runtime 18, 8\u{202f}% of machines would be left behind.";
        assert_eq!(oldest(&versions, "runtime", "machines").as_deref(), Some(said));
        assert_eq!(oldest(&versions[..1], "runtime", "machines"), None, "there is nothing newer");
    }
}
