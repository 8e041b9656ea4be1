//! A small native catalogue, for tests.

use aboveboard_catalog::Catalog;

/// Its text.
pub(crate) const SAMPLE: &str = include_str!("sample.toml");

/// The catalogue.
pub(crate) fn sample() -> Catalog {
    parse(SAMPLE)
}

/// A catalogue without lists.
pub(crate) fn parse(toml: &str) -> Catalog {
    Catalog::parse("catalog.toml", toml, &|_: &str| None).unwrap_or_else(|problems| panic!("{problems}"))
}
