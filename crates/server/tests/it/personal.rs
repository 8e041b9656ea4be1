//! What people may ask about themselves, where others may not ask about them.

use serde_json::{Value, json};

use crate::captures::captured;
use crate::client::Answer;
use crate::native::batch;
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

fn look_up(server: &Server, what: Value) -> Answer {
    server.post("/v1/lookup", what.to_string())
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
fn people_see_what_is_kept_under_their_own_identifier() {
    let server = Server::start_with_token();
    let context = build_arrives(&server);
    let kept = |id: &Value| look_up(&server, json!({"tool": "nextjs", "id": id})).json()["days"].clone();
    let days = kept(&context["anonymousId"]);
    assert_eq!((days.as_array().map(Vec::len), &days[0]["batches"]), (Some(1), &json!(1)), "{days}");
    let told: u64 = days[0]["events"].as_object().expect("events").values().filter_map(Value::as_u64).sum();
    assert_eq!(told, events(&server), "all of it, and nothing of others");
    assert_eq!(kept(&context["projectId"]), json!([]), "others know it");
    assert_eq!(kept(&json!("0123456789abcdef0123456789abcdef")), json!([]));
    forget(&server, &[], "nextjs", &context["anonymousId"]);
    assert_eq!(kept(&context["anonymousId"]), json!([]));
}

#[test]
fn people_see_whether_a_batch_arrived() {
    let server = Server::start_with_token();
    let arrived = |batch: &str| look_up(&server, json!({"tool": "acme", "batch": batch})).json();
    let id = "000102030405060708090a0b0c0d0e0f";
    assert_eq!(arrived(id), json!({"arrived": false}));
    server.post("/v1/batches", batch(r#"{"event":"command_finished"}"#));
    assert_eq!(arrived(id), json!({"arrived": true}));
    assert_eq!(arrived("000102030405060708090a0b0c0d0e0e"), json!({"arrived": false}));
    let server = server.kill().restart_with_token();
    let arrived = |body: Value| look_up(&server, body);
    assert_eq!(arrived(json!({"tool": "acme", "batch": id})).json(), json!({"arrived": true}));
    assert_eq!(arrived(json!({"tool": "nextjs", "batch": id})).json(), json!({"arrived": false}), "another tool's");
    for wrong in [
        json!({"tool": "acme"}),
        json!({"tool": "acme", "batch": "+1"}),
        json!({"tool": "acme", "id": "a", "batch": id}),
    ] {
        assert_eq!(arrived(wrong.clone()).code(), "body_malformed", "{wrong}");
    }
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

/// What a stranger is answered, whatever they ask about others.
fn asked_by_a_stranger(server: &Server, context: &Value) -> Vec<String> {
    let [project, made_up] = [context["projectId"].clone(), json!("0123456789abcdef0123456789abcdef")];
    let mut answers = Vec::new();
    for tool in ["nextjs", "clerk"] {
        for id in [&project, &made_up, &json!("pk_test_Y2xlcmsuZXhhbXBsZS5jb20k")] {
            answers.push(look_up(server, json!({"tool": tool, "id": id})));
            answers.push(forget(server, &[], tool, id));
        }
    }
    answers.push(look_up(server, json!({"tool": "acme", "batch": "ffffffffffffffffffffffffffffffff"})));
    for receipt in ["7F3K-Q2M9", "0000-0000", "ZZZZ-ZZZZ"] {
        answers.push(server.get(&format!("/v1/forget/{receipt}")));
    }
    answers.into_iter().map(|answer| format!("{} {}", answer.status, answer.body)).collect()
}

#[test]
fn answers_about_oneself_tell_nothing_about_others() {
    let (empty, full) = (Server::start_with_token(), Server::start_with_token());
    for path in ["nextjs/build_turbopack_tls", "nextjs/build_ci", "clerk/cli-command-executed.json"] {
        captured(path).iter().for_each(|request| drop(request.replay(&full)));
    }
    full.post("/v1/batches", batch(r#"{"event":"command_finished"}"#));
    let context = captured("nextjs/build_turbopack_tls")[0].body["context"].clone();
    let answers = asked_by_a_stranger(&full, &context);
    assert_eq!(asked_by_a_stranger(&empty, &context), answers);
    assert!(answers.iter().all(|answer| !answer.starts_with("429")), "fewer questions than may come at once");
}
