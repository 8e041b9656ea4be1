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

/// The sample with two error codes that have pages, and an event of each of the three that are about codes.
pub(crate) fn with_pages() -> Catalog {
    parse_with_pages(&paged()).expect("the sample with pages is a catalogue")
}

pub(crate) fn parse_with_pages(toml: &str) -> Result<Catalog, Problems> {
    Catalog::parse("catalog.toml", toml, &Pages)
}

/// The text of the sample with pages.
pub(crate) fn paged() -> String {
    let toml = TOML.replace("list = \"lists/errors.txt\"\n", "");
    assert_ne!(toml, TOML);
    format!("{toml}\n{ERRORS}")
}

const ERRORS: &str = r#"
[errors]
folder = "errors"
shown = "build_failed"
vote = "error_voted"
sites = ["https://acme.example"]
docs = "https://acme.example/errors/"

[event.error_voted]
question = "Which error texts help?"
owner = "the command line team"
review = "https://acme.example/reviews/4"
since = "2026-11-01"
sensitivity = "feedback"
field.code = { type = "code", about = "the code of the error" }
field.helpful = { type = "flag", about = "whether its text helped" }

[chart.votes]
title = "Votes"
measure = "events"
events = ["error_voted"]
by = ["code", "helpful"]
"#;

/// The page of every code of the sample.
pub(crate) const PAGE: &str = "+++\ntitle = \"No space is left\"\nsince = \"1.0.0\"\nowner = \"the team\"\n\
    [[revision]]\nday = \"2026-11-01\"\nversion = \"1.0.0\"\ndigest = \"00000000\"\nnote = \"first text\"\n+++\n\
    ## What happened\nx\n## Why\nx\n## Fix it\nx\n## Example\n```console\n$ acme build\n```\n## Still stuck\nx\n";

pub(crate) struct Pages;

impl crate::Files for Pages {
    fn read(&self, path: &str) -> Option<String> {
        if path.starts_with("errors/ACME_") { Some(PAGE.to_owned()) } else { list(path) }
    }

    fn list(&self, folder: &str) -> Option<Vec<String>> {
        let names = ["ACME_DISK_FULL.md", "ACME_CONFIG_MISSING.md", "notes.txt"];
        (folder == "errors").then(|| names.map(str::to_owned).to_vec())
    }
}

fn list(path: &str) -> Option<String> {
    match path {
        "lists/plugins.txt" => Some(include_str!("../../../conformance/catalog/lists/plugins.txt").to_owned()),
        "lists/errors.txt" => Some(include_str!("../../../conformance/catalog/lists/errors.txt").to_owned()),
        _ => None,
    }
}
