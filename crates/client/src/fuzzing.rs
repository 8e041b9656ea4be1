//! What the fuzzers of this repository reach, and nobody else needs: the parsers of files that anybody on a machine may
//! have written, each with what must hold whatever the bytes are.

use aboveboard_catalog::wire::WireBatch;
use aboveboard_catalog::{Catalog, Day};

use crate::disk;
use crate::ledger;
use crate::memory::Memory;
use crate::settings::Settings;
use crate::spool::{self, Sealer};

/// The batches that a queue with these bytes is sealed into.
#[must_use]
pub fn sealed(catalog: &Catalog, queue: &[u8], today: Day) -> Vec<Vec<u8>> {
    let queue = disk::before_end(queue);
    let sealer = Sealer { catalog, hash: "00000000", ci: queue.len().is_multiple_of(2), today, random: 7 };
    let batches = sealer.seal(queue, &mut Memory::default(), 1 << 32);
    let again = sealer.seal(queue, &mut Memory::default(), 1 << 32);
    assert_eq!(batches, again, "sealed again after a kill it is something else");
    let events = batches.iter().flat_map(|batch| &batch.events).map(|event| event.n).sum::<u64>();
    assert!(events <= spool::count(queue), "an event was made up");
    batches.iter().map(WireBatch::encode).collect()
}

/// Reads a ledger.
pub fn ledger(bytes: &[u8]) {
    let kept: usize = ledger::read(bytes).iter().map(|entry| entry.bytes.len()).sum();
    assert!(kept <= bytes.len(), "a batch was made up");
}

/// Reads a file of settings: a choice, a policy, what a machine remembers.
pub fn settings(text: &str) {
    if let Some(settings) = Settings::parse(text) {
        let _ = settings.says();
        assert_eq!(Settings::parse(&settings.to_string()), Some(settings), "what was written reads as something else");
    }
}
