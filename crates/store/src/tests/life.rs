//! A store's ordinary life: commit, look, close, open again.

use aboveboard_catalog::Shape;

use super::fixture::*;
use crate::limits::SHAPES_MAX;
use crate::table::{FIRST_OF_DAY, FIRST_OF_MONTH, PRESENCE_TABLE};
use crate::testing::{Loss, TestDisk};
use crate::{Committed, Entry, OpenError, Store};

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

/// The `first` bits of the presence rows that a batch makes, in order.
fn presence(said: &Said) -> Vec<u32> {
    let store = open(&TestDisk::new()).expect("it opens");
    commit(&store, said.batch(&catalog())).expect("the disk works");
    let mut firsts = Vec::new();
    let first = store.snapshot().schemas[0].tables[PRESENCE_TABLE].column("first").expect("presence has it");
    each_row(&store.snapshot(), 0, PRESENCE_TABLE, |key, _, _| firsts.push(key[first]));
    firsts
}

#[test]
fn a_batch_says_once_that_its_machine_was_there_for_the_first_time() {
    let bits = FIRST_OF_DAY | FIRST_OF_MONTH;
    let mut said = Said::build("m1", 1);
    assert_eq!(presence(&said), [bits]);
    said.origins.push(fields(&[("os", "macos")]));
    assert_eq!(presence(&said), [bits], "an origin without events is not there");
    said.events.push((1, "start", 1, fields(&[])));
    said.events.push((1, "start", 1, fields(&[("cached", "true")])));
    assert_eq!(presence(&said), [bits, 0]);
    said.events = vec![(0, "unheard_of", 1, fields(&[]))];
    assert_eq!(presence(&said), [0; 0], "nothing was kept");
    said.events.clear();
    assert_eq!(presence(&said), [bits, 0], "a batch without events says just that");
}

#[test]
fn each_undeclared_field_is_a_shape_of_its_own_and_a_repeat_counts_nothing() {
    let disk = TestDisk::new();
    let store = open(&disk).expect("it opens");
    let mut said = Said::build("m1", 1);
    said.marks = vec![(1, 1)];
    said.events = vec![(0, "build", 3, fields(&[("x", "7"), ("y", "true"), ("outcome", "ok")]))];
    commit(&store, said.batch(&catalog())).expect("the disk works");
    said.events.push((0, "build", 2, fields(&[("y", "false")])));
    commit(&store, said.batch(&catalog())).expect("the disk works");
    let expected = ["build(y: flag) 5", "build(x: number) 3"];
    let shapes =
        |store: &Store| -> Vec<String> { store.shapes(0).iter().map(|(shape, n)| format!("{shape} {n}")).collect() };
    assert_eq!(shapes(&store), expected);
    store.close().expect("it closes");
    assert_eq!(shapes(&open(&disk).expect("it opens sealed")), expected);
}

#[test]
fn shapes_beyond_the_limit_are_counted_together() {
    let store = open(&TestDisk::new()).expect("it opens");
    let mut batch = Said::build("m1", 1).batch(&catalog());
    let shape = |event: usize| Shape { event: format!("e{event}"), fields: Vec::new() };
    let rejected = |event| Entry::Rejected { code: "event_undeclared".into(), n: 2, shape: Some(shape(event)) };
    batch.entries = (0..SHAPES_MAX + 3).chain([0]).map(rejected).collect();
    commit(&store, batch).expect("the disk works");
    let shapes = store.shapes(0);
    assert_eq!(shapes.len(), SHAPES_MAX + 1);
    let unknown = Shape { event: "?".into(), fields: Vec::new() };
    assert_eq!(shapes[..2], [(unknown, 6), (shape(0), 4)]);
}
