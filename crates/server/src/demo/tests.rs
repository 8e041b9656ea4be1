//! The demo's own truth, tallied from what was said before it became bytes, against what is answered.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aboveboard_catalog::{Asked, Bucket, Day, Dialect, RawFields, RawValue};

use super::delivery::Wire;
use super::*;
use crate::config::Config;
use crate::disclose::View;
use crate::{plan, query};

const STORY: Story = Story { seed: 7, first: Day(20_690), days: 35, machines: 160 };

/// A demo that has happened, and everything that was said and must be kept.
struct Told {
    app: App,
    _folder: tempfile::TempDir,
    facts: Vec<Fact>,
    rejected: HashMap<(Dialect, &'static str), u64>,
    repeated: HashMap<Dialect, u64>,
}

/// One event that must be kept, as it was said.
struct Fact {
    dialect: Dialect,
    day: Day,
    origin: RawFields<'static>,
    event: String,
    fields: RawFields<'static>,
    n: u64,
    /// By what its machine is known, where the dialect has that.
    machine: Option<String>,
    /// Of which week the batch is the machine's first; once for each batch.
    first_of_week: bool,
}

/// One test of many parts, because making the data takes longest.
#[test]
fn what_was_said_is_what_is_answered() {
    let told = Told::new();
    acme_is_answered_as_said(&told);
    nextjs_is_answered_as_said(&told);
    clerk_is_answered_as_said(&told);
    machines_are_counted_with_and_without_identifiers(&told);
    percentiles_are_those_of_the_durations_that_were_said(&told);
    every_verdict_is_the_one_that_was_meant(&told);
    the_story_is_in_it(&told);
}

impl Told {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let config = Config { data: folder.path().to_owned(), queue_bytes_max: 1 << 30, ..Config::default() };
        let app = open(config, STORY).expect("an app");
        fill(&app, STORY, |_| true).unwrap_or_else(|problem| panic!("{problem}"));
        let mut told =
            Self { app, _folder: folder, facts: Vec::new(), rejected: HashMap::new(), repeated: HashMap::new() };
        Days::new(STORY).flat_map(|(_, deliveries)| deliveries).for_each(|delivery| told.note(delivery));
        told
    }

    fn note(&mut self, delivery: Delivery) {
        let dialect = delivery.dialect();
        let (day, first) = match delivery.wire {
            Wire::Native { day, first, .. } => (day, first.week),
            _ => (delivery.at.day(), false),
        };
        let mut first_of_week = first;
        for (place, said) in delivery.events.into_iter().enumerate() {
            if place < delivery.repeated {
                *self.repeated.entry(dialect).or_default() += said.event.n;
                continue;
            }
            if let Some(code) = said.rejected {
                let n = if code == "count_out_of_range" { 1 } else { said.event.n };
                *self.rejected.entry((dialect, code)).or_default() += n;
                continue;
            }
            let machine = spelt(&delivery.origin, "anonymousId").map(|mut id| id.swap_remove(0));
            let (origin, event) = (delivery.origin.clone(), said.event.name.into_owned());
            let (fields, n) = (said.event.fields, said.event.n);
            self.facts.push(Fact { dialect, day, origin, event, fields, n, machine, first_of_week });
            first_of_week = false;
        }
    }

    fn of(&self, dialect: Dialect) -> impl Iterator<Item = &Fact> {
        self.facts.iter().filter(move |fact| fact.dialect == dialect)
    }

    /// Events of one kind by fields, in the words of the wire, against the question in the words of the catalogue. An
    /// event counts for each member of a set.
    fn check_events(&self, tool: &str, dialect: Dialect, event: &str, by: &[(&str, &str)], bucket: Option<Bucket>) {
        let mut truth: BTreeMap<_, u64> = BTreeMap::new();
        for fact in self.of(dialect).filter(|fact| fact.event == event) {
            let (first, second) = (all_of(fact, by[0].1), by.get(1).map(|(_, wire)| one_of(fact, wire)));
            for first in first {
                let key: Vec<String> = std::iter::once(first).chain(second.clone()).collect();
                *truth.entry((bucket.map(|bucket| fact.day.start_of(bucket)), key)).or_default() += fact.n;
            }
        }
        let filter = format!("event:{event}");
        let by: Vec<&str> = by.iter().map(|(dimension, _)| *dimension).collect();
        let asked = Asked { measure: "events", by, filters: vec![&filter], bucket, ..Asked::default() };
        let answered: BTreeMap<_, u64> = self.ask(tool, &asked).into_iter().map(|(key, (_, n))| (key, n)).collect();
        assert!(!truth.is_empty(), "{event} was never said");
        assert_eq!(answered, truth, "{tool} {event}");
    }

    /// What `/v1/query` answers to the operator: value and `n`, by key and first day of the bucket.
    fn ask(&self, tool: &str, asked: &Asked<'_>) -> BTreeMap<(Option<Day>, Vec<String>), (f64, u64)> {
        let today = STORY.last().plus(1);
        let tool = self.app.tool(tool).expect("a tool");
        let asked = Asked { from: Some(STORY.first), to: Some(STORY.last()), ..asked.clone() };
        let plan = plan::of(&self.app.catalogs[tool], &asked, View::Operator, 1, today).expect("a plan");
        let table = query::count(&self.app.store.snapshot(), tool, plan, today).expect("a table");
        let table = serde_json::to_value(&table).expect("JSON");
        let rows = table["rows"].as_array().expect("rows").iter().map(|row| {
            let text = |value: &serde_json::Value| value.as_str().expect("a text").to_owned();
            let key = row["key"].as_array().map_or(Vec::new(), |key| key.iter().map(text).collect());
            let bucket = row["bucket"].as_str().and_then(Day::parse);
            ((bucket, key), (row["value"].as_f64().expect("a value"), row["n"].as_u64().expect("a number")))
        });
        rows.collect()
    }
}

/// A value as answers spell it, and each of a set. What is private or unknown is `other`.
fn spelt(fields: &RawFields<'_>, key: &str) -> Option<Vec<String>> {
    let value = &fields.0.iter().find(|(name, _)| name == key)?.1;
    let unknown = ["skipped", "@initech/tps-reports", "/home/alice/app", "initech-green"];
    let word = |text: &str| {
        let version = text.strip_prefix('v').filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        if unknown.contains(&text) { "other".to_owned() } else { version.unwrap_or(text).to_owned() }
    };
    match value {
        RawValue::Text(text) => Some(vec![word(text)]),
        RawValue::Bool(flag) => Some(vec![flag.to_string()]),
        RawValue::List(items) => Some(items.iter().filter_map(|item| spelt_text(item).map(word)).collect()),
        _ => None,
    }
}

fn spelt_text<'v>(value: &'v RawValue<'_>) -> Option<&'v str> {
    if let RawValue::Text(text) = value { Some(text) } else { None }
}

fn all_of(fact: &Fact, key: &str) -> Vec<String> {
    spelt(&fact.fields, key).or_else(|| spelt(&fact.origin, key)).unwrap_or_else(|| vec!["none".to_owned()])
}

fn one_of(fact: &Fact, key: &str) -> String {
    all_of(fact, key).swap_remove(0)
}

fn acme_is_answered_as_said(told: &Told) {
    let check = |event, by: &[(&str, &str)], bucket| told.check_events("acme", Dialect::Native, event, by, bucket);
    check("command_finished", &[("command", "command"), ("version", "version")], None);
    check("command_finished", &[("outcome", "outcome")], Some(Bucket::Day));
    check("command_finished", &[("ci_vendor", "ci_vendor")], Some(Bucket::Week));
    check("command_finished", &[("flags", "flags"), ("agent", "agent")], None);
    check("command_finished", &[("runtime", "runtime")], Some(Bucket::Week));
    check("plugin_loaded", &[("plugin", "plugin"), ("os", "os")], None);
    check("site_built", &[("site_built.plugins", "plugins")], None);
    check("error_shown", &[("code", "code"), ("version", "version")], None);
    check("feedback_given", &[("code", "code"), ("helpful", "helpful")], None);
    check("feedback_given", &[("reason", "reason")], None);
    check("feedback_given", &[("surface", "surface"), ("helpful", "helpful")], Some(Bucket::Week));
    check("error_followed", &[("code", "code"), ("next", "next")], None);
    check("consent_chosen", &[("action", "action"), ("gpc", "gpc")], None);
    check("consent_chosen", &[("analytics", "analytics")], Some(Bucket::Week));
}

fn nextjs_is_answered_as_said(told: &Told) {
    let check = |event, by: &[(&str, &str)], bucket| told.check_events("nextjs", Dialect::Nextjs, event, by, bucket);
    check("NEXT_CLI_SESSION_STARTED", &[("nodeVersion", "nodeVersion"), ("cliCommand", "cliCommand")], None);
    check("NEXT_CLI_SESSION_STARTED", &[("agent", "agentName")], Some(Bucket::Day));
    check("NEXT_PACKAGE_DETECTED", &[("packageName", "packageName")], Some(Bucket::Week));
    check("NEXT_ERROR_FEEDBACK", &[("errorCode", "errorCode"), ("wasHelpful", "wasHelpful")], None);
    check("NEXT_BUILD_FAILED", &[("errorCode", "errorCode"), ("os", "systemPlatform")], None);
}

fn clerk_is_answered_as_said(told: &Told) {
    let check = |event, by: &[(&str, &str)], bucket| told.check_events("clerk", Dialect::Clerk, event, by, bucket);
    check("COMPONENT_MOUNTED", &[("component", "component"), ("sdk", "sdk")], None);
    check("METHOD_CALLED", &[("method", "method"), ("apiVersion", "apiVersion")], Some(Bucket::Week));
    check("THEME_USAGE", &[("themeName", "themeName")], None);
    check("CLI_COMMAND_EXECUTED", &[("command", "command"), ("version", "sdkv")], None);
}

fn machines_are_counted_with_and_without_identifiers(told: &Told) {
    let weeks = Asked { measure: "machines", by: vec!["version"], bucket: Some(Bucket::Week), ..Asked::default() };
    let mut by_first: BTreeMap<_, u64> = BTreeMap::new();
    for fact in told.of(Dialect::Native).filter(|fact| fact.first_of_week) {
        *by_first.entry((Some(fact.day.start_of(Bucket::Week)), vec![one_of(fact, "version")])).or_default() += 1;
    }
    let mut by_id: BTreeMap<_, BTreeSet<&String>> = BTreeMap::new();
    for fact in told.of(Dialect::Nextjs) {
        let key = (Some(fact.day.start_of(Bucket::Week)), vec![one_of(fact, "nextVersion")]);
        by_id.entry(key).or_default().extend(&fact.machine);
    }
    // Whole weeks only: questions about machines without identifiers are widened to them.
    let machines = |tool: &str| -> BTreeMap<_, u64> {
        told.ask(tool, &weeks).into_iter().map(|(key, (value, _))| (key, value as u64)).collect()
    };
    assert_eq!(machines("acme"), by_first);
    assert_eq!(machines("nextjs"), by_id.into_iter().map(|(key, ids)| (key, ids.len() as u64)).collect());
}

fn percentiles_are_those_of_the_durations_that_were_said(told: &Told) {
    let mut truth: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for fact in told.of(Dialect::Native) {
        if let Some((_, RawValue::Number(duration))) = fact.fields.0.iter().find(|(key, _)| key == "duration") {
            let durations = truth.entry(one_of(fact, "version")).or_default();
            durations.extend(std::iter::repeat_n(*duration, fact.n as usize));
        }
    }
    let asked = Asked { measure: "p75:command_finished.duration", by: vec!["version"], ..Asked::default() };
    let answered = told.ask("acme", &asked);
    assert_eq!(answered.len(), truth.len());
    for ((_, key), (value, n)) in answered {
        let durations = truth.get_mut(&key[0]).expect("a version that was said");
        durations.sort_by(f64::total_cmp);
        let exact = durations[(durations.len() * 75).div_ceil(100) - 1];
        assert_eq!(n, durations.len() as u64, "{key:?}");
        assert!((value - exact).abs() <= 0.05 * exact, "{key:?}: {value}, where it was {exact}");
    }
}

fn every_verdict_is_the_one_that_was_meant(told: &Told) {
    for (tool, dialect) in [("acme", Dialect::Native), ("nextjs", Dialect::Nextjs), ("clerk", Dialect::Clerk)] {
        let totals = told.app.store.totals(told.app.tool(tool).expect("a tool"));
        assert_eq!(totals.kept, told.of(dialect).map(|fact| fact.n).sum::<u64>(), "{tool}");
        assert_eq!(totals.repeated, told.repeated[&dialect], "{tool}");
        let rejected = told.rejected.iter().filter(|((of, _), _)| *of == dialect);
        let rejected: BTreeMap<String, u64> = rejected.map(|((_, code), n)| ((*code).to_owned(), *n)).collect();
        assert_eq!(totals.rejected, rejected, "{tool}");
    }
    let shapes = told.app.store.shapes(told.app.tool("acme").expect("a tool"));
    let shapes: Vec<String> = shapes.iter().map(|(shape, _)| shape.to_string()).collect();
    assert_eq!(shapes.len(), 2, "{shapes:?}");
    assert!(shapes.iter().any(|shape| shape.starts_with("site_deployed(")), "{shapes:?}");
}

fn the_story_is_in_it(told: &Told) {
    let p75 = Asked { measure: "p75:command_finished.duration", by: vec!["version"], ..Asked::default() };
    let p75 = told.ask("acme", &p75);
    let slowest = |version: &str| p75[&(None, vec![version.to_owned()])].0;
    assert!(slowest("2.4.0") > 1.25 * slowest("2.4.1"), "the slow release is slow");
    let asked = Asked { measure: "events", by: vec!["site_built.incremental"], ..Asked::default() };
    let seen: Vec<Vec<String>> = told.ask("acme", &asked).into_keys().map(|(_, key)| key).collect();
    assert_eq!(seen, [["none"]], "nobody sends `incremental`");
    let asked = Asked {
        measure: "events",
        by: vec!["version", "next"],
        filters: vec!["error_followed.code:ACME_CONFIG_INVALID"],
        ..Asked::default()
    };
    let (mut before, mut after) = ([0, 0], [0, 0]);
    for ((_, key), (_, n)) in told.ask("acme", &asked) {
        let tally = if key[0].as_str() >= "2.5" { &mut after } else { &mut before };
        tally[usize::from(key[1] == "success")] += n;
    }
    let share = |[no, yes]: [u64; 2]| yes as f64 / (no + yes) as f64;
    assert!(share(after) > 1.5 * share(before), "the new text helps: {before:?}, {after:?}");
    let weeks = Asked { measure: "events", filters: vec!["ci:true"], bucket: Some(Bucket::Day), ..Asked::default() };
    let runs: Vec<u64> = told.ask("acme", &weeks).into_values().map(|(_, n)| n).collect();
    let usual = runs.iter().sum::<u64>() / runs.len() as u64;
    assert!(runs.iter().any(|n| *n > 4 * usual), "there is a spike in continuous integration: {runs:?}");
}

#[test]
fn the_same_seed_is_the_same_story() {
    let bodies = |seed| -> Vec<Vec<u8>> {
        let short = Story { seed, days: 7, machines: 40, ..STORY };
        Days::new(short).flat_map(|(_, deliveries)| deliveries).map(Delivery::into_body).collect()
    };
    assert_eq!(bodies(7), bodies(7));
    assert_ne!(bodies(7), bodies(8));
}
