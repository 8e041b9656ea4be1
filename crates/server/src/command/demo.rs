//! `aboveboard demo`: ninety made-up days of three tools, then a collector that serves them, then nothing is left.

use std::io::{self, IsTerminal, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::{Arg, ArgMatches, Command, value_parser};
use tracing::Level;

use super::{Failure, here};
use crate::clock::{self, Moment};
use crate::config::{Config, LogForm};
use crate::demo::{Filled, Story, Verdicts, fill, open};
use crate::files::Scratch;
use crate::logs;
use crate::serve::{until_stopped, watch_for_stop};

const SEED: &str = "7";
const DAYS: &str = "90";
const MACHINES: &str = "3000";
/// A whole day may wait, for it is taken in as fast as it is made up.
const QUEUE_BYTES_MAX: usize = 1 << 30;

pub(super) fn word() -> Command {
    let number = |name: &'static str, default: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name("N").default_value(default).help(help)
    };
    Command::new("demo").about("Show everything with made-up data, which is deleted at the end").args([
        here::flag(),
        number("seed", SEED, "Another number makes another population; the same things happen to it")
            .value_parser(value_parser!(u64)),
        number("days", DAYS, "How many days, ending yesterday").value_parser(value_parser!(i32).range(7..=365)),
        number("machines", MACHINES, "How many machines run `acme`; the other tools follow")
            .value_parser(value_parser!(u64).range(1..=100_000)),
    ])
}

pub(super) fn run(matches: &ArgMatches) -> Result<String, Failure> {
    let listener = here::listener(matches)?;
    let (began, story) = (clock::now(), story(matches, clock::now()));
    logs::start(LogForm::Text, Level::WARN);
    let stopped = watch_for_stop().map_err(Failure::Problems)?;
    let scratch = Scratch::new("aboveboard-demo").map_err(Failure::Problems)?;
    let config =
        Config { data: scratch.path().to_owned(), demo: true, queue_bytes_max: QUEUE_BYTES_MAX, ..Config::default() };
    let app = open(config, story).map(Arc::new).map_err(Failure::Problems)?;
    let filled = fill(&app, story, |over| tell(over, story, &stopped));
    if stopped.load(Ordering::Relaxed) {
        eprintln!();
        return Ok(String::new());
    }
    eprintln!("{}", summary(filled.map_err(Failure::Problems)?, began, clock::now()));
    until_stopped(app, listener, |bound| {
        // A reader that went away (`| head`) does not end the demo.
        let _ = io::stdout().write_all(welcome(bound, story).as_bytes());
    })
    .map_err(Failure::Problems)?;
    Ok(String::new())
}

fn story(matches: &ArgMatches, now: Moment) -> Story {
    let days = *matches.get_one::<i32>("days").expect("it has a default");
    Story {
        seed: *matches.get_one("seed").expect("it has a default"),
        first: now.day().plus(-days),
        days,
        machines: *matches.get_one("machines").expect("it has a default"),
    }
}

/// Says how far it is, on a terminal only; and whether to go on.
fn tell(over: i32, story: Story, stopped: &AtomicBool) -> bool {
    if io::stderr().is_terminal() {
        eprint!("\rmaking up day {over} of {} ", story.days);
    }
    !stopped.load(Ordering::Relaxed)
}

fn summary(filled: Filled, began: Moment, now: Moment) -> String {
    let Filled { requests, bytes, verdicts } = filled;
    let (seconds, megabytes) = ((now.0 - began.0) as f64 / 1e3, bytes as f64 / 1e6);
    let Verdicts { kept, repeated, rejected } = verdicts;
    format!(
        "\rtook in {requests} requests ({megabytes:.0} MB) in {seconds:.1} s: {kept} events kept, {repeated} repeated, \
         {rejected} rejected"
    )
}

fn welcome(bound: SocketAddr, story: Story) -> String {
    let Story { seed, days, machines, .. } = story;
    let last = story.first.plus(days - 1);
    format!(
        "Made-up data: {days} days up to {last}, {machines} machines, seed {seed}. Nothing leaves this computer.

  Dashboard      http://{bound}/t/acme
                 http://{bound}/t/nextjs
                 http://{bound}/t/clerk
  Transparency   http://{bound}/transparency/acme      what the tool's users see
                 http://{bound}/transparency/nextjs
                 http://{bound}/transparency/clerk
  Try            aboveboard query --url http://{bound} --tool acme --measure machines --by version --bucket week
                 curl -s 'http://{bound}/v1/query.csv?tool=acme&by=command_finished.command'

  To be found    2.4.0 was slow, and 2.4.1 repaired it. A new text for `ACME_CONFIG_INVALID` helps. Node.js 18 fades.
                 Builds went round in circles for days, only in continuous integration. A beta says more than the
                 catalogue knows. Nobody sends `incremental`. Some answers were lost, and nothing was counted twice.

Next: `aboveboard init` makes a catalogue for your own tool, `aboveboard dev` shows what arrives.
Ctrl-C stops, and deletes the data.
"
    )
}

#[cfg(test)]
mod tests {
    use aboveboard_catalog::Day;

    use super::*;

    #[test]
    fn the_last_day_is_yesterday() {
        let matches = word().get_matches_from(["demo", "--days", "7"]);
        let story = story(&matches, Moment(i64::from(Day(20_000).0) * 86_400_000 + 5));
        assert_eq!(story.first.plus(story.days), Day(20_000));
    }
}
