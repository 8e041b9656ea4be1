//! How small a year of events is, and how fast questions about it are: the store's own example, at two sizes.

use super::figure::{Figure, Section};
use super::{machine, target};
use crate::shell::{command, run};

const SIZES: [u64; 2] = [1_000_000, 10_000_000];

const BYTES_WITH_IDS_MAX: f64 = 8.0;
const BYTES_WITHOUT_IDS_MAX: f64 = 3.0;
/// For each question at ten million events.
const QUESTION_MS_MAX: f64 = 20.0;

/// Runs `crates/store/examples/year`, which prints one `key value` a line.
pub(crate) fn measure() -> Result<Section, String> {
    let load = machine::load();
    let mut figures = Vec::new();
    for events in SIZES {
        let folder = super::fresh_folder("year")?;
        let mut command = command("cargo run --release --package aboveboard-store --example year --target-dir");
        let heard = run(command.arg(target()).arg("--").arg(events.to_string()).arg(folder));
        if !heard.success {
            return Err("the example `year` failed".to_owned());
        }
        figures.extend(heard.text.lines().filter_map(|line| figure(events, line)));
    }
    Ok(Section {
        title: "Store",
        how: format!(
            "A synthetic year of the Next.js stream (`crates/store/examples/year`), committed, sealed and compacted \
             as the collector does it. Sizes are all files of the data folder for each event; questions are processor \
             time of one thread, warm; `with support` also counts the machines behind each group, which the public \
             needs. Load average before: {load:.1}."
        ),
        figures,
        comparison: None,
    })
}

/// What the example says in more detail than the page needs: single tables, rows answered, first readings.
const DETAILS: [&str; 4] = ["bytes_event_", "without_ids_", "_rows", "_cold"];

/// A line `key value` as a figure, with the budget that its key has.
fn figure(events: u64, line: &str) -> Option<Figure> {
    let (key, value) = line.split_once(' ')?;
    let value: f64 = value.trim().parse().ok()?;
    if DETAILS.iter().any(|detail| key.starts_with(detail) || key.ends_with(detail)) {
        return None;
    }
    let what = |key: &str| format!("{} M events: {}", events / 1_000_000, key.replace('_', " "));
    Some(match (key, key.strip_suffix("_ms")) {
        (_, Some(question)) if events == 10_000_000 => Figure::at_most(&what(question), value, "ms", QUESTION_MS_MAX),
        (_, Some(question)) => Figure::plain(&what(question), value, "ms"),
        ("bytes_per_event_with_ids", _) => Figure::at_most(&what(key), value, "B", BYTES_WITH_IDS_MAX),
        ("bytes_per_event_without_ids", _) => Figure::at_most(&what(key), value, "B", BYTES_WITHOUT_IDS_MAX),
        _ if key.starts_with("bytes_") => Figure::plain(&what(&format!("{key}, of these")), value, "B"),
        _ if key.starts_with("resident_mb") => Figure::plain(&what(key), value, "MB"),
        _ => Figure::plain(&what(key), value, ""),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_figures() {
        let check = |events: u64, line: &str, expected: &str| {
            assert_eq!(figure(events, line).map(|figure| figure.to_string()).unwrap_or_default(), expected);
        };
        check(
            1_000_000,
            "bytes_per_event_with_ids 6.5",
            "1 M events: bytes per event with ids: 6.50 B (budget ≤ 8 B, ratio 0.81)",
        );
        check(10_000_000, "by_os_ms 25", "10 M events: by os: 25 ms (budget ≤ 20 ms, ratio 1.25 **missed**)");
        check(1_000_000, "by_os_ms 25", "1 M events: by os: 25 ms");
        check(1_000_000, "bytes_cube 0.2", "1 M events: bytes cube, of these: 0.20 B");
        check(1_000_000, "by_os_rows 25", "");
        check(1_000_000, "without_ids_bytes_cube 1", "");
        check(1_000_000, "   Compiling x v1", "");
    }
}
