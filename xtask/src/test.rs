//! `cargo xtask test`: everything that must hold, in the order in which it fails soonest.

use std::process::Command;

use crate::fuzz;
use crate::shell::{command, read, run};
use crate::steps::{Counts, Outcome, Steps, failures};
use crate::tidy;
use crate::web;

/// The journeys stand behind a feature: they install real packages, which `cargo test` alone must not do.
/// The client's subcommand for hosts with clap is tested as well.
const JOURNEYS: &str = "--workspace --features aboveboard-server/journeys,aboveboard/clap";

pub(crate) fn everything(steps: &mut Steps) {
    unit(steps);
    web::run_all(steps);
    e2e(steps);
    fuzz::run_all(steps, fuzz::SECONDS_IN_TEST);
}

/// What needs nothing but a Rust toolchain.
pub(crate) fn unit(steps: &mut Steps) {
    steps.step("format", || one("cargo fmt --all --check"));
    tidy::run(steps);
    steps.step("clippy", clippy);
    steps.step("documentation", documentation);
    steps.step("tests", || tests("not binary(journeys)"));
    steps.step("documentation tests", || counted(&mut command("cargo test --workspace --doc --no-fail-fast")));
}

/// The real clients against the real server.
pub(crate) fn e2e(steps: &mut Steps) {
    steps.step("journeys", || tests("binary(journeys)"));
}

/// Tests may read the clock, the disk and the environment and may print; the product may not.
fn clippy() -> Counts {
    let product = one("cargo clippy --workspace --features aboveboard-server/journeys,aboveboard/clap -- -D warnings");
    let tests = "-A clippy::disallowed_methods -A clippy::print_stdout";
    let tests = one(&format!("cargo clippy {JOURNEYS} --all-targets -- -D warnings {tests}"));
    Counts { passed: product.passed + tests.passed, failed: product.failed + tests.failed }
}

/// With private items, so that the heads of files may link to what they are about.
fn documentation() -> Counts {
    let mut command = command("cargo doc --workspace --no-deps --document-private-items");
    Counts::one(run(command.env("RUSTDOCFLAGS", "-D warnings")).success)
}

/// Runs the tests that a nextest filter names. Without nextest, cargo's own runner does the same, only slower.
fn tests(filter: &str) -> Outcome {
    if read("cargo nextest --version").is_some() {
        let line = format!("cargo nextest run {JOURNEYS} --no-fail-fast --status-level slow --final-status-level fail");
        return counted(command(&line).args(["--filterset", filter]));
    }
    match filter.starts_with("not ") {
        true => counted(&mut command("cargo test --workspace --lib --bins --tests --no-fail-fast")),
        false => counted(&mut command(&format!("cargo test {JOURNEYS} --test journeys --no-fail-fast"))),
    }
}

fn one(line: &str) -> Counts {
    Counts::one(run(&mut command(line)).success)
}

fn counted(command: &mut Command) -> Outcome {
    let heard = run(command);
    let mut counts = summed(&heard.text);
    // A run that did not get as far as a failing test (it did not build, say) failed all the same.
    if !heard.success && counts.failed == 0 {
        counts.failed = 1;
    }
    Outcome { counts, failed: failures(&heard.text) }
}

/// Adds up the closing lines of cargo's and nextest's test runs.
fn summed(text: &str) -> Counts {
    let closing = |line: &&str| line.starts_with("test result:") || line.starts_with("     Summary [");
    text.lines().filter(closing).fold(Counts::default(), |sum, line| Counts {
        passed: sum.passed + number_before(line, "passed"),
        failed: sum.failed + number_before(line, "failed") + number_before(line, "timed out"),
    })
}

fn number_before(line: &str, word: &str) -> u64 {
    let before = line.split_once(&format!(" {word}")).map_or("", |(before, _)| before);
    let digits = before.rsplit(|letter: char| !letter.is_ascii_digit()).next();
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_of_both_runners_add_up() {
        let cargo =
            "test result: FAILED. 12 passed; 3 failed; 0 ignored\ntest result: ok. 1 passed; 0 failed; 0 ignored";
        assert_eq!(summed(cargo), Counts { passed: 13, failed: 3 });
        // What a failing test printed is repeated with an indent.
        assert_eq!(summed("    test result: FAILED. 0 passed; 1 failed"), Counts::default());
        let nextest = "     Summary [   0.015s] 8 tests run: 5 passed (1 slow), 2 failed, 1 timed out, 4 skipped";
        assert_eq!(summed(nextest), Counts { passed: 5, failed: 3 });
        assert_eq!(summed("running 3 passed, 2 failed"), Counts::default());
    }

    #[test]
    fn a_command_that_cannot_start_is_a_failure() {
        let outcome = counted(&mut Command::new("no-such-program-anywhere"));
        assert_eq!(outcome, Counts { passed: 0, failed: 1 }.into());
    }
}
