//! Made-up data that tells a story: a population of three tools, in the real wire formats, through the real ingest, with
//! a clock that moves as fast as the data comes.

mod acme;
mod chance;
mod clerk;
mod delivery;
mod earlier;
mod nextjs;
mod story;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::mpsc::{channel, sync_channel};

use aboveboard_catalog::wire::Receipt;
use aboveboard_catalog::{Catalog, Day, Dialect};

pub(crate) use delivery::Verdicts;
pub(crate) use earlier::open;
pub(crate) use story::Story;

use crate::app::App;
use crate::clock::Moment;
use crate::ingest;
use crate::problem::Problem;
use acme::Acme;
use clerk::Clerk;
use delivery::Delivery;
use nextjs::Nextjs;

/// Days that are made up ahead of those that are taken in.
const DAYS_AHEAD: usize = 2;
/// Days after which the store is looked after, as upkeep would do all the time.
const DAYS_OF_UPKEEP: i32 = 7;

/// What was taken in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filled {
    pub(crate) requests: u64,
    pub(crate) bytes: u64,
    pub(crate) verdicts: Verdicts,
}

/// What arrives on a day.
struct Arriving {
    day: Day,
    /// When, in which format, and the body.
    requests: Vec<(Moment, Dialect, Vec<u8>)>,
    /// What must become of it.
    meant: Verdicts,
}

/// Lets the story happen. `go_on` is told how many days are over, and says whether there shall be more.
///
/// # Errors
/// A sentence, when the store fails, something became of the data that was not meant, or `go_on` said no.
pub(crate) fn fill(app: &App, story: Story, mut go_on: impl FnMut(i32) -> bool) -> Result<Filled, String> {
    let (hand_over, days) = sync_channel(DAYS_AHEAD);
    let mut filled = Filled::default();
    std::thread::scope(|scope| {
        // Nobody takes the rest when the demo ends early.
        scope.spawn(move || drop(Days::new(story).try_for_each(|(day, all)| hand_over.send(Arriving::new(day, all)))));
        for (over, arriving) in (1..).zip(days) {
            let day = arriving.day;
            take_in(app, arriving, &mut filled)?;
            if over % DAYS_OF_UPKEEP == 0 || over == story.days {
                look_after(app, day.plus(1))?;
            }
            if !go_on(over) {
                return Err("stopped".to_owned());
            }
        }
        Ok(filled)
    })
}

/// The same catalogues, in which texts of errors were rewritten when the versions of the story came out that have them.
fn dated(catalogs: &[Catalog], story: Story) -> Arc<[Catalog]> {
    let mut catalogs = catalogs.to_vec();
    for page in catalogs.iter_mut().filter_map(|catalog| catalog.errors.as_mut()).flat_map(|errors| &mut errors.pages) {
        for text in &mut page.revisions {
            text.day = acme::came_out(&text.version, story).unwrap_or(text.day);
        }
    }
    catalogs.into()
}

/// The days of a story, each with what arrives on it, in order.
struct Days {
    story: Story,
    day: Day,
    acme: Acme,
    nextjs: Nextjs,
    clerk: Clerk,
    /// What will arrive on later days.
    under_way: Vec<Delivery>,
}

impl Days {
    fn new(story: Story) -> Self {
        let (acme, nextjs, clerk) = (Acme::new(story), Nextjs::new(story), Clerk::new(story));
        Self { story, day: story.first, acme, nextjs, clerk, under_way: Vec::new() }
    }
}

impl Iterator for Days {
    type Item = (Day, Vec<Delivery>);

    fn next(&mut self) -> Option<Self::Item> {
        let day = self.day;
        if day > self.story.last() {
            return None;
        }
        self.day = day.plus(1);
        let mut arriving = std::mem::take(&mut self.under_way);
        let mut send = |delivery| arriving.push(delivery);
        self.acme.day(day, &mut send);
        self.nextjs.day(day, &mut send);
        self.clerk.day(day, &mut send);
        arriving.sort_by_key(|delivery| delivery.at);
        self.under_way = arriving.split_off(arriving.partition_point(|delivery| delivery.at.day() <= day));
        Some((day, arriving))
    }
}

impl Arriving {
    fn new(day: Day, deliveries: Vec<Delivery>) -> Self {
        let mut meant = Verdicts::default();
        let mut requests = Vec::with_capacity(deliveries.len());
        for delivery in deliveries {
            meant += delivery.verdicts();
            requests.push((delivery.at, delivery.dialect(), delivery.into_body()));
        }
        Self { day, requests, meant }
    }
}

/// Takes the requests of a day in, and waits until all of them are on disk.
fn take_in(app: &App, arriving: Arriving, filled: &mut Filled) -> Result<(), String> {
    let (tell, told) = channel();
    for (at, dialect, body) in arriving.requests {
        let tell = tell.clone();
        filled.requests += 1;
        filled.bytes += body.len() as u64;
        ingest::pass_on(app, dialect, &body, at, move |outcome| drop(tell.send(outcome))).map_err(turned_away)?;
    }
    drop(tell);
    let mut verdicts = Verdicts::default();
    for outcome in told {
        verdicts += Verdicts::of(&outcome.map_err(turned_away)?);
    }
    filled.verdicts += verdicts;
    let (day, meant) = (arriving.day, arriving.meant);
    (verdicts == meant)
        .then_some(())
        .ok_or_else(|| format!("on {day} there were {verdicts:?}, where {meant:?} was meant"))
}

impl Verdicts {
    fn of(receipt: &Receipt) -> Self {
        Self { kept: receipt.kept, repeated: receipt.repeated, rejected: receipt.rejected.values().sum() }
    }
}

fn turned_away(problem: Problem) -> String {
    format!("the demo's own data was turned away: {:?}", problem.code())
}

fn look_after(app: &App, day: Day) -> Result<(), String> {
    app.store.maintain(i64::from(day.0) * 86_400).map_err(|error| error.to_string())?;
    app.keys.rotate(&app.catalogs, day)
}
