//! Questions about what real clients sent: the counts are those that the captures contain.

use aboveboard_catalog::{Bucket, Day};
use serde_json::{Value, json};

use crate::captures::captured;
use crate::client::{Answer, request};
use crate::native::batch;
use crate::server::Server;

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// A collector that was sent what these files or folders hold.
fn replayed(paths: &[&str]) -> Server {
    let server = Server::start(&[]);
    for path in paths {
        captured(path).iter().for_each(|request| drop(request.replay(&server)));
    }
    server
}

/// Asks, and compares the rows: `key/key value n`.
#[track_caller]
fn check(server: &Server, path: &str, expected: &[&str]) {
    let answer = server.get(path);
    assert_eq!(answer.status, 200, "{path}: {answer:?}");
    assert_eq!(rows(&answer.json()), expected, "{path}");
}

fn rows(table: &Value) -> Vec<String> {
    let row = |row: &Value| {
        let key: Vec<&str> = row["key"].as_array().expect("a key").iter().filter_map(Value::as_str).collect();
        format!("{} {} {}", key.join("/"), row["value"], row["n"])
    };
    table["rows"].as_array().expect("rows").iter().map(row).collect()
}

#[test]
fn a_build_of_nextjs_is_counted() {
    let server = replayed(&["nextjs/build_turbopack_tls"]);
    check(&server, "/v1/query?tool=nextjs", &[" 31 31"]);
    let events = [
        "NEXT_BUILD_FEATURE_USAGE 17 17",
        "NEXT_PACKAGE_DETECTED 9 9",
        "NEXT_AGENT_UPGRADE_POLICY_DETECTED 1 1",
        "NEXT_BUILD_COMPLETED 1 1",
        "NEXT_BUILD_OPTIMIZED 1 1",
        "NEXT_CLI_SESSION_STARTED 1 1",
        "NEXT_TYPE_CHECK_COMPLETED 1 1",
    ];
    check(&server, "/v1/query?tool=nextjs&by=event", &events);
    check(&server, "/v1/query?tool=nextjs&measure=machines", &[" 1 1"]);
    check(&server, "/v1/query?tool=nextjs&by=os,ci", &["linux/false 31 31"]);
    check(&server, "/v1/query?tool=nextjs&by=os&where=ci:true", &[]);
    check(&server, "/v1/query?tool=nextjs&where=event:NEXT_PACKAGE_DETECTED|NEXT_BUILD_COMPLETED", &[" 10 10"]);
    check(&server, "/v1/query?tool=nextjs&where=event:!NEXT_BUILD_FEATURE_USAGE", &[" 14 14"]);
    check(&server, "/v1/query?tool=nextjs&from=2001-01-01&to=2001-12-31", &[]);
}

/// Three machines, one of them in CI, one of them with an older version.
const THREE_MACHINES: [&str; 4] =
    ["nextjs/build_turbopack_tls", "nextjs/build_fail_module", "nextjs/build_ci", "nextjs/dev_16.3.0_error_feedback"];

#[test]
fn machines_are_told_apart_whatever_they_did() {
    let server = replayed(&THREE_MACHINES);
    check(&server, "/v1/query?tool=nextjs&measure=machines", &[" 3 3"]);
    check(&server, "/v1/query?tool=nextjs&measure=machines&by=ci", &["false 2 2", "true 1 1"]);
    check(&server, "/v1/query?tool=nextjs&measure=machines&by=version", &["16.4.6 2 2", "16.3.0 1 1"]);
    check(&server, "/v1/query?tool=nextjs&measure=machines&by=version.minor", &["16.4 2 2", "16.3 1 1"]);
    check(&server, "/v1/query?tool=nextjs&measure=machines&by=version.major", &["16 3 3"]);
    check(&server, "/v1/query?tool=nextjs&measure=machines&where=version.minor:16.4", &[" 2 2"]);
    check(&server, "/v1/query?tool=nextjs&by=ci", &["false 49 49", "true 31 31"]);
    let shares = ["false 0.6125 49", "true 0.3875 31"];
    check(&server, "/v1/query?tool=nextjs&measure=share&by=ci", &shares);
}

#[test]
fn events_of_clerk_are_counted() {
    let server = replayed(&["clerk/browser-react.json"]);
    let events = ["METHOD_CALLED 5 5", "COMPONENT_MOUNTED 1 1", "COMPONENT_OPENED 1 1", "THEME_USAGE 1 1"];
    check(&server, "/v1/query?tool=clerk&by=event", &events);
    check(&server, "/v1/query?tool=clerk&by=COMPONENT_MOUNTED.component", &["SignIn 1 1"]);
    let whole = server.get("/v1/query?tool=clerk&bucket=month").json();
    assert_eq!((&whole["rows"][0]["value"], &whole["notes"][0]["code"]), (&json!(8), &json!("incomplete")), "{whole}");
}

#[test]
fn percentiles_have_the_unit_of_their_field() {
    let server = Server::start(&[]);
    let event = |duration: u32| {
        format!(r#"{{"event":"command_finished","fields":{{"command":"build","outcome":"ok","duration":{duration}}}}}"#)
    };
    let events: Vec<String> = (1..=100).map(|n| event(n * 10)).collect();
    assert_eq!(server.post("/v1/batches", batch(&events.join(","))).json()["kept"], 100);
    let table = server.get("/v1/query?tool=acme&measure=p90:command_finished.duration").json();
    let (value, n) = (table["rows"][0]["value"].as_f64().expect("a number"), &table["rows"][0]["n"]);
    assert!((855.0..=945.0).contains(&value) && *n == 100, "{table}");
    assert_eq!(table["columns"][0], json!({"name": "value", "unit": "ms"}));
}

#[test]
fn an_event_that_a_batch_counts_several_times_is_one_report() {
    let server = Server::start(&[]);
    server.post("/v1/batches", batch(r#"{"event":"command_finished","n":5,"fields":{"command":"build"}}"#));
    check(&server, "/v1/query?tool=acme&by=command_finished.command", &["build 5 5"]);
    check(&server, "/v1/query?tool=acme&by=command_finished.command&measure=reports", &["build 1 1"]);
    check(&server, "/v1/query?tool=acme&measure=machines&by=os&bucket=day", &["none 1 1"]);
}

#[test]
fn csv_holds_what_json_holds() {
    let server = replayed(&["nextjs/build_turbopack_tls", "nextjs/build_ci"]);
    for question in ["tool=nextjs&by=event&by=ci&bucket=week", "tool=nextjs", "tool=nextjs&measure=share&by=event"] {
        let table = server.get(&format!("/v1/query.json?{question}")).json();
        let csv = server.get(&format!("/v1/query.csv?{question}"));
        assert!(csv.header("content-type").starts_with("text/csv"));
        let mut lines = csv.body.split_terminator("\r\n");
        let names: Vec<&str> =
            table["columns"].as_array().expect("columns").iter().filter_map(|column| column["name"].as_str()).collect();
        assert_eq!(lines.next(), Some(names.join(",").as_str()));
        let expected: Vec<String> = table["rows"].as_array().expect("rows").iter().map(line).collect();
        assert_eq!(lines.collect::<Vec<_>>(), expected);
    }
}

fn line(row: &Value) -> String {
    let bucket = row["bucket"].as_str().into_iter();
    let key = row["key"].as_array().expect("a key").iter().filter_map(Value::as_str);
    let figures = [&row["value"], &row["n"], &row["folded"]].map(Value::to_string);
    bucket.chain(key).map(str::to_owned).chain(figures).collect::<Vec<_>>().join(",")
}

#[test]
fn retention_begins_with_the_cohort_itself() {
    let server = replayed(&["nextjs/build_turbopack_tls", "nextjs/build_ci"]);
    check(&server, "/v1/retention?tool=nextjs", &["0 2 2"]);
    assert!(server.get("/v1/retention.csv?tool=nextjs").body.starts_with("bucket,period,value,n,folded\r\n"));
    check(&server, "/v1/retention?tool=acme", &[]);
}

#[test]
fn funnels_count_machines_that_went_on() {
    let server = replayed(&THREE_MACHINES);
    let steps = "steps=NEXT_CLI_SESSION_STARTED,NEXT_BUILD_COMPLETED";
    let expected = ["NEXT_CLI_SESSION_STARTED 3 3", "NEXT_BUILD_COMPLETED 2 3"];
    check(&server, &format!("/v1/funnel?tool=nextjs&{steps}"), &expected);
    check(
        &server,
        &format!("/v1/funnel?tool=nextjs&{steps}&where=ci:true"),
        &["NEXT_CLI_SESSION_STARTED 1 1", "NEXT_BUILD_COMPLETED 1 1"],
    );
    let csv = server.get(&format!("/v1/funnel.csv?tool=nextjs&{steps}")).body;
    assert_eq!(csv, "step,value,n,folded\r\nNEXT_CLI_SESSION_STARTED,3,3,false\r\nNEXT_BUILD_COMPLETED,2,3,false\r\n");
}

#[test]
fn wrong_questions_say_which_parameter_and_why() {
    let server = Server::start(&[]);
    let check = |question: &str, status: u16, code: &str, parameter: Value| {
        let answer = server.get(question);
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{question}: {answer:?}");
        assert_eq!(answer.json()["parameter"], parameter, "{question}: {answer:?}");
    };
    check("/v1/query", 404, "tool_unknown", json!("tool"));
    check("/v1/query?tool=nobody", 404, "tool_unknown", json!("tool"));
    check("/v1/query?tool=acme&tool=clerk", 400, "question_wrong", json!("tool"));
    check("/v1/query?tool=acme&group=os", 400, "question_wrong", Value::Null);
    check("/v1/query?tool=acme&measure=people", 400, "question_wrong", json!("measure"));
    check("/v1/query?tool=acme&measure=p90:command_finished.command", 400, "question_wrong", json!("measure"));
    check("/v1/query?tool=acme&by=hostname", 400, "question_wrong", json!("by"));
    check("/v1/query?tool=acme&by=os,arch,ci", 400, "question_wrong", json!("by"));
    check("/v1/query?tool=acme&where=os:beos", 400, "question_wrong", json!("where"));
    check("/v1/query?tool=acme&from=yesterday", 400, "question_wrong", json!("from"));
    check("/v1/query?tool=acme&from=2026-02-01&to=2026-01-01", 400, "question_wrong", json!("from"));
    check("/v1/query?tool=acme&bucket=year", 400, "question_wrong", json!("bucket"));
    check("/v1/query?tool=acme&measure=machines", 400, "question_wrong", Value::Null);
    check("/v1/retention?tool=acme&bucket=week", 400, "question_wrong", Value::Null);
    check("/v1/funnel?tool=nextjs&steps=NEXT_CLI_SESSION_STARTED", 400, "question_wrong", json!("steps"));
    check("/v1/funnel?tool=nextjs&steps=A,B", 400, "question_wrong", json!("steps"));
    check("/v1/funnel?tool=acme&steps=command_finished,command_finished", 400, "question_wrong", Value::Null);
    let answer = request(server.address, "POST", "/v1/query", &[], b"");
    assert_eq!((answer.status, answer.code().as_str()), (405, "method_not_allowed"));
}

/// A collector with a token, and a way to ask it with and without.
struct Guarded {
    server: Server,
    _token: tempfile::TempDir,
}

impl Guarded {
    fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("token");
        std::fs::write(&file, TOKEN).expect("a file");
        let server = Server::start(&["--token-file", file.to_str().expect("UTF-8")]);
        Self { server, _token: folder }
    }

    fn operator(&self, path: &str) -> Answer {
        request(self.server.address, "GET", path, &[("authorization", &format!("Bearer {TOKEN}"))], b"")
    }
}

#[test]
fn the_public_sees_less_than_the_operator() {
    let guarded = Guarded::start();
    captured("nextjs/build_turbopack_tls").iter().for_each(|request| drop(request.replay(&guarded.server)));
    let question = "/v1/query?tool=nextjs&where=event:NEXT_PACKAGE_DETECTED";
    let table = guarded.operator(question).json();
    assert_eq!((&table["view"], &table["minimum"], rows(&table)), (&json!("operator"), &json!(1), vec![" 9 9".into()]));
    let table = guarded.server.get(question).json();
    assert_eq!((&table["view"], &table["minimum"]), (&json!("public"), &json!(20)));
    assert_eq!(table["question"]["bucket"], "week");
    assert!(table["rows"].as_array().expect("rows").iter().all(|row| row["value"].is_null()), "{table}");
}

/// A machine without identifier tells of a day in the last whole week, in an event for each of so many durations.
fn tell(server: &Server, id: u32, os: &str, is_first: bool, durations: u32) {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
    let monday = Day::of_unix_seconds(now.as_secs() as i64).start_of(Bucket::Week);
    let events: Vec<Value> = (0..durations)
        .map(|n| json!({"event": "command_finished", "fields": {"command": "build", "duration": (n + 1) * 1000}}))
        .collect();
    let batch = json!({
        "v": 1, "id": format!("{id:032x}"), "tool": "acme", "day": monday.plus(-3).to_string(),
        "first": if is_first { vec!["week"] } else { vec![] }, "origin": {"os": os}, "events": events,
    });
    assert_eq!(server.post("/v1/batches", batch.to_string()).json()["kept"], durations);
}

#[test]
fn the_public_sees_no_small_group() {
    let guarded = Guarded::start();
    let machines = [("linux", 30), ("macos", 25), ("windows", 3)];
    let systems = machines.iter().flat_map(|&(os, count)| std::iter::repeat_n(os, count));
    systems.zip(0..).for_each(|(os, id)| tell(&guarded.server, id, os, true, 1));
    let question = "/v1/query?tool=acme&where=event:command_finished";
    let shown = |rest: &str| rows(&guarded.server.get(&format!("{question}{rest}")).json());
    assert_eq!(shown("&by=os"), ["linux 30 30", "fewer than 20 28 28"]);
    assert_eq!(shown("&by=os&measure=share"), ["linux 0.5172413793103449 30", "fewer than 20 0.4827586206896552 28"]);
    assert_eq!(shown("&where=os:linux"), [" 30 30"]);
    assert_eq!(shown("&where=os:windows"), [" null null"]);
    assert_eq!(shown("&where=os:macos"), [" null null"]);
    assert_eq!(shown("&where=os:freebsd"), [" null null"]);
    assert_eq!(shown(""), [" 58 58"]);
    assert_eq!(rows(&guarded.server.get("/v1/query?tool=acme&by=event").json()), ["command_finished 58 58"]);
    assert_eq!(rows(&guarded.operator(&format!("{question}&by=os")).json()).len(), 3);
}

#[test]
fn many_reports_of_one_machine_are_not_many_machines() {
    let guarded = Guarded::start();
    (0..40).for_each(|id| tell(&guarded.server, id, "linux", true, 1));
    tell(&guarded.server, 40, "freebsd", true, 1);
    (41..46).for_each(|id| tell(&guarded.server, id, "freebsd", false, 30));
    let question = "/v1/query?tool=acme&by=os&where=event:command_finished";
    let reports = format!("{question}&measure=reports");
    assert_eq!(rows(&guarded.operator(&reports).json())[0], "freebsd 151 151");
    assert_eq!(rows(&guarded.server.get(question).json()), ["fewer than 20 191 191"]);
}

#[test]
fn some_questions_are_for_the_operator_only() {
    let guarded = Guarded::start();
    let check = |question: &str, parameter: &str| {
        let answer = guarded.server.get(question);
        assert_eq!((answer.status, answer.code().as_str()), (403, "not_public"), "{question}: {answer:?}");
        assert_eq!(answer.json()["parameter"], parameter, "{question}: {answer:?}");
        assert_eq!(guarded.operator(question).status, 200, "{question}");
    };
    check("/v1/query?tool=nextjs", "where");
    check("/v1/query?tool=nextjs&by=event&bucket=day", "bucket");
    check("/v1/query?tool=nextjs&by=event,os", "by");
    check("/v1/query?tool=nextjs&where=event:NEXT_BUILD_COMPLETED&where=os:!linux", "where");
    check("/v1/query?tool=nextjs&where=event:NEXT_BUILD_COMPLETED&by=os,ci&where=arch:x64", "where");
    check("/v1/retention?tool=nextjs&bucket=day", "bucket");
    check("/v1/funnel?tool=nextjs&steps=NEXT_CLI_SESSION_STARTED,NEXT_BUILD_COMPLETED", "steps");
}

#[test]
fn answers_are_never_kept_on_the_way() {
    let answer = Server::start(&[]).get("/v1/query?tool=acme");
    assert_eq!((answer.header("cache-control"), answer.header("x-content-type-options")), ("no-store", "nosniff"));
}
