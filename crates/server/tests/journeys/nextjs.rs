//! An unmodified `next build` against the collector: everything arrives, nothing twice, nothing private stays.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::collector::{Account, Collector};
use crate::node;
use crate::traces::Private;

/// What the app calls itself and its own, and where it lies.
const PRIVATE: [&str; 7] = [
    "@acme-internal",
    "billing-core",
    "acme-secret-project",
    "file:./internal",
    "app-turbopack",
    "img.example.com",
    "target/journeys",
];

#[test]
fn a_build_arrives_once_and_leaves_nothing_private() {
    let folder = tempfile::tempdir().expect("a folder");
    let (data, log) = (folder.path().join("data"), folder.path().join("sent.jsonl"));
    let collector = Collector::start(&data);
    build(&collector, folder.path(), &log);

    let sent = sent(&log);
    assert_eq!((sent.len(), sent.iter().map(|post| events(post).len()).sum::<usize>()), (9, 31));
    check_counts(&collector, &sent);

    let private = private(folder.path(), &sent);
    private.must_not_be_in_answers(&collector, "nextjs");
    private.must_not_be_on_disk(&data);
    private.must_not_be_in("the log", collector.stop().as_bytes());

    // Now everything is sealed: the same again, and the same counts from the files.
    assert!(private.must_not_be_on_disk(&data) > 0, "nothing was sealed");
    let collector = Collector::start(&data);
    check_counts(&collector, &sent);
    private.must_not_be_in_answers(&collector, "nextjs");
}

/// Runs `next build` with a home of its own and the one origin redirected.
fn build(collector: &Collector, home: &Path, log: &Path) {
    let app = node::client("nextjs", "app-turbopack").join("app-turbopack");
    drop(fs::remove_dir_all(app.join(".next")));
    let next = app.join("node_modules/.bin/next");
    let mut command = node::command(&next, &app);
    command.arg("build").env("XDG_CONFIG_HOME", home).env("HOME", home);
    command.env("NODE_OPTIONS", "--require ../redirect-preload.js").env("FAKE_NOT_DOCKER", "1");
    command.env("TELEMETRY_REDIRECT", format!("http://{}", collector.address)).env("TELEMETRY_LOG", log);
    node::run(&mut command);
}

/// What left the client, as it left: one body a POST, each answered with 200.
fn sent(log: &Path) -> Vec<Value> {
    let lines = fs::read_to_string(log).expect("something was sent");
    let read = |line: &str| -> Value { serde_json::from_str(line).expect("JSON") };
    lines
        .lines()
        .map(|line| {
            let post = read(line);
            assert_eq!(post["status"], 200, "{line}");
            read(post["body"].as_str().expect("a body"))
        })
        .collect()
}

fn events(post: &Value) -> &Vec<Value> {
    post["events"].as_array().expect("events")
}

#[track_caller]
fn check_counts(collector: &Collector, sent: &[Value]) {
    let none = BTreeMap::new();
    let expected = Account { received: 31, kept: 31, repeated: 0, rejected: none, unsettled: 0, dropped: 0 };
    assert_eq!(collector.account("nextjs"), expected);

    let mut by_event: BTreeMap<String, u64> = BTreeMap::new();
    for event in sent.iter().flat_map(events) {
        *by_event.entry(event["eventName"].as_str().expect("a name").to_owned()).or_default() += 1;
    }
    assert_eq!(collector.counts("tool=nextjs&measure=events&by=event"), by_event);
    assert_eq!(collector.counts("tool=nextjs&measure=machines").values().collect::<Vec<_>>(), [&1]);
    let packages = collector.counts("tool=nextjs&measure=events&by=NEXT_PACKAGE_DETECTED.packageName");
    let names: Vec<&str> = packages.keys().map(String::as_str).collect();
    let public = ["@types/node", "@types/react", "@types/react-dom", "next", "other", "react", "react-dom"];
    assert_eq!(names, [&public[..], &["server-only", "typescript"]].concat());
}

/// The app's own words, and every id that was sent in clear or stands in the client's home.
fn private(home: &Path, sent: &[Value]) -> Private {
    let mut private = Private::new(&PRIVATE);
    for id in ["anonymousId", "projectId", "sessionId"] {
        private.add(sent[0]["context"][id].as_str().expect("an id"));
    }
    let config = fs::read_to_string(home.join("nextjs-nodejs/config.json")).expect("the client's own store");
    let config: Value = serde_json::from_str(&config).expect("JSON");
    assert_eq!(config["telemetry"]["anonymousId"], sent[0]["context"]["anonymousId"]);
    private.add(config["telemetry"]["salt"].as_str().expect("a salt"));
    for fingerprint in ["systemRelease", "cpuModel"] {
        sent[0]["meta"][fingerprint].as_str().into_iter().for_each(|text| private.add(text));
    }
    private
}
