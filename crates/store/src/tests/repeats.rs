//! Batches that come again, as each kind of client sends them.

use super::fixture::*;
use crate::testing::{Loss, TestDisk};
use crate::{Committed, Store};

/// Three events of one origin, marked.
fn said(at: i64, remember_seconds: i64, events: usize, marks: Vec<(u128, u32)>) -> Said {
    let mut said = Said::build("m1", 0);
    said.at = START + at;
    said.remember_seconds = remember_seconds;
    said.events = (0..events).map(|_| (0, "start", 2, fields(&[("cached", "true")]))).collect();
    said.marks = marks;
    said
}

fn check(store: &Store, said: &Said, kept: u64, repeated: u64) {
    let committed = commit(store, said.batch(&catalog())).expect("the disk works");
    assert_eq!(committed, Committed { kept, repeated, rejected: 0 }, "{said:?}");
}

#[test]
fn a_batch_with_an_id_counts_once_even_after_a_restart() {
    let disk = TestDisk::new();
    let month = 60 * 86_400;
    let store = open(&disk).expect("it opens");
    check(&store, &said(0, month, 3, vec![(7, 3)]), 6, 0);
    check(&store, &said(1, month, 3, vec![(7, 3)]), 0, 6);
    check(&store, &said(1, month, 3, vec![(8, 3)]), 6, 0);
    drop(store);
    let store = open(&disk).expect("it opens again");
    check(&store, &said(2, month, 3, vec![(7, 3)]), 0, 6);
    store.close().expect("it closes");
    disk.restart(Loss::Everything);
    let store = open(&disk).expect("it opens sealed");
    check(&store, &said(month, month, 3, vec![(7, 3)]), 0, 6);
    check(&store, &said(month + 1, month, 3, vec![(7, 3)]), 6, 0);
    let totals = store.totals(0);
    assert_eq!((totals.kept, totals.repeated, totals.received()), (18, 18, 36));
}

#[test]
fn a_body_that_comes_again_within_seconds_is_a_retry() {
    let store = open(&TestDisk::new()).expect("it opens");
    check(&store, &said(0, 20, 2, vec![(5, 2)]), 4, 0);
    check(&store, &said(20, 20, 2, vec![(5, 2)]), 0, 4);
    check(&store, &said(21, 20, 2, vec![(5, 2)]), 4, 0);
}

#[test]
fn a_growing_buffer_counts_each_event_once() {
    let store = open(&TestDisk::new()).expect("it opens");
    let chain = [(11, 1), (12, 2), (13, 3), (14, 4)];
    for events in 1..=4 {
        let marks = chain[..events].to_vec();
        check(&store, &said(events as i64, 20, events, marks), 2, 2 * (events as u64 - 1));
    }
    check(&store, &said(5, 20, 4, chain.to_vec()), 0, 8);
    let presence: u64 = {
        let mut rows = 0;
        each_row(&store.snapshot(), 0, crate::table::PRESENCE_TABLE, |_, n, _| rows += n);
        rows
    };
    assert_eq!(presence, 4, "each batch with something new says that its machine was there");
}

#[test]
fn a_repeat_in_the_same_group_is_a_repeat() {
    let (answer, answered) = std::sync::mpsc::channel();
    let store = open(&TestDisk::new()).expect("it opens");
    for _ in 0..100 {
        let answer = answer.clone();
        let done = move |outcome: Result<Committed, _>| answer.send(outcome.expect("it is kept")).expect("we listen");
        store.commit(said(0, 20, 1, vec![(5, 1)]).batch(&catalog()), done);
    }
    let kept: u64 = answered.iter().take(100).map(|committed| committed.kept).sum();
    assert_eq!(kept, 2);
}

#[test]
fn a_repeat_costs_few_bytes() {
    let disk = TestDisk::new();
    let store = open(&disk).expect("it opens");
    let length = || disk.contents()["wal/0000000001.log"].len();
    check(&store, &said(0, 20, 50, vec![(5, 50)]), 100, 0);
    let before = length();
    check(&store, &said(0, 20, 50, vec![(5, 50)]), 0, 100);
    assert!(length() - before < 32, "{}", length() - before);
}
