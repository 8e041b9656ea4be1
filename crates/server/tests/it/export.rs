//! Raw rows: who may take them, what is in them, and what is written down.

use serde_json::{Value, json};

use crate::captures::captured;
use crate::client::{Answer, request};
use crate::native::batch;
use crate::server::{Server, Stopped};

pub(crate) const ADA: &str = "ada-0123456789abcdef";

/// A collector from which Ada may take rows, with its file of names.
pub(crate) fn server() -> (Server, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("names"), format!("# who may\nada {ADA}\nbob bob-0123456789abcdef\n"))
        .expect("a file");
    (Server::start(&flags(&folder).each_ref().map(String::as_str)), folder)
}

fn flags(folder: &tempfile::TempDir) -> [String; 2] {
    ["--export-token-file".to_owned(), folder.path().join("names").to_str().expect("UTF-8").to_owned()]
}

pub(crate) fn export(server: &Server, token: &str, query: &str) -> Answer {
    let path = format!("/v1/export?{query}");
    request(server.address, "GET", &path, &[("authorization", &format!("Bearer {token}"))], b"")
}

pub(crate) fn lines(answer: &Answer) -> Vec<Value> {
    // The body is chunked, and each row stands on a line of its own.
    let rows = answer.body.lines().filter(|line| line.starts_with('{'));
    rows.map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

fn audit(stopped: &Stopped) -> String {
    String::from_utf8_lossy(&stopped.all_bytes()).lines().filter(|line| line.contains("\"who\":")).collect()
}

#[test]
fn rows_leave_in_words_for_those_who_may_and_each_use_is_written_down_first() {
    let (server, folder) = server();
    server.post(
        "/v1/batches",
        batch(r#"{"event":"command_finished","n":3,"fields":{"command":"build","duration":1234}}"#),
    );
    let answer = export(&server, ADA, "tool=acme&table=command_finished&format=json");
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/x-ndjson"));
    let rows = lines(&answer);
    assert_eq!((rows.len(), &rows[0]["version"], &rows[0]["n"]), (1, &json!("1.4.2"), &json!(3)), "{rows:?}");
    assert_eq!(rows[0]["command_finished.command"], "build");
    let csv = export(&server, ADA, "tool=acme&table=command_finished").body;
    assert!(csv.contains("day,version,") && csv.contains(",build,"), "{csv}");
    assert!(
        export(&server, ADA, "tool=acme&table=command_finished&from=2020-01-01&to=2020-01-02")
            .body
            .contains("day,version")
    );
    let page = server.get("/t/acme/audit");
    assert!(page.body.contains("ada, bob") && page.body.contains("<code>command_finished</code>"), "{}", page.body);
    let stopped = server.kill();
    let told = audit(&stopped);
    assert_eq!(told.matches("\"who\":\"ada\"").count(), 3, "{told}");
    for part in ["\"rows\":1", "\"rows\":0", "\"from\":\"2020-01-01\"", "\"format\":\"csv\"", "\"tool\":\"acme\""] {
        assert!(told.contains(part), "{part} in {told}");
    }
    assert!(!told.contains(ADA), "{told}");
    let flags = flags(&folder);
    let again = stopped.restart(&flags.each_ref().map(String::as_str));
    assert_eq!(again.get("/t/acme/audit").body.matches("<td>ada</td>").count(), 3, "the log outlives a kill");
}

#[test]
fn no_identifier_leaves_with_a_row() {
    let (server, _folder) = server();
    let request = &captured("nextjs/build_turbopack_tls")[0];
    request.replay(&server);
    let event = request.body["events"][0]["eventName"].as_str().expect("a name");
    let rows = lines(&export(&server, ADA, &format!("tool=nextjs&table={event}&format=json")));
    assert_eq!((rows.is_empty(), &rows[0]["machine"], &rows[0]["project"]), (false, &json!(1), &json!(2)), "{rows:?}");
    let text = serde_json::to_string(&rows).expect("JSON");
    for key in ["anonymousId", "projectId", "sessionId"] {
        let id = request.body["context"][key].as_str().expect("an id");
        assert!(!text.contains(id), "{key}");
    }
}

#[test]
fn nobody_else_takes_rows_and_what_is_not_understood_is_not_written_down() {
    let (server, _folder) = server();
    for token in ["wrong", "", "bob-0123456789abcdeg"] {
        assert_eq!(export(&server, token, "tool=acme&table=command_finished").code(), "export_only", "{token}");
    }
    assert_eq!(server.get("/v1/export?tool=acme&table=command_finished").code(), "export_only", "nor the operator");
    for wrong in [
        "",
        "tool=acme",
        "tool=acme&table=nothing",
        "tool=acme&table=presence&format=xml",
        "tool=acme&table=presence&from=x",
    ] {
        assert_eq!(export(&server, ADA, wrong).code(), "question_wrong", "{wrong}");
    }
    assert_eq!(export(&server, ADA, "tool=nobody&table=presence").code(), "tool_unknown");
    assert!(server.get("/t/acme/audit").body.contains("Nobody yet."));
    let closed = Server::start_with_token();
    assert!(export(&closed, crate::operator::TOKEN, "tool=acme&table=presence").body.contains("--export-token-file"));
    assert_eq!(closed.get("/t/acme/audit").code(), "operator_only");
}
