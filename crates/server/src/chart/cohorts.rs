//! Who came back: a triangle of cohorts, each cell the part of its cohort.

use aboveboard_catalog::{Bucket, Day};

use super::axis::days;
use super::cells;
use super::markup::Markup;
use super::sheet::{Cell, Line};
use super::{Drawing, Head, Sheet, Value};

/// Cohorts, the oldest first.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Cohorts {
    pub(crate) head: Head,
    /// How long a period is.
    pub(crate) bucket: Bucket,
    pub(crate) cohorts: Vec<Cohort>,
}

/// Those who began in one period.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Cohort {
    /// The first day of the period.
    pub(crate) start: Day,
    /// How many began.
    pub(crate) size: Value,
    /// The part that was there in the period, 0 to 1; the first is the one they began in. Shorter as time runs out.
    pub(crate) parts: Vec<Value>,
}

impl Cohorts {
    /// Draws the triangle.
    pub(crate) fn draw(&self) -> Drawing {
        Drawing { sentence: sentence(self), picture: picture(self), sheet: sheet(self), is_table: true }
    }
}

fn shares(cohorts: &Cohorts) -> Head {
    Head { unit: super::Unit::Share, ..cohorts.head.clone() }
}

fn heads(cohorts: &Cohorts) -> Vec<String> {
    let periods = cohorts.cohorts.iter().map(|cohort| cohort.parts.len()).max().unwrap_or_default();
    let first = [format!("first {}", cohorts.bucket.name()), cohorts.head.counts.clone()];
    first.into_iter().chain((0..periods).map(|period| format!("+{period}"))).collect()
}

fn picture(cohorts: &Cohorts) -> String {
    let shares = shares(cohorts);
    let heads = heads(cohorts);
    let mut out = Markup::default();
    let caption = format!(
        "{} (share of {} back after so many {}s)",
        cohorts.head.title,
        cohorts.head.counts,
        cohorts.bucket.name()
    );
    cells::open(&mut out, "heat cohorts", &caption, &heads.iter().map(String::as_str).collect::<Vec<_>>());
    for cohort in &cohorts.cohorts {
        cells::row(&mut out, &days(cohort.start, cohorts.bucket), None);
        cells::number(&mut out, &cohorts.head, cohort.size);
        cohort.parts.iter().for_each(|&part| cells::shaded(&mut out, &shares, part, 1.0));
        let left = heads.len() - 2 - cohort.parts.len();
        (0..left).for_each(|_| out.push(format_args!("<td></td>")));
        out.push(format_args!("</tr>"));
    }
    cells::close(&mut out);
    out.into_text()
}

fn sheet(cohorts: &Cohorts) -> Sheet {
    let (shares, head) = (shares(cohorts), heads(cohorts));
    let rows = cohorts.cohorts.iter().map(|cohort| {
        let size = Cell::value(cohorts.head.text(cohort.size), cohort.size);
        let parts = cohort.parts.iter().map(|&part| Cell::value(shares.text(part), part));
        // What is yet to come is neither nothing nor missing.
        let to_come = std::iter::repeat_with(|| Cell::words(""));
        let cells = [size].into_iter().chain(parts).chain(to_come).take(head.len() - 1).collect();
        Line { name: days(cohort.start, cohorts.bucket), cells }
    });
    let rows = rows.collect();
    Sheet { caption: cohorts.head.title.clone(), head, rows }
}

fn sentence(cohorts: &Cohorts) -> String {
    let after = |period: usize| {
        let known = cohorts
            .cohorts
            .iter()
            .filter_map(|cohort| Some((cohort.size.known()?, cohort.parts.get(period)?.known()?)));
        let (size, back) = known.fold((0.0, 0.0), |(all, back), (size, part)| (all + size, back + size * part));
        (size > 0.0).then(|| super::Unit::Share.full(back / size))
    };
    let name = cohorts.bucket.name();
    match (after(1), after(4)) {
        (Some(one), Some(four)) => format!("{one} were back one {name} later, {four} four {name}s later."),
        (Some(one), None) => format!("{one} were back one {name} later."),
        _ => format!("No {} has had time to come back that may be shown.", cohorts.bucket.name()),
    }
}
