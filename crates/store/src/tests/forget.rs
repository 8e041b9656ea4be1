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
