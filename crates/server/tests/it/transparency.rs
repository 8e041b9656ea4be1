//! The page for a tool's users.

use serde_json::Value;

use crate::captures::captured;
use crate::client::Answer;
use crate::native::batch;
use crate::server::{Server, aboveboard, copy_of_acme};

fn page(server: &Server, tool: &str) -> String {
    let answer = server.get(&format!("/transparency/{tool}"));
    assert_eq!((answer.status, answer.header("content-type")), (200, "text/html; charset=utf-8"), "{tool}");
    answer.body
}

fn fill_in(server: &Server, tool: &str, number: &str, act: &str) -> Answer {
    let body = format!("number={}&act={act}", number.replace(' ', "+"));
    server.post_with(&format!("/transparency/{tool}"), &[("content-type", "application/x-www-form-urlencoded")], body)
}

fn check(answer: &Answer, said: &str) {
    assert_eq!(answer.status, 200, "{answer:?}");
    let told = answer.body.split("role=\"status\"").nth(1).and_then(|rest| rest.split("</div>").next());
    assert!(told.is_some_and(|told| told.contains(said)), "`{said}` is not in {told:?}");
}

#[test]
fn every_declared_event_and_field_is_told_with_an_example_and_the_rest_as_thrown_away() {
    let server = Server::start(&[]);
    for (tool, off) in [
        ("acme", "export ACME_TELEMETRY_DISABLED=1"),
        ("nextjs", "npx next telemetry disable"),
        ("clerk", "NEXT_PUBLIC_CLERK_TELEMETRY_DISABLED=1"),
    ] {
        let body = page(&server, tool);
        let toml =
            std::fs::read_to_string(format!("{}/../../catalogs/{tool}/catalog.toml", env!("CARGO_MANIFEST_DIR")));
        let toml = toml.expect("a catalogue");
        let declared = toml.lines().filter_map(|line| line.strip_prefix("[event.")?.strip_suffix(']'));
        for name in declared {
            let name = name.rsplit('.').next().expect("a name");
            assert!(
                body.contains(&format!("<code>{name}</code>")) || toml.contains("type = \"drop\""),
                "{tool}: {name}"
            );
        }
        for reason in toml.lines().filter_map(|line| line.strip_prefix("reason = \"")?.strip_suffix('"')) {
            // On the page it is a sentence and begins as one.
            let letters = reason.chars().take_while(|letter| letter.is_alphanumeric() || *letter == ' ');
            let start: String = letters.skip(1).collect();
            assert!(body.contains(start.trim_end()), "{tool}: {reason}");
        }
        for text in [off, "What is not collected", "Privacy statement", "has not said", "for the first time"] {
            assert!(body.contains(text), "{tool}: {text}");
        }
    }
}

#[test]
fn the_example_is_a_batch_that_the_collector_keeps_whole() {
    let server = Server::start(&[]);
    let body = page(&server, "acme");
    let sample =
        body.split("<pre class=\"sample\" tabindex=\"0\"><code>").nth(1).and_then(|rest| rest.split("</code>").next());
    let sample = sample.expect("an example").replace("&#34;", "\"");
    let receipt = server.post("/v1/batches", sample).json();
    assert_eq!([&receipt["kept"], &receipt["folded"], &receipt["dropped"]], [1, 0, 0], "{receipt}");
}

#[test]
fn the_form_answers_without_script_and_deletes_only_what_its_number_proves() {
    let server = Server::start(&[]);
    let request = &captured("nextjs/build_turbopack_tls")[0];
    request.replay(&server);
    let id = |key: &str| request.body["context"][key].as_str().expect("an id").to_owned();
    check(&fill_in(&server, "nextjs", &id("anonymousId"), "look"), "This is kept under this number");
    check(&fill_in(&server, "nextjs", &id("projectId"), "forget"), "Nothing is kept under this number");
    check(&fill_in(&server, "nextjs", "short", "look"), "could be guessed");
    let done = fill_in(&server, "nextjs", &id("anonymousId"), "forget");
    check(&done, "Your receipt is <code>");
    let receipt = done.body.split("Your receipt is <code>").nth(1).expect("a receipt")[..9].to_owned();
    check(&fill_in(&server, "nextjs", &receipt, "look"), "no answer counts it any more");
    check(&fill_in(&server, "nextjs", &id("anonymousId"), "look"), "Nothing is kept under this number");
    assert!(page(&server, "nextjs").contains("Numbers forgotten so far: fewer than 20."));
    for body in ["", "number=1", "\u{7f}"] {
        assert_eq!(server.post("/transparency/nextjs", body).code(), "body_malformed", "{body}");
    }
}

#[test]
fn people_without_a_number_see_whether_their_report_arrived() {
    let server = Server::start(&[]);
    let id = "000102030405060708090a0b0c0d0e0f";
    check(&fill_in(&server, "acme", id, "look"), "No batch with this id arrived");
    server.post("/v1/batches", batch(r#"{"event":"command_finished"}"#));
    check(&fill_in(&server, "acme", id, "look"), "A batch with this id arrived");
    check(&fill_in(&server, "acme", id, "forget"), "only its owner knows");
    check(&fill_in(&server, "acme", "%3Cscript%3E", "look"), "was not done");
    assert!(!fill_in(&server, "acme", "%3Cscript%3E", "look").body.contains("<script>"));
}

#[test]
fn a_changed_catalogue_is_told_down_to_the_word() {
    let catalogs = copy_of_acme();
    let flags = ["--catalogs", catalogs.path().to_str().expect("UTF-8")];
    let server = Server::start(&flags);
    assert!(page(&server, "acme").contains("for the first time"));
    let file = catalogs.path().join("acme/catalog.toml");
    let text = std::fs::read_to_string(&file).expect("a catalogue");
    let changed = text.replacen("members = [\"cancelled\", ", "members = [\"cancelled\", \"exploded\", ", 1);
    assert_ne!(changed, text);
    std::fs::write(&file, changed).expect("a file");
    let body = page(&server.stop().restart(&flags), "acme");
    assert!(body.contains("recognises 1 more: <code>exploded</code>") && body.contains("class=\"more\""), "{body}");
}

#[test]
fn the_page_is_there_as_markdown_and_as_a_file_of_its_own() {
    let server = Server::start(&[]);
    let text = server.get("/transparency/acme.md");
    assert_eq!((text.status, text.header("content-type")), (200, "text/markdown; charset=utf-8"));
    let print = |form: &str| {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../catalogs/acme");
        let output = aboveboard().args(["catalog", "page", form, folder]).output().expect("it runs");
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    assert_eq!(print("--markdown").trim_end(), text.body.trim_end());
    let html = print("--html");
    assert!(html.starts_with("<!doctype html>") && html.contains("command_finished") && html.contains("<style>"));
    for forbidden in ["<script", "href=\"/", "src=", "<form", "@import", "url("] {
        assert!(!html.contains(forbidden), "{forbidden}");
    }
    for path in ["/transparency/nobody", "/transparency/nobody.md"] {
        assert_eq!(server.get(path).code(), "tool_unknown");
    }
}

#[test]
fn machines_find_what_they_look_for() {
    let server = Server::start(&["--security-contact", "mailto:security@acme.example", "--region", "Mars"]);
    let gpc: Value = server.get("/.well-known/gpc.json").json();
    assert_eq!(gpc["gpc"], true);
    let security = server.get("/.well-known/security.txt").body;
    assert!(security.starts_with("Contact: mailto:security@acme.example\nExpires: 20"), "{security}");
    assert!(page(&server, "acme").contains("Mars"));
    assert_eq!(Server::start(&[]).get("/.well-known/security.txt").code(), "not_found");
}

/// The part of the page with what everybody sees.
fn shown(body: &str) -> String {
    let part = body.split("id=\"shown\"").nth(1).and_then(|rest| rest.split("id=\"account\"").next());
    part.expect("the part is there").to_owned()
}

/// Last week's Wednesday, which is in a whole week that is over.
fn last_week() -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
    let today = aboveboard_catalog::Day::of_unix_seconds(now.as_secs() as i64);
    today.start_of(aboveboard_catalog::Bucket::Week).plus(-5).to_string()
}

fn machine_reports(server: &Server, number: u32) {
    let command = ["build", "check", "dev"][number as usize % 3];
    let os = ["linux", "macos", "windows"][number as usize % 2];
    let body = format!(
        r#"{{"v":1,"id":"{number:032x}","tool":"acme","day":"{}","first":["day","week"],"origin":{{"version":"1.{number}.0","os":"{os}"}},"events":[{{"event":"command_finished","n":{},"fields":{{"command":"{command}","outcome":"ok"}}}}]}}"#,
        last_week(),
        1 + number * 7,
    );
    assert_eq!(server.post("/v1/batches", body).status, 200);
}

#[test]
fn the_page_shows_the_same_of_one_machine_as_of_nineteen_also_to_the_operator() {
    // On its own machine, without a token, whoever asks is the operator; the page shows what everybody sees all the same.
    let server = Server::start(&[]);
    machine_reports(&server, 1);
    let of_one = shown(&page(&server, "acme"));
    for number in 2..=19 {
        machine_reports(&server, number);
        assert_eq!(shown(&page(&server, "acme")), of_one, "{number} machines");
    }
    for number in 20..=40 {
        machine_reports(&server, number);
    }
    let of_forty = shown(&page(&server, "acme"));
    assert_ne!(of_forty, of_one, "enough are shown");
    assert!(!of_forty.contains("1.7.0"), "but no version of a single machine: {of_forty}");
}
