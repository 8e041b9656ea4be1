//! Who is not counted: what can honestly be known of it, and what cannot.

use aboveboard_catalog::Mode;

use super::rows::{Course, Gap};
use super::{Drawn, Oracle, Scope};
use crate::chart::Plot;
use crate::views::{self, Counted};

pub(super) fn draw(scope: &Scope<'_>, oracle: &Oracle<'_>) -> Result<Drawn, String> {
    let says = vec![
        "How many opted out is not known, and no figure here pretends to know: telemetry that is off sends nothing, also \
         not that it was switched off."
            .to_owned(),
        match scope.catalog().tool.mode {
            Mode::On => "It is on after a notice was shown, so every figure is of those who left it on.",
            Mode::Ask => "It asks once, so every figure is of those who said yes.",
            Mode::Off => "It is off until someone switches it on, so every figure is of those who did.",
        }
        .to_owned(),
        "What would show in the figures: a release after which far fewer machines report. Compare active machines with \
         downloads, which count no machines either."
            .to_owned(),
    ];
    let mut drawn = Drawn { says, ..Drawn::default() };
    if views::has_machines(scope.catalog()) {
        let counted = Counted { measure: "machines".into(), events: Vec::new(), by: Vec::new() };
        let table = oracle.ask(&scope.weeks(&counted))?;
        let mut course = Course::of(&table, scope.today, Gap::Zero);
        course.series.iter_mut().for_each(|series| series.name = "machines that report".into());
        let head = scope.head("Machines that report", &counted);
        drawn = drawn.and(Plot::lines(head, course.across(), course.series).draw());
    }
    Ok(drawn)
}
