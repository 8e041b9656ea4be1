//! A small catalogue with one field of every kind, for tests.

use crate::problem::Problems;
use crate::spec::Catalog;

pub(crate) const TOML: &str = include_str!("sample.toml");

pub(crate) fn catalog() -> Catalog {
    parse(TOML).expect("the sample is a catalogue")
}

/// The sample with some text replaced, which must be there.
pub(crate) fn edited(from: &str, to: &str) -> Result<Catalog, Problems> {
    assert!(TOML.contains(from), "the sample does not contain `{from}`");
    parse(&TOML.replacen(from, to, 1))
}

pub(crate) fn parse(toml: &str) -> Result<Catalog, Problems> {
    Catalog::parse("catalog.toml", toml, &list)
}

fn list(path: &str) -> Option<String> {
    match path {
        "lists/plugins.txt" => Some("# well-known plugins\n\n@acme/docs\neslint\nprettier\n".to_owned()),
        "lists/errors.txt" => Some("E0001\nE0002\n".to_owned()),
        _ => None,
    }
}
