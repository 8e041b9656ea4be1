//! What was acknowledged is there after any end.

use serde_json::json;

use crate::native::batch;
use crate::server::{Server, aboveboard};

fn filled() -> Server {
    let server = Server::start(&[]);
    let body = batch(r#"{"event":"command_finished","n":3},{"event":"unheard_of"}"#);
    assert_eq!(server.post("/v1/batches", body).json()["kept"], 3);
    server
}

fn check(server: &Server) {
    server.check_ledger("acme", [4, 3, 0], json!({"event_undeclared": 1}));
    let body = batch(r#"{"event":"command_finished","n":3},{"event":"unheard_of"}"#);
    assert_eq!(server.post("/v1/batches", body).json()["repeated"], 4, "its id is remembered too");
}

#[test]
fn the_ledger_outlives_a_stop() {
    let stopped = filled().stop();
    assert!(stopped.status.success(), "{}", stopped.log);
    check(&stopped.restart(&[]));
}

#[test]
fn the_ledger_outlives_a_kill() {
    check(&filled().kill().restart(&[]));
}

#[test]
fn one_collector_a_folder() {
    let first = Server::start(&[]);
    let mut second = aboveboard();
    let output = second.args(["--listen", "127.0.0.1:0", "--data"]).arg(first.folder()).output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("is in use by another process"), "{said}");
}
