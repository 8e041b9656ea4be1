//! When what happens. Moments of the story are percents of its days, so that a short demo tells the same one.

use aboveboard_catalog::{Bucket, Day};

use super::chance::Chance;
use crate::clock::Moment;

/// What a demo is made from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Story {
    /// Another seed gives another population that goes through the same.
    pub(crate) seed: u64,
    /// The first day.
    pub(crate) first: Day,
    /// How many days there are.
    pub(crate) days: i32,
    /// How many machines `acme` is on; the other tools follow.
    pub(crate) machines: u64,
}

/// A version, and when it came out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Release {
    pub(super) version: &'static str,
    pub(super) percent: i32,
}

/// How long somebody stays, how much they do, and how fast they update.
pub(super) struct Life {
    pub(super) joins: Day,
    leaves: Day,
    /// The chance to be active on a busy day, from 0 to 1.
    intensity: f64,
    /// Days until a release is adopted, more or less.
    pace: f64,
    number: u64,
}

/// Which part of a person's life dice are about, so that parts do not depend on each other.
#[derive(Clone, Copy)]
pub(super) enum About {
    AcmeMachine = 1,
    AcmeDay,
    AcmeCi,
    NextMachine,
    NextDay,
    NextCi,
    ClerkProject,
    ClerkDay,
    ClerkCommand,
    Adoption,
    Hostile,
    AcmeReaders,
}

impl Story {
    pub(super) fn last(&self) -> Day {
        self.first.plus(self.days - 1)
    }

    /// The day at a percent of the story; before its first day, if negative.
    pub(super) fn day_at(&self, percent: i32) -> Day {
        self.first.plus(self.days * percent / 100)
    }

    /// Whether a day lies between two percents.
    pub(super) fn is_within(&self, day: Day, from: i32, to: i32) -> bool {
        (self.day_at(from)..self.day_at(to)).contains(&day)
    }

    pub(super) fn dice(&self, about: About, subject: u64, day: Day) -> Chance {
        Chance::of(self.seed, &[about as u64, subject, day.0 as u64])
    }

    /// How busy a day is, from 0 to 1: people rest on weekends, and Friday afternoons are short.
    pub(super) fn bustle(&self, day: Day) -> f64 {
        const OF_A_WEEK: [f64; 7] = [0.93, 1.0, 1.0, 0.97, 0.84, 0.27, 0.24];
        OF_A_WEEK[(day.0 - day.start_of(Bucket::Week).0) as usize]
    }

    /// A moment of a day, most likely in working hours.
    pub(super) fn moment(&self, day: Day, dice: &mut Chance) -> Moment {
        let hour = if dice.percent(85.0) { 7.0 + dice.unit() * 11.0 } else { dice.unit() * 23.0 };
        Moment(i64::from(day.0) * 86_400_000 + (hour * 3_600_000.0) as i64)
    }

    /// The newest of these releases that is out on a day.
    pub(super) fn newest(&self, releases: &[Release], day: Day) -> usize {
        releases.iter().rposition(|release| self.day_at(release.percent) <= day).unwrap_or(0)
    }
}

impl Life {
    /// Six in ten were there before the story begins; newcomers often try for some days only.
    pub(super) fn of(story: &Story, number: u64, dice: &mut Chance) -> Self {
        let days = f64::from(story.days);
        let joins = if dice.percent(60.0) { -dice.unit() * 300.0 - 1.0 } else { dice.unit().sqrt() * days };
        let stays = match (joins > 0.0, dice.unit()) {
            (true, luck) if luck < 0.35 => 1.0 + dice.unit() * 9.0,
            (_, luck) if luck < 0.6 => 20.0 + dice.unit() * 2.0 * days,
            _ => 10_000.0,
        };
        let pace = match dice.unit() {
            luck if luck < 0.18 => dice.unit() * 2.0,
            luck if luck < 0.56 => 2.0 + dice.unit() * 18.0,
            luck if luck < 0.80 => 20.0 + dice.unit() * 60.0,
            _ => 90.0 + dice.unit() * 310.0,
        };
        let joins = story.first.plus(joins as i32);
        let leaves = joins.max(story.first).plus(stays as i32);
        Self { joins, leaves, intensity: 0.05 + dice.unit().powi(2) * 0.75, pace, number }
    }

    pub(super) fn is_active(&self, story: &Story, day: Day, dice: &mut Chance) -> bool {
        let there = self.joins <= day && day < self.leaves;
        there && (self.joins == day || dice.percent(100.0 * self.intensity * story.bustle(day)))
    }

    /// Which of these releases is installed: what was newest when they came, or what they have updated to since.
    pub(super) fn installed(&self, story: &Story, releases: &[Release], day: Day) -> usize {
        let adopted = |place: &usize| {
            let mut dice = story.dice(About::Adoption, self.number, Day(*place as i32));
            let delay = self.pace * (0.5 + dice.unit());
            story.day_at(releases[*place].percent).plus(delay as i32) <= day
        };
        let updated = (0..releases.len()).rev().find(adopted).unwrap_or(0);
        updated.max(story.newest(releases, self.joins)).min(story.newest(releases, day))
    }
}
