//! `cargo xtask update`: lets the tests write the golden and generated files that they otherwise compare.

use crate::shell::{command, run};
use crate::steps::{Counts, Steps};

/// Runs every test with `UPDATE_GOLDEN=1`; `git diff` then shows what changed.
pub(crate) fn run_all(steps: &mut Steps) {
    steps.step("golden files", || {
        let mut command = command("cargo test --workspace --features aboveboard/clap --no-fail-fast");
        Counts::one(run(command.env("UPDATE_GOLDEN", "1")).success)
    });
}
