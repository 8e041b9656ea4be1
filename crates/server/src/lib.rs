//! The collector: takes, checks, keeps and answers.
//!
//! The program is [`run`]; everything else is private but the parsers of foreign bytes, which the fuzzers need.

mod app;
mod clock;
mod config;
#[cfg(test)]
mod golden;
mod problem;

use std::process::ExitCode;

/// Runs the program with the arguments of this process.
#[must_use]
pub fn run() -> ExitCode {
    ExitCode::SUCCESS
}
