//! `cargo xtask bench`: measures what the budgets are about, prints it, and rewrites the page with the results.
//!
//! Nothing here is asserted: a busy machine is not a defect. What the figures mean is in `docs/reference/performance.md`.

mod browser;
mod build;
mod client;
mod compare;
mod figure;
mod ingest;
mod machine;
mod page;
mod pages;
mod sdk;
mod store;
mod wrk;

use std::fs;
use std::path::PathBuf;

use crate::shell::root;
use crate::steps::{Counts, Steps};
use figure::Section;

/// One part of the measurements.
type Part = fn() -> Result<Section, String>;

/// The parts, in the order of the page. The first leaves behind the programs that the others run.
const PARTS: [(&str, Part); 7] = [
    ("build", build::measure),
    ("ingest", ingest::measure),
    ("store", store::measure),
    ("pages", pages::measure),
    ("client", client::measure),
    ("sdk", sdk::measure),
    ("sdk", browser::measure),
];

/// Measures everything and rewrites the page; a part that failed leaves its section as it was.
pub(crate) fn run(steps: &mut Steps) {
    let sections: Vec<Section> = PARTS.iter().filter_map(|(name, part)| measure(steps, name, *part)).collect();
    steps.step("page", || Counts::one(page::write(&sections).is_ok()));
}

/// Measures what has this name and rewrites its sections of the page. False when nothing has.
pub(crate) fn run_part(steps: &mut Steps, wanted: &str) -> bool {
    let parts: Vec<_> = PARTS.iter().filter(|(name, _)| *name == wanted).collect();
    let sections: Vec<Section> = parts.iter().filter_map(|(name, part)| measure(steps, name, *part)).collect();
    if !sections.is_empty() {
        steps.step("page", || Counts::one(page::write(&sections).is_ok()));
    }
    !parts.is_empty()
}

fn measure(steps: &mut Steps, name: &str, part: Part) -> Option<Section> {
    let mut measured = None;
    steps.step(&format!("bench {name}"), || {
        match part() {
            Ok(section) => measured = Some(section),
            Err(problem) => println!("{problem}"),
        }
        measured.iter().filter_map(|section| section.comparison.as_ref()).for_each(|comparison| print!("{comparison}"));
        measured.iter().flat_map(|section| &section.figures).for_each(|figure| println!("  {figure}"));
        Counts::one(measured.is_some())
    });
    measured
}

/// Where the benchmarks build: apart from everyday builds, so that the first build can be a cold one.
fn target() -> PathBuf {
    root().join("target/bench")
}

/// A fresh folder on the disk that holds the repository: a folder in memory would make every sync free.
fn fresh_folder(name: &str) -> Result<PathBuf, String> {
    let folder = root().join("target/bench-data").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|error| format!("cannot remove `{}`: {error}", folder.display()))?;
    }
    fs::create_dir_all(&folder).map_err(|error| format!("cannot make `{}`: {error}", folder.display()))?;
    Ok(folder)
}
