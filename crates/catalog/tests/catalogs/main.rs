//! The built-in catalogues, held against the lints and against what the real clients sent.

mod builtin;
mod captures;

use std::fs;
use std::path::PathBuf;

use aboveboard_catalog::Catalog;

/// The tools whose catalogues come with us.
const TOOLS: [&str; 4] = ["aboveboard", "acme", "clerk", "nextjs"];

fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Reads the catalogue of a tool; its problems fail the test.
fn catalog(tool: &str) -> Catalog {
    let folder = repository().join("catalogs").join(tool);
    let toml = fs::read_to_string(folder.join("catalog.toml")).expect("a catalogue");
    let lists = |path: &str| fs::read_to_string(folder.join(path)).ok();
    Catalog::parse(&format!("catalogs/{tool}/catalog.toml"), &toml, &lists).unwrap_or_else(|wrong| panic!("{wrong}"))
}
