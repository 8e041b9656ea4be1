//! How long it takes: percentiles by version, and how the values of two versions are spread.

use std::collections::BTreeMap;

use aboveboard_catalog::{Buckets, Catalog, Kind};

use super::ranked::spanned;
use super::rows::{compare_versions, is_release, named, version};
use super::{Drawn, Oracle, Scope, Size};
use crate::chart::{self, Across, Bins, Head, Histogram, Plot, Point, Scale, Series, Unit, Value};
use crate::disclose::{Row, Table};
use crate::views::{self, Counted, number};

/// So many versions are shown, the latest ones.
const VERSIONS_MAX: usize = 12;
/// A version with fewer values says more about chance than about itself.
const VALUES_MIN: u64 = 30;
/// A smaller change may be chance.
const CHANGE_MIN: f64 = 0.05;
const PERCENTS: [u8; 3] = [50, 75, 95];

pub(super) fn draw(
    of: &str,
    percent: u8,
    by: &[String],
    scope: &Scope<'_>,
    oracle: &Oracle<'_>,
    size: Size,
) -> Result<Drawn, String> {
    let scope = &scope.with_whole_versions();
    let percents = |percent: u8| counted(of, percent, &["version".to_owned()]);
    let mut lines: Vec<(u8, BTreeMap<String, Point>)> = Vec::new();
    let mut span = None;
    for percent in PERCENTS {
        let (ask, days) = scope.whole(&percents(percent));
        lines.push((percent, named(&*oracle.ask(&ask)?).into_iter().collect()));
        span = Some(days);
    }
    let names = versions(&lines);
    let head = scope.head("Percentiles by version", &percents(50));
    let head = Head { counts: about(of, scope.catalog()), ..head };
    let point = |points: &BTreeMap<String, Point>, name: &String| points.get(name).copied().unwrap_or(Point::MISSING);
    let series = lines.iter().map(|(percent, points)| {
        Series::new(format!("p{percent}"), names.iter().map(|name| point(points, name)).collect())
    });
    let across = Across::Names { are: "version".into(), names: names.clone() };
    let series = series.collect();
    let plot = Plot { scale: Scale::Log, ..Plot::lines(head.clone(), across, series) };
    let mut drawn = Drawn::one(plot.draw());
    drawn = match change(&lines, &names, &head) {
        Some((sentence, true)) => drawn.asking_for(Some(sentence)),
        change => drawn.saying(change.map(|(sentence, _)| sentence)),
    };
    drawn = spanned(drawn, span.ok_or("no percentile is asked for")?);
    if size == Size::Small {
        return Ok(drawn);
    }
    if let Some(histogram) = histogram(of, &names, scope, oracle)? {
        drawn = drawn.and(histogram);
    }
    match by.iter().any(|by| by == "version") || by.is_empty() {
        true => Ok(drawn),
        false => Ok(drawn.and(declared(of, percent, by, scope, oracle)?)),
    }
}

fn counted(of: &str, percent: u8, by: &[String]) -> Counted {
    let events = of.split_once('.').map(|(event, _)| vec![event.to_owned()]).unwrap_or_default();
    Counted { measure: format!("p{percent}:{of}"), events, by: by.to_vec() }
}

/// The latest versions of which enough is known, oldest first.
fn versions(lines: &[(u8, BTreeMap<String, Point>)]) -> Vec<String> {
    let known = lines.first().map(|(_, points)| points.iter()).into_iter().flatten();
    let enough = known.filter(|(name, point)| version(name).is_some() && point.n.is_some_and(|n| n >= VALUES_MIN));
    let mut names: Vec<String> = enough.map(|(name, _)| name.clone()).collect();
    names.sort_by(|a, b| compare_versions(a, b));
    names.split_off(names.len().saturating_sub(VERSIONS_MAX))
}

/// How three of four moved from one version to the next, and whether that is for the worse.
fn change(lines: &[(u8, BTreeMap<String, Point>)], names: &[String], head: &Head) -> Option<(String, bool)> {
    let releases: Vec<&String> = names.iter().filter(|name| is_release(name)).collect();
    let [.., before, last] = releases.as_slice() else { return None };
    let (percent, points) = lines.get(1)?;
    let value = |name: &String| points.get(name)?.value.known();
    let (a, b) = (value(before)?, value(last)?);
    let change = b / a - 1.0;
    let much = Unit::Share.full(change.abs());
    let sentence = match change {
        change if change.abs() < CHANGE_MIN => format!("{last} takes about as long as {before}."),
        change if change > 0.0 => {
            format!("{last} is {much} slower than {before}: {} at p{percent}.", head.unit.full(b))
        }
        _ => format!("{last} is {much} faster than {before}: {} at p{percent}.", head.unit.full(b)),
    };
    Some((sentence, change >= CHANGE_MIN))
}

/// The values of the two latest versions, laid over each other.
fn histogram(
    of: &str,
    names: &[String],
    scope: &Scope<'_>,
    oracle: &Oracle<'_>,
) -> Result<Option<chart::Drawing>, String> {
    let releases: Vec<&String> = names.iter().filter(|name| is_release(name)).collect();
    let [.., before, last] = releases.as_slice() else { return Ok(None) };
    let Some(buckets) = buckets(of, scope) else { return Ok(None) };
    let events = of.split_once('.').map(|(event, _)| vec![event.to_owned()]).unwrap_or_default();
    let counted = Counted { measure: "events".into(), events, by: vec![of.to_owned()] };
    let (ask, _) = scope.whole(&counted);
    let mut series = Vec::new();
    for name in [before, last] {
        let versioned = ask.clone().with("where", format!("{}:{name}", scope.dimension("version")));
        series.push(Series::new(name.as_str(), in_buckets(&*oracle.ask(&versioned)?, buckets)));
    }
    let bins = Bins((0..buckets.count()).map(|bucket| buckets.ends(bucket).0).collect());
    let unit = scope.head("", &self::counted(of, 50, &[])).unit;
    let title = format!("{before} and {last}");
    let head = Head { title, counts: about(of, scope.catalog()), unit, minimum: scope.minimum() };
    Ok(Some(Histogram { head, bins, series }.draw()))
}

/// What lies in each range. Where small groups are folded, a range without a row may be one of them.
fn in_buckets(table: &Table, buckets: &Buckets) -> Vec<Point> {
    let values: BTreeMap<String, Point> = named(table).into_iter().collect();
    let absent = if table.rows().iter().any(Row::is_folded) { Point::FEW } else { Point::count(0) };
    let point = |bucket: usize| values.get(&buckets.label(bucket)).copied().unwrap_or(absent);
    (0..buckets.count()).map(point).collect()
}

fn buckets<'a>(of: &str, scope: &Scope<'a>) -> Option<&'a Buckets> {
    match &number(scope.catalog(), of)?.0.kind {
        Kind::Number { buckets, .. } => Some(buckets),
        _ => None,
    }
}

/// What a field is, in the words of its catalogue.
fn about(of: &str, catalog: &Catalog) -> String {
    number(catalog, of).map_or_else(|| of.to_owned(), |(field, _)| field.about.replace('`', ""))
}

/// The p75 of a field as a title, and what it says.
pub(super) fn said(of: &str, catalog: &Catalog) -> (String, String) {
    let about = about(of, catalog);
    let mut letters = about.chars();
    let title = letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default();
    let unit = number(catalog, of).map_or("", |(_, unit)| unit);
    let less = if matches!(Unit::of(unit), Unit::Time(_)) { "faster" } else { "lower" };
    let event = of.split_once('.').map_or(of, |(event, _)| event);
    let is_run = views::run_event(catalog).is_some_and(|run| run.name == event);
    (title, format!("three of four {} are {less}", if is_run { "runs" } else { event }))
}

/// As the chart of the catalogue splits it.
fn declared(
    of: &str,
    percent: u8,
    by: &[String],
    scope: &Scope<'_>,
    oracle: &Oracle<'_>,
) -> Result<chart::Drawing, String> {
    let counted = counted(of, percent, by);
    let (ask, _) = scope.whole(&counted);
    let table = oracle.ask(&ask)?;
    let bars = super::rows::groups(&table)
        .into_iter()
        .map(|group| chart::Bar { folded: group.folded, ..chart::Bar::new(group.key.join(" · "), group.point) });
    let head = Head { title: format!("p{percent} by {}", by.join(" and ")), ..scope.head("", &counted) };
    let rows_are = by.join(", ");
    let ranked =
        chart::Ranked { head, rows_are, n_counts: Some("values".into()), columns: Vec::new(), bars: bars.collect() };
    Ok(ranked.draw())
}

/// The p75 of a field by weeks.
pub(super) fn by_week(of: &str, scope: &Scope<'_>) -> (crate::ask::Ask, Unit) {
    let counted = counted(of, 75, &[]);
    (scope.weeks(&counted), scope.head("", &counted).unit)
}

/// A value in its unit.
pub(super) fn shown(value: Value, unit: &Unit) -> String {
    value.known().map_or_else(|| "–".into(), |number| unit.full(number))
}

#[cfg(test)]
mod tests {
    use aboveboard_catalog::{Asked, Day, Measure, Question};
    use aboveboard_store::scan::CountRow;

    use super::*;
    use crate::disclose::{self, Adding, Echo, Measured, View};

    /// The answer by ranges, of groups with so many events each.
    fn answer(groups: &[(String, u64)]) -> Table {
        let (from, to) = (Day(20_000), Day(20_006));
        let question =
            Question { measure: Measure::Events, by: Vec::new(), filters: Vec::new(), from, to, bucket: None };
        let asked = Asked { measure: "events", by: vec!["event.duration"], ..Asked::default() };
        let row = |(name, n): &(String, u64)| CountRow {
            bucket: None,
            key: vec![name.clone()],
            n: *n,
            support: *n,
            percentile: None,
        };
        let measured = Measured {
            echo: Echo::new("acme", View::Public, &asked, "events".into(), "events").over(&question),
            adding: Adding::Counts,
            counts: groups.iter().map(row).collect(),
            margins: Vec::new(),
            grains: Vec::new(),
            picks: Vec::new(),
            apart: false,
            complete_to: to,
        };
        disclose::table(measured, 20)
    }

    #[test]
    fn a_range_that_may_be_hidden_is_not_empty() {
        let buckets = Buckets::Edges(vec![0.0, 1.0, 2.0, 3.0, 4.0]);
        let groups = |numbers: [u64; 5]| {
            let groups = numbers.iter().enumerate().filter(|(_, n)| **n > 0);
            answer(&groups.map(|(bucket, n)| (buckets.label(bucket), *n)).collect::<Vec<_>>())
        };
        let counted = [90, 0, 40, 30, 0].map(Point::count);
        assert_eq!(in_buckets(&groups([90, 0, 40, 30, 0]), &buckets), counted);
        let hidden = in_buckets(&groups([90, 5, 40, 30, 0]), &buckets);
        assert_eq!(hidden, [Point::count(90), Point::FEW, Point::count(40), Point::FEW, Point::FEW]);
    }

    #[test]
    fn a_duration_is_said_in_the_words_of_its_catalogue() {
        let catalogs = crate::catalogs::load(None).expect("the built-in ones");
        let said = |tool: &str, of: &str| {
            said(of, catalogs.iter().find(|catalog| catalog.tool.name == tool).expect("the tool"))
        };
        let is = |title: &str, unit: &str| (title.to_owned(), unit.to_owned());
        assert_eq!(
            said("nextjs", "NEXT_BUILD_COMPLETED.durationInSeconds"),
            is("How long compiling took", "three of four NEXT_BUILD_COMPLETED are faster")
        );
        assert_eq!(
            said("nextjs", "NEXT_BUILD_COMPLETED.totalAppPagesCount"),
            is("Routes of the app folder", "three of four NEXT_BUILD_COMPLETED are lower")
        );
    }
}
