//! What a Node tool pays for its telemetry: ours beside those of others, in the same small tool (`bench/node`).
//!
//! The measuring is done there, in the language that is measured; here its rows become a table.

use super::compare::{Cell, Comparison, Row};
use super::figure::Section;
use super::machine;
use crate::shell::{command, root, run};

const CLIENTS: [&str; 4] = ["aboveboard", "next 16.4", "@clerk/shared 4.41", "posthog-node 5.70"];

/// Builds ours, installs the others, and measures.
pub(crate) fn measure() -> Result<Section, String> {
    let (sdk, bench) = (root().join("sdk/typescript"), root().join("bench/node"));
    for (folder, line) in [(&sdk, "npm ci"), (&sdk, "npm run build"), (&bench, "npm install")] {
        if !run(command(line).current_dir(folder)).success {
            return Err(format!("`{line}` failed in `{}`", folder.display()));
        }
    }
    let load = machine::load();
    let heard = run(command("node measure.mjs").current_dir(&bench));
    let rows = rows(&heard.text);
    if !heard.success || rows.is_empty() {
        return Err("`bench/node/measure.mjs` measured nothing".to_owned());
    }
    Ok(Section {
        title: "Node",
        how: how(load),
        figures: Vec::new(),
        comparison: Some(Comparison { clients: CLIENTS.to_vec(), rows, gaps: Vec::new() }),
    })
}

fn how(load: f64) -> String {
    format!(
        "The same small tool with each client, used as its documentation says (`bench/node`): it says one event of \
         eight fields, prints a line and ends. A call is the median of 300 rounds of 64 with a network that answers at \
         once, building the fields included. A run is the whole process, without that of the tool without telemetry: the \
         median of the differences in 20 rounds, in which the tools take turns; a client that lets its user wait for \
         over three seconds is run once, and ended after 20 s. What our tool pays with telemetry switched off is told apart. The fixed addresses of Next.js and Clerk are led to the \
         collector of the bench. Ours sends from a process of its own, at most once in ten minutes. Load average \
         before: {load:.1}."
    )
}

/// The rows among the lines of a bench in JavaScript.
pub(crate) fn rows(text: &str) -> Vec<Row> {
    text.lines().filter_map(row).collect()
}

/// A row: `row`, what, unit, what the design asks, and the cells, separated by tabs.
fn row(line: &str) -> Option<Row> {
    let mut parts = line.split('\t');
    if parts.next()? != "row" {
        return None;
    }
    let what = parts.next()?.to_owned();
    let unit = match parts.next()? {
        "ns" => "ns",
        "B" => "B",
        _ => "ms",
    };
    let at_most = parts.next()?.parse().ok();
    Some(Row { what, unit, at_most, cells: parts.map(cell).collect() })
}

fn cell(text: &str) -> Cell {
    let over = text.strip_prefix("over:").and_then(|text| text.parse().ok()).map(Cell::Over);
    over.or_else(|| text.parse().ok().map(Cell::Measured)).unwrap_or(Cell::Nothing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_and_other_lines_are_not() {
        assert!(row("installed 30 packages").is_none());
        let row = row("row\tadded wall\tms\t2\t0.5\tover:20000\t-").expect("a row");
        assert_eq!((row.what.as_str(), row.unit, row.at_most), ("added wall", "ms", Some(2.0)));
        assert_eq!(row.cells, [Cell::Measured(0.5), Cell::Over(20_000.0), Cell::Nothing]);
    }
}
