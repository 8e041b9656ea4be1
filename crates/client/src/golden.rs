//! Texts that people read, kept beside the tests and compared as a whole. `UPDATE_GOLDEN=1` writes them anew.

use std::path::Path;

/// Compares a text with the file of this name in `tests/golden`.
#[track_caller]
pub(crate) fn check(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(&path, text).expect("written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        text, kept,
        "`tests/golden/{name}` is stale; run the test with UPDATE_GOLDEN=1 and look at the difference"
    );
}
