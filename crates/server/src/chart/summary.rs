//! One sentence in plain words about a plot: who leads, how it changed, who overtook whom.

use aboveboard_catalog::{Bucket, Day};

use super::axis::days;
use super::plot::{Form, Plot};
use super::{Across, Series, Unit, Value};

const NOTHING: &str = "Nothing was counted here.";
/// So many lines are told one by one.
const TOLD_MAX: usize = 3;

/// What a plot says.
pub(super) fn of(plot: &Plot) -> String {
    let series: Vec<&Series> = plot.series.iter().filter(|series| (0..).zip(&series.points).any(is_known)).collect();
    match (series.as_slice(), &plot.across) {
        ([], _) if has_few(plot) => format!("Every group here has fewer than {}.", plot.head.minimum),
        ([], _) => NOTHING.into(),
        (series, Across::Names { .. }) => of_names(plot, series),
        ([one], _) if plot.form == Form::Lines => of_one(plot, one),
        (series, _) => of_several(plot, series),
    }
}

fn is_known((_, point): (usize, &super::Point)) -> bool {
    point.value.known().is_some()
}

fn has_few(plot: &Plot) -> bool {
    plot.series.iter().flat_map(|series| &series.points).any(|point| point.value == Value::Few)
}

/// The places that are over; what is not over says too little.
fn over(plot: &Plot) -> std::ops::Range<usize> {
    let count = plot.across.count();
    0..count.saturating_sub(usize::from(plot.across.so_far() && count > 1))
}

fn of_one(plot: &Plot, series: &Series) -> String {
    let known = |place: usize| series.value(place).known().map(|number| (place, number));
    let Some((to, now)) = over(plot).rev().find_map(known) else { return NOTHING.into() };
    let is_like = |place: &usize| (to - place).is_multiple_of(rhythm(plot));
    let Some((from, before)) = (0..=to).filter(is_like).find_map(known) else { return NOTHING.into() };
    let told = format!("{} {}", plot.head.counted(now), when(plot, to));
    if from == to || before <= 0.0 {
        return format!("{told}.");
    }
    let then = format!("the {} {}", plot.head.text(Value::Known(before)), when(plot, from));
    if plot.head.unit == Unit::Share {
        return match (now - before) * 100.0 {
            points if points.abs() < 0.05 => format!("{told}, as {then}."),
            points if points < 0.0 => format!("{told}, {:.1} points less than {then}.", -points),
            points => format!("{told}, {points:.1} points more than {then}."),
        };
    }
    match now / before {
        ratio if (ratio - 1.0).abs() < 0.005 => format!("{told}, as {then}."),
        ratio if ratio < 1.0 => format!("{told}, {} less than {then}.", Unit::Share.full(1.0 - ratio)),
        ratio if ratio < 3.0 => format!("{told}, {} more than {then}.", Unit::Share.full(ratio - 1.0)),
        ratio => format!("{told}, {ratio:.1} times {then}."),
    }
}

/// After how many places the same part of a week comes again: a Saturday is no fall from a Monday.
fn rhythm(plot: &Plot) -> usize {
    if matches!(plot.across, Across::Days { bucket: Bucket::Day, .. }) { 7 } else { 1 }
}

/// When a place was.
fn when(plot: &Plot, place: usize) -> String {
    match &plot.across {
        Across::Days { bucket, starts, .. } => within(starts[place], *bucket),
        Across::Names { names, .. } => format!("in {}", names[place]),
    }
}

/// When a span of time was: `on 9 Nov`, `in the week of 9–15 Nov`, `in Nov 2026`.
pub(crate) fn within(start: Day, bucket: Bucket) -> String {
    let name = days(start, bucket);
    match bucket {
        Bucket::Day => format!("on {name}"),
        Bucket::Week => format!("in the week of {name}"),
        Bucket::Month => format!("in {name}"),
    }
}

fn of_several(plot: &Plot, series: &[&Series]) -> String {
    let last = over(plot).rev().find_map(|place| Some((place, leader(series, place)?)));
    let Some((last, (leads, number))) = last else { return NOTHING.into() };
    let told = match plot.form {
        Form::Share => {
            let part = Unit::Share.full(plot.drawn(number, last));
            // The whole of shares is no number of anything.
            let whole = (plot.head.unit == Unit::Count).then(|| format!(" of {}", plot.head.counted(plot.sum(last))));
            format!("{} has {part}{}", leads.name, whole.unwrap_or_default())
        }
        Form::Lines if series.len() <= TOLD_MAX => each(plot, series, last),
        Form::Lines | Form::Stacked => format!("{} leads with {}", leads.name, plot.head.counted(number)),
    };
    let told = format!("{told} {}", when(plot, last));
    let other = |place| leader(series, place).filter(|(other, _)| other.name != leads.name);
    match (0..last).rev().find_map(|place| Some((place + 1, other(place)?.0))) {
        Some((place, other)) => format!("{told}; {} overtook {} {}.", leads.name, other.name, when(plot, place)),
        None => format!("{told}."),
    }
}

/// The largest of what has a name of its own.
fn leader<'s>(series: &[&'s Series], place: usize) -> Option<(&'s Series, f64)> {
    let named = series.iter().filter(|series| !series.folded);
    let known = named.filter_map(|series| Some((*series, series.value(place).known()?)));
    known.reduce(|best, other| if other.1 > best.1 { other } else { best })
}

/// The numbers of a place, one by one: `local 1 420, CI 310 machines`.
fn each(plot: &Plot, series: &[&Series], place: usize) -> String {
    let known = series.iter().filter_map(|series| {
        let text = plot.head.text(Value::Known(series.value(place).known()?));
        Some(if plot.series.len() == 1 { text } else { format!("{} {text}", series.name) })
    });
    let told = known.collect::<Vec<_>>().join(", ");
    if plot.head.unit == Unit::Count { format!("{told} {}", plot.head.counts) } else { told }
}

fn of_names(plot: &Plot, series: &[&Series]) -> String {
    let names = plot.across.names();
    let known = |place: &usize| series.iter().any(|series| series.value(*place).known().is_some());
    let mut told =
        (0..names.len()).rev().filter(known).map(|place| format!("{}: {}", names[place], each(plot, series, place)));
    match (told.next(), told.next()) {
        (Some(last), Some(before)) => format!("{last}; before that {before}."),
        (Some(last), None) => format!("{last}."),
        (None, _) => NOTHING.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::gallery::{active, adoption, durations, some_few, verdicts};
    use super::super::{Head, Point};
    use super::*;

    #[track_caller]
    fn check(plot: &Plot, said: &str) {
        assert_eq!(of(plot).replace(['\u{202f}', '\u{a0}'], " "), said);
    }

    fn one(numbers: &[u64]) -> Plot {
        let across = Across::Names { are: "week".into(), names: Vec::new() };
        let head = Head { title: "Runs".into(), counts: "runs".into(), unit: Unit::Count, minimum: 20 };
        let points = numbers.iter().map(|&number| Point::count(number)).collect();
        let series = vec![Series::new("runs", points)];
        let Across::Days { bucket, starts, .. } = active().across else { return Plot::lines(head, across, series) };
        let starts = starts[..numbers.len()].to_vec();
        Plot::lines(head, Across::Days { bucket, starts, so_far: false }, series)
    }

    #[test]
    fn one_line_is_told_by_its_change() {
        check(
            &one(&[400, 7, 500]),
            "500 runs in the week of 7–13 Sep, 25 % more than the 400 in the week of 24–30 Aug.",
        );
        check(
            &one(&[400, 300]),
            "300 runs in the week of 31 Aug–6 Sep, 25 % less than the 400 in the week of 24–30 Aug.",
        );
        check(&one(&[10, 45]), "45 runs in the week of 31 Aug–6 Sep, 4.5 times the 10 in the week of 24–30 Aug.");
        check(&one(&[400, 401]), "401 runs in the week of 31 Aug–6 Sep, as the 400 in the week of 24–30 Aug.");
        check(&one(&[400]), "400 runs in the week of 24–30 Aug.");
        check(&one(&[]), "Nothing was counted here.");
    }

    #[test]
    fn a_day_is_told_against_the_same_day_of_a_week() {
        let mut plot = one(&[455, 500, 500, 500, 440, 150, 140, 460, 500]);
        let Across::Days { starts, bucket, .. } = &mut plot.across else { return };
        (*bucket, *starts) = (Bucket::Day, (0..9).map(|day| Day(20_690 + day)).collect());
        check(&plot, "500 runs on 2 Sep, as the 500 on 26 Aug.");
    }

    #[test]
    fn shares_change_by_points() {
        let mut plot = one(&[0, 0]);
        plot.head.unit = Unit::Share;
        plot.series[0].points = [0.38, 0.62].map(|share| Point::of(share, 60)).to_vec();
        check(&plot, "62 % in the week of 31 Aug–6 Sep, 24.0 points more than the 38 % in the week of 24–30 Aug.");
    }

    #[test]
    fn several_are_told_by_who_leads() {
        let share =
            "2.1 has 66 % of 1 388 machines in the week of 9–15 Nov; 2.1 overtook 2.0 in the week of 19–25 Oct.";
        check(&adoption(Form::Share), share);
        check(&verdicts(), "kept leads with 39 839 events in the week of 9–15 Nov.");
        check(&active(), "month 3 010, week 1 722, day 739 machines in the week of 9–15 Nov.");
    }

    #[test]
    fn names_are_told_by_the_last_two() {
        let said = "2.2: p95 7.2 s, p75 2.05 s, p50 870 ms; before that 2.1: p95 14.6 s, p75 4.1 s, p50 1.7 s.";
        check(&durations(), said);
    }

    #[test]
    fn what_is_hidden_is_not_nothing() {
        let mut plot = some_few();
        plot.series.iter_mut().for_each(|series| series.points.fill(Point::FEW));
        check(&plot, "Every group here has fewer than 20.");
    }
}
