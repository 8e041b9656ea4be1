//! A small command line tool that adopts aboveboard: three lines in `main`, and one for each thing that happens.

#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a tool prints, reads files, and looks at the clock"
)]

use std::process::ExitCode;
use std::time::Instant;

use aboveboard::errors::explain;
use aboveboard::{Config, Telemetry};

use acme::command_finished::{Command, Outcome};
use acme::{ACME, CommandFinished};

mod acme;
mod error;
mod site;

fn config() -> Config {
    Config::new(&ACME, env!("CARGO_PKG_VERSION"))
        // Beside the catalogue, for its collector shows them, too.
        .pages(aboveboard::pages!("../../catalogs/acme/errors"))
}

fn main() -> ExitCode {
    let telemetry = Telemetry::open(config());
    if let Some(code) = aboveboard::command::from_arguments(config()) {
        return ExitCode::from(code);
    }
    if let Some(code) = explain::from_arguments(config()) {
        return ExitCode::from(code);
    }
    let started = Instant::now();
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_default();
    let outcome = match site::run(&name, &arguments.collect::<Vec<_>>()) {
        Ok(()) => Outcome::Ok,
        Err(error) => {
            telemetry.report(&error);
            Outcome::Failed
        }
    };
    let milliseconds = started.elapsed().as_secs_f64() * 1000.0;
    telemetry.record(CommandFinished::new().command(Command::of(&name)).outcome(outcome).duration(milliseconds));
    telemetry.close();
    if outcome == Outcome::Ok { ExitCode::SUCCESS } else { ExitCode::from(3) }
}
