//! SIGKILL at every step: strace kills a run, or a sender, at the first call of a kind, at the second, and so on to the
//! last. What an ended run acknowledged is sent, and nothing twice.

use std::collections::BTreeMap;
use std::process::Command;

use super::collector::{Answer, Collector};
use super::tool::{Machine, events};

/// The calls with which files are changed, and those around them.
const CALLS: [&str; 9] = ["openat", "write", "rename", "unlink", "mkdir", "lseek", "fstat", "statx", "close"];

/// Runs a command line of the tool, and kills it as it makes this call for the `when`th time. Whether it ended by
/// itself.
fn survives(machine: &Machine, arguments: &[&str], call: &str, when: usize) -> bool {
    let mut strace: Command = machine.prepared("strace");
    strace.args(["-f", "-o", "/dev/null", "-e", &format!("trace={call}")]);
    strace.args(["-e", &format!("inject={call}:signal=SIGKILL:when={when}")]);
    let status = strace.arg(env!("CARGO_BIN_EXE_acme")).args(arguments).output().expect("strace runs").status;
    status.success()
}

/// Events that wait.
fn waiting(machine: &Machine) -> u64 {
    machine.status()["queued"].as_u64().expect("a number")
}

#[test]
fn a_run_that_is_killed_at_any_step_loses_and_doubles_nothing() {
    let machine = Machine::that_sends_to("http://127.0.0.1:9").quiet();
    let mut kills = 0;
    for call in CALLS {
        for when in 1.. {
            let before = waiting(&machine);
            let ended = survives(&machine, &["build"], call, when);
            let after = waiting(&machine);
            let recorded = if ended { 1..=1 } else { 0..=1 };
            assert!(recorded.contains(&(after - before)), "killed at {call} {when}: {before} before, {after} after");
            if ended {
                break;
            }
            kills += 1;
        }
    }
    assert!(kills > 20, "only {kills} kills");
    let recorded = waiting(&machine);
    let collector = Collector::new(Answer::Status(200));
    let machine = machine.with("ACME_TELEMETRY_ENDPOINT", &collector.url());
    machine.send_all();
    assert_eq!(events(&collector.so_far()), recorded);
}

#[test]
fn a_sender_that_is_killed_at_any_step_loses_and_doubles_nothing() {
    let collector = Collector::new(Answer::Status(200));
    let machine = Machine::that_sends_to(&collector.url());
    let (mut taken, mut runs, mut kills) = (BTreeMap::new(), 0, 0);
    for call in ["openat", "write", "linkat", "rename", "unlink"] {
        for when in 1.. {
            // Shortly after a sender, so that no run starts one of its own.
            let machine = machine.is_quiet();
            assert!(machine.run(&["build"]).status.success());
            runs += 1;
            std::fs::remove_file(machine.state().join("next")).expect("removed");
            let ended = survives(machine, &["__aboveboard-send"], call, when);
            machine.send_all();
            // A batch that came again has the id that it had.
            let batch = |body: Vec<u8>| (aboveboard_catalog::wire::decode(&body).expect("a batch").id, body);
            taken.extend(collector.so_far().into_iter().map(batch));
            let bodies: Vec<Vec<u8>> = taken.values().cloned().collect();
            assert_eq!(events(&bodies), runs, "killed at {call} {when}");
            if ended {
                break;
            }
            kills += 1;
        }
    }
    assert!(kills > 20, "only {kills} kills");
}
