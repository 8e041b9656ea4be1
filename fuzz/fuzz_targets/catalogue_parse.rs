//! Any text is a sound catalogue, or a list of problems that each say where.
#![no_main]

use aboveboard_catalog::{Catalog, RawBatch, RawEvent, RawFields};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|toml: &str| {
    // A list holds the text itself, so that its lines are fuzzed too; one name has no list.
    let list = |path: &str| (path != "lists/none.txt").then(|| toml.chars().take(200).collect());
    match Catalog::parse("catalog.toml", toml, &list) {
        Ok(catalog) => judge_own_names(&catalog),
        Err(problems) => {
            assert!(!problems.as_slice().is_empty(), "refused without a reason");
            let lines = toml.lines().count().max(1);
            let placed = |problem: &aboveboard_catalog::Problem| problem.line >= 1 && problem.line <= lines + 1;
            assert!(problems.as_slice().iter().all(placed), "a problem outside of the file: {problems}");
        }
    }
});

/// Holds an empty event of each declared name against the catalogue.
fn judge_own_names(catalog: &Catalog) {
    let event = |name: &str| RawEvent { name: name.to_owned().into(), n: 1, origin: 0, fields: RawFields::default() };
    let events = catalog.events.iter().map(|declared| event(&declared.name)).collect();
    let batch = RawBatch { origins: vec![RawFields::default()], events, ..RawBatch::default() };
    aboveboard_fuzz::judge(catalog, &batch);
}
