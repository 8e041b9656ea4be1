//! A log whose frames hold anything, under the right checksums, opens or is refused. What opens can be sealed, and
//! says the same when it is opened again.
//!
//! An even first byte: the rest are bodies of frames to append to a sound log, each after its length. An odd one: the
//! rest are changes to its bodies, three bytes each, offset and mask. `docs/formats/wal.md` draws the format.
#![no_main]

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use aboveboard_catalog::{Catalog, First, IdHash, wire};
use aboveboard_fuzz::TODAY;
use aboveboard_store::disk::Disk;
use aboveboard_store::testing::TestDisk;
use aboveboard_store::{Batch, Entry, Mark, Options, Store, Totals};
use libfuzzer_sys::fuzz_target;

const LOG: &str = "wal/0000000001.log";
const HEAD_BYTES: usize = 12;

const BATCH: &str = r#"{"v":1,"id":"00000000000000000000000000000001","tool":"small","day":"2026-11-22",
    "origin":{"version":"1.4.2","ci":false,"machine":"m"},
    "events":[
        {"event":"done","n":3,"fields":{"command":"build","switches":["loud"],"duration":12}},
        {"event":"done","fields":{"command":"another"}},
        {"event":"not_declared","fields":{"x":1}}
    ]}"#;

static CATALOGS: LazyLock<Arc<[Catalog]>> = LazyLock::new(|| {
    let small = Catalog::parse("small.toml", include_str!("../catalogs/small.toml"), &|_: &str| None);
    [small.unwrap_or_else(|problems| panic!("{problems}"))].into()
});
static SOUND: LazyLock<BTreeMap<String, Vec<u8>>> = LazyLock::new(sound);

fuzz_target!(|input: &[u8]| {
    let disk = disk_with(&changed(input));
    let Some(first) = totals(&disk) else { return };
    assert_eq!(totals(&disk).as_ref(), Some(&first), "it opened once and then differently");
    // Sealing costs thirty times as much, so one input in sixteen does it.
    if input.len() % 16 == 0 {
        seal(&disk);
        assert_eq!(totals(&disk).as_ref(), Some(&first), "sealing changed the figures");
    }
});

fn open(disk: &TestDisk) -> Result<Store, aboveboard_store::OpenError> {
    Store::open(Arc::new(disk.clone()), Arc::clone(&CATALOGS), Options::default())
}

fn seal(disk: &TestDisk) {
    let store = open(disk).expect("it opened before");
    store.close().expect("a disk in memory takes everything");
}

fn totals(disk: &TestDisk) -> Option<Totals> {
    open(disk).ok().map(|store| store.totals(0))
}

/// The files of a store that took two batches and was not closed.
fn sound() -> BTreeMap<String, Vec<u8>> {
    let disk = TestDisk::new();
    let store = open(&disk).expect("an empty disk");
    for key in 1..=2 {
        store.commit(batch(key), |outcome| drop(outcome.expect("a disk in memory takes everything")));
    }
    drop(store);
    let files = disk.contents();
    assert!(files[LOG].len() > HEAD_BYTES, "the log lies elsewhere: {:?}", files.keys());
    files
}

fn batch(key: u128) -> Batch {
    let catalog = &CATALOGS[0];
    let raw = wire::decode(BATCH.as_bytes()).expect("a batch");
    let hash_id = |_: &str, id: &str| IdHash(key + id.len() as u128);
    let entry = |event| match catalog.check(event, TODAY, &hash_id) {
        Ok(checked) => Entry::Kept { origin: 0, event: checked, undeclared: catalog.shape_of(event) },
        Err(rejection) => Entry::Rejected { code: rejection.code().into(), n: 1, shape: catalog.shape_of(event) },
    };
    Batch {
        tool: 0,
        day: TODAY,
        first: First { day: true, week: true, month: true },
        cohort: Some(TODAY),
        received_at: i64::from(TODAY.0) * 86_400,
        marks: vec![Mark { key, covers: 3 }],
        remember_until: i64::from(TODAY.0) * 86_400 + 20,
        origins: raw.origins.iter().map(|origin| catalog.check_origin(origin, &hash_id)).collect(),
        entries: raw.events.iter().map(entry).collect(),
    }
}

fn disk_with(log: &[u8]) -> TestDisk {
    let disk = TestDisk::new();
    for (path, bytes) in SOUND.iter() {
        let mut file = disk.create(path).expect("a disk in memory takes everything");
        file.append(if path == LOG { log } else { bytes }).expect("a disk in memory takes everything");
    }
    disk
}

/// The sound log with what the input adds or changes.
fn changed(input: &[u8]) -> Vec<u8> {
    let (head, frames) = SOUND[LOG].split_at(HEAD_BYTES);
    let mut bodies = bodies(frames);
    match input.split_first() {
        Some((first, rest)) if first % 2 == 1 => change(&mut bodies, rest),
        Some((_, rest)) => bodies.extend(appended(rest)),
        None => {}
    }
    let framed = bodies.iter().flat_map(|body| {
        let (length, checksum) = (body.len() as u32, crc32fast::hash(body));
        [&length.to_le_bytes(), &checksum.to_le_bytes(), body.as_slice()].concat()
    });
    head.iter().copied().chain(framed).collect()
}

fn bodies(mut frames: &[u8]) -> Vec<Vec<u8>> {
    let mut bodies = Vec::new();
    while let Some((length, rest)) = frames.split_first_chunk() {
        let (body, rest) = rest[4..].split_at(u32::from_le_bytes(*length) as usize);
        bodies.push(body.to_vec());
        frames = rest;
    }
    bodies
}

fn appended(mut input: &[u8]) -> Vec<Vec<u8>> {
    let mut bodies = Vec::new();
    while let Some((length, rest)) = input.split_first() {
        let (body, rest) = rest.split_at(rest.len().min(usize::from(*length)));
        bodies.push(body.to_vec());
        input = rest;
    }
    bodies
}

fn change(bodies: &mut [Vec<u8>], changes: &[u8]) {
    for change in changes.chunks_exact(3) {
        let offset = usize::from(u16::from_le_bytes([change[0], change[1]]));
        let byte = bodies.iter_mut().flatten().nth(offset);
        byte.into_iter().for_each(|byte| *byte ^= change[2]);
    }
}
