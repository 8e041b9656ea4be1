//! The captures, replayed byte for byte as anyone can with curl: the ledger balances, and the answers count what the
//! captures contain.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::collector::{Account, Collector};
use crate::http;

/// Events kept and repeated, logs turned away, and votes that were cast before.
#[derive(Default)]
struct Expected {
    kept: u64,
    repeated: u64,
    logs: u64,
    voted: u64,
}

#[test]
fn captures_of_nextjs() {
    let check = |scenario: &str, kept: u64, voted: u64| {
        check("nextjs", nextjs(scenario), &Expected { kept, voted, ..Expected::default() });
    };
    check("build_turbopack_tls", 31, 0);
    check("build_ci", 31, 0);
    check("build_fail_module", 12, 0);
    check("dev_turbopack_preload", 4, 0);
    // One machine voted twice on one error.
    check("dev_16.3.0_error_feedback", 6, 1);
}

#[test]
fn captures_of_clerk() {
    let check = |name: &str, kept: u64, repeated: u64, logs: u64| {
        check("clerk", clerk(name), &Expected { kept, repeated, logs, voted: 0 });
    };
    check("browser-react", 8, 0, 0);
    check("browser-clientdebug-logs", 7, 0, 1);
    check("cli-command-executed", 7, 0, 0);
    check("node-all-events", 9, 0, 1);
    check("node-old-shared-2.0.0", 4, 6, 0);
}

/// Replays requests to a fresh collector.
#[track_caller]
fn check(tool: &str, requests: Vec<Value>, expected: &Expected) {
    let folder = tempfile::tempdir().expect("a folder");
    let collector = Collector::start(folder.path());
    for request in &requests {
        let body = serde_json::to_vec(&request["body"]).expect("JSON");
        let answer =
            http::post(collector.address, request["path"].as_str().expect("a path"), &body).expect("an answer");
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
    let Expected { kept, repeated, logs, voted } = *expected;
    let received = kept + repeated + logs + voted;
    let rejected = [("logs_refused", logs), ("vote_repeated", voted)].into_iter().filter(|(_, n)| *n > 0);
    let rejected = rejected.map(|(code, n)| (code.to_owned(), n)).collect();
    let account = Account { received, kept, repeated, rejected, unsettled: 0, dropped: 0 };
    assert_eq!(collector.account(tool), account);
    let counts = collector.counts(&format!("tool={tool}&measure=events&by=event"));
    assert_eq!(counts.values().sum::<u64>(), kept);
    if repeated + voted == 0 {
        assert_eq!(counts, names(&requests));
    }
}

/// How often each event is in the requests.
fn names(requests: &[Value]) -> BTreeMap<String, u64> {
    let events = requests.iter().filter_map(|request| request["body"]["events"].as_array()).flatten();
    let mut counts = BTreeMap::new();
    for event in events {
        let name = event["eventName"].as_str().or(event["event"].as_str()).expect("a name");
        *counts.entry(name.to_owned()).or_default() += 1;
    }
    counts
}

fn captures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/captures")
}

fn nextjs(scenario: &str) -> Vec<Value> {
    let files = fs::read_dir(captures().join("nextjs").join(scenario)).expect("captures");
    let mut files: Vec<PathBuf> = files.map(|file| file.expect("a file").path()).collect();
    files.sort();
    files.iter().map(|file| read(file)).collect()
}

fn clerk(name: &str) -> Vec<Value> {
    let requests = read(&captures().join("clerk").join(format!("{name}.json")));
    let posts = requests.as_array().expect("requests").iter().filter(|request| request["method"] == "POST");
    posts.cloned().collect()
}

fn read(file: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(file).expect("a capture")).expect("JSON")
}
