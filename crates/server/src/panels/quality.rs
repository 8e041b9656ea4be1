//! Can these figures be trusted: how events ended, when they arrived, which of the vocabulary is used at all.

use std::collections::BTreeMap;

use aboveboard_catalog::Bucket;

use super::rows::{Course, Gap, groups, plus};
use super::{Drawn, Oracle, Scope, Size};
use crate::ask::{Ask, Route};
use crate::chart::{Bar, Drawing, Form, Head, Plot, Point, Ranked, Series, Unit, Value};

pub(super) fn draw(scope: &Scope<'_>, oracle: &Oracle<'_>, size: Size) -> Result<Drawn, String> {
    let verdicts = oracle.ask(&verdicts(scope, scope.bucket()))?;
    let mut course = Course::of(&verdicts, scope.today, Gap::Zero);
    let by_code = std::mem::take(&mut course.series);
    course.series = by_verdict(&by_code, course.starts.len());
    let head = Head { title: "How events ended".into(), counts: "events".into(), unit: Unit::Count, minimum: 1 };
    let plot = Plot { form: Form::Stacked, ..Plot::lines(head.clone(), course.across(), course.series) };
    let sums: Vec<(String, Point)> =
        groups(&verdicts).into_iter().map(|group| (group.key.join(""), group.point)).collect();
    let mut drawn = Drawn::one(told(plot.draw(), trusted(&sums)));
    let bars = rejected(&sums, &by_code);
    if size == Size::Full && !bars.is_empty() {
        let head = Head { title: "Why events were rejected".into(), ..head.clone() };
        let ranked = Ranked { head, rows_are: "code".into(), n_counts: None, columns: Vec::new(), bars };
        drawn = drawn.and(ranked.draw());
    }
    if size == Size::Full && !scope.shapes.is_empty() {
        drawn = drawn.and(shapes(scope, &head));
    }
    drawn = drawn.asking_for(waiting(scope));
    if scope.is_public() {
        return Ok(drawn);
    }
    match size {
        Size::Small => drawn.says.push(events_seen(scope, oracle)?),
        Size::Full => {
            drawn = drawn.and(lateness(scope, oracle, &head)?);
            let (drawing, sentence) = coverage(scope, oracle)?;
            drawn = drawn.and(drawing).asking_for(Some(sentence));
        }
    }
    Ok(drawn)
}

/// The account of the days that are shown.
fn verdicts(scope: &Scope<'_>, bucket: Bucket) -> Ask {
    let ask = scope.state.over(Ask::new(Route::Verdicts, &scope.catalog().tool.name), scope.today);
    ask.with("bucket", bucket.name())
}

/// The account by weeks.
pub(super) fn by_week(scope: &Scope<'_>) -> Ask {
    scope.over_weeks(Ask::new(Route::Verdicts, &scope.catalog().tool.name))
}

/// A drawing with another sentence than that of its numbers, where there is one.
fn told(drawing: Drawing, sentence: Option<String>) -> Drawing {
    let sentence = sentence.unwrap_or(drawing.sentence);
    Drawing { sentence, ..drawing }
}

/// The verdict that a code is a reason of.
fn verdict(name: &str) -> &str {
    name.split(": ").next().unwrap_or(name)
}

/// All that was rejected is one series; for what reasons is told apart elsewhere. In the order of the alphabet, which is
/// also that of sense: kept, rejected, repeated.
fn by_verdict(by_code: &[Series], places: usize) -> Vec<Series> {
    let mut series: Vec<Series> = Vec::new();
    for one in by_code {
        let name = verdict(&one.name);
        let at = series.iter().position(|known| known.name == name).unwrap_or_else(|| {
            series.push(Series::new(name, vec![Point::count(0); places]));
            series.len() - 1
        });
        series[at].points.iter_mut().zip(&one.points).for_each(|(sum, point)| *sum = plus(*sum, *point));
    }
    series.sort_by(|a, b| a.name.cmp(&b.name));
    series
}

/// The reasons, each with how it went.
fn rejected(sums: &[(String, Point)], by_code: &[Series]) -> Vec<Bar> {
    let rejected = sums.iter().filter_map(|(name, point)| Some((name, name.strip_prefix("rejected: ")?, point)));
    let bar = |(name, code, point): (&String, &str, &Point)| {
        let series = by_code.iter().find(|series| series.name == *name);
        let trend = series.map(|series| series.points.iter().map(|point| point.value).collect()).unwrap_or_default();
        Bar { trend, ..Bar::new(code, *point) }
    };
    rejected.map(bar).collect()
}

/// What became of what arrived: `Of 680 029 events 98.2 % were kept, 1 % repeated, 0.8 % rejected.`
fn trusted(sums: &[(String, Point)]) -> Option<String> {
    let of = |wanted: &str| -> f64 {
        let some = sums.iter().filter(|(name, _)| verdict(name) == wanted);
        some.filter_map(|(_, point)| point.value.known()).sum()
    };
    let parts = [("kept", "were kept"), ("repeated", "were repeats"), ("rejected", "were rejected")];
    let whole: f64 = sums.iter().filter_map(|(_, point)| point.value.known()).sum();
    let parts = parts.map(|(verdict, words)| (of(verdict), words));
    let told = parts.iter().filter(|(n, _)| *n > 0.0);
    let told: Vec<String> = told.map(|(n, words)| format!("{} {words}", Unit::Share.full(n / whole))).collect();
    (whole > 0.0).then(|| format!("Of {} events {}.", Unit::Count.full(whole), told.join(", ")))
}

/// What arrives and waits to be declared: a shape, and never a value.
fn shapes(scope: &Scope<'_>, head: &Head) -> Drawing {
    let head = Head { title: "Waiting to be declared".into(), ..head.clone() };
    let bars = scope.shapes.iter().map(|(shape, n)| Bar::new(shape.as_str(), Point::count(*n))).collect();
    Ranked { head, rows_are: "name and fields".into(), n_counts: None, columns: Vec::new(), bars }.draw()
}

fn waiting(scope: &Scope<'_>) -> Option<String> {
    let (shape, n) = scope.shapes.first()?;
    let count = scope.shapes.len();
    let times = Unit::Count.full(*n as f64);
    Some(match count {
        1 => format!("{shape} came {times} times and is not declared: declare it, or tell who sends it."),
        _ => format!(
            "{count} kinds of undeclared events and fields came, {shape} most often ({times} times): declare them, or tell who sends them."
        ),
    })
}

fn events_seen(scope: &Scope<'_>, oracle: &Oracle<'_>) -> Result<String, String> {
    let tool = &scope.catalog().tool.name;
    let ask = Ask::new(Route::Query, tool).with("measure", "events").with("by", "event");
    let seen = oracle.ask(&scope.state.over(ask, scope.today))?.rows().len();
    let declared = scope.catalog().events.iter().filter(|event| event.refused.is_none()).count();
    Ok(format!("{seen} of {declared} declared events were seen."))
}

/// When events happened, and when they arrived: what lies between is late.
fn lateness(scope: &Scope<'_>, oracle: &Oracle<'_>, head: &Head) -> Result<Drawing, String> {
    let arrived = oracle.ask(&verdicts(scope, Bucket::Day))?;
    let arrived = Course::of(&arrived, scope.today, Gap::Zero);
    let tool = &scope.catalog().tool.name;
    let all = Ask::new(Route::Query, tool).with("measure", "events");
    let happened = oracle.ask(&scope.state.over(all, scope.today).with("bucket", "day"))?;
    let mut course = Course::of(&happened, scope.today, Gap::Zero);
    let kept: BTreeMap<_, _> = arrived
        .starts
        .iter()
        .copied()
        .zip(
            arrived
                .series
                .iter()
                .find(|series| series.name == "kept")
                .map(|series| series.points.clone())
                .unwrap_or_default(),
        )
        .collect();
    let points = course.starts.iter().map(|day| kept.get(day).copied().unwrap_or(Point::count(0))).collect();
    course.series.iter_mut().for_each(|series| series.name = "happened".into());
    course.series.push(Series::new("arrived", points));
    let head = Head { title: "Kept events, by when they happened and when they arrived".into(), ..head.clone() };
    let sentence = "Where the lines part, events arrived on a later day than that on which they happened.";
    Ok(told(Plot::lines(head, course.across(), course.series).draw(), Some(sentence.into())))
}

/// Which declared fields are said at all, the least said first.
fn coverage(scope: &Scope<'_>, oracle: &Oracle<'_>) -> Result<(Drawing, String), String> {
    let ask = scope.state.over(Ask::new(Route::Coverage, &scope.catalog().tool.name), scope.today);
    let table = oracle.ask(&ask)?;
    let mut bars: Vec<Bar> = Vec::new();
    let mut never = 0;
    for row in table.rows() {
        let (said, of) = (row.value().map(|value| value.number()), row.n().unwrap_or_default());
        never += usize::from(said == Some(0.0));
        let value = match said {
            Some(said) if of > 0 => Value::Known(said / of as f64),
            Some(_) => Value::Known(0.0),
            None => Value::Few,
        };
        bars.push(Bar::new(row.key().join("."), Point { value, n: Some(of) }));
    }
    let declared = bars.len();
    bars.sort_by(|a, b| {
        a.point.value.known().unwrap_or_default().total_cmp(&b.point.value.known().unwrap_or_default())
    });
    let head = Head {
        title: "Declared fields, by how often they are said".into(),
        counts: "its event".into(),
        unit: Unit::Share,
        minimum: table.minimum(),
    };
    let ranked = Ranked { head, rows_are: "field".into(), n_counts: Some("events".into()), columns: Vec::new(), bars };
    let sentence = match never {
        0 => format!("Each of the {declared} declared fields was seen."),
        1 => format!("1 of {declared} declared fields was never seen: remove it, or find out why."),
        _ => format!("{never} of {declared} declared fields were never seen: remove them, or find out why."),
    };
    Ok((told(ranked.draw(), Some(sentence.clone())), sentence))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_rejected_is_a_part_of_what_arrived() {
        let sums = [("kept".to_owned(), Point::count(75)), ("rejected: event_undeclared".to_owned(), Point::count(25))];
        let said = "Of 100 events 75\u{202f}% were kept, 25\u{202f}% were rejected.";
        assert_eq!(trusted(&sums).as_deref(), Some(said));
        assert_eq!(trusted(&[]), None);
    }
}
