//! Any body that the Clerk dialect reads is judged without a panic, and nothing undeclared gets past the judge.
#![no_main]

use std::sync::LazyLock;

use aboveboard_catalog::Catalog;
use aboveboard_server::dialect::clerk;
use libfuzzer_sys::fuzz_target;

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| aboveboard_fuzz::catalog("clerk"));

fuzz_target!(|body: &[u8]| {
    if let Ok(batch) = clerk::decode(body) {
        aboveboard_fuzz::judge(&CATALOG, &batch);
    }
});
