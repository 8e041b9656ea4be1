//! The six numbers at the top: each of the last whole week, with the change to the week before and how it went.

use super::active::last_two;
use super::rows::{Course, Gap, by_share, compare_versions, is_release, version};
use super::scope::WEEKS;
use super::{Oracle, Scope, durations, quality, versions};
use crate::ask::Ask;
use crate::chart::{self, Unit, Value};
use crate::views::{self, Counted, Form, Panel};

/// One of the six.
pub(crate) struct Number {
    pub(crate) title: String,
    pub(crate) text: String,
    /// What it counts.
    pub(crate) unit: String,
    /// The change to the week before, in words; empty where there is none.
    pub(crate) change: String,
    /// An SVG.
    pub(crate) spark: String,
    /// The questions behind it.
    pub(crate) asked: Vec<Ask>,
    /// The panel that says more.
    pub(crate) panel: Option<String>,
}

/// What a number needs to be written.
struct Trend {
    values: Vec<Value>,
    unit: Unit,
    /// Whether changes are in points, not in percent.
    points: bool,
}

/// The six numbers; one that cannot be counted says why.
pub(crate) fn numbers(panels: &[Panel], scope: &Scope<'_>, oracle: &Oracle<'_>) -> Vec<Number> {
    let run = views::run_event(scope.catalog()).map(|event| event.name.clone());
    let of = panels.iter().find_map(|panel| match &panel.form {
        Form::Durations { of, .. } => Some((of.clone(), panel.name.clone())),
        _ => None,
    });
    let named =
        |wanted: fn(&Form) -> bool| panels.iter().find(|panel| wanted(&panel.form)).map(|panel| panel.name.clone());
    let mut numbers = Vec::new();
    let mut add = |title: &str, unit: &str, panel: Option<String>, trend: Result<Trend, String>| {
        let asked = oracle.take_asked();
        numbers.push(Number::new(title, unit, panel, trend, asked));
    };
    add("Active machines", "machines", named(|form| *form == Form::Active), machines(scope, oracle));
    let events = run.clone().into_iter().collect();
    add(
        "Runs",
        "runs",
        None,
        run.clone().map_or(Err("no chart counts one event".into()), |_| counts(events, scope, oracle)),
    );
    let latest = latest(scope, oracle);
    let title = latest.as_ref().map_or("On the latest".to_owned(), |(name, _)| format!("On {name} or later"));
    add(&title, "of machines", named(|form| matches!(form, Form::Adoption(_))), latest.map(|(_, trend)| trend));
    let (whole, errors) = errors(panels, run, scope, oracle);
    add("Errors", &format!("for 100 {whole}"), named(|form| matches!(form, Form::Errors(..))), errors);
    let (title, unit) = of.as_ref().map_or_else(duration_unasked, |(of, _)| durations::said(of, scope.catalog()));
    add(
        &title,
        &unit,
        of.as_ref().map(|(_, panel)| panel.clone()),
        match &of {
            Some((of, _)) => duration(of, scope, oracle),
            None => Err("no chart asks for a percentile".into()),
        },
    );
    add("Kept", "of what arrived", named(|form| *form == Form::Quality), kept(scope, oracle));
    numbers
}

impl Number {
    fn new(title: &str, unit: &str, panel: Option<String>, trend: Result<Trend, String>, asked: Vec<Ask>) -> Self {
        let title = title.to_owned();
        match trend {
            Ok(trend) => Self {
                title,
                text: trend.text(),
                unit: unit.to_owned(),
                change: trend.change(),
                spark: chart::spark(&trend.values[trend.values.len().saturating_sub(WEEKS)..]),
                asked,
                panel,
            },
            // No link to a question that has no answer.
            Err(why) => Self {
                title,
                text: "–".into(),
                unit: why,
                change: String::new(),
                spark: String::new(),
                asked: Vec::new(),
                panel,
            },
        }
    }
}

impl Trend {
    fn text(&self) -> String {
        match self.values.last() {
            Some(Value::Few) => "few".into(),
            Some(value) => durations::shown(*value, &self.unit),
            None => "–".into(),
        }
    }

    fn change(&self) -> String {
        let (Value::Known(last), Value::Known(before)) = last_two(&self.values) else { return String::new() };
        let arrow = |rise: f64| if rise > 0.0 { "▲" } else { "▼" };
        match self.points {
            true if ((last - before) * 100.0).abs() < 0.05 => "the same".into(),
            true => format!("{} {:.1} points", arrow(last - before), ((last - before) * 100.0).abs()),
            false if before <= 0.0 => String::new(),
            false if (last / before - 1.0).abs() < 0.0005 => "the same".into(),
            false => format!("{} {}", arrow(last - before), Unit::Share.full((last / before - 1.0).abs())),
        }
    }
}

/// The weeks of a course that are over.
fn over(course: &Course) -> usize {
    course.starts.len() - usize::from(course.so_far)
}

fn sums(course: &Course) -> Vec<f64> {
    let sum = |at: usize| course.series.iter().filter_map(|series| series.points.get(at)?.value.known()).sum();
    (0..over(course)).map(sum).collect()
}

fn single(ask: &Ask, scope: &Scope<'_>, oracle: &Oracle<'_>, gap: Gap) -> Result<Vec<Value>, String> {
    let course = Course::of(&*oracle.ask(ask)?, scope.today, gap);
    let points = course.series.first().map(|series| series.points.as_slice()).unwrap_or_default();
    let values: Vec<Value> = points.iter().take(over(&course)).map(|point| point.value).collect();
    if values.is_empty() { Err("nothing in whole weeks yet".into()) } else { Ok(values) }
}

fn machines(scope: &Scope<'_>, oracle: &Oracle<'_>) -> Result<Trend, String> {
    if !views::has_machines(scope.catalog()) {
        return Err("machines cannot be counted".into());
    }
    let ask = scope.weeks(&Counted { measure: "machines".into(), events: Vec::new(), by: Vec::new() });
    Ok(Trend { values: single(&ask, scope, oracle, Gap::Zero)?, unit: Unit::Count, points: false })
}

fn counts(events: Vec<String>, scope: &Scope<'_>, oracle: &Oracle<'_>) -> Result<Trend, String> {
    let ask = scope.weeks(&Counted { measure: "events".into(), events, by: Vec::new() });
    Ok(Trend { values: single(&ask, scope, oracle, Gap::Zero)?, unit: Unit::Count, points: false })
}

/// The latest version that is out, and which part has it.
fn latest(scope: &Scope<'_>, oracle: &Oracle<'_>) -> Result<(String, Trend), String> {
    let course = Course::of(&*oracle.ask(&versions::by_week(scope))?, scope.today, Gap::Zero);
    let weeks = over(&course);
    let shares = by_share(&course);
    let out = |parts: &[f64]| weeks > 0 && parts[weeks - 1] >= versions::OUT;
    let releases = shares.iter().filter(|(name, parts)| is_release(name) && out(parts));
    let latest =
        releases.max_by(|(a, _), (b, _)| compare_versions(a, b)).ok_or("no release was seen in whole weeks yet")?;
    let least = version(&latest.0);
    let later = |name: &str| version(name) >= least && is_release(name);
    let part = |week: usize| shares.iter().filter(|(name, _)| later(name)).map(|(_, parts)| parts[week]).sum();
    let values = (0..weeks).map(|week| Value::Known(part(week))).collect();
    Ok((latest.0.clone(), Trend { values, unit: Unit::Share, points: true }))
}

/// Errors for a hundred runs; or, where it is an event of its own that has a code when it went wrong, for a hundred of
/// that. What they are held against comes first.
fn errors(
    panels: &[Panel],
    run: Option<String>,
    scope: &Scope<'_>,
    oracle: &Oracle<'_>,
) -> (String, Result<Trend, String>) {
    let counted = panels.iter().find_map(|panel| match &panel.form {
        Form::Errors(counted, _) => Some(counted),
        _ => None,
    });
    match (counted, run) {
        (None, _) => ("runs".into(), Err("no chart asks for error codes".into())),
        (Some(counted), _) if !views::is_of_errors_alone(scope.catalog(), counted) => {
            (counted.events.join(" and "), rate(counted, counted.events.clone(), scope, oracle))
        }
        (Some(_), None) => ("runs".into(), Err("no chart counts one event".into())),
        (Some(counted), Some(run)) => {
            ("runs".into(), rate(&Counted { by: Vec::new(), ..counted.clone() }, vec![run], scope, oracle))
        }
    }
}

fn rate(counted: &Counted, whole: Vec<String>, scope: &Scope<'_>, oracle: &Oracle<'_>) -> Result<Trend, String> {
    let errors = Counted { measure: "events".into(), ..counted.clone() };
    let mut errors = Course::of(&*oracle.ask(&scope.weeks(&errors))?, scope.today, Gap::Zero);
    errors.series.retain(|series| series.name != "none");
    let runs = Counted { measure: "events".into(), events: whole, by: Vec::new() };
    let runs = Course::of(&*oracle.ask(&scope.weeks(&runs))?, scope.today, Gap::Zero);
    let of_runs = sums(&runs);
    let at = |start| errors.starts.iter().position(|known| *known == start);
    let sums = sums(&errors);
    let values = runs.starts.iter().zip(&of_runs).map(|(start, runs)| {
        let errors = at(*start).and_then(|at| sums.get(at)).copied().unwrap_or_default();
        if *runs > 0.0 { Value::Known(errors / runs * 100.0) } else { Value::Missing }
    });
    let values: Vec<Value> = values.collect();
    if values.is_empty() {
        return Err("nothing in whole weeks yet".into());
    }
    Ok(Trend { values, unit: Unit::Count, points: false })
}

fn duration_unasked() -> (String, String) {
    ("Duration".into(), String::new())
}

fn duration(of: &str, scope: &Scope<'_>, oracle: &Oracle<'_>) -> Result<Trend, String> {
    let (ask, unit) = durations::by_week(of, scope);
    Ok(Trend { values: single(&ask, scope, oracle, Gap::Missing)?, unit, points: false })
}

fn kept(scope: &Scope<'_>, oracle: &Oracle<'_>) -> Result<Trend, String> {
    let course = Course::of(&*oracle.ask(&quality::by_week(scope))?, scope.today, Gap::Zero);
    let whole = sums(&course);
    let kept = course.series.iter().find(|series| series.name == "kept").ok_or("nothing in whole weeks yet")?;
    let values = whole.iter().zip(&kept.points).map(|(whole, kept)| match kept.value.known() {
        Some(kept) if *whole > 0.0 => Value::Known(kept / whole),
        _ => Value::Missing,
    });
    let values: Vec<Value> = values.collect();
    if values.is_empty() {
        return Err("nothing in whole weeks yet".into());
    }
    Ok(Trend { values, unit: Unit::Share, points: true })
}
