//! In CI and containers nothing lives on after a run: it sends at its end, within a budget, or not at all.

use super::collector::{Answer, Collector};
use super::tool::{Machine, events, plain};

#[test]
fn ci_sends_at_the_end_of_the_run_and_has_no_machine() {
    let collector = Collector::new(Answer::Status(200));
    let machine = Machine::new().with("CI", "true").with("ACME_TELEMETRY", "1");
    let machine = machine.with("ACME_TELEMETRY_ENDPOINT", &collector.url());
    let (runs, body) = first_sent(&machine, &collector);
    let text = String::from_utf8_lossy(&body);
    assert!((1..=runs).contains(&events(std::slice::from_ref(&body))), "{runs} runs: {text}");
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
    let (_, body) = first_sent(&machine, &collector);
    assert!(String::from_utf8_lossy(&body).contains(r#""container":true"#));
}

/// The first batch that runs send at their ends, and after how many runs it came. On a machine under load the budget of
/// one may be over before it has sent, and then the next one does.
fn first_sent(machine: &Machine, collector: &Collector) -> (u64, Vec<u8>) {
    let run = |runs| {
        let _ = std::fs::remove_file(machine.state().join("next"));
        assert_eq!(machine.build(), plain());
        Some((runs, collector.so_far().into_iter().next()?))
    };
    (1..=1_000).find_map(run).expect("a run that sends at its end")
}
