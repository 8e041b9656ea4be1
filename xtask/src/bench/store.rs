//! How small a year of events is, and how fast questions about it are: the store's own example, at two sizes.

use super::figure::{Figure, Section};
use super::{machine, target};
use crate::shell::{command, run};

const SIZES: [u64; 2] = [1_000_000, 10_000_000];

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
            "A synthetic year of the Next.js stream (`crates/store/examples/year`), sealed; questions warm, on one \
             thread. Load average before: {load:.1}."
        ),
        figures,
    })
}

/// A line `key value` as a figure, with the budget that its key has.
fn figure(events: u64, line: &str) -> Option<Figure> {
    let (key, value) = line.split_once(' ')?;
    let value: f64 = value.trim().parse().ok()?;
    let what = format!("{} M events: {}", events / 1_000_000, key.replace('_', " "));
    Some(match key {
        "bytes_per_event_with_ids" => Figure::at_most(&what, value, "B", 8.0),
        "bytes_per_event_without_ids" => Figure::at_most(&what, value, "B", 3.0),
        _ if key.ends_with("_ms") && events == 10_000_000 => Figure::at_most(&what, value, "ms", 20.0),
        _ if key.ends_with("_ms") => Figure::plain(&what, value, "ms"),
        _ => Figure::plain(&what, value, ""),
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
        check(
            10_000_000,
            "by_version_ms 25",
            "10 M events: by version ms: 25 ms (budget ≤ 20 ms, ratio 1.25 **missed**)",
        );
        check(1_000_000, "by_version_ms 25", "1 M events: by version ms: 25 ms");
        check(1_000_000, "   Compiling x v1", "");
    }
}
