//! The unmodified Clerk packages against the collector: the collector of today, that of 2024, and the command line.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::collector::{Account, Collector};
use crate::node;
use crate::traces::Private;

/// What the scripts and Clerk's own code say that belongs to somebody.
const PRIVATE: [&str; 8] = [
    "sk_test_",
    "01234567",
    "pk_test_",
    "Y2FwdHVyZS1maXh0dXJlLTEuY2xlcmsuYWNjb3VudHMuZGV2JA",
    "capture-fixture-1",
    "org_1",
    "user_1",
    "load() failed",
];

#[test]
fn every_client_delivers_and_no_key_stays() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let collector = Collector::start(&data);
    let client = node::client("clerk", "");

    run_collector(&collector, &client, "node-collector.mjs");
    check_account(&collector, 9, 0, 1);
    run_collector(&collector, &client, "node-old-collector.mjs");
    check_account(&collector, 9 + 4, 1 + 2 + 3, 1);
    let machine = run_command_line(&collector, &client, &folder.path().join("home"));
    check_account(&collector, 9 + 4 + 1, 1 + 2 + 3, 1);
    check_counts(&collector);

    let mut private = Private::new(&PRIVATE);
    private.add(&machine);
    private.must_not_be_in_answers(&collector, "clerk");
    private.must_not_be_on_disk(&data);
    private.must_not_be_in("the log", collector.stop().as_bytes());

    assert!(private.must_not_be_on_disk(&data) > 0, "nothing was sealed");
    let collector = Collector::start(&data);
    check_account(&collector, 9 + 4 + 1, 1 + 2 + 3, 1);
    check_counts(&collector);
}

/// Runs a script with the one host redirected.
fn run_collector(collector: &Collector, client: &Path, script: &str) {
    let mut command = node::command(Path::new("node"), client);
    command.args(["--import", "./redirect-fetch.mjs", script]);
    command.env("CLERK_CAPTURE", format!("http://{}", collector.address)).env("FORCE_SAMPLE", "1");
    node::run(&mut command);
}

/// Runs the command line twice: the first run shows the notice and sends nothing. Returns the machine's id.
fn run_command_line(collector: &Collector, client: &Path, home: &Path) -> String {
    fs::create_dir(home).expect("a folder");
    let before = collector.account("clerk");
    let run = || {
        let mut command = node::command(&client.join("node_modules/.bin/clerk"), client);
        command.args(["webhooks", "token", "--json"]).env("HOME", home).env("CLERK_CONFIG_DIR", home);
        command.env("CLERK_TELEMETRY_URL", format!("http://{}/v1/event", collector.address));
        node::run(&mut command)
    };
    assert!(run().contains("Nothing has been sent during this run"));
    assert_eq!(collector.account("clerk"), before);
    assert!(!run().contains("Nothing has been sent"));
    machine_in(home).expect("the command line keeps an id")
}

/// The id that the command line made for itself, wherever it keeps it.
fn machine_in(folder: &Path) -> Option<String> {
    fs::read_dir(folder).ok()?.flatten().find_map(|entry| {
        let path = entry.path();
        if path.is_dir() {
            return machine_in(&path);
        }
        let json: serde_json::Value = serde_json::from_str(&fs::read_to_string(path).ok()?).ok()?;
        json["machineUuid"].as_str().map(str::to_owned)
    })
}

#[track_caller]
fn check_account(collector: &Collector, kept: u64, repeated: u64, logs: u64) {
    let received = kept + repeated + logs;
    let rejected = BTreeMap::from([("logs_refused".to_owned(), logs)]);
    let expected = Account { received, kept, repeated, rejected, unsettled: 0, dropped: 0 };
    assert_eq!(collector.account("clerk"), expected);
}

#[track_caller]
fn check_counts(collector: &Collector) {
    let check = |question: &str, expected: &[(&str, u64)]| {
        let counts = collector.counts(&format!("tool=clerk&measure=events&{question}"));
        let expected: BTreeMap<String, u64> = expected.iter().map(|(key, n)| ((*key).to_owned(), *n)).collect();
        assert_eq!(counts, expected, "{question}");
    };
    check(
        "by=event",
        &[
            ("CLI_COMMAND_EXECUTED", 1),
            ("COMPONENT_MOUNTED", 5),
            ("COMPONENT_OPENED", 1),
            ("FLOW_STEP_MOUNTED", 1),
            ("FRAMEWORK_METADATA", 1),
            ("METHOD_CALLED", 3),
            ("THEME_USAGE", 2),
        ],
    );
    check(
        "by=COMPONENT_MOUNTED.component,version",
        &[
            ("SessionTask / 9.9.9", 1),
            ("SignIn / 5.0.1", 1),
            ("SignIn / 9.9.9", 1),
            ("SignUp / 5.0.1", 1),
            ("UserButton / 5.0.1", 1),
        ],
    );
    check("by=METHOD_CALLED.method", &[("clerkMiddleware", 1), ("useAuth", 1), ("useSignIn", 1)]);
    check("by=CLI_COMMAND_EXECUTED.command,CLI_COMMAND_EXECUTED.flags", &[("webhooks token / json", 1)]);
    check("by=sdk", &[("@clerk/example", 9), ("@clerk/nextjs", 4), ("clerk-cli", 1)]);
}
