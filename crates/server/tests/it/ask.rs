//! `aboveboard query`, `export` and `doctor`: a running collector, asked from the command line.

use std::process::Output;

use crate::client::request;
use crate::operator::TOKEN;
use crate::server::{Server, aboveboard};

fn ask(arguments: &[&str], token: Option<&str>) -> Output {
    let mut command = aboveboard();
    command.args(arguments).envs(token.map(|token| ("ABOVEBOARD_TOKEN", token)));
    command.output().expect("it runs")
}

fn said(output: &Output) -> String {
    String::from_utf8([&output.stdout[..], &output.stderr].concat()).expect("UTF-8")
}

#[track_caller]
fn check(arguments: &[&str], token: Option<&str>, code: i32, parts: &[&str]) {
    let output = ask(arguments, token);
    let said = said(&output);
    assert_eq!(output.status.code(), Some(code), "{said}");
    for part in parts {
        assert!(said.contains(part), "{part} in\n{said}");
    }
}

/// Three mounted components.
fn fill(server: &Server) {
    for component in ["SignIn", "SignIn", "SignUp"] {
        let body = format!(
            r#"{{"events":[{{"event":"COMPONENT_MOUNTED","it":"development","sdkv":"{component}","payload":{{"component":"{component}"}}}},
                {{"event":"THEME_USAGE","it":"development","payload":{{"themeName":"dark"}}}}]}}"#
        );
        let path = "/v1/event";
        assert_eq!(request(server.address, "POST", path, &[], body.as_bytes()).status, 200);
    }
}

#[test]
fn an_answer_is_drawn_or_handed_on() {
    let server = Server::start(&[]);
    fill(&server);
    let url = format!("http://{}", server.address);
    let question =
        ["query", "--url", &url, "--tool", "clerk", "--by", "component", "--where", "event:COMPONENT_MOUNTED"];
    check(&question, None, 0, &["clerk: events by component", "SignIn █", "SignUp █"]);
    check(&[&question[..], &["--csv"]].concat(), None, 0, &["component,value,n,folded\r\n", "SignUp,1,1,false"]);
    check(&[&question[..], &["--json"]].concat(), None, 0, &["\"measure\":\"events\""]);
    check(&[&question[..], &["--bucket", "day"]].concat(), None, 0, &["each day"]);
    check(&["query", "--url", &url, "--tool", "clerk", "--by", "colour"], None, 2, &["question_wrong", "`colour`"]);
    check(&["query", "--url", "http://127.0.0.1:1", "--tool", "clerk"], None, 1, &["is a collector running there?"]);
}

#[test]
fn the_token_is_shown_to_a_collector_that_has_one() {
    let server = Server::start_with_token();
    let url = format!("http://{}", server.address);
    let question = ["query", "--url", &url, "--tool", "clerk", "--where", "sdk:!clerk-cli"];
    check(&question, Some(TOKEN), 0, &["clerk: events"]);
    check(&question, None, 1, &["not_public"]);
}

#[test]
fn raw_rows_go_to_those_who_may_and_into_a_new_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let token = folder.path().join("exporters");
    std::fs::write(&token, "ann 0123456789abcdef-export\n").expect("a file");
    let server = Server::start(&["--export-token-file", token.to_str().expect("UTF-8")]);
    fill(&server);
    let (url, out) = (format!("http://{}", server.address), folder.path().join("out"));
    let take = |format: &str| {
        let out = out.with_extension(format);
        let mut command = aboveboard();
        command.args(["export", "--url", &url, "--tool", "clerk", "--table", "COMPONENT_MOUNTED"]);
        command.arg(format!("--{format}")).arg(&out).env("ABOVEBOARD_EXPORT_TOKEN", "0123456789abcdef-export");
        let output = command.output().expect("it runs");
        assert!(output.status.success(), "{}", said(&output));
        std::fs::read(out).expect("the file")
    };
    let csv = String::from_utf8(take("csv")).expect("UTF-8");
    assert!(csv.contains("component") && csv.contains("SignUp"), "{csv}");
    assert!(take("parquet").starts_with(b"PAR1"));
    assert!(String::from_utf8(take("json")).expect("UTF-8").contains("\"SignUp\""));
}

#[test]
fn nobody_takes_raw_rows_without_a_token_for_that() {
    let server = Server::start(&[]);
    fill(&server);
    let folder = tempfile::tempdir().expect("a folder");
    let (url, out) = (format!("http://{}", server.address), folder.path().join("out.csv"));
    let out = out.to_str().expect("UTF-8");
    let export = ["export", "--url", &url, "--tool", "clerk", "--table", "COMPONENT_MOUNTED", "--csv", out];
    let output = ask(&export, Some(TOKEN));
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(!folder.path().join("out.csv").exists(), "no file is left");
    std::fs::write(out, "mine").expect("a file");
    check(&export, None, 1, &["cannot write"]);
    assert_eq!(std::fs::read_to_string(out).expect("a file"), "mine");
}

#[test]
fn the_doctor_says_what_would_help() {
    let server = Server::start(&[]);
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let data = data.to_str().expect("UTF-8");
    let here = server.address.to_string();
    let well = ["doctor", "--data", data, "--listen", &here];
    check(&well, None, 0, &["all is well", "is made at the first start", "a collector of this version runs at"]);
    assert!(!folder.path().join("data").exists(), "it changes nothing");

    check(&["doctor", "--listen", "0.0.0.0:7300"], None, 1, &["problem  settings: ", "openssl rand", "1 to look at"]);
    let catalogs = folder.path().join("catalogs");
    std::fs::create_dir_all(catalogs.join("a")).expect("a folder");
    std::fs::write(catalogs.join("a/catalog.toml"), "[tool]\n").expect("a file");
    let catalogs = catalogs.to_str().expect("UTF-8");
    check(
        &["doctor", "--data", data, "--catalogs", catalogs],
        None,
        1,
        &["problem  catalogues: ", "a/catalog.toml:1:"],
    );
    check(&["doctor", "--data", data, "--listen", "127.0.0.1:0"], None, 0, &["is free"]);
}
