//! The command line: what it says, and its exit codes.

use std::path::Path;

use crate::server::aboveboard;

fn check(arguments: &[&str], code: i32, said: &str) {
    let output = aboveboard().args(arguments).output().expect("it runs");
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    assert_eq!(output.status.code(), Some(code), "{arguments:?} {text}");
    assert!(text.contains(said), "{arguments:?} {text}");
}

fn catalog(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalogs").join(name);
    path.to_str().expect("UTF-8").to_owned()
}

#[test]
fn exit_codes_tell_problems_from_wrong_usage() {
    check(&["--help"], 0, "Usage: aboveboard");
    check(&["catalog"], 2, "Usage: aboveboard catalog");
    check(&["--no-such-flag"], 2, "unexpected argument '--no-such-flag'");
    check(&["--listen", "0.0.0.0:0"], 2, "openssl rand -hex 32 > token");
    check(&["--config", "/nowhere.toml"], 2, "cannot read `/nowhere.toml`");
    check(&["catalog", "check", "/nowhere"], 1, "cannot read `/nowhere/catalog.toml`");
}

#[test]
fn catalogues_are_checked() {
    for name in ["acme", "nextjs", "clerk", "aboveboard"] {
        check(&["catalog", "check", &catalog(name)], 0, "is sound");
    }
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("catalog.toml"), "[tool]\nname = \"acme\"\n").expect("a file");
    check(&["catalog", "check", folder.path().to_str().expect("UTF-8")], 1, "catalog.toml:1: ");
}

#[test]
fn changes_of_a_catalogue_are_told_by_what_they_ask_for() {
    check(&["catalog", "diff", &catalog("acme"), &catalog("acme")], 0, "nothing changed");
    let folder = tempfile::tempdir().expect("a folder");
    let changed = |from: &str, to: &str| {
        copy(Path::new(&catalog("acme")), folder.path());
        let file = folder.path().join("catalog.toml");
        let toml = std::fs::read_to_string(&file).expect("a file");
        assert!(toml.contains(from), "{toml}");
        std::fs::write(&file, toml.replace(from, to)).expect("a file");
        folder.path().to_str().expect("UTF-8").to_owned()
    };
    check(&["catalog", "diff", &catalog("acme"), &changed("\"serve\"]", "\"serve\", \"ship\"]")], 0, "ship");
    check(&["catalog", "diff", &catalog("acme"), &changed("log = 0.05", "log = 0.01")], 1, "duration");
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let place = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &place);
        } else {
            std::fs::copy(&path, place).expect("a copy");
        }
    }
}

#[test]
fn the_public_page_is_markdown() {
    check(&["catalog", "page", &catalog("acme")], 0, "Acme CLI");
}
