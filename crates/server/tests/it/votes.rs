//! Votes on the texts of errors: what counts, and under which verdict the rest ends.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

use crate::captures::captured;
use crate::client::Answer;
use crate::server::Server;

const VERSION: &str = r#"{"version":"2.5.0","os":"linux"}"#;

/// A batch of the example tool, each time another one.
fn batch(origin: &str, events: &[String]) -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let (id, day) = (NEXT.fetch_add(1, Ordering::Relaxed), crate::native::today());
    let events = events.join(",");
    format!(r#"{{"v":1,"id":"{id:032x}","tool":"acme","day":"{day}","origin":{origin},"events":[{events}]}}"#)
}

fn shown(code: &str, n: u64) -> String {
    format!(r#"{{"event":"error_shown","n":{n},"fields":{{"code":"{code}"}}}}"#)
}

fn vote(code: &str, surface: &str) -> String {
    format!(
        r#"{{"event":"feedback_given","fields":{{"code":"{code}","helpful":false,"reason":"wrong_cause","surface":"{surface}"}}}}"#
    )
}

fn send(server: &Server, origin: &str, events: &[String]) -> Answer {
    server.post("/v1/batches", batch(origin, events))
}

/// How many of a batch were kept, and why the others were not.
#[track_caller]
fn check(answer: &Answer, kept: u64, rejected: &Value) {
    let receipt = answer.json();
    assert_eq!((&receipt["kept"], &receipt["rejected"]), (&json!(kept), rejected), "{answer:?}");
}

const DISK: &str = "ACME_DISK_FULL";

#[test]
fn votes_that_do_not_count_end_under_verdicts_of_their_own() {
    let server = Server::start(&[]);
    check(&send(&server, VERSION, &[shown(DISK, 1), vote(DISK, "terminal")]), 2, &json!({}));
    check(&send(&server, VERSION, &[vote(DISK, "terminal")]), 0, &json!({"vote_repeated": 1}));
    check(&send(&server, VERSION, &[vote("ACME_LINK_BROKEN", "terminal")]), 0, &json!({"vote_unfounded": 1}));
    let elsewhere = r#"{"version":"2.4.0","os":"linux"}"#;
    check(&send(&server, elsewhere, &[vote(DISK, "overlay")]), 0, &json!({"vote_unfounded": 1}));
    let codeless = r#"{"event":"feedback_given","fields":{"helpful":true}}"#.to_owned();
    check(&send(&server, VERSION, &[codeless]), 0, &json!({"vote_codeless": 1}));
    let undeclared = vote("/home/alice/secret", "terminal");
    check(&send(&server, VERSION, &[undeclared]), 0, &json!({"code_undeclared": 1}));
    let foreign = [("origin", "https://elsewhere.example")];
    let body = batch(VERSION, &[shown(DISK, 1), vote(DISK, "overlay")]);
    check(&server.post_with("/v1/batches", &foreign, body), 1, &json!({"vote_foreign": 1}));
    let rejected = json!({
        "code_undeclared": 1, "vote_codeless": 1, "vote_foreign": 1, "vote_repeated": 1, "vote_unfounded": 2
    });
    server.check_ledger("acme", [9, 3, 0], rejected);
}

#[test]
fn codes_are_taken_and_turned_away_as_the_shared_cases_say() {
    let server = Server::start(&[]);
    let cases: Vec<Value> =
        serde_json::from_str(include_str!("../../../../conformance/check/codes.json")).expect("cases");
    for case in cases {
        let answer = send(&server, VERSION, &[case["event"].to_string()]);
        match case["rejected"].as_str() {
            Some(code) => check(&answer, 0, &json!({ code: 1 })),
            None => check(&answer, 1, &json!({})),
        }
    }
}

#[test]
fn a_vote_needs_no_batch_with_its_error_and_may_come_a_run_later() {
    let server = Server::start(&[]);
    check(&send(&server, VERSION, &[shown(DISK, 2)]), 2, &json!({}));
    check(&send(&server, VERSION, &[vote(DISK, "terminal")]), 1, &json!({}));
    check(&send(&server, VERSION, &[vote(DISK, "overlay")]), 1, &json!({}));
    check(&send(&server, VERSION, &[vote(DISK, "terminal")]), 0, &json!({"vote_repeated": 1}));
}

#[test]
fn a_batch_that_comes_again_is_a_repeat_with_its_votes() {
    let server = Server::start(&[]);
    check(&send(&server, VERSION, &[shown(DISK, 1)]), 1, &json!({}));
    let body = batch(VERSION, &[vote(DISK, "terminal")]);
    check(&server.post("/v1/batches", &body), 1, &json!({}));
    let again = server.post("/v1/batches", &body);
    check(&again, 0, &json!({}));
    assert_eq!(again.json()["repeated"], 1);
    server.check_ledger("acme", [3, 2, 1], json!({}));
}

#[test]
fn readers_of_the_documentation_vote_where_it_was_shown_to_anybody() {
    let server = Server::start(&[]);
    check(&send(&server, "{}", &[vote(DISK, "docs")]), 0, &json!({"vote_unfounded": 1}));
    check(&send(&server, VERSION, &[shown(DISK, 1)]), 1, &json!({}));
    let docs = [("origin", "https://acme.example")];
    check(&server.post_with("/v1/batches", &docs, batch("{}", &[vote(DISK, "docs")])), 1, &json!({}));
    check(&server.post_with("/v1/batches", &docs, batch("{}", &[vote(DISK, "docs")])), 0, &json!({"vote_repeated": 1}));
}

#[test]
fn of_votes_at_the_same_moment_one_is_kept_also_after_a_restart() {
    let server = Server::start(&[]);
    check(&send(&server, VERSION, &[shown(DISK, 1)]), 1, &json!({}));
    let kept = at_once(|| {
        let receipt = send(&server, VERSION, &[vote(DISK, "terminal")]).json();
        receipt["kept"].as_u64().expect("a receipt")
    });
    assert_eq!(kept, 1);
    server.check_ledger("acme", [13, 2, 0], json!({"vote_repeated": 11}));
    let server = server.kill().restart(&[]);
    check(&send(&server, VERSION, &[vote(DISK, "terminal")]), 0, &json!({"vote_repeated": 1}));
    let server = { server }.stop().restart(&[]);
    check(&send(&server, VERSION, &[vote(DISK, "terminal")]), 0, &json!({"vote_repeated": 1}));
}

/// The sum of what twelve threads are told.
fn at_once(ask: impl Fn() -> u64 + Sync) -> u64 {
    std::thread::scope(|scope| {
        let asking: Vec<_> = (0..12).map(|_| scope.spawn(&ask)).collect();
        asking.into_iter().map(|thread| thread.join().expect("an answer")).sum()
    })
}

#[test]
fn a_machine_of_nextjs_votes_once_a_month_on_a_code() {
    let server = Server::start(&[]);
    let session = AtomicU64::new(1);
    let vote = |machine: &str, code: &str| {
        let session = session.fetch_add(1, Ordering::Relaxed);
        json!({"context": {"anonymousId": machine, "sessionId": session.to_string()}, "meta": {"nextVersion": "16.3.0"},
            "events": [{"eventName": "NEXT_ERROR_FEEDBACK", "fields": {"errorCode": code, "wasHelpful": true}}]})
        .to_string()
    };
    at_once(|| u64::from(server.post("/api/v1/record", vote("m1", "E394")).status));
    server.check_ledger("nextjs", [12, 1, 0], json!({"vote_repeated": 11}));
    for (machine, code) in [("m1", "E206"), ("m2", "E394")] {
        assert_eq!(server.post("/api/v1/record", vote(machine, code)).status, 200);
    }
    server.check_ledger("nextjs", [14, 3, 0], json!({"vote_repeated": 11}));
}

#[test]
fn the_votes_that_next_really_sent_are_taken_and_a_path_as_a_code_is_nowhere() {
    let server = Server::start(&[]);
    for request in captured("nextjs/dev_16.3.0_error_feedback") {
        assert_eq!(request.replay(&server).status, 200);
    }
    server.check_ledger("nextjs", [7, 6, 0], json!({"vote_repeated": 1}));
    let votes = "/v1/query?tool=nextjs&by=errorCode&where=event:NEXT_ERROR_FEEDBACK";
    let answer = server.get(votes).json();
    let codes: Vec<&Value> = answer["rows"].as_array().expect("rows").iter().map(|row| &row["key"][0]).collect();
    assert!(codes.contains(&&json!("E394")) && codes.contains(&&json!("other")), "{answer}");
    let stopped = server.stop();
    let disk = stopped.all_bytes();
    for text in ["/home/alice/secret", "alice"] {
        assert!(!disk.windows(text.len()).any(|window| window == text.as_bytes()), "`{text}` in the data folder");
        assert!(!stopped.log.contains(text), "`{text}` in the log");
    }
}
