//! The page with the results: `docs/reference/performance.md`.

use std::fmt::Write;
use std::fs;

use super::figure::Section;
use super::machine;
use crate::shell::{read, root};

const HEAD: &str = "\
# Performance

Written by `cargo xtask bench`; do not edit. The budgets are the design's. They are reported here and asserted nowhere:
the same commands on a busy machine give worse numbers. A ratio is the measured value divided by the budget.
`cargo xtask bench PART` measures one section and leaves the others as they are.
";

const PEERS: &str = "
## Others, measured elsewhere

Measured by hand on another day, on 2 × Intel Xeon, 24 GiB, ext4, with `wrk -t1` and 10 events a request where the
server takes that; quoted for orientation, not measured in the run above.

| server | events a second | processor seconds a million events | p99 | acknowledges |
|---|--:|--:|--:|---|
| axum, body read only | 1,226,966 | 0.85 | 3.5 ms | keeps nothing |
| axum + serde_json + log with group commit | 365,852 | 3.17 | 6.6 ms | after the sync |
| Parseable 2.9.5, 16 connections | 89,576 | 17.9 | 19.1 ms | page cache, no sync |
| ClickHouse 18.16 over HTTP, JSONEachRow, 8 connections | 2,554 | 348 | 103 ms | page cache |
| Umami 3.1 + PostgreSQL 15, 10 events a request | 192 | 6,274 | 932 ms | after commit |

| sealed form of such events | bytes an event |
|---|--:|
| typed Parquet, general purpose | 18.5 to 22.9 |
| ClickHouse MergeTree | 24.5 |
| DuckDB | 28 to 202 |
| SQLite | 353 |
| PostgreSQL under Umami, with indexes | 2,610 |
";

/// The sections, in the order of the page.
const TITLES: [&str; super::PARTS.len()] = ["Build", "Ingest", "Store", "Pages", "Client", "Node", "Browser"];

/// Writes the page anew with these sections; those that were not measured now stay as they were.
pub(crate) fn write(sections: &[Section]) -> Result<(), String> {
    let path = root().join("docs/reference/performance.md");
    let earlier = fs::read_to_string(&path).unwrap_or_default();
    fs::write(&path, page(&earlier, &today(), &machine::describe(), sections))
        .map_err(|error| format!("cannot write `{}`: {error}", path.display()))
}

fn today() -> String {
    read("date -u +%F").unwrap_or_default().trim().to_owned()
}

fn page(earlier: &str, day: &str, machine: &str, sections: &[Section]) -> String {
    let text = |title: &str| match sections.iter().find(|section| section.title == title) {
        Some(section) => spelled(day, machine, section),
        None => kept(earlier, title).to_owned(),
    };
    let sections: String = TITLES.iter().map(|title| text(title)).collect();
    format!("{HEAD}{sections}{PEERS}")
}

/// The section of an earlier page, empty when it has none.
fn kept<'p>(earlier: &'p str, title: &str) -> &'p str {
    let Some(start) = earlier.find(&format!("\n## {title}\n")) else { return "" };
    let rest = &earlier[start..];
    &rest[..rest[1..].find("\n## ").map_or(rest.len(), |length| length + 1)]
}

fn spelled(day: &str, machine: &str, section: &Section) -> String {
    let mut text = format!("\n## {}\n\nMeasured {day} on {machine}. {}\n", section.title, section.how);
    if let Some(comparison) = &section.comparison {
        let _ = write!(text, "\n{}", comparison.markdown());
    }
    if !section.figures.is_empty() {
        text += "\n| what | measured | budget | ratio |\n|---|--:|--:|--:|\n";
    }
    for figure in &section.figures {
        let _ = writeln!(text, "| {} | {} | {} | {} |", figure.what, figure.measured(), figure.asked(), figure.ratio());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::figure::Figure;

    fn section(title: &'static str, p99_ms: f64) -> Section {
        let figures = vec![Figure::at_most("p99", p99_ms, "ms", 5.0)];
        Section { title, how: "By hand.".to_owned(), figures, comparison: None }
    }

    #[test]
    fn a_page_has_each_figure_beside_its_budget() {
        let page = page("", "2026-11-22", "a machine", &[section("Ingest", 4.0)]);
        assert!(page.contains("\n## Ingest\n\nMeasured 2026-11-22 on a machine. By hand.\n"), "{page}");
        assert!(page.contains("| p99 | 4 ms | ≤ 5 ms | 0.80 |\n"), "{page}");
        let bare = Section { figures: Vec::new(), ..section("Ingest", 4.0) };
        assert!(!spelled("2026-11-22", "a machine", &bare).contains('|'), "no head of a table without rows");
    }

    #[test]
    fn what_was_not_measured_again_stays() {
        let first = page("", "2026-11-21", "a machine", &[section("Ingest", 4.0), section("Build", 3.0)]);
        let again = page(&first, "2026-11-22", "a machine", &[section("Ingest", 2.0)]);
        assert_eq!(
            again,
            page("", "2026-11-22", "a machine", &[section("Ingest", 2.0), section("Build", 3.0)]).replacen(
                "2026-11-22",
                "2026-11-21",
                1
            )
        );
        assert_eq!(page(&again, "2026-11-23", "a machine", &[]), again);
    }
}
