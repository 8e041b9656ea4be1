//! What one call costs within a process: each tool measures itself, and prints one `key value` a line.

use std::collections::BTreeMap;

use super::networks::{self, Network};
use super::runs;
use super::tools::{Built, Profile};
use super::{Cell, RECORD_NS_MAX, Row};

/// The figures: what the tools call them, what the page does, the unit and the budget.
const FIGURES: [(&str, &str, &str, Option<f64>); 4] = [
    ("record_ns", "record(), 8 fields", "ns", Some(RECORD_NS_MAX)),
    ("allocations_call", "allocations of the call", "", Some(0.0)),
    ("cpu_ns", "processor time of an event with all that follows, all threads", "ns", None),
    ("allocations_all", "allocations of an event with all that follows", "", None),
];

pub(super) fn rows(built: &Built) -> Vec<Row> {
    let said: Vec<BTreeMap<String, f64>> = built.packages().map(|package| said(built, package)).collect();
    let row = |&(key, what, unit, at_most): &(&str, &str, &'static str, Option<f64>)| {
        let cells = said.iter().map(|said| said.get(key).map_or(Cell::Nothing, |value| Cell::Measured(*value)));
        Row { what: what.to_owned(), unit, cells: cells.collect(), at_most }
    };
    FIGURES.iter().map(row).collect()
}

/// What a tool says about itself; nothing when it cannot be run.
fn said(built: &Built, package: &str) -> BTreeMap<String, f64> {
    let Some(program) = built.program(&format!("{package}-cost"), Profile::Release) else { return BTreeMap::new() };
    let output = networks::within(Network::Healthy, |collector| {
        let home = super::super::fresh_folder("clients/cost").ok()?;
        runs::command(&program, collector, &home).output().ok()
    });
    let output = output.ok().flatten().map(|output| output.stdout).unwrap_or_default();
    let text = String::from_utf8_lossy(&output).into_owned();
    text.lines()
        .filter_map(|line| line.split_once(' '))
        .filter_map(|(key, value)| Some((key.to_owned(), value.parse().ok()?)))
        .collect()
}
