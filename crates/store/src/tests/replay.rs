//! The log's formats: what was written reads back, and bytes that nobody wrote do no harm.

use proptest::prelude::*;

use super::fixture::*;
use crate::Entry;
use crate::encode::Encoder;
use crate::frame::Frame;
use crate::registry::Registry;
use crate::testing::{Loss, TestDisk, replay_bytes};
use crate::wal::{Bodies, put_frame};

/// Batches of any size, with values of every kind, declared or not.
fn any_said() -> impl Strategy<Value = Said> {
    const TEXTS: &[&str] = &["ok", "failed", "true", "false", "7", "1e9", "red,green", "1.2.3", "x", ""];
    const NAMES: &[&str] =
        &["version", "os", "ci", "machine", "outcome", "duration", "colours", "plugin", "path", "project", "y"];
    let pair = (proptest::sample::select(NAMES), proptest::sample::select(TEXTS));
    let fields_of = |pairs: Vec<(&'static str, &'static str)>| {
        let unique: std::collections::BTreeMap<_, _> = pairs.into_iter().collect();
        fields(&unique.into_iter().collect::<Vec<_>>())
    };
    let some_fields = proptest::collection::vec(pair, 0..8).prop_map(fields_of);
    let name = proptest::sample::select(&["build", "start", "unheard_of", ""][..]);
    let event = (0..2usize, name, 0..2_000_000u64, some_fields.clone());
    let events = proptest::collection::vec(event, 0..6);
    let origins = proptest::collection::vec(some_fields, 2..3);
    let marks = proptest::collection::vec((any::<u128>(), 0..8u32), 0..4);
    (origins, events, marks, 0..1_000_000i64).prop_map(|(origins, events, marks, at)| Said {
        at: START + at,
        origins,
        events,
        marks,
        remember_seconds: 20,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn replaying_the_log_gives_the_live_state(said in proptest::collection::vec(any_said(), 1..12)) {
        let disk = TestDisk::new();
        let store = open(&disk).expect("it opens");
        for said in &said {
            let batch = said.batch(&catalog());
            let sent: u64 = batch.entries.iter().map(Entry::events).sum();
            let committed = commit(&store, batch).expect("the disk works");
            prop_assert_eq!(committed.kept + committed.repeated + committed.rejected, sent);
        }
        let live = told(&store);
        drop(store);
        disk.restart(Loss::Everything);
        let store = open(&disk).expect("it opens again");
        prop_assert_eq!(told(&store), live.clone());
        store.close().expect("it closes");
        prop_assert_eq!(told(&open(&disk).expect("it opens sealed")), live);
    }

    #[test]
    fn a_batch_that_was_encoded_reads_back(said in any_said()) {
        let catalog = catalog();
        let mut registry = Registry::default();
        registry.extend(std::slice::from_ref(&catalog)).expect("a new registry contradicts nothing");
        let batch = said.batch(&catalog);
        let body = Encoder::new(&registry, std::slice::from_ref(&catalog)).batch(&batch);
        let Ok(Frame::Batch(read)) = Frame::read(&body) else { panic!("a batch") };
        prop_assert_eq!(&read.marks, &batch.marks);
        prop_assert_eq!((read.day, read.cohort, read.skip), (batch.day, batch.cohort, 0));
        prop_assert_eq!((read.received_at, read.remember_until), (batch.received_at, batch.remember_until));
        // What is undeclared of kept entries was added to the format at its end: without it, a frame is as it always was.
        let mut without = batch.clone();
        for entry in &mut without.entries {
            if let Entry::Kept { undeclared, .. } = entry {
                *undeclared = None;
            }
        }
        let without = Encoder::new(&registry, std::slice::from_ref(&catalog)).batch(&without);
        prop_assert!(body.starts_with(&without));
    }

    #[test]
    fn frames_read_back_up_to_the_first_broken_one(bodies: Vec<Vec<u8>>, cut in 0..1_000usize) {
        let bodies: Vec<Vec<u8>> = bodies.into_iter().filter(|body| !body.is_empty()).collect();
        let mut bytes = Vec::new();
        bodies.iter().for_each(|body| put_frame(&mut bytes, body));
        let all: Vec<&[u8]> = Bodies::new(&bytes).collect();
        prop_assert_eq!(&all, &bodies);
        let cut = cut.min(bytes.len());
        let some: Vec<&[u8]> = Bodies::new(&bytes[..cut]).collect();
        prop_assert_eq!(&some[..], &all[..some.len()]);
    }

    #[test]
    fn any_bytes_are_replayed_without_panic(bytes: Vec<u8>) {
        replay_bytes(&[catalog()], &bytes);
    }

    #[test]
    fn a_changed_frame_is_replayed_without_panic(said in any_said(), at: prop::sample::Index, byte: u8) {
        let catalog = catalog();
        let mut registry = Registry::default();
        registry.extend(std::slice::from_ref(&catalog)).expect("a new registry contradicts nothing");
        let mut body = Encoder::new(&registry, std::slice::from_ref(&catalog)).batch(&said.batch(&catalog));
        let at = at.index(body.len());
        body[at] = byte;
        replay_bytes(&[catalog], &body);
    }
}

#[test]
fn a_damaged_log_is_refused_unless_it_is_the_torn_end() {
    let logs = |disk: &TestDisk| -> Vec<String> {
        disk.contents().into_keys().filter(|path| path.starts_with("wal/")).collect()
    };
    let filled = || {
        let disk = TestDisk::new();
        for mark in 0..2 {
            let store = open(&disk).expect("it opens");
            commit(&store, Said::build("m1", mark).batch(&catalog())).expect("the disk works");
        }
        disk
    };
    let disk = filled();
    disk.damage(&logs(&disk)[1], |bytes| bytes.truncate(bytes.len() - 1));
    assert_eq!(open(&disk).expect("a torn end is cut off").totals(0).kept, 1);

    let disk = filled();
    disk.damage(&logs(&disk)[0], |bytes| bytes.truncate(bytes.len() - 1));
    let error = open(&disk).expect_err("it is not the last file").to_string();
    assert!(error.contains("the frame at byte 12 is broken, and later files follow"), "{error}");

    let disk = filled();
    disk.damage("manifest", |bytes| bytes[40] ^= 1);
    let error = open(&disk).expect_err("the manifest is damaged").to_string();
    assert_eq!(error, "`test-disk/manifest` is damaged: its checksum is wrong; restore it from a copy");
}
