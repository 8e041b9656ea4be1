//! The built-in catalogues, held against the lints and against what the real clients sent.

mod builtin;
mod captures;

use std::fs;
use std::path::PathBuf;

use aboveboard_catalog::{Catalog, Files};

/// The tools whose catalogues come with us.
const TOOLS: [&str; 4] = ["aboveboard", "acme", "clerk", "nextjs"];

fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Reads the catalogue of a tool; its problems fail the test.
fn catalog(tool: &str) -> Catalog {
    let folder = repository().join("catalogs").join(tool);
    let toml = fs::read_to_string(folder.join("catalog.toml")).expect("a catalogue");
    Catalog::parse(&format!("catalogs/{tool}/catalog.toml"), &toml, &Folder(folder))
        .unwrap_or_else(|wrong| panic!("{wrong}"))
}

/// The files in the folder of a catalogue.
struct Folder(PathBuf);

impl Files for Folder {
    fn read(&self, path: &str) -> Option<String> {
        fs::read_to_string(self.0.join(path)).ok()
    }

    fn list(&self, folder: &str) -> Option<Vec<String>> {
        let names = fs::read_dir(self.0.join(folder)).ok()?.flatten();
        Some(names.filter_map(|entry| entry.file_name().into_string().ok()).collect())
    }
}
