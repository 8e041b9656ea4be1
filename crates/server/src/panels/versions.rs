//! Who has updated: versions over time, when each came out, and how long it took until half were there.

use std::cmp::Ordering;

use aboveboard_catalog::{Bucket, Day};

use super::rows::{Course, Gap, by_share, compare_versions, is_release};
use super::{Drawn, Oracle, Scope, Size};
use crate::ask::Ask;
use crate::chart::{self, Annotation, Change, Plot, Scale, Series};
use crate::disclose::Table;
use crate::state;
use crate::views::Counted;

/// So many versions are told apart; the others are one.
const SERIES_MAX: usize = 6;
/// A version is out when this part has it, so that a build of one maintainer is no release.
pub(super) const OUT: f64 = 0.005;
const HALF: f64 = 0.5;
/// A release that half do not have after so many days is slow.
const SLOW_DAYS: i32 = 21;

pub(super) fn draw(
    counted: &Counted,
    title: &str,
    scope: &Scope<'_>,
    oracle: &Oracle<'_>,
    size: Size,
) -> Result<Drawn, String> {
    let table = oracle.ask(&scope.over_time(counted))?;
    let head = scope.head(title, counted);
    let mut course = Course::of(&table, scope.today, Gap::Zero);
    course.keep(SERIES_MAX);
    course.by_version();
    let dimension = scope.dimension(counted.by.first().map_or("version", String::as_str));
    link(&mut course.series, scope, &dimension);
    let daily = oracle.ask(&scope.with_whole_versions().by(counted, Bucket::Day))?;
    let releases = releases(&daily, scope.today);
    let form = match scope.state.form {
        state::Form::Share => chart::Form::Share,
        state::Form::Stacked => chart::Form::Stacked,
        state::Form::Lines => chart::Form::Lines,
    };
    let annotations = annotations(scope, &releases);
    let plot = Plot { form, scale: Scale::Linear, annotations, ..Plot::lines(head, course.across(), course.series) };
    let drawn = Drawn::one(plot.draw());
    if size == Size::Small {
        let slow = releases.iter().rev().find(|release| release.is_slow(scope.today));
        return Ok(match slow {
            Some(slow) => drawn.asking_for(Some(slow.sentence())),
            None => drawn.saying(releases.last().map(Release::sentence)),
        });
    }
    Ok(Drawn { says: releases.iter().rev().map(Release::sentence).collect(), ..drawn })
}

/// The first day of a version, and how long it took until half had it or a later one.
pub(super) struct Release {
    pub(super) version: String,
    pub(super) from: Day,
    /// The span of time after which half had it.
    half: Option<Day>,
    bucket: Bucket,
}

impl Release {
    /// Whether it is out for long, and most have not moved.
    fn is_slow(&self, today: Day) -> bool {
        self.half.is_none() && today.0 - self.from.0 > SLOW_DAYS
    }

    fn sentence(&self) -> String {
        let Self { version, from, half, bucket } = self;
        let days = half.map(|half| half.0 - from.0);
        let rough = if *bucket == Bucket::Day { "" } else { ", to the nearest span" };
        match days {
            Some(0) => format!("{version} came out about {from} and half had it at once."),
            Some(days) => {
                format!("{version} came out about {from}; half had it or a later one after {days} days{rough}.")
            }
            None => format!("{version} came out about {from}; fewer than half have it or a later one yet."),
        }
    }
}

/// The versions that came out after the first span that is shown, oldest first.
pub(super) fn releases(table: &Table, today: Day) -> Vec<Release> {
    let course = Course::of(table, today, Gap::Zero);
    came_out(&by_share(&course), &course.starts, course.bucket)
}

/// A version comes out when a part worth telling first has it. One that appears after half have a later one is an old one
/// that somebody still runs.
fn came_out(shares: &[(String, Vec<f64>)], starts: &[Day], bucket: Bucket) -> Vec<Release> {
    let releases = || shares.iter().filter(|(version, _)| is_release(version));
    let held = |at: usize, version: &str, least: Ordering| {
        let others = releases().filter(|(other, _)| compare_versions(other, version) >= least);
        others.map(|(_, parts)| parts[at]).sum::<f64>() >= HALF
    };
    let found = releases().filter_map(|(version, parts)| {
        let at = parts.iter().position(|part| *part >= OUT).filter(|at| *at > 0)?;
        if held(at, version, Ordering::Greater) {
            return None;
        }
        let half = (at..starts.len()).find(|at| held(*at, version, Ordering::Equal)).map(|at| starts[at]);
        Some(Release { version: version.clone(), from: starts[at], half, bucket })
    });
    let mut found: Vec<Release> = found.collect();
    found.sort_by_key(|release| release.from);
    found
}

fn annotations(scope: &Scope<'_>, releases: &[Release]) -> Vec<Annotation> {
    let released = releases.iter().map(|release| Annotation {
        day: release.from,
        text: release.version.clone(),
        change: Change::Release,
    });
    released.chain(catalogue_changes(scope)).collect()
}

/// Days from which something else is counted than before: as the catalogue says, and as this collector saw it change.
pub(super) fn catalogue_changes(scope: &Scope<'_>) -> Vec<Annotation> {
    let (from, to) = scope.state.days(scope.today);
    let declared = scope.catalog().events.iter().flat_map(|event| [Some(event.since), event.expires]).flatten();
    let mut days: Vec<Day> = declared.chain(scope.changed.iter().copied()).collect();
    days.sort();
    days.dedup();
    days.retain(|day| *day > from && *day <= to);
    let changed = |day| Annotation { day, text: "catalogue".into(), change: Change::Catalogue };
    days.into_iter().map(changed).collect()
}

fn link(series: &mut [Series], scope: &Scope<'_>, dimension: &str) {
    for one in series.iter_mut().filter(|one| !one.folded) {
        one.link = scope.narrowed_to(dimension, &one.name);
    }
}

/// The question that tells which version is the latest, by weeks.
pub(super) fn by_week(scope: &Scope<'_>) -> Ask {
    let counted = Counted { measure: scope.measure().into(), events: Vec::new(), by: vec!["version".into()] };
    scope.with_whole_versions().weeks(&counted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disclose::View;
    use crate::state::{Known, State};

    #[test]
    fn a_version_comes_out_when_it_is_seen_and_no_half_is_past_it() {
        let parts = |version: &str, parts: [f64; 4]| (version.to_owned(), parts.to_vec());
        let shares = [
            parts("1.0.0", [1.0, 0.8, 0.3, 0.2]),
            parts("1.1.0", [0.0, 0.2, 0.6, 0.2]),
            parts("1.2.0-beta", [0.0, 0.0, 0.1, 0.0]),
            parts("1.0.1", [0.0, 0.0, 0.0, 0.1]),
            parts("1.2.0", [0.0, 0.0, 0.0, 0.5]),
        ];
        let starts = [0, 1, 2, 3].map(Day);
        let told = came_out(&shares, &starts, Bucket::Day);
        let told: Vec<_> = told.iter().map(|told| (told.version.as_str(), told.from.0, told.half)).collect();
        assert_eq!(told, [("1.1.0", 1, Some(Day(2))), ("1.2.0", 3, Some(Day(3)))], "1.0.1 is old where it is seen");
    }

    #[test]
    fn a_catalogue_that_changed_here_is_told_within_the_days_that_are_shown() {
        let catalog = crate::sample::sample();
        let known = Known { catalog: &catalog, view: View::Operator };
        let (state, _) = State::parse(&[("range".to_owned(), "28".to_owned())], known);
        let today = catalog.events[0].since.plus(400);
        let (before, within) = (today.plus(-90), today.plus(-9));
        let scope = Scope::new(known, &state, today, "/t/sample".into(), Vec::new());
        assert_eq!(catalogue_changes(&scope), []);
        let told = catalogue_changes(&scope.with_changes(vec![before, within, within]));
        assert_eq!(told.iter().map(|told| (told.day, told.change)).collect::<Vec<_>>(), [(within, Change::Catalogue)]);
    }
}
