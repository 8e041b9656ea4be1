//! What comes twice counts once.

use serde_json::json;

use crate::captures::captured;
use crate::native::batch;
use crate::server::Server;

#[test]
fn a_retry_of_nextjs_counts_once() {
    let server = Server::start(&[]);
    let request = &captured("nextjs/build_turbopack_tls")[3];
    for _ in 0..3 {
        assert_eq!(request.replay(&server).status, 200);
    }
    server.check_ledger("nextjs", [36, 12, 24], json!({}));
}

#[test]
fn a_native_batch_counts_once_and_its_receipt_says_so() {
    let server = Server::start(&[]);
    let body = batch(r#"{"event":"command_finished","n":3},{"event":"unheard_of"}"#);
    let (first, second) = (server.post("/v1/batches", &body).json(), server.post("/v1/batches", &body).json());
    assert_eq!((&first["kept"], &first["rejected"]), (&json!(3), &json!({"event_undeclared": 1})));
    assert_eq!((&second["kept"], &second["repeated"], &second["rejected"]), (&json!(0), &json!(4), &json!({})));
    server.check_ledger("acme", [8, 3, 4], json!({"event_undeclared": 1}));
}

#[test]
fn a_growing_buffer_with_a_new_end_counts_each_event_once() {
    let server = Server::start(&[]);
    let event = |component: &str| json!({"event": "COMPONENT_MOUNTED", "it": "development", "payload": {"component": component}});
    let (a, b) = (event("SignIn"), event("SignUp"));
    for events in [vec![&a], vec![&a, &a], vec![&a, &a, &a], vec![&a, &a, &a, &b]] {
        let answer = server.post("/v1/event", json!({"events": events}).to_string());
        assert_eq!((answer.status, answer.body.as_str()), (200, r#"{"success":true}"#));
    }
    server.check_ledger("clerk", [10, 4, 6], json!({}));
}
