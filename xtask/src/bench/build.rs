//! How long a stranger waits for the first binary: a cold release build of the server.

use std::time::Instant;

use super::figure::{Figure, Section};
use super::{machine, target};
use crate::shell::{command, run};

const MINUTES_MAX: f64 = 3.0;

/// Builds the server with nothing built before. Downloads are not part of it: run it twice on a new machine.
pub(crate) fn measure() -> Result<Section, String> {
    if target().exists() {
        std::fs::remove_dir_all(target()).map_err(|error| format!("cannot empty target/bench: {error}"))?;
    }
    let load = machine::load();
    let start = Instant::now();
    let heard = run(command("cargo build --release --package aboveboard-server --target-dir").arg(target()));
    let minutes = start.elapsed().as_secs_f64() / 60.0;
    if !heard.success {
        return Err("the release build failed".to_owned());
    }
    let crates = heard.text.lines().filter(|line| line.trim_start().starts_with("Compiling ")).count();
    let bytes = std::fs::metadata(target().join("release/aboveboard")).map_or(0, |metadata| metadata.len());
    Ok(Section {
        title: "Build",
        how: format!(
            "`cargo build --release -p aboveboard-server` in an empty target folder, sources downloaded; load average before: {load:.1}."
        ),
        figures: vec![
            Figure::at_most("cold release build of the server", minutes, "min", MINUTES_MAX),
            Figure::plain("crates compiled", crates as f64, ""),
            Figure::plain("size of the binary", bytes as f64 / 1e6, "MB"),
        ],
        comparison: None,
    })
}
