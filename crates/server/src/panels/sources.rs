//! Continuous integration beside everything else, its services, and coding agents.

use super::ranked;
use super::rows::{Course, Gap};
use super::{Drawn, Oracle, Scope, Size};
use crate::chart::{self, Plot, Series, Unit};
use crate::views::{self, Counted};

pub(super) fn draw(scope: &Scope<'_>, oracle: &Oracle<'_>, size: Size) -> Result<Drawn, String> {
    let mut drawn = Drawn::default();
    if scope.known.origin("ci").is_some() {
        let (drawing, sentence) = over_time(scope, oracle)?;
        drawn = drawn.and(drawing).saying(sentence);
    }
    let room = size == Size::Full || drawn.figures.is_empty();
    if room && scope.known.origin("agent").is_some() {
        let agents = of(scope, "agent", "Coding agents");
        drawn.figures.extend(agents(oracle, size)?.figures);
    }
    if size == Size::Full && scope.known.origin("ci_vendor").is_some() {
        let vendors = of(scope, "ci_vendor", "Services of continuous integration");
        drawn.figures.extend(vendors(oracle, size)?.figures);
    }
    Ok(drawn)
}

/// Events, because what runs in continuous integration is a new machine each time.
fn counted(scope: &Scope<'_>, by: &str) -> Counted {
    let events = views::run_event(scope.catalog()).map(|event| vec![event.name.clone()]).unwrap_or_default();
    Counted { measure: "events".into(), events, by: vec![by.to_owned()] }
}

fn over_time(scope: &Scope<'_>, oracle: &Oracle<'_>) -> Result<(chart::Drawing, Option<String>), String> {
    let counted = counted(scope, "ci");
    let table = oracle.ask(&scope.over_time(&counted))?;
    let mut course = Course::of(&table, scope.today, Gap::Zero);
    course.series.iter_mut().for_each(|series| {
        series.name = match series.name.as_str() {
            "true" => "CI".into(),
            "false" => "local".into(),
            "none" => "not said".into(),
            name => name.to_owned(),
        }
    });
    let sum = |series: &Series| series.points.iter().filter_map(|point| point.value.known()).sum::<f64>();
    let whole: f64 = course.series.iter().map(sum).sum();
    let ci = course.series.iter().find(|series| series.name == "CI").map(sum);
    let part = ci.filter(|_| whole > 0.0).map(|ci| Unit::Share.full(ci / whole));
    let things = scope.things(&counted);
    let sentence = part.map(|part| format!("{part} of the {things} ran in continuous integration."));
    let head = scope.head("CI and local", &counted);
    let annotations = super::versions::catalogue_changes(scope);
    Ok((Plot { annotations, ..Plot::lines(head, course.across(), course.series) }.draw(), sentence))
}

fn of<'s>(
    scope: &'s Scope<'s>,
    by: &'s str,
    title: &'s str,
) -> impl Fn(&Oracle<'_>, Size) -> Result<Drawn, String> + 's {
    move |oracle, size| ranked::ranked(&counted(scope, by), title, scope, oracle, size)
}
