//! Who comes back, and how far they get: what needs machines that can be told apart, and says so where they cannot.

use aboveboard_catalog::{Bucket, Day};

use super::rows::{compare_versions, is_release, named};
use super::{Drawn, Oracle, Scope, Size};
use crate::ask::{Ask, Route};
use crate::chart::{Cohort, Cohorts, Funnel, Funnels, Head, Step, Unit, Value};
use crate::disclose::Table;
use crate::views::Counted;

/// Versions whose funnels are beside each other.
const VERSIONS_MAX: usize = 4;
/// Cohorts that are shown.
const COHORTS_MAX: usize = 26;
/// Spans of time that have room where there is little.
const PERIODS_SMALL: usize = 7;

pub(super) fn retention(scope: &Scope<'_>, oracle: &Oracle<'_>, size: Size) -> Result<Drawn, String> {
    let (from, to) = scope.state.days(scope.today);
    let ask = Ask::new(Route::Retention, &scope.catalog().tool.name);
    let ask = ask.with("from", from.to_string()).with("to", to.to_string());
    let table = oracle.ask(&ask)?;
    let bucket = table.echo().bucket().unwrap_or(Bucket::Month);
    let mut cohorts = cohorts(&table, bucket, to);
    let known = cohorts.len();
    cohorts.retain(Cohort::is_whole);
    if cohorts.len() < known {
        scope.note(format!("without each {} of which only a part was seen", bucket.name()));
    }
    if cohorts.is_empty() {
        return Err("no machine was there long enough to come back; take a longer range".into());
    }
    if !scope.state.narrowed().is_empty() {
        scope.note("of all machines, also those in continuous integration: who comes back cannot be narrowed".into());
    }
    if size == Size::Small {
        cohorts.iter_mut().for_each(|cohort| cohort.parts.truncate(PERIODS_SMALL));
    }
    let head = Head {
        title: "Machines that come back".into(),
        counts: "machines".into(),
        unit: Unit::Count,
        minimum: table.minimum(),
    };
    Ok(Drawn::one(Cohorts { head, bucket, cohorts }.draw()))
}

fn cohorts(table: &Table, bucket: Bucket, to: Day) -> Vec<Cohort> {
    // Without a minimum nothing is withheld: then nobody knows how many began, since it was before the first batch.
    let hidden = if table.minimum() > 1 { Value::Few } else { Value::Missing };
    let mut cohorts: Vec<Cohort> = Vec::new();
    for row in table.rows() {
        let (Some(start), Some(period)) = (row.bucket(), row.key().first().and_then(|text| text.parse::<usize>().ok()))
        else {
            continue;
        };
        if cohorts.last().is_none_or(|cohort| cohort.start != start) {
            let size = row.n().map_or(hidden, |n| Value::Known(n as f64));
            cohorts.push(Cohort { start, size, parts: Vec::new() });
        }
        let Some(cohort) = cohorts.last_mut() else { continue };
        cohort.parts.resize(period, absent(table));
        cohort.parts.push(match (row.value(), row.n()) {
            (Some(value), Some(n)) if n > 0 => Value::Known(value.number() / n as f64),
            _ => hidden,
        });
    }
    // A period that nobody was seen in has no row, up to the last one that has begun.
    for cohort in &mut cohorts {
        let begun = std::iter::successors(Some(cohort.start), |day| Some(day.start_of_next(bucket)));
        let begun = begun.take_while(|day| *day <= to).count();
        cohort.parts.resize(begun.max(cohort.parts.len()), absent(table));
    }
    let older = cohorts.len().saturating_sub(COHORTS_MAX);
    cohorts.split_off(older)
}

impl Cohort {
    /// Whether it was seen from its first day on: more cannot come back than were there.
    fn is_whole(&self) -> bool {
        self.size != Value::Missing && self.parts.iter().all(|part| part.known().is_none_or(|part| part <= 1.0))
    }
}

/// What a row that is not there says.
fn absent(table: &Table) -> Value {
    if table.minimum() > 1 { Value::Few } else { Value::Known(0.0) }
}

pub(super) fn defined(scope: &Scope<'_>) -> String {
    match scope.has_ids() {
        true => "Of the machines first seen in a span of time, the part seen again in each later one. A machine is an \
                 identifier, of which only a keyed hash is kept; first seen means within the days that are kept."
            .into(),
        false => {
            "Without identifiers, a machine says the month in which it was first used, and which of its batches is \
                  its first of a month. So the part of a month's machines that is still there is known, and nothing \
                  about any single one."
                .into()
        }
    }
}

pub(super) fn funnel(
    steps: &[String],
    title: &str,
    scope: &Scope<'_>,
    oracle: &Oracle<'_>,
    size: Size,
) -> Result<Drawn, String> {
    if steps.is_empty() && scope.has_ids() {
        return Err("the catalogue declares no steps: a chart with `measure = \"funnel\"` and its `events` does".into());
    }
    if !scope.has_ids() {
        return Err(
            "how far machines get is not known: this tool sends no identifier, so nobody knows which machine did \
                    the next step"
                .into(),
        );
    }
    let head = Head { title: title.to_owned(), counts: "machines".into(), unit: Unit::Count, minimum: scope.minimum() };
    let mut funnels = vec![one(steps, "", None, scope, oracle)?];
    if size == Size::Full {
        for version in versions(steps, scope, oracle)? {
            let filter = format!("{}:{version}", scope.dimension("version"));
            funnels.push(one(steps, &version, Some(filter), scope, oracle)?);
        }
    }
    Ok(Drawn::one(Funnels { head, funnels }.draw()))
}

fn one(
    steps: &[String],
    name: &str,
    filter: Option<String>,
    scope: &Scope<'_>,
    oracle: &Oracle<'_>,
) -> Result<Funnel, String> {
    let (from, to) = scope.state.days(scope.today);
    let ask = Ask::new(Route::Funnel, &scope.catalog().tool.name).with("steps", steps.join(","));
    let ask = ask.with("from", from.to_string()).with("to", to.to_string());
    let filters = scope.state.narrowed().into_iter().chain(filter);
    let table = oracle.ask(&filters.fold(ask, |ask, filter| ask.with("where", filter)))?;
    let step = |row: &crate::disclose::Row| Step {
        name: row.key().join(""),
        reached: row.value().map_or(Value::Few, |value| Value::Known(value.number())),
    };
    Ok(Funnel { name: name.to_owned(), link: None, steps: table.rows().iter().map(step).collect() })
}

/// The versions with most machines at the first step, the latest first.
fn versions(steps: &[String], scope: &Scope<'_>, oracle: &Oracle<'_>) -> Result<Vec<String>, String> {
    let events = steps.first().cloned().into_iter().collect();
    let counted = Counted { measure: "machines".into(), events, by: vec!["version".into()] };
    let table = oracle.ask(&scope.whole(&counted).0)?;
    let mut versions: Vec<String> =
        named(&table).into_iter().map(|(name, _)| name).filter(|name| is_release(name)).collect();
    versions.truncate(VERSIONS_MAX);
    versions.sort_by(|a, b| compare_versions(b, a));
    Ok(versions)
}
