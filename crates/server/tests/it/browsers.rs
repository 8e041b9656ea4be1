//! What browsers need before a page may send, and Clerk's policies for what must not be kept.

use serde_json::json;

use crate::client::request;
use crate::server::Server;

#[test]
fn any_page_may_post_and_need_not_ask_again_for_a_day() {
    let server = Server::start(&[]);
    for path in ["/v1/batches", "/v1/event", "/v1/logs"] {
        let headers = [("origin", "https://app.example"), ("access-control-request-method", "POST")];
        let answer = request(server.address, "OPTIONS", path, &headers, b"");
        assert_eq!(answer.status, 204, "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert_eq!(answer.header("access-control-allow-methods"), "POST");
        assert!(answer.header("access-control-allow-headers").contains("content-type"));
        assert_eq!(answer.header("access-control-max-age"), "86400");
        let answers = [server.post(path, r#"{"events":[]}"#), server.post(path, "{")];
        assert!(answers.iter().all(|answer| answer.header("access-control-allow-origin") == "*"), "{answers:?}");
    }
}

#[test]
fn production_instances_go_quiet_and_are_not_kept() {
    let server = Server::start(&[]);
    for it in ["production", "PRODUCTION", "Production"] {
        let event = json!({"event": "THEME_USAGE", "it": it, "pk": format!("pk_live_{it}"), "payload": {}});
        assert_eq!(server.post("/v1/event", json!({"events": [event]}).to_string()).status, 200);
    }
    server.check_ledger("clerk", [3, 0, 0], json!({"production_instance": 3}));
}

#[test]
fn one_bad_event_does_not_drop_the_others() {
    let server = Server::start(&[]);
    let good = r#"{"event":"THEME_USAGE","it":"DEVELOPMENT","pk":null,"payload":{}}"#;
    let body = format!(
        r#"{{"events":[null,{{}},{{"event":""}},{good},7,{{"event":"NEW_ONE","payload":{{"a":{{"b":1}}}}}}]}}"#
    );
    assert_eq!(server.post("/v1/event", body).status, 200);
    server.check_ledger("clerk", [6, 1, 0], json!({"event_malformed": 4, "event_undeclared": 1}));
}
