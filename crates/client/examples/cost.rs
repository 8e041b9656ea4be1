//! What one `record()` costs: `cargo run --release -p aboveboard --example cost`. Printed, never asserted.

#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "an example prints, and looks at the clock")]

use std::hint::black_box;
use std::time::Instant;

use aboveboard::example::command_finished::{Command, Flags, Outcome};
use aboveboard::example::{ACME, CommandFinished};
use aboveboard::testing::Trial;
use aboveboard::{Record, Telemetry};

/// Records between two flushes: fewer than fill the memory, so that no flush falls into the time.
const RECORDS: u32 = 50;
const ROUNDS: usize = 2_000;

fn main() {
    let trial = Trial::new(&ACME);
    let flags = [Flags::Watch, Flags::Draft];
    let all = || {
        let record = CommandFinished::new().command(Command::Build).outcome(Outcome::Ok).duration(black_box(1234.5));
        record.pages(black_box(17.0)).flags(black_box(&flags)).cached(true)
    };
    println!("record(), 6 fields      {:6.1} ns", median(trial.telemetry(), all));
    println!("record(), no field      {:6.1} ns", median(trial.telemetry(), CommandFinished::new));
    println!("record(), telemetry off {:6.1} ns", median(&Telemetry::off(&ACME), CommandFinished::new));
}

/// The median over rounds of the time of one record.
fn median<R: Record>(telemetry: &Telemetry, record: impl Fn() -> R) -> f64 {
    let mut nanoseconds: Vec<f64> = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let start = Instant::now();
        (0..RECORDS).for_each(|_| telemetry.record(record()));
        nanoseconds.push(start.elapsed().as_nanos() as f64 / f64::from(RECORDS));
        telemetry.flush();
    }
    nanoseconds.sort_unstable_by(f64::total_cmp);
    nanoseconds[ROUNDS / 2]
}
