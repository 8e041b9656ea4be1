//! The small catalogue of the conformance cases, with one field of every kind, for tests.

use crate::problem::Problems;
use crate::spec::Catalog;

pub(crate) const TOML: &str = include_str!("../../../conformance/catalog/catalog.toml");

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
        "lists/plugins.txt" => Some(include_str!("../../../conformance/catalog/lists/plugins.txt").to_owned()),
        "lists/errors.txt" => Some(include_str!("../../../conformance/catalog/lists/errors.txt").to_owned()),
        _ => None,
    }
}
