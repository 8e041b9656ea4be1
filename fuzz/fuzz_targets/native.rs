//! Any body that the native wire reads is judged without a panic, and what was read can be written and read again.
#![no_main]

use std::sync::LazyLock;

use aboveboard_catalog::Catalog;
use aboveboard_catalog::wire::{self, Receipt, WireBatch};
use libfuzzer_sys::fuzz_target;

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| aboveboard_fuzz::catalog("acme"));

fuzz_target!(|body: &[u8]| {
    if let Ok(batch) = wire::decode(body) {
        aboveboard_fuzz::judge(&CATALOG, &batch);
    }
    if let Ok(batch) = WireBatch::decode(body) {
        let written = batch.encode();
        assert_eq!(WireBatch::decode(&written).as_ref(), Ok(&batch), "what was written cannot be read");
    }
    if let Ok(receipt) = Receipt::decode(body) {
        assert_eq!(Receipt::decode(&receipt.encode()).as_ref(), Ok(&receipt), "what was written cannot be read");
    }
});
