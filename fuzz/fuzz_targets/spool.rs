//! Whatever stands in the files of a client's spool: nothing panics, and what is sealed from a queue is declared, as the
//! collector that gets it sees it.
#![no_main]

use std::sync::LazyLock;

use aboveboard_catalog::{Catalog, wire};
use libfuzzer_sys::fuzz_target;

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| aboveboard_fuzz::catalog("acme"));

fuzz_target!(|bytes: &[u8]| {
    aboveboard::fuzzing::ledger(bytes);
    for batch in aboveboard::fuzzing::sealed(&CATALOG, bytes, aboveboard_fuzz::TODAY) {
        let batch = wire::decode(&batch).expect("what a client sends can be read");
        aboveboard_fuzz::judge(&CATALOG, &batch);
        for event in &batch.events {
            let shape = CATALOG.shape_of(event);
            assert!(
                CATALOG
                    .check(event, batch.day.unwrap_or(aboveboard_fuzz::TODAY), &|_, _| aboveboard_catalog::IdHash(0))
                    .is_ok(),
                "{shape:?}"
            );
        }
    }
});
