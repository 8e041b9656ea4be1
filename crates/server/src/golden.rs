//! Generated files that are kept in the repository, and the test that keeps them fresh.

#![cfg(test)]

use std::path::Path;

/// Compares a generated text with the file at `path` below the workspace; `UPDATE_GOLDEN=1` writes it instead.
pub(crate) fn check(path: &str, generated: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        let folder = file.parent().expect("a file lies in a folder");
        std::fs::create_dir_all(folder).expect("the folder can be made");
        std::fs::write(&file, generated).expect("the file can be written");
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(kept == generated, "`{path}` is stale; run the tests once with UPDATE_GOLDEN=1 and look at the difference");
}
