//! The dashboard: every panel of every tool is drawn, and says the numbers that `/v1/query` says.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::captures::captured;
use crate::client::{Answer, request};
use crate::demo::{Running, addresses};
use crate::native::batch;
use crate::server::Server;

const CAPTURES: [&str; 4] =
    ["nextjs/build_turbopack_tls", "nextjs/build_fail_module", "nextjs/build_ci", "nextjs/dev_16.3.0_error_feedback"];

fn replayed() -> Server {
    let server = Server::start(&[]);
    for path in CAPTURES.iter().chain(&["clerk/browser-react.json"]) {
        captured(path).iter().for_each(|request| drop(request.replay(&server)));
    }
    let event = |n: u32| {
        let fields = json!({"command": "build", "outcome": "ok", "duration": n * 10, "flags": ["minify", "watch"]});
        json!({"event": "command_finished", "fields": fields}).to_string()
    };
    let events: Vec<String> = (1..=60).map(event).collect();
    assert_eq!(server.post("/v1/batches", batch(&events.join(","))).json()["kept"], 60);
    server
}

fn page(server: &Server, path: &str) -> Answer {
    let answer = server.get(path);
    assert_eq!((answer.status, answer.header("content-type")), (200, "text/html; charset=utf-8"), "{path}: {answer:?}");
    answer
}

/// The texts between two marks.
pub(crate) fn between<'t>(text: &'t str, from: &'t str, to: &'t str) -> impl Iterator<Item = &'t str> {
    text.split(from).skip(1).filter_map(move |rest| rest.split(to).next())
}

/// The addresses of a tool's panels, as its overview links them.
fn panels(server: &Server, tool: &str) -> Vec<String> {
    let body = page(server, &format!("/t/{tool}")).body;
    let prefix = format!("href=\"/t/{tool}/");
    let mut names: Vec<String> =
        between(&body, &prefix, "\"").map(|rest| rest.split('#').next().unwrap_or(rest).to_owned()).collect();
    names.retain(|name| name != "explore" && name != "audit");
    names.sort();
    names.dedup();
    names.into_iter().map(|name| format!("/t/{tool}/{name}")).collect()
}

/// Rows of an answer that a page holds.
const ROWS_MAX: usize = 500;

/// Compares the tables of a page with the answers at their addresses, and says how many there were.
pub(crate) fn compare(get: impl Fn(&str) -> Answer, path: &str) -> usize {
    let body = get(path).body;
    let tables: Vec<&str> = between(&body, "<table class=\"sheet\" data-ask=\"", "</table>").collect();
    for table in &tables {
        let address = unescaped(table.split('"').next().expect("an address"));
        let answer = get(&address);
        assert_eq!(answer.status, 200, "{path}: {address}: {answer:?}");
        let mut said = said(&answer.json());
        said.truncate(ROWS_MAX);
        assert_eq!(shown(table), said, "{path}: {address}");
    }
    tables.len()
}

#[test]
fn every_number_on_a_page_is_the_answer_to_a_question() {
    let server = replayed();
    let paths = ["acme", "clerk", "nextjs"].iter().flat_map(|tool| panels(&server, tool));
    let compared: usize = paths.map(|path| compare(|path| server.get(path), &path)).sum();
    assert!(compared > 150, "{compared} tables were compared");
}

/// What a reader may have chosen: the period before, other spans of time, a row, everything at once.
const CHOSEN: [&str; 5] = [
    "",
    "?compare=before",
    "?range=28&bucket=day",
    "?where=os:linux&bucket=month",
    "?range=28&os=linux&versions=exact&compare=before",
];

#[test]
fn so_is_every_number_of_the_demo_whatever_was_chosen() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_demo, said) = Running::start(folder.path(), &["--days", "35", "--machines", "60"]);
    let to = addresses(&said)[0].split('/').next().expect("an address").parse().expect("an address");
    let get = |path: &str| request(to, "GET", path, &[], b"");
    for tool in ["acme", "clerk", "nextjs"] {
        let overview = get(&format!("/t/{tool}")).body;
        let before = format!("href=\"/t/{tool}/");
        let panels: BTreeSet<&str> =
            between(&overview, &before, "\"").map(|rest| rest.split('#').next().unwrap_or(rest)).collect();
        for chosen in CHOSEN {
            let paths = panels.iter().map(|panel| format!("/t/{tool}/{panel}{chosen}"));
            let compared: usize = paths.map(|path| compare(get, &path)).sum();
            assert!(compared > 30, "{tool}{chosen}: {compared} tables were compared");
        }
    }
}

/// The cells of each row as the page has them: of a number that is shown short, the whole one beside it.
fn shown(table: &str) -> Vec<Vec<String>> {
    let cell = |cell: &str| {
        let whole = cell.split_once("<data value=\"").and_then(|(_, rest)| rest.split('"').next());
        unescaped(whole.unwrap_or_else(|| cell.split_once('>').expect("a cell").1))
    };
    let row =
        |row: &str| between(&row.replace("<th ", "<td ").replace("</th>", "</td>"), "<td", "</td>").map(cell).collect();
    between(table.split("<tbody>").nth(1).expect("a body"), "<tr>", "</tr>").map(row).collect()
}

pub(crate) fn unescaped(text: &str) -> String {
    text.replace("&#60;", "<").replace("&#62;", ">").replace("&#34;", "\"").replace("&#39;", "'").replace("&#38;", "&")
}

/// The cells of each row as the answer has them.
fn said(table: &Value) -> Vec<Vec<String>> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string().replace("null", ""), str::to_owned);
    let row = |row: &Value| {
        let bucket = row.get("bucket").map(text).into_iter();
        let key = row["key"].as_array().expect("a key").iter().map(text);
        let number = |value: &Value| value.as_f64().map(|number| number.to_string()).unwrap_or_default();
        let figures = [number(&row["value"]), number(&row["n"]), row["folded"].to_string()];
        bucket.chain(key).chain(figures).collect()
    };
    table["rows"].as_array().expect("rows").iter().map(row).collect()
}

#[test]
fn an_address_with_mistakes_still_shows_a_page_and_says_so() {
    let server = Server::start(&[]);
    let body = page(&server, "/t/acme?range=12&form=pie&colour=red&bucket=week").body;
    for said in ["<code>range</code>", "<code>form</code>", "<code>colour</code>"] {
        assert!(body.contains(said), "{said}");
    }
    assert_eq!(server.get("/t/nobody").code(), "tool_unknown");
    assert_eq!(server.get("/t/acme/nothing").code(), "not_found");
}

#[test]
fn a_filter_that_fits_no_question_breaks_one_panel_and_not_the_page() {
    let server = replayed();
    let body = page(&server, "/t/nextjs?where=version:what").body;
    assert!(body.contains("is not a declared value here"), "{body}");
    assert!(body.contains("id=\"panel-opted-out\""));
}

#[test]
fn a_catalogue_and_its_charts_are_one_click_apart() {
    let server = replayed();
    let overview = page(&server, "/t/acme").body;
    assert!(overview.contains("href=\"/catalog/acme#command_finished\""));
    let catalogue = page(&server, "/catalog/acme").body;
    for chart in panels(&server, "acme").iter().filter(|path| !path.contains('-')) {
        assert!(catalogue.contains(&format!("href=\"{chart}\"")), "{chart}");
    }
}

#[test]
fn the_six_numbers_are_titled_in_the_words_of_the_catalogue() {
    let server = replayed();
    for (tool, title) in [
        ("nextjs", "<a href=\"/t/nextjs/build_time_median\">How long compiling took</a>"),
        ("acme", "<a href=\"/t/acme/command_time\">How long it took</a>"),
    ] {
        let body = page(&server, &format!("/t/{tool}")).body;
        let numbers = between(&body, "<ul class=\"numbers\">", "</ul>").next().expect("six numbers");
        assert!(numbers.contains(title), "{numbers}");
    }
}

#[test]
fn any_declared_question_can_be_explored() {
    let server = replayed();
    for (question, shown) in [
        ("", "command_finished"),
        ("?measure=p90:command_finished.duration&bucket=day&by=&by=", "p90 of command_finished.duration"),
        ("?measure=events&by=os&by=command_finished.command", "build"),
        ("?measure=machines&by=os", "can only be counted by"),
        ("?measure=events&by=colour", "is not declared by"),
        ("?measure=events&colour=red", "is not a parameter of this page"),
    ] {
        let body = page(&server, &format!("/t/acme/explore{question}")).body;
        assert!(body.contains(shown), "{question}: {body}");
    }
    let body = page(&server, "/t/acme/explore?measure=p90:command_finished.duration&by=os").body;
    let table = between(&body, "<table class=\"sheet\" data-ask=\"", "</table>").next().expect("a table");
    assert!(table.contains("class=\"number\">value (p90 of command_finished.duration)</th>"), "{table}");
    assert!(table.contains("\u{202f}ms</data></td>") && table.contains(">60</data>"), "{table}");
    let body = page(&server, "/t/acme/explore?measure=share&by=os").body;
    assert!(body.contains("<data value=\"1\">100\u{202f}%</data>"), "{body}");
    let body = page(&server, "/t/acme/explore?measure=events&by=event").body;
    let table = between(&body, "<table class=\"sheet\" data-ask=\"", "</table>").next().expect("a table");
    assert_eq!(shown(table), said(&server.get("/v1/query?tool=acme&measure=events&by=event").json()));
}

#[test]
fn a_funnel_is_shown_where_machines_can_be_told_apart_and_else_says_why_not() {
    let server = replayed();
    let body = page(&server, "/t/acme/one-step-after-another").body;
    assert!(body.contains("this tool sends no identifier"), "{body}");
    let body = page(&server, "/t/nextjs/build_funnel").body;
    assert!(body.contains("NEXT_BUILD_OPTIMIZED") && body.contains("class=\"ranked funnel\""), "{body}");
}
