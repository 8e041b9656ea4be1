//! What the public can get, all of it together, tells of no small group.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::json;

use crate::attacker::{Attacker, Equations, Sum, World};
use crate::client::Answer;
use crate::dashboard::{between, compare, unescaped};
use crate::people::{
    CODES, COMMANDS, FLAGS, K, Machine, SYSTEMS, VERSIONS, WEEKS, facts, monday, population, talkative, tell,
    write_catalogue,
};
use crate::server::Server;

/// A collector of these populations, each of a tool of its own, to which all that follows is the public.
fn serve(populations: &[(Vec<Machine>, bool)]) -> (Server, tempfile::TempDir, Vec<String>) {
    let folder = tempfile::tempdir().expect("a folder");
    let tools: Vec<String> = (0..populations.len()).map(|number| format!("tool-{number}")).collect();
    for (tool, (_, has_ids)) in tools.iter().zip(populations) {
        write_catalogue(folder.path(), tool, *has_ids);
    }
    let server = Server::start_with_token_and(&["--catalogs", folder.path().to_str().expect("UTF-8")]);
    for (tool, (machines, has_ids)) in tools.iter().zip(populations) {
        tell(&server, tool, machines, *has_ids);
    }
    (server, folder, tools)
}

/// Every question that the public may ask about an event, or about machines.
fn questions(event: &str) -> Vec<String> {
    let field = match event {
        "ran" => Some(("ran.command", &COMMANDS[..])),
        "failed" => Some(("failed.code", &CODES[..])),
        _ => None,
    };
    let dimensions = [("version", &VERSIONS[..]), ("os", &SYSTEMS), ("ci", &FLAGS)].into_iter().chain(field);
    let dimensions: Vec<(&str, &[&str])> = dimensions.collect();
    let mut splits = vec![String::new()];
    for (place, (name, values)) in dimensions.iter().enumerate() {
        splits.push(format!("&by={name}"));
        splits.extend(values.iter().map(|value| format!("&where={name}:{value}")));
        for (other, _) in &dimensions[place + 1..] {
            splits.push(format!("&by={name}&by={other}"));
            splits.extend(values.iter().map(|value| format!("&by={other}&where={name}:{value}")));
        }
    }
    splits.push("&by=version.minor".into());
    let measures: &[&str] = match event {
        "any" => &["machines"],
        "ran" => &["events", "reports", "share", "machines", "p50:ran.duration"],
        _ => &["events", "reports", "share", "machines"],
    };
    let about = if event == "any" { String::new() } else { format!("&where=event:{event}") };
    let asked = measures.iter().flat_map(|measure| splits.iter().map(move |split| format!("measure={measure}{split}")));
    asked.map(|question| format!("{question}{about}")).collect()
}

fn answered(server: &Server, address: &str) -> Option<Answer> {
    let answer = server.get(address);
    match answer.status {
        200 => Some(answer),
        // Machines of a tool without identifiers are not counted by fields, nor groups of them by versions.
        400 | 403 => None,
        _ => panic!("{address}: {answer:?}"),
    }
}

/// The addresses of answers that the public pages of a tool lead to, after looking at each of these pages.
fn linked(server: &Server, tool: &str) -> BTreeSet<String> {
    let pages = pages(server, tool);
    let compared: usize = pages.iter().map(|page| compare(|path| server.get(path), page)).sum();
    assert!(compared > 5, "{compared} tables were compared");
    let bodies = pages.iter().map(|page| server.get(page).body);
    let answers =
        bodies.flat_map(|body| -> Vec<String> { between(&body, "href=\"/v1/", "\"").map(unescaped).collect() });
    answers.map(|rest| format!("/v1/{rest}")).collect()
}

/// The pages of a tool, as its public overview links them.
fn pages(server: &Server, tool: &str) -> BTreeSet<String> {
    let overview = server.get(&format!("/t/{tool}")).body;
    let before = format!("href=\"/t/{tool}/");
    let panels = between(&overview, &before, "\"").map(|rest| {
        let name = rest.split('#').next().unwrap_or(rest);
        format!("/t/{tool}/{}", unescaped(name))
    });
    let others = ["/".to_owned(), format!("/t/{tool}"), format!("/transparency/{tool}"), format!("/catalog/{tool}")];
    panels.chain(others).collect()
}

fn attack(server: &Server, tool: &str, machines: &[Machine]) {
    let world = World::new(&facts(machines));
    let mut attacker = Attacker::new(&world);
    let from = monday(0);
    let listed = ["events", "reports", "machines"].map(|measure| format!("measure={measure}&by=event"));
    let asked = ["any", "ran", "failed", "rare"].into_iter().flat_map(questions).chain(listed);
    let asked = asked.map(|question| format!("/v1/query?tool={tool}&from={from}&{question}"));
    let mut learnt = 0;
    let pages =
        linked(server, tool).into_iter().filter(|address| address.starts_with("/v1/query") && address.contains(tool));
    for address in asked.chain(pages.map(|address| address.replacen(".csv", ".json", 1))) {
        if let Some(answer) = answered(server, &address) {
            attacker.learn(&answer.json());
            learnt += 1;
        }
    }
    assert!(learnt > 100, "{learnt} answers");
    attacker.learn_ledger(server.get(&format!("/v1/ledger?tool={tool}")).json()["kept"].as_u64().expect("a figure"));
    assert_eq!(attacker.finds(), None, "{machines:#?}");
}

/// How many machines of a cohort were there in which later weeks, as far as answers tell. A kind of machine is the set
/// of its weeks.
fn attack_cohorts(server: &Server, tool: &str, machines: &[Machine]) {
    let was_there = |kind: usize, week: usize| kind >> week & 1 == 1;
    let kind = |machine: &Machine| (0..WEEKS.len()).filter(|&week| machine.weeks[week]).map(|week| 1 << week).sum();
    let which = |is_in: &dyn Fn(usize) -> bool| -> Sum { (1..8).filter(|&kind| is_in(kind)).collect() };
    let came = |first: usize, week: usize, came: bool| {
        which(&|kind| kind.trailing_zeros() as usize == first && was_there(kind, week) == came)
    };
    let size = |sum: &Sum| machines.iter().filter(|machine| sum.contains(&kind(machine))).count() as u64;
    let weeks = (0..WEEKS.len()).map(|week| which(&|kind| was_there(kind, week)));
    let mut known: Vec<Sum> = weeks.filter(|sum| size(sum) >= K).collect();
    let answer = server.get(&format!("/v1/retention?tool={tool}&from={}", monday(0))).json();
    let rows = answer["rows"].as_array().expect("rows");
    for row in rows {
        let (bucket, period) = (row["bucket"].as_str().expect("a day"), row["key"][0].as_str().expect("a period"));
        let first = (0..WEEKS.len()).find(|&week| monday(week).to_string() == bucket).expect("a week of ours");
        let week = first + period.parse::<usize>().expect("a number");
        for (shown, sum) in [(&row["value"], came(first, week, true)), (&row["n"], came(first, first, true))] {
            if let Some(n) = shown.as_u64() {
                assert_eq!(size(&sum), n, "{row}");
                known.push(sum);
            }
        }
    }
    let equations = Equations::new(&known.iter().collect::<Vec<_>>(), 8);
    for (first, week) in (0..WEEKS.len()).flat_map(|first| (first..WEEKS.len()).map(move |week| (first, week))) {
        for secret in [came(first, week, true), came(first, week, false)] {
            let is_small = (1..K).contains(&size(&secret));
            assert!(!is_small || !equations.give(&secret), "{secret:?} of {machines:#?}: {answer:#}");
        }
    }
}

/// All that the public can get, but for the figures of the ledger.
fn everything(server: &Server, tool: &str) -> Vec<(String, String)> {
    let without_account = |body: String| {
        let body = cut(&body, "<dl class=\"figures\">", "</dl>");
        let body = cut(&cut(&body, "<p class=\"quiet\">Rejected:", "</p>"), "<p class=\"quiet\">Turned away", "</p>");
        body.lines().filter(|line| !line.trim().is_empty()).collect::<Vec<_>>().join("\n")
    };
    let pages = pages(server, tool);
    let pages = pages.into_iter().map(|path| (without_account(server.get(&path).body), path));
    let mut shown: Vec<(String, String)> = pages.map(|(body, path)| (path, body)).collect();
    let listed = ["events", "reports", "machines"].map(|measure| format!("measure={measure}&by=event"));
    let asked = ["any", "ran", "failed", "rare"].into_iter().flat_map(questions).chain(listed);
    let asked = asked.map(|question| format!("/v1/query.csv?tool={tool}&from={}&{question}", monday(0)));
    let others = ["retention", "coverage", "verdicts"].map(|route| format!("/v1/{route}.csv?tool={tool}"));
    for address in asked.chain(others).chain([format!("/v1/funnel.csv?tool={tool}&steps=ran,failed")]) {
        shown.push((address.clone(), server.get(&address).body));
    }
    let mut account = server.get(&format!("/v1/ledger?tool={tool}")).json();
    for figure in ["received", "kept", "rejected"] {
        account.as_object_mut().expect("an account").remove(figure);
    }
    let metrics = server.get("/metrics").body;
    let metrics: Vec<&str> = metrics.lines().filter(|line| !line.starts_with("aboveboard_events_total")).collect();
    shown.extend([("/v1/ledger".into(), account.to_string()), ("/metrics".into(), metrics.join("\n"))]);
    shown
}

/// A text without its first part between two marks.
fn cut(text: &str, from: &str, to: &str) -> String {
    let Some((before, rest)) = text.split_once(from) else { return text.to_owned() };
    before.to_owned() + rest.split_once(to).map_or("", |(_, rest)| rest)
}

/// What one machine more may say that nobody declared, and takes back.
fn tell_and_forget(server: &Server, tool: &str) {
    let (id, day) = (format!("{:064x}", 99), monday(1).plus(3));
    let batch = json!({
        "v": 1, "id": format!("{:032x}", 99_999), "tool": tool, "day": day.to_string(),
        "origin": {"version": "1.1.0", "os": "temple", "machine": id, "kernel": "6.1"},
        "events": [{"event": "nobody_declared_this", "fields": {"x": 1}}, {"event": "ran", "fields": {"command": "secret", "y": 2}}],
    });
    assert_eq!(server.post("/v1/batches", batch.to_string()).status, 200);
    let forgotten = server.post("/v1/forget", json!({"tool": tool, "id": id}).to_string());
    assert_eq!((forgotten.status, &forgotten.json()["forgotten"]), (200, &json!(true)));
}

fn populations() -> impl Strategy<Value = Vec<(Vec<Machine>, bool)>> {
    prop::collection::vec((population(), any::<bool>()), 4)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2, max_shrink_iters: 8, ..ProptestConfig::default() })]

    #[test]
    fn all_public_answers_together_tell_of_no_small_group(populations in populations()) {
        let (server, _folder, tools) = serve(&populations);
        for (tool, (machines, has_ids)) in tools.iter().zip(&populations) {
            attack(&server, tool, machines);
            // Elsewhere cohorts are months, of which such a population is too young to have several.
            if *has_ids {
                attack_cohorts(&server, tool, machines);
            }
        }
    }

    /// Not who they are, what they said, nor how many they are: only that there were some.
    #[test]
    fn few_machines_look_like_any_other_few(
        few in prop::collection::vec(talkative(), 1..K as usize),
        others in prop::collection::vec(talkative(), 1..K as usize),
    ) {
        let (one, _folder, tools) = serve(&[(few, true)]);
        let (other, _folder, _) = serve(&[(others, true)]);
        tell_and_forget(&other, &tools[0]);
        for ((path, shown), (_, shown_too)) in everything(&one, &tools[0]).into_iter().zip(everything(&other, &tools[0])) {
            for (line, line_too) in shown.lines().zip(shown_too.lines()) {
                assert_eq!(line, line_too, "{path}");
            }
            assert_eq!(shown.len(), shown_too.len(), "{path}");
        }
    }
}
