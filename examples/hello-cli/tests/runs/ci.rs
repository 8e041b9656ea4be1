//! In CI and containers nothing lives on after a run: it sends at its end, within a budget, or not at all.

use super::collector::{Answer, Collector};
use super::tool::{Machine, events, plain};

#[test]
fn ci_sends_at_the_end_of_the_run_and_has_no_machine() {
    let collector = Collector::new(Answer::Status(200));
    let machine = Machine::new().with("CI", "true").with("ACME_TELEMETRY", "1");
    let machine = machine.with("ACME_TELEMETRY_ENDPOINT", &collector.url());
    assert_eq!(machine.build(), plain());
    let body = collector.body();
    let text = String::from_utf8_lossy(&body);
    assert_eq!(events(std::slice::from_ref(&body)), 1);
    assert!(text.contains(r#""ci":true"#) && !text.contains("first") && !text.contains("cohort"), "{text}");
}

#[test]
fn ci_that_said_nothing_is_not_counted() {
    let machine = Machine::new().with("CI", "true");
    assert_eq!(machine.build(), plain());
    assert!(machine.files().is_empty());
}

#[test]
fn a_silent_collector_does_not_hold_ci_up_and_what_was_not_through_waits() {
    let collector = Collector::new(Answer::Silence);
    let machine = Machine::new().with("CI", "true").with("ACME_TELEMETRY", "1");
    let machine = machine.with("ACME_TELEMETRY_ENDPOINT", &collector.url());
    assert_eq!(machine.build(), plain());
    let healthy = Collector::new(Answer::Status(200));
    let machine = machine.with("ACME_TELEMETRY_ENDPOINT", &healthy.url());
    machine.send();
    assert_eq!(events(&[healthy.body()]), 1);
}

#[test]
fn a_container_sends_at_the_end_of_the_run() {
    let collector = Collector::new(Answer::Status(200));
    let machine = Machine::new().with("container", "podman").with("ACME_TELEMETRY", "1");
    let machine = machine.with("ACME_TELEMETRY_ENDPOINT", &collector.url());
    assert_eq!(machine.build(), plain());
    assert!(String::from_utf8_lossy(&collector.body()).contains(r#""container":true"#));
}
