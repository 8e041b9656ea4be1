//! How many machines: of a day, of a week, of a month, and what part of a month's machines a day sees.

use aboveboard_catalog::Bucket;

use super::rows::{Course, Gap};
use super::versions::catalogue_changes;
use super::{Drawn, Oracle, Scope, Size};
use crate::chart::{self, Drawing, Plot, Series, Unit, Value};
use crate::views::{self, Counted};

pub(super) fn draw(scope: &Scope<'_>, oracle: &Oracle<'_>, size: Size) -> Result<Drawn, String> {
    if !views::has_machines(scope.catalog()) {
        return Err(
            "machines cannot be counted: this tool sends no identifier, and its batches do not say which is a \
                    machine's first"
                .into(),
        );
    }
    let counted = Counted { measure: "machines".into(), events: Vec::new(), by: Vec::new() };
    let spans: &[(Bucket, &str)] = match scope.is_public() {
        true => &[(Bucket::Week, "a week")],
        false => &[(Bucket::Day, "a day"), (Bucket::Week, "a week"), (Bucket::Month, "a month")],
    };
    let mut courses = Vec::new();
    for (bucket, name) in spans {
        let table = oracle.ask(&scope.by(&counted, *bucket))?;
        courses.push((*name, Course::of(&table, scope.today, Gap::Zero)));
    }
    let head = scope.head("Active machines", &counted);
    let Some((_, finest)) = courses.first() else { return Err("nothing was counted".into()) };
    let across = finest.across();
    let mut series: Vec<Series> = courses.iter().map(|(name, course)| spread(name, course, finest)).collect();
    if let Some(ask) = scope.over_time_before(&counted).filter(|_| finest.bucket == scope.bucket()) {
        series.extend(finest.earlier(&Course::of(&*oracle.ask(&ask)?, scope.today, Gap::Zero)));
    }
    let plot = Plot { annotations: catalogue_changes(scope), ..Plot::lines(head.clone(), across, series) };
    let told: Vec<String> = courses.iter().filter_map(|(_, course)| last(course)).collect();
    let sentence = format!("Machines: {}.", told.join(", "));
    let drawing = plot.draw();
    let drawing = if told.is_empty() { drawing } else { Drawing { sentence, ..drawing } };
    let drawn = Drawn::one(drawing).saying(stickiness(&courses));
    if size == Size::Small {
        return Ok(drawn);
    }
    let singles = courses.into_iter().map(|(name, course)| {
        let head = chart::Head { title: format!("Machines in {name}"), ..head.clone() };
        Plot::lines(head, course.across(), course.series).draw()
    });
    Ok(singles.fold(drawn, Drawn::and))
}

/// A coarser course on the finer axis: its number stands on each day of its span that is over.
fn spread(name: &str, course: &Course, finest: &Course) -> Series {
    let points = finest.starts.iter().map(|day| {
        let at = course.starts.iter().rposition(|start| start <= day)?;
        course.series.first()?.points.get(at).copied()
    });
    let points = points.map(|point| point.unwrap_or(chart::Point::MISSING)).collect();
    Series::new(name, points)
}

/// The number of the last span that is over: `267 in the week of 9–15 Nov`.
fn last(course: &Course) -> Option<String> {
    let at = course.starts.len().checked_sub(1 + usize::from(course.so_far))?;
    let number = course.series.first()?.points.get(at)?.value.known()?;
    Some(format!("{} {}", Unit::Count.full(number), chart::within(course.starts[at], course.bucket)))
}

/// What part of a month's machines an average day sees.
fn stickiness(courses: &[(&str, Course)]) -> Option<String> {
    let whole = |name: &str| {
        let (_, course) = courses.iter().find(|(known, _)| *known == name)?;
        let over = course.starts.len() - usize::from(course.so_far);
        let points = &course.series.first()?.points[..over];
        Some(points.iter().filter_map(|point| point.value.known()).collect::<Vec<f64>>())
    };
    let (days, months) = (whole("a day")?, whole("a month")?);
    let month = months.last().copied().filter(|month| *month > 0.0)?;
    let recent: Vec<f64> = days.iter().rev().take(28).copied().collect();
    let day = recent.iter().sum::<f64>() / recent.len().max(1) as f64;
    let part = Unit::Share.full((day / month).min(1.0));
    Some(format!("An average day sees {part} of the machines of the last whole month."))
}

/// The value of the last span that is over, and of the one before.
pub(super) fn last_two(values: &[Value]) -> (Value, Value) {
    let mut back = values.iter().rev().copied();
    let last = back.next().unwrap_or(Value::Missing);
    (last, back.next().unwrap_or(Value::Missing))
}
