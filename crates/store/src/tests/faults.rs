//! Writes and syncs fail at every operation of a run. Nothing is acknowledged that is not kept, and the store goes on
//! when the disk does.

use super::fixture::*;
use super::script::{Script, opened};
use crate::CommitError;
use crate::testing::{Fault, Loss, TestDisk};

fn check(operation: u64, fault: Fault) -> bool {
    let when = format!("{fault:?} at operation {operation}");
    let disk = TestDisk::new();
    let mut script = Script::new(3);
    let store = opened(&disk, &when);
    let reached = disk.operations() + operation;
    disk.fail_at(reached, fault);
    script.run(&store);
    script.check(&store, &when);
    let reached = disk.operations() > reached;
    disk.repair();
    script.send_again(&store);
    script.check(&store, &format!("{when}, repaired"));
    drop(store);
    disk.restart(if operation.is_multiple_of(2) { Loss::Nothing } else { Loss::Some(operation) });
    let store = opened(&disk, &when);
    script.check(&store, &format!("{when}, repaired and opened"));
    store.maintain(START + 100_000).unwrap_or_else(|error| panic!("{when}: {error}"));
    script.check(&store, &format!("{when}, sealed"));
    drop(store);
    disk.restart(Loss::Everything);
    script.check(&opened(&disk, &when), &format!("{when}, opened again"));
    reached
}

#[test]
fn failures_at_every_operation_lose_nothing_acknowledged() {
    for fault in [Fault::Once, Fault::Full, Fault::Sync] {
        for operation in 0.. {
            if !check(operation, fault) {
                break;
            }
        }
    }
}

#[test]
fn a_full_disk_and_a_failed_sync_are_told_apart() {
    let check = |fault, said: &str| {
        let disk = TestDisk::new();
        let store = opened(&disk, said);
        disk.fail_at(0, fault);
        let error = commit(&store, Said::build("m1", 1).batch(&catalog())).expect_err("nothing is kept");
        assert_eq!(matches!(error, CommitError::Full(_)), fault == Fault::Full, "{error}");
        assert!(error.to_string().contains(said), "{error}");
        assert_eq!(store.totals(0).received(), 0);
        disk.repair();
        assert!(commit(&store, Said::build("m1", 1).batch(&catalog())).is_ok(), "it is no repeat");
    };
    check(Fault::Full, "cannot write to `wal/0000000001.log`");
    check(Fault::Full, "free some space");
    check(Fault::Sync, "cannot sync `wal/0000000001.log`");
}

#[test]
fn too_much_waiting_is_overload() {
    let disk = TestDisk::new();
    let options = crate::Options { queue_bytes_max: 10, ..crate::Options::default() };
    let store = crate::Store::open(std::sync::Arc::new(disk), vec![catalog()].into(), options).expect("it opens");
    assert_eq!(commit(&store, Said::build("m1", 1).batch(&catalog())), Err(CommitError::Overloaded));
}
