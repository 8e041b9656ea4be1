//! Ids that are to be forgotten: gone from every answer at once, and from every file after compaction.

use super::fixture::*;
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

    assert_eq!(store.forget(0, hash("somebody")), Ok(true));
    assert_eq!(store.forget(0, hash("somebody")), Ok(false), "it is not known any more");
    assert_eq!(store.forget(0, hash("nobody")), Ok(false));
    let after = told(&store);
    assert!(!is_told(&store));
    assert_eq!(store.totals(0).kept, 3, "the ledger names nobody, and stays");

    drop(store);
    disk.restart(Loss::Everything);
    let store = open(&disk).expect("it opens again");
    assert_eq!(told(&store), after, "the tombstone is in the log");

    store.maintain(START + 8_000).expect("the disk works");
    store.maintain(START + 8_000).expect("the disk works");
    assert_eq!(told(&store), after);
    assert_eq!(has(&disk, "somebody"), Vec::<String>::new());
    assert!(!has(&disk, "another").is_empty());
    let snapshot = store.snapshot();
    assert!(snapshot.forgotten[0].is_empty(), "compacted: {:?}", snapshot.forgotten[0]);

    assert!(send(&store, "somebody", 9));
    assert!(is_told(&store), "who comes back is new");
}
