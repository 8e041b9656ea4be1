//! A resolver that never answers: packets to it go to a loopback that drops them.

use std::process::Stdio;

use super::collector::{Answer, Collector};
use super::namespace::within;
use super::tool::{Machine, Seen, events, plain};

/// Runs the tool, with an endpoint that has a name, where names are never resolved. `None` where that cannot be made.
fn build(machine: &Machine) -> Option<Seen> {
    let resolv = machine.home().join("work/resolv.conf");
    std::fs::write(&resolv, "nameserver 10.99.0.53\noptions timeout:30\n").expect("written");
    let setup = format!(
        "export PATH=$PATH:/usr/sbin:/sbin\nmount --bind {} /etc/resolv.conf\nip link set lo up\nip route add 10.99.0.0/24 dev lo",
        resolv.display()
    );
    let mut tool = within(machine, &setup, env!("CARGO_BIN_EXE_acme"))?;
    Some(Seen::of(&tool.arg("build").output().expect("the tool runs")))
}

/// Checks that what was recorded where nothing could be resolved arrives once there is a network.
fn check_that_it_waits(machine: Machine) {
    let collector = Collector::new(Answer::Status(200));
    let machine = machine.with("ACME_TELEMETRY_ENDPOINT", &collector.url());
    machine.send_all();
    assert_eq!(events(&collector.so_far()), 1);
}

#[test]
fn a_resolver_that_never_answers_is_not_noticed_by_the_user() {
    let machine = Machine::that_sends_to("http://telemetry.acme.example");
    if let Some(seen) = build(&machine) {
        assert_eq!(seen, plain());
        end_the_child(&machine);
        check_that_it_waits(machine);
    }
}

/// Ends the child as soon as it waits for its resolver, unless that has ended it already.
fn end_the_child(machine: &Machine) {
    let read = |name: &str| std::fs::read_to_string(machine.state().join(name)).unwrap_or_default();
    // It has failed before it asks the network.
    while !read("next").contains("failures = \"1\"") {
        std::thread::yield_now();
    }
    let _ = std::process::Command::new("kill").args(["-KILL", &read("lock")]).stderr(Stdio::null()).status();
}

#[test]
fn ci_does_not_wait_for_a_resolver_that_never_answers() {
    let machine = Machine::new().with("CI", "true").with("ACME_TELEMETRY", "1");
    let machine = machine.with("ACME_TELEMETRY_ENDPOINT", "http://telemetry.acme.example");
    if let Some(seen) = build(&machine) {
        assert_eq!(seen, plain());
        check_that_it_waits(machine);
    }
}
