//! One sentence in plain words about a plot: who leads, how it changed, who overtook whom.

use super::plot::{Form, Plot};
use super::{Across, Series, Unit, Value};

const NOTHING: &str = "Nothing was counted here.";

/// What a plot says.
pub(super) fn of(plot: &Plot) -> String {
    let known = |series: &&Series| series.points.iter().any(|point| point.value.known().is_some());
    let series: Vec<&Series> = plot.series.iter().filter(known).collect();
    match (series.as_slice(), &plot.across) {
        ([], _) if plot.series.iter().any(|series| series.points.iter().any(|point| point.value == Value::Few)) => {
            format!("Every group here has fewer than {}.", plot.head.minimum)
        }
        ([], _) => NOTHING.into(),
        (series, Across::Names { .. }) => of_names(plot, series),
        ([one], _) if plot.form == Form::Lines => of_one(plot, one),
        (series, _) => of_several(plot, series),
    }
}

/// The last place that is over; what is not over says too little.
fn last(plot: &Plot) -> usize {
    let count = plot.across.count();
    count.saturating_sub(if plot.across.so_far() && count > 1 { 2 } else { 1 })
}

fn of_one(plot: &Plot, series: &Series) -> String {
    let names = plot.across.names();
    let known = |place: &usize| series.value(*place).known().map(|number| (*place, number));
    let (Some((from, before)), Some((to, now))) =
        ((0..=last(plot)).find_map(|place| known(&place)), (0..=last(plot)).rev().find_map(|place| known(&place)))
    else {
        return format!(
            "Nothing is over yet; {} so far.",
            plot.head.counted(series.points.iter().filter_map(|p| p.value.known()).sum())
        );
    };
    let now_text = format!("{} in {}", plot.head.counted(now), names[to]);
    if from == to || before <= 0.0 {
        return format!("{now_text}.");
    }
    let change = now / before - 1.0;
    let then = format!("{} of {}", plot.head.text(Value::Known(before)), names[from]);
    match change {
        change if change.abs() < 0.005 => format!("{now_text}, as many as the {then}."),
        change if change > 0.0 => format!("{now_text}, {} more than the {then}.", times(change)),
        change => format!("{now_text}, {} less than the {then}.", Unit::Share.full(-change)),
    }
}

/// Growth as a percentage while that can be imagined.
fn times(change: f64) -> String {
    if change < 3.0 { Unit::Share.full(change) } else { format!("{:.0} times", change) }
}

fn of_several(plot: &Plot, series: &[&Series]) -> String {
    let names = plot.across.names();
    let Some(last) = (0..=last(plot)).rev().find(|&place| leader(series, place).is_some()) else {
        return NOTHING.into();
    };
    let Some((leads, number)) = leader(series, last) else { return NOTHING.into() };
    let has = match plot.form {
        Form::Share => {
            let whole = plot.head.counted(plot.sum(last));
            format!("{} has {} of {whole}", leads.name, Unit::Share.full(plot.drawn(number, last)))
        }
        Form::Lines | Form::Stacked => format!("{} leads with {}", leads.name, plot.head.counted(number)),
    };
    let at = format!("{has} in {}", names[last]);
    let before = (0..last).rev().find_map(|place| {
        leader(series, place).filter(|(other, _)| other.name != leads.name).map(|(other, _)| (place, other))
    });
    match before {
        Some((place, other)) => format!("{at}; it overtook {} in {}.", other.name, names[place + 1]),
        None => format!("{at}."),
    }
}

/// The largest of what has a name of its own.
fn leader<'s>(series: &[&'s Series], place: usize) -> Option<(&'s Series, f64)> {
    let known = series
        .iter()
        .filter(|series| !series.folded)
        .filter_map(|series| Some((*series, series.value(place).known()?)));
    known.reduce(|best, other| if other.1 > best.1 { other } else { best })
}

fn of_names(plot: &Plot, series: &[&Series]) -> String {
    let names = plot.across.names();
    let told = |place: usize| {
        let known = series.iter().filter_map(|series| {
            let text = plot.head.text(Value::Known(series.value(place).known()?));
            Some(if series.len_one(plot) { text } else { format!("{} {text}", series.name) })
        });
        known.collect::<Vec<_>>().join(", ")
    };
    let places: Vec<usize> = (0..names.len())
        .rev()
        .filter(|&place| series.iter().any(|series| series.value(place).known().is_some()))
        .collect();
    let name = |place: usize| format!("{}: {}", names[place], told(place));
    match places.as_slice() {
        [last, before, ..] => format!("{}; before that {}.", name(*last), name(*before)),
        [last] => format!("{}.", name(*last)),
        [] => NOTHING.into(),
    }
}

impl Series {
    fn len_one(&self, plot: &Plot) -> bool {
        plot.series.len() == 1
    }
}
