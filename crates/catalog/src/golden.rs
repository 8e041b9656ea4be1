//! Generated texts that are kept in the repository, and the tests that keep them fresh.

use std::path::{Path, PathBuf};

/// Compares a generated text with the file at `path` below the workspace; `UPDATE_GOLDEN=1` writes it instead.
pub(crate) fn check(path: &str, generated: &str) {
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(file(path), generated).expect("the file can be written");
    }
    let kept = std::fs::read_to_string(file(path)).unwrap_or_default();
    assert!(kept == generated, "`{path}` is stale; run the tests once with UPDATE_GOLDEN=1 and look at the difference");
}

/// The same for the part of a file between `<!-- NAME -->` and `<!-- /NAME -->`.
pub(crate) fn check_part(path: &str, name: &str, generated: &str) {
    let kept = std::fs::read_to_string(file(path)).expect("the file is there");
    let (before, rest) = kept.split_once(&format!("<!-- {name} -->\n")).expect("the part begins");
    let (_, after) = rest.split_once(&format!("<!-- /{name} -->\n")).expect("the part ends");
    check(path, &format!("{before}<!-- {name} -->\n{generated}<!-- /{name} -->\n{after}"));
}

fn file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}
