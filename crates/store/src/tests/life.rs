//! A store's ordinary life: commit, look, close, open again.

use super::fixture::*;
use crate::testing::{Loss, TestDisk};
use crate::{Committed, OpenError};

#[test]
fn what_was_kept_is_there_after_every_kind_of_end() {
    let catalog = catalog();
    let disk = TestDisk::new();
    let store = open(&disk).expect("an empty disk opens");
    let said = Said::build("m1", 1);
    assert_eq!(commit(&store, said.batch(&catalog)), Ok(Committed { kept: 1, ..Committed::default() }));
    let before = told(&store);
    assert_eq!(before.len(), 3, "{before:#?}");
    assert!(before[1].contains("event.build"), "{before:#?}");

    drop(store);
    let store = open(&disk).expect("a store that was dropped opens");
    assert_eq!(told(&store), before, "replayed");

    store.close().expect("it closes");
    let store = open(&disk).expect("a store that was closed opens");
    assert_eq!(told(&store), before, "sealed");
    assert!(disk.contents().keys().any(|path| path.ends_with(".parquet")));

    drop(store);
    disk.restart(Loss::Everything);
    let store = open(&disk).expect("a store whose power was cut opens");
    assert_eq!(told(&store), before, "sealed and synced");
}

#[test]
fn a_second_writer_is_refused() {
    let disk = TestDisk::new();
    let store = open(&disk).expect("an empty disk opens");
    let refused = open(&disk).expect_err("it is in use");
    assert!(matches!(refused, OpenError::Locked(_)));
    assert!(refused.to_string().contains("in use by another process"), "{refused}");
    drop(store);
    open(&disk).expect("the lock is given back");
}
