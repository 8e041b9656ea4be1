//! The dashboard: every panel of every tool is drawn, and says the numbers that `/v1/query` says.

use std::collections::BTreeSet;

use aboveboard_catalog::Day;
use serde_json::{Value, json};

use crate::captures::captured;
use crate::client::{Answer, request};
use crate::demo::{Running, addresses};
use crate::native::batch;
use crate::sentences::computed;
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
    let paths: Vec<String> = ["acme", "clerk", "nextjs"].iter().flat_map(|tool| panels(&server, tool)).collect();
    let compared: usize = paths.iter().map(|path| compare(|path| server.get(path), path)).sum();
    assert!(compared > 150, "{compared} tables were compared");
    // Not of the demo, whose numbers are others each day: rounded as tables have them, they do not give all sentences.
    let told: usize = paths.iter().map(|path| computed(path, &server.get(path).body)).sum();
    assert!(told > 40, "{told} numbers of sentences were computed");
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
        let shares: usize = panels.iter().map(|panel| shares(&get(&format!("/t/{tool}/{panel}")).body)).sum();
        assert!(shares > 10, "{tool}: {shares} shares were computed");
    }
}

/// Computes each share of a drawing anew, from the table under it: `19 (66 %)` of the 29 in the column `n`.
fn shares(body: &str) -> usize {
    let cells = |row: &str| -> Vec<String> {
        let row = row.replace("<th ", "<td ").replace("</th>", "</td>");
        between(&row, "<td ", "</td>").filter_map(|cell| Some(cell.split_once('>')?.1.to_owned())).collect()
    };
    let whole = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>().parse::<f64>();
    let mut computed = 0;
    for table in between(body, "<table class=\"sheet\"><caption>", "</table>") {
        let head = cells(between(table, "<thead><tr>", "</tr>").next().expect("a head"));
        let Some(sum) = head.iter().position(|name| name == "n") else { continue };
        for row in between(table.split("<tbody>").nth(1).expect("a body"), "<tr>", "</tr>").map(cells) {
            for (count, share) in row.iter().filter_map(|cell| cell.strip_suffix("%)")?.split_once(" (")) {
                let (Ok(count), Ok(n)) = (whole(count), whole(&row[sum])) else { continue };
                check_text(&row.join(" | "), &format!("{share}%"), count / n);
                computed += 1;
            }
        }
    }
    computed
}

#[test]
fn the_six_numbers_of_the_demo_follow_from_the_answers_beside_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_demo, said) = Running::start(folder.path(), &["--days", "35", "--machines", "60"]);
    let to = addresses(&said)[0].split('/').next().expect("an address").parse().expect("an address");
    for tool in ["acme", "clerk", "nextjs"] {
        let body = request(to, "GET", &format!("/t/{tool}"), &[], b"").body;
        let counted = between(&body, "How these are counted</summary><ul>", "</ul>").next().expect("the questions");
        let answers = |title: &str| -> Vec<Value> {
            let asked = between(counted, "<li>", "</li>").filter(|asked| asked.starts_with(&format!("{title}: ")));
            let address = |asked: &str| unescaped(between(asked, "href=\"", "\"").next().expect("an address"));
            asked.map(|asked| request(to, "GET", &address(asked), &[], b"").json()).collect()
        };
        let numbers = between(&body, "<ul class=\"numbers\">", "</ul>").next().expect("the numbers");
        let numbers: Vec<&str> = between(numbers, "<li class=\"card\">", "</li>").collect();
        assert_eq!(numbers.len(), 6);
        let week = between(&body, "In the last whole week, ", " ").next().expect("a week");
        let known = numbers.iter().filter(|number| !number.contains("<p class=\"big\">–</p>"));
        assert!(known.map(|number| follows(number, week, &answers)).count() >= 4, "{tool}");
    }
}

/// Computes one of the six numbers anew, its change, and how high its sparkline ends.
fn follows(number: &str, week: &str, answers: &dyn Fn(&str) -> Vec<Value>) {
    let text = |from: &str, to: &str| between(number, from, to).next().expect("a text").to_owned();
    let title = text("<h3>", "</h3>").split('>').nth(1).map_or_else(|| text("<h3>", "</h3>"), str::to_owned);
    let title = title.trim_end_matches("</a").to_owned();
    let answers = answers(&title);
    let of_week = |answer: &Value, back: usize, which: &dyn Fn(&str) -> bool| of_week(answer, week, back, which);
    let of = |back: usize| match answers.as_slice() {
        [errors, runs] => of_week(errors, back, &|key| key != "none") / of_week(runs, back, &|_| true) * 100.0,
        [one] if title == "Kept" => of_week(one, back, &|key| key == "kept") / of_week(one, back, &|_| true),
        [one] if title.starts_with("On ") => {
            let least = title.split(' ').nth(1).expect("a version");
            let later = |key: &str| release(key).is_some_and(|version| Some(version) >= release(least));
            of_week(one, back, &later) / of_week(one, back, &|_| true)
        }
        [one] => of_week(one, back, &|_| true) * if one.to_string().contains("\"unit\":\"s\"") { 1_000.0 } else { 1.0 },
        other => panic!("{title} has {} questions", other.len()),
    };
    let [before, last] = [of(1), of(0)];
    let (shown, said) = (text("<p class=\"big\">", "</p>"), text("<p class=\"change\">", "</p>"));
    check_text(&format!("{title}: {shown}"), &shown, last);
    let most = (0..SPARK_WEEKS).map(of).filter(|value| value.is_finite()).fold(0.0, f64::max);
    let dot = text("<path class=\"dot\" d=\"M", "h0\"");
    let dot: f64 = dot.split(' ').nth(1).expect("a place").parse().expect("a number");
    let part = if most > 0.0 { last / most } else { 0.0 };
    assert!((SPARK_FOOT - SPARK_HIGH * part - dot).abs() < 0.06, "{title}: {dot}, {last} of {most}");
    let change = if said.ends_with("points") { (last - before) * 100.0 } else { (last / before - 1.0) * 100.0 };
    match said.as_str() {
        "" => assert!(before <= 0.0 || !before.is_finite(), "{title}: {before} {last}"),
        "the same" => assert!(change.abs() < 0.06, "{title}: {change}"),
        said => {
            assert_eq!(said.starts_with('▲'), change > 0.0, "{title}: {said}, {change}");
            check_text(&format!("{title}: {said}"), said.trim_end_matches(" points"), change.abs());
        }
    }
}

/// How many weeks a sparkline has at most, where zero lies on it, and how far the largest number lies above that.
const SPARK_WEEKS: usize = 12;
const SPARK_FOOT: f64 = 22.0;
const SPARK_HIGH: f64 = 20.0;

/// What an answer has for a week or one so many before it, of some of its rows.
fn of_week(answer: &Value, week: &str, back: usize, which: &dyn Fn(&str) -> bool) -> f64 {
    let rows = answer["rows"].as_array().expect("rows");
    let week = Day::parse(week).expect("a day").plus(-7 * back as i32).to_string();
    let of = |row: &&Value| row["bucket"].as_str() == Some(&week);
    let key = |row: &Value| row["key"].as_array().and_then(|key| key.first()?.as_str()).unwrap_or_default().to_owned();
    rows.iter().filter(of).filter(|row| which(&key(row))).filter_map(|row| row["value"].as_f64()).sum()
}

/// The numbers of a version that is no preview.
fn release(text: &str) -> Option<Vec<u32>> {
    text.split('.').map(|part| part.parse().ok()).collect()
}

/// A number as people read it is the whole one, to its last digit; of a time, in milliseconds.
#[track_caller]
fn check_text(what: &str, shown: &str, whole: f64) {
    let scale =
        match shown.split_once(|c: char| c.is_alphabetic() || c == '%').map(|(digits, _)| &shown[digits.len()..]) {
            Some("s") => 1_000.0,
            Some("min") => 60_000.0,
            Some("h") => 3_600_000.0,
            Some("k") => 1_000.0,
            Some("%") if whole <= 1.0 && !shown.starts_with(['▲', '▼']) => 0.01,
            _ => 1.0,
        };
    let digits: String = shown.chars().filter(|c| c.is_ascii_digit() || *c == '.').collect();
    let last = digits.split_once('.').map_or(1.0, |(_, after)| 0.1_f64.powi(after.len() as i32));
    let number: f64 = digits.parse().expect("a number");
    assert!((number * scale - whole).abs() <= last * scale * 0.51, "{what}: {whole}");
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
