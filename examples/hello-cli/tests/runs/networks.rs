//! Networks and collectors as they are: the user sees the same, and nothing is lost or doubled.

use super::collector::{Answer, Collector};
use super::tool::{Machine, events, plain};

#[test]
fn what_was_sent_is_what_the_ledger_says_byte_for_byte() {
    let collector = Collector::new(Answer::Status(200));
    let machine = Machine::that_sends_to(&collector.url());
    assert_eq!(machine.build(), plain());
    let body = collector.body();
    // The child writes its ledger after the answer: running a sender waits for the lock or finds the work done.
    machine.wait_for_the_ledger();
    assert_eq!(machine.run(&["telemetry", "inspect", "--raw"]).stdout, body);
    let text = String::from_utf8(body).expect("text");
    assert!(
        text.contains(r#""first":["day","week","month"]"#) && text.contains(r#""command":"build","outcome":"ok""#),
        "{text}"
    );
}

#[test]
fn no_answer_of_a_collector_is_noticed_by_the_user() {
    for answer in [Answer::Silence, Answer::Status(500), Answer::Status(503), Answer::Status(400), Answer::Status(302)]
    {
        let collector = Collector::new(answer);
        let machine = Machine::that_sends_to(&collector.url());
        assert_eq!(machine.build(), plain());
        collector.body();
        assert_eq!(machine.build(), plain(), "while the child still waits");
    }
}

#[test]
fn a_refused_connection_keeps_the_batch_and_its_id_for_later() {
    let machine = Machine::that_sends_to("http://127.0.0.1:9").quiet();
    assert_eq!(machine.build(), plain());
    machine.send();
    let sealed = machine.export()["sealed"].clone();
    assert_eq!(sealed.as_array().map(Vec::len), Some(1));

    let failing = Collector::new(Answer::Status(503));
    let machine = machine.with("ACME_TELEMETRY_ENDPOINT", &failing.url());
    machine.send();
    let healthy = Collector::new(Answer::Status(200));
    let machine = machine.with("ACME_TELEMETRY_ENDPOINT", &healthy.url());
    machine.send();
    assert_eq!(failing.body(), healthy.body(), "the same bytes, so the same id");
    machine.send();
    assert!(healthy.so_far().is_empty(), "once taken it is not sent again");
    assert_eq!(machine.status()["sent"]["count"], 1);
}

#[test]
fn after_a_failure_it_does_not_try_at_every_run() {
    let collector = Collector::new(Answer::Status(500));
    let machine = Machine::that_sends_to(&collector.url()).quiet();
    machine.build();
    machine.send();
    for _ in 0..5 {
        assert_eq!(machine.build(), plain());
    }
    // A child that had been started would hold the lock and seal the queue; the queue has all five.
    assert_eq!(machine.export()["waiting"].as_array().map(Vec::len), Some(5));
}

#[test]
fn a_silent_collector_has_failed_before_it_answers() {
    let collector = Collector::new(Answer::Silence);
    let machine = Machine::that_sends_to(&collector.url());
    machine.build();
    collector.body();
    let next = std::fs::read_to_string(machine.state().join("next")).expect("when to send again");
    assert!(next.contains("failures = \"1\""), "no later run waits for it, nor starts another child: {next}");
}

#[test]
fn a_collector_that_says_when_to_come_again_is_obeyed() {
    let collector = Collector::new(Answer::Later(100_000));
    let machine = Machine::that_sends_to(&collector.url()).quiet();
    machine.build();
    let before = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock").as_secs();
    machine.send();
    let next = std::fs::read_to_string(machine.state().join("next")).expect("when to send again");
    let next = next.lines().find_map(|line| line.strip_prefix("next = \"")?.strip_suffix('"')?.parse::<u64>().ok());
    assert!(next.is_some_and(|next| next >= before + 100_000), "{next:?}, and it was {before}");
    assert_eq!(machine.export()["sealed"].as_array().map(Vec::len), Some(1), "it waits");
}

#[test]
fn gone_ends_it_for_good() {
    let collector = Collector::new(Answer::Status(410));
    let machine = Machine::that_sends_to(&collector.url()).quiet();
    machine.build();
    machine.send();
    let status = machine.status();
    assert_eq!((&status["rule"], &status["queued"]), (&"ended".into(), &0.into()));
    let before = machine.files();
    assert_eq!(machine.build(), plain());
    assert_eq!(machine.files(), before);
}

#[test]
fn a_file_can_be_the_collector() {
    let machine = Machine::new().quiet();
    let file = machine.home().join("sent.ndjson");
    let machine =
        machine.with("ACME_TELEMETRY", "1").with("ACME_TELEMETRY_ENDPOINT", &format!("file://{}", file.display()));
    machine.build();
    machine.send();
    let sent = std::fs::read(&file).expect("the file");
    assert_eq!(events(&[sent.trim_ascii().to_vec()]), 1);
}

#[test]
fn a_tls_port_that_is_none_is_a_failure_like_any_other() {
    let collector = Collector::new(Answer::Status(200));
    let machine = Machine::that_sends_to(&collector.url().replace("http:", "https:")).quiet();
    assert_eq!(machine.build(), plain());
    machine.send();
    assert_eq!(machine.export()["sealed"].as_array().map(Vec::len), Some(1));
}
