//! Debug prints what would be sent, and does nothing else.

use super::tool::Machine;

#[test]
fn debug_prints_a_batch_as_it_would_be_sent_and_keeps_nothing() {
    let machine = Machine::new().with("ACME_TELEMETRY", "debug");
    let output = machine.run(&["build"]);
    assert_eq!(output.stdout, b"build: done\n");
    let text = String::from_utf8(output.stderr).expect("text");
    let lines: Vec<&str> = text.lines().map(|line| line.strip_prefix("[telemetry] ").expect("the prefix")).collect();
    let batch = aboveboard_catalog::wire::decode(lines[0].as_bytes()).expect("a batch");
    assert_eq!((batch.tool.as_ref(), batch.events.len()), ("acme", 1));
    assert!(lines[1].starts_with("would not be sent: nobody was told yet"), "{text}");
    assert!(machine.files().is_empty());
}

#[test]
fn debug_under_do_not_track_prints_and_says_so() {
    let machine =
        Machine::that_sends_to("http://127.0.0.1:9").with("DO_NOT_TRACK", "1").with("ACME_TELEMETRY", "debug");
    let text = String::from_utf8(machine.run(&["build"]).stderr).expect("text");
    assert!(text.contains("would not be sent: DO_NOT_TRACK=1 in the environment"), "{text}");
}

#[test]
fn debug_says_when_there_is_nowhere_to_send() {
    let machine = Machine::that_sends_to("nowhere").with("ACME_TELEMETRY", "debug");
    let text = String::from_utf8(machine.run(&["build"]).stderr).expect("text");
    assert!(text.ends_with("[telemetry] would not be sent: the endpoint is not a URL\n"), "{text}");
}

#[test]
fn what_debug_prints_is_what_is_sent() {
    let collector = super::collector::Collector::new(super::collector::Answer::Status(200));
    let machine = Machine::that_sends_to(&collector.url()).with("ACME_TELEMETRY", "debug");
    let printed = String::from_utf8(machine.run(&["check"]).stderr).expect("text");
    let machine = machine.without("ACME_TELEMETRY");
    machine.run(&["check"]);
    let sent = String::from_utf8(collector.body()).expect("text");
    let printed: Vec<&str> = printed.lines().map(|line| line.trim_start_matches("[telemetry] ")).collect();
    assert_eq!(comparable(printed[0]), comparable(&sent));
    assert_eq!(printed[1..], [format!("would be sent to {} when it is due", collector.url())]);
}

/// Without the id, which is random, and the duration, which is the run's own.
fn comparable(batch: &str) -> String {
    let id = batch.find("\"id\":\"").expect("an id") + 6;
    let duration = batch.find(",\"duration\":").expect("a duration");
    format!("{}{}", &batch[..id], &batch[id + 32..duration])
}
