//! Bytes from people who do not mean well: a clear problem each time, and the collector goes on.

use std::io::Write;

use serde_json::json;

use crate::client::raw;
use crate::native::batch;
use crate::server::Server;

const PATHS: [&str; 4] = ["/v1/batches", "/api/v1/record", "/v1/event", "/v1/logs"];

fn check_everywhere(body: &[u8]) {
    let server = Server::start(&[]);
    for path in PATHS {
        let answer = server.post(path, body);
        assert_eq!((answer.status, answer.code().as_str()), (400, "body_malformed"), "{path} {answer:?}");
        assert!(!answer.body.contains("SECRET"), "{answer:?}");
    }
    assert_eq!(server.get("/healthz").status, 200);
}

#[test]
fn broken_json() {
    for body in ["", "{", "SECRET", "\"SECRET\"", "[]", "5", "{\"events\":[]} SECRET", "{\"events\":[{\"SECRET\":}]}"] {
        check_everywhere(body.as_bytes());
    }
}

#[test]
fn text_that_is_not_utf_8() {
    check_everywhere(b"{\"events\":[{\"event\":\"\xff\xfe\"}]}");
}

#[test]
fn the_same_key_twice() {
    check_everywhere(br#"{"events":[{"event":"a","event":"b"}]}"#);
    check_everywhere(br#"{"events":[],"events":[]}"#);
}

#[test]
fn deep_nesting() {
    let deep =
        format!(r#"{{"events":[{{"fields":{}1{},"payload":{}1{}}}]}}"#, "[".repeat(5000), "]".repeat(5000), "", "");
    check_everywhere(deep.as_bytes());
}

#[test]
fn numbers_beyond_all_numbers() {
    check_everywhere(br#"{"events":[{"event":"a","n":1e999,"fields":{"x":1e999}}]}"#);
}

#[test]
fn numbers_at_the_edge_are_no_numbers_of_the_catalogue() {
    let server = Server::start(&[]);
    let fields = r#"{"event":"command_finished","fields":{"duration":-1e308}},{"event":"command_finished","n":18446744073709551615}"#;
    let receipt = server.post("/v1/batches", batch(fields)).json();
    assert_eq!(receipt["rejected"], json!({"count_out_of_range": 1}), "{receipt}");
}

#[test]
fn too_much_of_anything() {
    let server = Server::start(&[]);
    let large = vec![b' '; 262_145];
    let many = format!("{{\"events\":[{}]}}", vec!["{}"; 1001].join(","));
    for path in PATHS {
        assert_eq!(server.post(path, &large).code(), "body_too_large", "{path}");
    }
    assert_eq!(server.post("/v1/event", &many).code(), "batch_too_large");
    assert_eq!(server.post("/api/v1/record", &many).code(), "batch_too_large");
}

#[test]
fn too_much_without_saying_so_first() {
    let server = Server::start(&[]);
    let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
    let head = "POST /v1/event HTTP/1.1\r\nhost: a\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n";
    let answer = raw(server.address, format!("{head}{}0\r\n\r\n", chunk.repeat(5)).as_bytes());
    assert_eq!((answer.status, answer.code().as_str()), (413, "body_too_large"));
}

#[test]
fn bombs_do_not_go_off() {
    let server = Server::start(&[]);
    let zeros = vec![b' '; 200 << 20];
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&zeros[..50 << 20]).expect("memory");
    let gzip = gzip.finish().expect("memory");
    let zstd = zstd::encode_all(&*zeros, 1).expect("memory");
    for (encoding, bomb) in [("gzip", gzip), ("zstd", zstd)] {
        assert!(bomb.len() < 262_144, "{encoding} bomb has {} bytes", bomb.len());
        let answer = server.post_with("/v1/event", &[("content-encoding", encoding)], bomb);
        assert_eq!((answer.status, answer.code().as_str()), (413, "body_too_large"));
        let torn = server.post_with("/v1/event", &[("content-encoding", encoding)], b"not packed");
        assert_eq!((torn.status, torn.code().as_str()), (400, "body_malformed"));
    }
}

#[test]
fn a_source_that_sends_too_often_is_told_to_wait() {
    let server = Server::start(&["--rate-per-second", "1", "--proxy-header", "x-forwarded-for"]);
    let send = |source: &str| server.post_with("/v1/event", &[("x-forwarded-for", source)], r#"{"events":[]}"#);
    let waits = (0..30).map(|_| send("192.0.2.1")).filter(|answer| answer.status == 429).collect::<Vec<_>>();
    assert!(waits.len() >= 15, "{} of 30", waits.len());
    assert_eq!(waits[0].code(), "too_many_requests");
    assert_eq!(waits[0].header("retry-after"), "10");
    assert_eq!(send("192.0.2.2").status, 200);
}

#[test]
fn paths_and_methods_that_are_not() {
    let server = Server::start(&[]);
    assert_eq!(server.get("/etc/passwd").code(), "not_found");
    assert_eq!(server.get("/v1/batches").code(), "method_not_allowed");
    for query in ["", "?tool=nobody", "?tool=%ff"] {
        assert_eq!(server.get(&format!("/v1/ledger{query}")).code(), "tool_unknown", "{query}");
    }
    assert_eq!(server.get("/v1/ledger?tool=acme&tool=clerk").code(), "question_wrong");
}
