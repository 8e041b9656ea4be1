//! A small command line tool that adopts aboveboard: three lines in `main`, and one for each thing that happens.

#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a tool prints, and looks at the clock")]

use std::process::ExitCode;
use std::time::Instant;

use aboveboard::{Config, Telemetry};

use acme::command_finished::{Command, Outcome};
use acme::{ACME, CommandFinished};

mod acme;

fn config() -> Config {
    Config::new(&ACME, env!("CARGO_PKG_VERSION"))
}

fn main() -> ExitCode {
    let telemetry = Telemetry::open(config());
    if let Some(code) = aboveboard::command::from_arguments(config()) {
        return ExitCode::from(code);
    }
    let (started, name) = (Instant::now(), std::env::args().nth(1).unwrap_or_default());
    let outcome = work(&name);
    let milliseconds = started.elapsed().as_secs_f64() * 1000.0;
    telemetry.record(CommandFinished::new().command(Command::of(&name)).outcome(outcome).duration(milliseconds));
    telemetry.close();
    if outcome == Outcome::Ok { ExitCode::SUCCESS } else { ExitCode::from(3) }
}

/// What the tool is for.
fn work(name: &str) -> Outcome {
    match name {
        "build" | "check" | "clean" => println!("{name}: done"),
        "panic" => panic!("the tool has a bug"),
        name => {
            eprintln!("acme: `{name}` is not a command");
            return Outcome::Failed;
        }
    }
    Outcome::Ok
}
