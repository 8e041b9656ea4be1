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

/// Writes the page.
pub(crate) fn write(sections: &[Section]) -> Result<(), String> {
    let path = root().join("docs/reference/performance.md");
    fs::write(&path, page(&today(), &machine::describe(), sections))
        .map_err(|error| format!("cannot write `{}`: {error}", path.display()))
}

fn today() -> String {
    read("date -u +%F").unwrap_or_default().trim().to_owned()
}

fn page(day: &str, machine: &str, sections: &[Section]) -> String {
    let mut page = format!("{HEAD}\nMeasured {day} on {machine}.\n");
    for section in sections {
        let _ = write!(page, "\n## {}\n\n{}\n", section.title, section.how);
        if let Some(comparison) = &section.comparison {
            let _ = write!(page, "\n{}", comparison.markdown());
        }
        let _ = write!(page, "\n| what | measured | budget | ratio |\n|---|--:|--:|--:|\n");
        for figure in &section.figures {
            let _ =
                writeln!(page, "| {} | {} | {} | {} |", figure.what, figure.measured(), figure.asked(), figure.ratio());
        }
    }
    page + PEERS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::figure::Figure;

    #[test]
    fn a_page_has_each_figure_beside_its_budget() {
        let figures = vec![Figure::at_most("p99", 4.0, "ms", 5.0)];
        let page = page(
            "2026-11-22",
            "a machine",
            &[Section { title: "Ingest", how: "By hand.".to_owned(), figures, comparison: None }],
        );
        assert!(page.contains("Measured 2026-11-22 on a machine.\n\n## Ingest\n\nBy hand.\n"), "{page}");
        assert!(page.contains("| p99 | 4 ms | ≤ 5 ms | 0.80 |\n"), "{page}");
    }
}
