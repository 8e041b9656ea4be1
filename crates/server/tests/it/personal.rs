//! What people may ask about themselves, where others may not ask about them.

use serde_json::{Value, json};

use crate::captures::captured;
use crate::client::Answer;
use crate::operator::TOKEN;
use crate::server::Server;

/// A build of the real Next.js, and the identifiers in it.
fn build_arrives(server: &Server) -> Value {
    let request = &captured("nextjs/build_turbopack_tls")[0];
    assert_eq!(request.replay(server).status, 200);
    request.body["context"].clone()
}

fn forget(server: &Server, headers: &[(&str, &str)], tool: &str, id: &Value) -> Answer {
    server.post_with("/v1/forget", headers, json!({"tool": tool, "id": id}).to_string())
}

fn state(server: &Server, receipt: &str) -> Value {
    server.get(&format!("/v1/forget/{receipt}")).json()["state"].clone()
}

fn events(server: &Server) -> u64 {
    let bearer = format!("Bearer {TOKEN}");
    let path = "/v1/query?tool=nextjs&measure=events";
    let answer = crate::client::request(server.address, "GET", path, &[("authorization", &bearer)], b"");
    answer.json()["rows"][0]["value"].as_u64().unwrap_or(0)
}

#[test]
fn whoever_shows_their_own_identifier_is_forgotten_and_gets_a_receipt() {
    let server = Server::start_with_token();
    let context = build_arrives(&server);
    assert!(events(&server) > 0);
    let answer = forget(&server, &[], "nextjs", &context["anonymousId"]).json();
    assert_eq!(answer["forgotten"], true);
    assert_eq!(events(&server), 0, "no answer counts it any more");
    let receipt = answer["receipt"].as_str().expect("a receipt").to_owned();
    assert_eq!((receipt.len(), state(&server, &receipt)), (9, json!("hidden")));
    assert_eq!(state(&server, &receipt.to_lowercase().replace('-', "")), "hidden");
    let again = forget(&server, &[], "nextjs", &context["anonymousId"]).json();
    assert_eq!(again, json!({"forgotten": false, "receipt": null}));

    let server = server.kill().restart_with_token();
    assert_eq!(state(&server, &receipt), "hidden", "the receipt outlives a power cut");
    let stopped = server.stop();
    let bytes = stopped.all_bytes();
    assert!(!bytes.windows(receipt.len()).any(|window| window == receipt.as_bytes()), "no file lists receipts");
    let server = stopped.restart_with_token();
    assert_ne!(state(&server, &receipt), "unknown", "and a restart");
    assert_eq!(state(&server, "7F3K-Q2M9"), "unknown");
    assert_eq!(server.get("/v1/forget/7F3K").code(), "question_wrong");
}

#[test]
fn an_identifier_that_others_can_know_is_no_proof() {
    let server = Server::start_with_token();
    let context = build_arrives(&server);
    let before = events(&server);
    assert_eq!(forget(&server, &[], "nextjs", &context["projectId"]).json()["forgotten"], false);
    assert_eq!(forget(&server, &[], "clerk", &json!("pk_test_Y2xlcmsuZXhhbXBsZS5jb20k")).json()["forgotten"], false);
    assert_eq!(forget(&server, &[], "acme", &context["anonymousId"]).code(), "operator_only");
    assert_eq!(forget(&server, &[], "nextjs", &json!("short")).code(), "operator_only");
    // Somebody sends the project of others as their own machine, to delete what came from it.
    let forged = json!({"context": {"anonymousId": context["projectId"]}, "meta": {}, "events": [
        {"eventName": "NEXT_CLI_SESSION_STARTED", "fields": {}}]});
    assert_eq!(server.post("/api/v1/record", forged.to_string()).status, 200);
    assert_eq!(events(&server), before + 1);
    assert_eq!(forget(&server, &[], "nextjs", &context["projectId"]).json()["forgotten"], true);
    assert_eq!(events(&server), before, "they deleted what they sent, and nothing else");
    let operator = format!("Bearer {TOKEN}");
    let answer = forget(&server, &[("authorization", &operator)], "nextjs", &context["projectId"]);
    assert_eq!(answer.json()["forgotten"], true, "the operator may");
    assert_eq!(events(&server), 0);
}

#[test]
fn nobody_can_guess_for_long() {
    let server = Server::start_with_token();
    let guess = |n: u32| forget(&server, &[], "nextjs", &json!(format!("{n:064x}")));
    let refused = (0..400).map(guess).find(|answer| answer.status == 429).expect("there is an end");
    assert_eq!(refused.code(), "too_many_requests");
    assert_eq!(refused.header("retry-after"), "10");
    assert_eq!(server.get("/v1/forget/7F3K-Q2M9").code(), "too_many_requests");
    assert_eq!(server.get("/healthz").status, 200, "and the rest goes on");
}

#[test]
fn a_page_of_another_site_deletes_nothing_with_the_operators_browser() {
    let server = Server::start(&[]);
    let context = build_arrives(&server);
    let foreign = [("origin", "https://evil.example"), ("content-type", "text/plain")];
    assert_eq!(forget(&server, &foreign, "nextjs", &context["projectId"]).json()["forgotten"], false);
    assert_eq!(forget(&server, &[], "nextjs", &context["projectId"]).json()["forgotten"], true);
}
