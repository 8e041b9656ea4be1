//! Counting what was said from one place, in the log as in segments.

use std::collections::BTreeMap;

use aboveboard_catalog::Day;

use super::fixture::*;
use crate::testing::TestDisk;
use crate::{Happening, Store, Whence};

const TODAY: Day = Day(20_773);
const OUTCOME: Happening = Happening { event: 0, field: 0, from: TODAY, to: TODAY };

/// One machine's build, `n` times, in one version.
fn build(store: &Store, mark: u128, version: &'static str, machine: &'static str, n: u64) {
    let mut said = Said::build(machine, mark);
    said.origins = vec![fields(&[("version", version), ("os", "linux"), ("machine", machine)])];
    said.events[0].2 = n;
    commit(store, said.batch(&catalog())).expect("the disk works");
}

fn count(store: &Store, whence: Whence<'_>, happening: Happening) -> u64 {
    let counted: BTreeMap<String, u64> = store.happened(0, happening, whence, TODAY).expect("an answer");
    assert!(counted.keys().all(|outcome| outcome == "ok"), "{counted:?}");
    counted.values().sum()
}

fn from(store: &Store, version: &'static str) -> u64 {
    let raw = fields(&[("version", version), ("os", "linux")]);
    count(store, Whence::Origin(&catalog().check_origin(&raw, &|_, id| hash(id))), OUTCOME)
}

#[test]
fn what_one_place_said_is_counted_exactly() {
    let disk = TestDisk::new();
    let store = open(&disk).expect("an empty disk opens");
    build(&store, 1, "1.0.0", "m1", 2);
    build(&store, 2, "1.0.0", "m2", 3);
    build(&store, 3, "2.0.0", "m1", 5);
    store.close().expect("it closes");
    let store = open(&disk).expect("it opens again");
    build(&store, 4, "1.0.0", "m1", 7);

    let anywhere = |happening| count(&store, Whence::Anywhere, happening);
    assert_eq!([from(&store, "1.0.0"), from(&store, "2.0.0"), from(&store, "3.0.0")], [12, 5, 0]);
    assert_eq!(count(&store, Whence::Machine(hash("m1")), OUTCOME), 14);
    assert_eq!(count(&store, Whence::Machine(hash("m9")), OUTCOME), 0);
    assert_eq!(anywhere(OUTCOME), 17);
    assert_eq!(anywhere(Happening { from: TODAY.plus(-9), to: TODAY.plus(-1), ..OUTCOME }), 0);

    // Three versions are kept here; what comes later is told together, and so is asked together.
    for (mark, version) in [(5, "3.0.0"), (6, "4.0.0"), (7, "5.0.0")] {
        build(&store, mark, version, "m1", 1);
    }
    assert_eq!([from(&store, "3.0.0"), from(&store, "4.0.0"), from(&store, "6.0.0")], [1, 2, 2]);
}
