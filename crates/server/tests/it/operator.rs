//! What only the operator may do.

use serde_json::json;

use crate::captures::captured;
use crate::client::request;
use crate::server::Server;

pub(crate) const TOKEN: &str = "0123456789abcdef0123456789abcdef";

fn forget(server: &Server, headers: &[(&str, &str)], body: &str) -> crate::client::Answer {
    server.post_with("/v1/forget", headers, body)
}

#[test]
fn an_identifier_is_forgotten_under_its_clear_text() {
    let server = Server::start(&[]);
    let request = &captured("nextjs/build_turbopack_tls")[0];
    request.replay(&server);
    let id = request.body["context"]["anonymousId"].as_str().expect("an id");
    let body = json!({"tool": "nextjs", "id": id}).to_string();
    assert_eq!(forget(&server, &[], &body).json()["forgotten"], true);
    let unknown = json!({"tool": "nextjs", "id": "nobody"}).to_string();
    assert_eq!(forget(&server, &[], &unknown).json(), json!({"forgotten": false, "receipt": null}));
    assert_eq!(forget(&server, &[], "{}").code(), "body_malformed");
}

#[test]
fn with_a_token_nothing_else_will_do() {
    let server = Server::start_with_token();
    let body = json!({"tool": "acme", "id": "nobody"}).to_string();
    assert_eq!(forget(&server, &[], &body).code(), "operator_only");
    assert_eq!(forget(&server, &[("authorization", "Bearer wrong")], &body).code(), "operator_only");
    assert_eq!(forget(&server, &[("authorization", &format!("Bearer {TOKEN}"))], &body).status, 200);
}

#[test]
fn a_page_of_another_site_is_not_the_operator() {
    let server = Server::start(&[]);
    let body = json!({"tool": "acme", "id": "nobody"}).to_string();
    assert_eq!(forget(&server, &[("origin", "https://evil.example")], &body).code(), "operator_only");
}

#[test]
fn health_readiness_and_metrics() {
    let server = Server::start(&[]);
    for path in ["/healthz", "/readyz"] {
        assert_eq!(server.get(path).status, 200, "{path}");
    }
    request(server.address, "POST", "/v1/event", &[], br#"{"logs":[{}]}"#);
    let metrics = server.get("/metrics");
    assert!(metrics.header("content-type").starts_with("text/plain; version=0.0.4"));
    let line = r#"aboveboard_events_total{tool="clerk",verdict="rejected",code="logs_refused"} 1"#;
    assert!(metrics.body.contains(line), "{}", metrics.body);
    assert!(server.get("/problems").body.contains("## body_too_large"));
}
