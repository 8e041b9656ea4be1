//! What must be nowhere: not in the log, not in the folder, not in the answers.

use serde_json::json;

use crate::captures::captured;
use crate::native::batch;
use crate::server::Server;

const PRIVATE: [&str; 8] = [
    "alice-laptop.corp.example",
    "/home/alice/secret-project",
    "sk_test_01234567",
    "203.0.113.77",
    "Mozilla/5.0 (Secret)",
    "acme-internal-package",
    "private_event_name with spaces",
    "SECRET-ID-7f3a",
];

#[test]
fn private_texts_reach_neither_log_nor_disk_nor_answers() {
    for form in ["text", "json"] {
        let server = Server::start(&["--log", form, "--proxy-header", "x-forwarded-for", "--rate-per-second", "100"]);
        send_private_texts(&server);
        let answers = ["/v1/ledger?tool=clerk", "/v1/ledger?tool=nextjs", "/v1/ledger?tool=acme", "/metrics"];
        let answers: String = answers.map(|path| server.get(path).body).concat();
        let stopped = server.stop();
        assert!(stopped.log.contains("closed"), "{}", stopped.log);
        let disk = stopped.all_bytes();
        assert!(!disk.is_empty());
        for text in PRIVATE {
            assert!(!stopped.log.contains(text), "`{text}` in the log:\n{}", stopped.log);
            assert!(!answers.contains(text), "`{text}` in the answers:\n{answers}");
            let found = disk.windows(text.len()).any(|window| window == text.as_bytes());
            assert!(!found, "`{text}` in the data folder");
        }
    }
}

fn send_private_texts(server: &Server) {
    let [host, path, key, address, agent, package, name, id] = PRIVATE;
    let headers = [("x-forwarded-for", address), ("user-agent", agent)];
    let fields = json!({"command": path, "host": host, "packageName": package, "key": key});
    let native = batch(&format!(r#"{{"event":"command_finished","fields":{fields}}},{{"event":"{name}"}}"#));
    let clerk = json!({"events": [
        {"event": "COMPONENT_MOUNTED", "it": "development", "sk": key, "pk": id, "sdk": package, "payload": fields},
        {"event": name, "payload": {path: host}},
    ], "logs": [{"msg": path, "payload": fields}]});
    let nextjs = json!({"context": {"anonymousId": id, "projectId": id, "sessionId": id}, "meta": {"agentName": host},
        "events": [{"eventName": "NEXT_PACKAGE_DETECTED", "fields": {"packageName": package, "packageVersion": path}}]});
    for (path, body) in
        [("/v1/batches", native), ("/v1/event", clerk.to_string()), ("/api/v1/record", nextjs.to_string())]
    {
        assert_eq!(server.post_with(path, &headers, &body).status, 200, "{path}");
        assert_eq!(server.post_with(path, &headers, &body[1..]).status, 400, "{path}");
    }
}

#[test]
fn identifiers_of_the_captures_are_nowhere_in_clear() {
    let server = Server::start(&[]);
    let requests = captured("nextjs/build_turbopack_tls");
    for request in &requests {
        request.replay(&server);
    }
    let disk = server.stop().all_bytes();
    let context = &requests[0].body["context"];
    for id in ["anonymousId", "projectId", "sessionId"].map(|key| context[key].as_str().expect("an id")) {
        assert!(!disk.windows(id.len()).any(|window| window == id.as_bytes()), "{id}");
    }
}
