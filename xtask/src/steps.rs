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

/// What came of a step: its counts, and the names of the tests that failed, where their runner tells them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) counts: Counts,
    pub(crate) failed: Vec<String>,
}

impl From<Counts> for Outcome {
    fn from(counts: Counts) -> Self {
        Self { counts, failed: Vec::new() }
    }
}

/// The names of failed tests in what a runner printed, each once: node's for people and for programs, nextest's, cargo's.
pub(crate) fn failures(text: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in text.lines().filter_map(failure) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn failure(line: &str) -> Option<String> {
    let line = line.trim_start();
    let told = node_failure(line).or_else(|| nextest_failure(line)).or_else(|| cargo_failure(line))?;
    Some(told.trim().to_owned())
}

/// `✖ name (12.3ms)` for people, `not ok 3 - name` for programs. The heading of the list of failures has no time.
fn node_failure(line: &str) -> Option<&str> {
    if let Some(rest) = line.strip_prefix("✖ ") {
        return rest.strip_suffix("ms)")?.rsplit_once(" (").map(|(name, _)| name);
    }
    let name = line.strip_prefix("not ok ")?.split_once(" - ")?.1;
    // What follows a number sign excuses the failure; one in a name is written with a stroke before it.
    (!name.contains(" # ")).then_some(name)
}

/// `FAIL [   0.015s] (3/8) package test`, and the same for what ran too long or died of a signal.
fn nextest_failure(line: &str) -> Option<&str> {
    let (verdict, rest) = line.split_once(" [")?;
    let failed = matches!(verdict, "FAIL" | "TIMEOUT" | "ABORT") || verdict.starts_with("SIG");
    let (_, name) = rest.split_once("s] ").filter(|_| failed && !verdict.contains(' '))?;
    let name = name.trim_start();
    Some(name.strip_prefix('(').and_then(|name| name.split_once(") ")).map_or(name, |(_, name)| name))
}

/// `test name ... FAILED`.
fn cargo_failure(line: &str) -> Option<&str> {
    line.strip_prefix("test ")?.strip_suffix(" ... FAILED")
}

/// What was run so far.
pub(crate) struct Steps {
    done: Vec<(String, Outcome, Duration)>,
}

impl Steps {
    pub(crate) fn new() -> Self {
        Self { done: Vec::new() }
    }

    /// Runs one step.
    pub(crate) fn step<T: Into<Outcome>>(&mut self, name: &str, run: impl FnOnce() -> T) {
        println!("\n== {name}");
        let start = Instant::now();
        let outcome = run().into();
        self.done.push((name.to_owned(), outcome, start.elapsed()));
    }

    /// Prints the time of each step with the tests that failed in it and, alone on the last line, the sums.
    pub(crate) fn close(self) -> ExitCode {
        print!("\n{}", self.summary());
        ExitCode::from(u8::from(self.sum().failed > 0))
    }

    fn summary(&self) -> String {
        let mut text = String::new();
        for (name, Outcome { counts, failed }, took) in &self.done {
            let mark = if counts.failed == 0 { "ok  " } else { "FAIL" };
            let (took, Counts { passed, failed: failures }) = (took.as_secs_f64(), counts);
            text.push_str(&format!("{mark} {took:>7.1} s  {name}: {passed} passed, {failures} failed\n"));
            text.extend(failed.iter().map(|test| format!("        {test}\n")));
        }
        let Counts { passed, failed } = self.sum();
        text.push_str(&format!("{passed} passed, {failed} failed\n"));
        text
    }

    fn sum(&self) -> Counts {
        self.done.iter().fold(Counts::default(), |sum, (_, outcome, _)| Counts {
            passed: sum.passed + outcome.counts.passed,
            failed: sum.failed + outcome.counts.failed,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_failed_tests_are_found_in_what_each_runner_prints() {
        let people = "✔ works (1.2ms)\n✖ loses (in a row) one (16012.5ms)\n  AssertionError: 1 !== 0\n\
            ✖ failing tests:\n\n✖ loses (in a row) one (16012.5ms)\n▶ a group\n  ✖ inner (2ms)\n";
        assert_eq!(failures(people), ["loses (in a row) one", "inner"]);
        let programs = "ok 1 - a\nnot ok 2 - b - c\n    not ok 1 - d\nnot ok 3 - later # SKIP\n";
        assert_eq!(failures(programs), ["b - c", "d"]);
        let nextest = "        PASS [   0.004s] crate a\n        FAIL [   0.015s] (3/8) crate tests::b\n\
            \x20    TIMEOUT [  60.000s] crate tests::c\n     SIGABRT [   0.1s] crate d\n   TRY 1 FAIL [ 0.1s] crate e\n\
            ────────────\n        FAIL [   0.015s] (3/8) crate tests::b\n";
        assert_eq!(failures(nextest), ["crate tests::b", "crate tests::c", "crate d"]);
        assert_eq!(failures("test a::b ... FAILED\ntest a::c ... ok\ntest result: FAILED. 1 passed\n"), ["a::b"]);
    }

    #[test]
    fn the_summary_names_them_under_their_step_before_the_sums() {
        let mut steps = Steps::new();
        steps.step("format", || Counts::one(true));
        let counts = Counts { passed: 2, failed: 1 };
        steps.step("tests", || Outcome { counts, failed: vec!["crate tests::b".to_owned()] });
        let text = steps.summary();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[1].ends_with("tests: 2 passed, 1 failed"), "{text}");
        assert_eq!(lines[2..], ["        crate tests::b", "3 passed, 1 failed"]);
    }
}
