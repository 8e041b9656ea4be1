//! What the real clients sent, replayed.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::client::{Answer, request};
use crate::server::Server;

/// One captured request.
pub(crate) struct Captured {
    method: String,
    pub(crate) path: String,
    content_type: String,
    pub(crate) body: Value,
}

impl Captured {
    fn new(json: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let content_type = text(&json["headers"]["content-type"]);
        Self { method: text(&json["method"]), path: text(&json["path"]), content_type, body: json["body"].clone() }
    }

    /// The same body has other bytes here than it had: keys are sorted.
    pub(crate) fn replay(&self, server: &Server) -> Answer {
        let body = if self.body.is_object() { self.body.to_string() } else { String::new() };
        let headers = [("content-type", self.content_type.as_str())];
        request(server.address, &self.method, &self.path, &headers, body.as_bytes())
    }
}

/// The requests of one file, or of all files of a folder, in order.
pub(crate) fn captured(path: &str) -> Vec<Captured> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/captures").join(path);
    files(path).iter().flat_map(|file| requests(file)).collect()
}

fn files(path: PathBuf) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path];
    }
    let entries = std::fs::read_dir(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    files
}

fn requests(file: &Path) -> Vec<Captured> {
    let json: Value = serde_json::from_slice(&std::fs::read(file).expect("a file")).expect("JSON");
    match json {
        Value::Array(requests) => requests.iter().map(Captured::new).collect(),
        request => vec![Captured::new(&request)],
    }
}

fn check(path: &str, tool: &str, figures: [u64; 3], rejected: Value) {
    let server = Server::start(&[]);
    for request in captured(path) {
        let answer = request.replay(&server);
        assert!((200..300).contains(&answer.status), "{path}: {answer:?}");
    }
    server.check_ledger(tool, figures, rejected);
}

#[test]
fn a_build_of_nextjs_is_kept_whole() {
    check("nextjs/build_turbopack_tls", "nextjs", [31, 31, 0], json!({}));
}

#[test]
fn a_build_of_nextjs_in_ci_is_kept_whole() {
    check("nextjs/build_ci", "nextjs", [31, 31, 0], json!({}));
}

#[test]
fn a_failing_build_of_nextjs_is_kept_whole() {
    check("nextjs/build_fail_module", "nextjs", [12, 12, 0], json!({}));
}

#[test]
fn dev_sessions_of_two_generations_of_nextjs_are_kept() {
    check("nextjs/dev_turbopack_preload", "nextjs", [4, 4, 0], json!({}));
    // Of the two votes on one code from one machine the first counts.
    check("nextjs/dev_16.3.0_error_feedback", "nextjs", [7, 6, 0], json!({"vote_repeated": 1}));
}

#[test]
fn clerk_in_the_browser_is_kept_whole() {
    check("clerk/browser-react.json", "clerk", [8, 8, 0], json!({}));
}

#[test]
fn logs_of_clerk_are_refused_and_counted() {
    check("clerk/browser-clientdebug-logs.json", "clerk", [8, 7, 0], json!({"logs_refused": 1}));
    check("clerk/node-all-events.json", "clerk", [10, 9, 0], json!({"logs_refused": 1}));
}

#[test]
fn the_command_line_of_clerk_is_kept_whole() {
    check("clerk/cli-command-executed.json", "clerk", [7, 7, 0], json!({}));
}

#[test]
fn the_growing_buffer_of_old_clerk_sdks_counts_once() {
    check("clerk/node-old-shared-2.0.0.json", "clerk", [10, 4, 6], json!({}));
}
