//! The steps of a task: each timed and counted, all run even when one fails, summed in one closing line.

use std::process::ExitCode;
use std::time::{Duration, Instant};

/// How many checks of a step passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl Counts {
    /// One check, which passed or did not.
    pub(crate) fn one(passed: bool) -> Self {
        Self { passed: u64::from(passed), failed: u64::from(!passed) }
    }
}

/// What was run so far.
pub(crate) struct Steps {
    done: Vec<(String, Counts, Duration)>,
}

impl Steps {
    pub(crate) fn new() -> Self {
        Self { done: Vec::new() }
    }

    /// Runs one step.
    pub(crate) fn step(&mut self, name: &str, run: impl FnOnce() -> Counts) {
        println!("\n== {name}");
        let start = Instant::now();
        let counts = run();
        self.done.push((name.to_owned(), counts, start.elapsed()));
    }

    /// Prints the time of each step and, alone on the last line, the sums.
    pub(crate) fn close(self) -> ExitCode {
        println!();
        for (name, counts, took) in &self.done {
            let mark = if counts.failed == 0 { "ok  " } else { "FAIL" };
            println!(
                "{mark} {:>7.1} s  {name}: {} passed, {} failed",
                took.as_secs_f64(),
                counts.passed,
                counts.failed
            );
        }
        let sum = self.sum();
        println!("{} passed, {} failed", sum.passed, sum.failed);
        ExitCode::from(u8::from(sum.failed > 0))
    }

    fn sum(&self) -> Counts {
        self.done.iter().fold(Counts::default(), |sum, (_, counts, _)| Counts {
            passed: sum.passed + counts.passed,
            failed: sum.failed + counts.failed,
        })
    }
}
