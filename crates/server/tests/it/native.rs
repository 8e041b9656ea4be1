//! Native batches: forms of body, receipts, what is turned away.

use std::io::Write;

use serde_json::{Value, json};

use crate::client::raw;
use crate::server::{Server, copy_of_acme};

/// A batch of the example tool on this day.
pub(crate) fn batch(events: &str) -> String {
    batch_of("acme", &today(), events)
}

fn batch_of(tool: &str, day: &str, events: &str) -> String {
    let id = "000102030405060708090a0b0c0d0e0f";
    format!(
        r#"{{"v":1,"id":"{id}","tool":"{tool}","day":"{day}","first":["day"],"origin":{{"version":"1.4.2"}},"events":[{events}]}}"#
    )
}

pub(crate) fn today() -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
    aboveboard_catalog::Day::of_unix_seconds(now.as_secs() as i64).to_string()
}

const EVENT: &str = r#"{"event":"command_finished","fields":{"command":"build","outcome":"ok","duration":1234}}"#;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

#[test]
fn a_receipt_accounts_for_every_event() {
    let server = Server::start(&[]);
    let events = format!(r#"{EVENT},{{"event":"command_finished","n":4,"fields":{{"command":"x7","secret":1}}}},{{}}"#);
    let receipt = server.post("/v1/batches", batch(&events)).json();
    let expected = json!({
        "id": "000102030405060708090a0b0c0d0e0f", "received": 6, "kept": 5, "repeated": 0,
        "rejected": {"event_malformed": 1}, "folded": 1, "dropped": 1,
    });
    assert_eq!(receipt, expected);
    server.check_ledger("acme", [6, 5, 0], json!({"event_malformed": 1}));
}

#[test]
fn bodies_come_in_every_form() {
    let plain = batch(EVENT).into_bytes();
    let chunked = format!(
        "POST /v1/batches HTTP/1.1\r\nhost: a\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{}\r\n0\r\n\r\n",
        plain.len(),
        batch(EVENT)
    );
    let zstd = zstd::encode_all(&*plain, 3).expect("memory");
    for (headers, body) in [
        (vec![("content-type", "text/plain;charset=UTF-8")], plain.clone()),
        (vec![], plain.clone()),
        (vec![("content-encoding", "gzip")], gzip(&plain)),
        (vec![("content-encoding", "GZIP")], gzip(&plain)),
        (vec![("content-encoding", "zstd")], zstd),
        (vec![("content-encoding", "identity")], plain.clone()),
    ] {
        let answer = Server::start(&[]).post_with("/v1/batches", &headers, body);
        assert_eq!((answer.status, &answer.json()["kept"]), (200, &json!(1)), "{headers:?} {answer:?}");
    }
    let answer = raw(Server::start(&[]).address, chunked.as_bytes());
    assert_eq!((answer.status, &answer.json()["kept"]), (200, &json!(1)), "chunked {answer:?}");
}

#[test]
fn what_cannot_be_taken_is_a_problem_with_a_code() {
    let server = Server::start(&[]);
    let check = |body: String, status: u16, code: &str| {
        let answer = server.post("/v1/batches", body);
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{answer:?}");
    };
    check(batch_of("nobody", &today(), EVENT), 404, "tool_unknown");
    check(batch_of("clerk", &today(), EVENT), 404, "tool_unknown");
    check(batch("").replace("\"v\":1", "\"v\":2"), 400, "wire_version");
    check(batch("1"), 400, "body_malformed");
    let answer = server.post_with("/v1/batches", &[("content-encoding", "br")], "x");
    assert_eq!((answer.status, answer.code().as_str()), (415, "body_encoding"));
    let metrics = server.get("/metrics").body;
    assert!(metrics.contains("aboveboard_requests_turned_away_total{code=\"tool_unknown\"} 2"), "{metrics}");
    server.check_ledger("acme", [0, 0, 0], json!({}));
}

#[test]
fn undeclared_events_leave_their_shape() {
    let server = Server::start(&[]);
    server.post("/v1/batches", batch(r#"{"event":"door_opened","n":2,"fields":{"name":"mine","size":3}}"#));
    let account: Value = server.ledger("acme");
    assert_eq!(account["undeclared"], json!([{"shape": "door_opened(name: text, size: number)", "n": 2}]));
}

#[test]
fn undeclared_fields_leave_their_names_and_types() {
    let server = Server::start(&[]);
    let said =
        |fields: &str| format!(r#"{{"event":"command_finished","n":2,"fields":{{"command":"build",{fields}}}}}"#);
    let events = [said(r#""turbo":true,"a/path":"mine""#), said(r#""turbo":false"#), said(r#""duration":"12ms""#)];
    let receipt = server.post("/v1/batches", batch(&events.join(","))).json();
    assert_eq!([&receipt["kept"], &receipt["dropped"]], [6, 4], "{receipt}");
    let shapes = [("command_finished(turbo: flag)", 4), ("command_finished(?: text)", 2)];
    let shapes = shapes.map(|(shape, n)| json!({"shape": shape, "n": n}));
    assert_eq!(server.ledger("acme")["undeclared"], json!(shapes));
    // The same batch again counts nothing twice.
    assert_eq!(server.post("/v1/batches", batch(&events.join(","))).json()["repeated"], 6);
    assert_eq!(server.ledger("acme")["undeclared"], json!(shapes));
}

#[test]
fn what_is_declared_at_last_does_not_wait_any_more() {
    let catalogs = copy_of_acme();
    let flags = ["--catalogs", catalogs.path().to_str().expect("UTF-8")];
    let server = Server::start(&flags);
    let said = r#"{"event":"command_finished","fields":{"turbo":true,"fast":1}}"#;
    assert_eq!(server.post("/v1/batches", batch(said)).json()["kept"], 1);
    let waiting = |server: &Server| server.ledger("acme")["undeclared"].as_array().map(Vec::len);
    assert_eq!(waiting(&server), Some(2));
    let file = catalogs.path().join("acme/catalog.toml");
    let text = std::fs::read_to_string(&file).expect("a catalogue");
    let table = text.lines().find(|line| line.starts_with("[event.command_finished.field.")).expect("a field");
    let declared = "[event.command_finished.field.turbo]\ntype = \"flag\"\nabout = \"whether it ran fast\"\n\n";
    std::fs::write(&file, text.replacen(table, &format!("{declared}{table}"), 1)).expect("a file");
    assert_eq!(waiting(&server.stop().restart(&flags)), Some(1));
}

#[test]
fn a_batch_of_an_impossible_day_is_rejected_event_by_event() {
    let server = Server::start(&[]);
    let receipt = server.post("/v1/batches", batch_of("acme", "2001-01-01", EVENT)).json();
    assert_eq!(receipt["rejected"], json!({"day_out_of_range": 1}));
}
