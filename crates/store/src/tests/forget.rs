//! Ids that are to be forgotten: gone from every answer at once, and from every file after compaction.

use super::fixture::*;
use crate::Erasure;
use crate::testing::{Loss, TestDisk};

fn has(disk: &TestDisk, id: &str) -> Vec<String> {
    let word = hash(id).0.to_le_bytes();
    let files = disk.contents();
    let holds = |bytes: &Vec<u8>| bytes.windows(word.len()).any(|window| window == word);
    files.into_iter().filter(|(_, bytes)| holds(bytes)).map(|(path, _)| path).collect()
}

#[test]
fn a_forgotten_id_leaves_every_answer_at_once_and_every_file_in_time() {
    let disk = TestDisk::new();
    let catalog = catalog();
    let store = open(&disk).expect("it opens");
    let send = |store: &crate::Store, machine, mark| commit(store, Said::build(machine, mark).batch(&catalog)).is_ok();
    assert!(send(&store, "somebody", 1) && send(&store, "another", 2));
    store.maintain(START + 4_000).expect("the disk works");
    assert!(send(&store, "somebody", 3));
    let somebody = format!("{:x}", hash("somebody").0);
    let is_told = |store: &crate::Store| told(store).iter().any(|line| line.contains(&somebody));
    assert!(is_told(&store));
    assert!(!has(&disk, "somebody").is_empty());

    let number = store.forget(0, hash("somebody")).expect("the disk works").expect("it is known");
    let erasure = |store: &crate::Store| (store.erasure(0, number), store.forgotten_count(0));
    assert_eq!(store.forget(0, hash("somebody")), Ok(None), "it is not known any more");
    assert_eq!(store.forget(0, hash("nobody")), Ok(None));
    assert_eq!(erasure(&store), (Erasure::Hidden, 1));
    let others: Vec<u32> = (0..9).filter(|other| *other != number).collect();
    assert!(others.iter().all(|other| store.erasure(0, *other) == Erasure::Unknown));
    let after = told(&store);
    assert!(!is_told(&store));
    assert_eq!(store.totals(0).kept, 3, "the ledger names nobody, and stays");

    drop(store);
    disk.restart(Loss::Everything);
    let store = open(&disk).expect("it opens again");
    assert_eq!(told(&store), after, "the tombstone is in the log");
    assert_eq!(erasure(&store), (Erasure::Hidden, 1));

    store.maintain(START + 8_000).expect("the disk works");
    store.maintain(START + 8_000).expect("the disk works");
    assert_eq!(told(&store), after);
    assert_eq!(has(&disk, "somebody"), Vec::<String>::new());
    assert!(!has(&disk, "another").is_empty());
    let snapshot = store.snapshot();
    assert!(snapshot.forgotten[0].is_empty(), "compacted: {:?}", snapshot.forgotten[0]);
    assert_eq!(erasure(&store), (Erasure::Erased, 1));
    drop((snapshot, store));
    let store = open(&disk).expect("it opens once more");
    assert_eq!(erasure(&store), (Erasure::Erased, 1), "that is durable");

    assert!(send(&store, "somebody", 9));
    assert!(is_told(&store), "who comes back is new");
}

#[test]
fn what_is_kept_under_an_id_is_told_until_it_is_forgotten() {
    let disk = TestDisk::new();
    let (catalog, today) = (catalog(), aboveboard_catalog::Day::of_unix_seconds(START));
    let store = open(&disk).expect("it opens");
    let send = |machine, at, mark| {
        let said = Said { at, ..Said::build(machine, mark) };
        commit(&store, said.batch(&catalog)).expect("it is kept");
    };
    send("somebody", START, 1);
    send("another", START, 2);
    store.maintain(START + 4_000).expect("the disk works");
    send("somebody", START, 3);
    send("somebody", START - 86_400, 4);
    let kept = |id: &str| {
        let days = store.kept_under(0, "machine", hash(id), today).expect("the disk works");
        days.iter().map(|day| (today.0 - day.day.0, day.batches, day.events["build"])).collect::<Vec<_>>()
    };
    assert_eq!(kept("somebody"), [(1, 1, 1), (0, 2, 2)]);
    assert_eq!((kept("another"), kept("nobody")), (vec![(0, 1, 1)], vec![]));
    let elsewhere = store.kept_under(0, "project", hash("somebody"), today).expect("the disk works");
    assert!(elsewhere.is_empty(), "that is no field of the origin: {elsewhere:?}");
    store.forget(0, hash("somebody")).expect("the disk works");
    assert_eq!((kept("somebody"), kept("another").len()), (vec![], 1));
}

#[test]
fn a_mark_is_known_when_its_batch_is_kept_and_as_long_as_it_is_remembered() {
    let store = open(&TestDisk::new()).expect("it opens");
    let known = |key, now| store.has_arrived(0, key, now);
    assert!(!known(7, START));
    commit(&store, Said::build("somebody", 7).batch(&catalog())).expect("it is kept");
    assert_eq!(
        [(7, 0), (7, 1_000), (7, 1_001), (8, 0)].map(|(key, later)| known(key, START + later)),
        [true, true, false, false]
    );
}
