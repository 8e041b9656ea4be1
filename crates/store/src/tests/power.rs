//! The power is cut at every operation of a run. What was acknowledged is there exactly once.

use super::script::{Script, opened};
use crate::testing::{Fault, Loss, TestDisk};

/// Operations of the whole run, from the first open to the last close.
fn operations(seed: u64) -> u64 {
    let disk = TestDisk::new();
    let mut script = Script::new(seed);
    let store = opened(&disk, "no fault");
    script.run(&store);
    script.check(&store, "no fault");
    store.close().expect("it closes");
    script.check(&opened(&disk, "no fault"), "no fault, opened again");
    disk.operations()
}

/// Cuts the power at an operation, and again while the store recovers.
fn check(seed: u64, operation: u64, loss: Loss) {
    let when = format!("seed {seed}, power cut at operation {operation}, lost {loss:?}");
    let disk = TestDisk::new();
    let mut script = Script::new(seed);
    disk.fail_at(operation, Fault::PowerCut);
    if let Ok(store) = super::fixture::open(&disk) {
        script.run(&store);
        drop(store.close());
    }
    disk.restart(loss);
    disk.fail_at(disk.operations() + operation % 9, Fault::PowerCut);
    drop(super::fixture::open(&disk));
    disk.restart(loss);
    let store = opened(&disk, &when);
    script.check(&store, &when);
    script.send_again(&store);
    script.check(&store, &format!("{when}, sent again"));
    drop(store);
    disk.restart(Loss::Everything);
    let store = opened(&disk, &when);
    script.check(&store, &format!("{when}, cut again"));
    store.close().unwrap_or_else(|error| panic!("{when}: {error}"));
    script.check(&opened(&disk, &when), &format!("{when}, sealed"));
}

#[test]
fn power_cut_at_every_operation_loses_nothing_acknowledged() {
    for seed in 1..=3 {
        for operation in 0..operations(seed) {
            let losses = [Loss::Everything, Loss::Some(operation), Loss::Nothing];
            check(seed, operation, losses[(operation + seed) as usize % 3]);
        }
    }
}

/// As the test above, with more scripts and every loss: for a night.
#[test]
#[ignore = "takes minutes; run it after a change to the log, the manifest or the order of things"]
fn power_cut_at_every_operation_of_many_scripts() {
    for seed in 4..20 {
        for operation in 0..operations(seed) {
            for loss in [Loss::Everything, Loss::Some(operation), Loss::Some(!operation), Loss::Nothing] {
                check(seed, operation, loss);
            }
        }
    }
}
