//! What a catalogue may say but should not, one function a rule. [`RULES`] is the one list: the lints run from it and
//! the reference page is made from it.
//!
//! Foreign dialects cannot choose their names, so rules about names look at native catalogues only, except those that
//! keep private data out.

use crate::day::Day;
use crate::errors::{self, Page};
use crate::problem::{Problem, Problems};
use crate::question::{Asked, Question};
use crate::similar::distance;
use crate::spec::{Catalog, Chart, Dialect, EventSpec, Field, Identity, Kind};

/// Names of pages that every tool has beside those of its charts. `errors` is for the pages of error codes.
pub const CHART_NAMES_TAKEN: [&str; 3] = ["audit", "errors", "explore"];

/// A rule, with its sentence for people.
pub(crate) struct Rule {
    pub(crate) name: &'static str,
    pub(crate) sentence: &'static str,
    find: fn(&Catalog, Day) -> Vec<Problem>,
}

/// Every rule.
pub(crate) const RULES: [Rule; 14] = [
    Rule {
        name: "event-without-chart",
        sentence: "Every event is used by a chart: no chart, no collection.",
        find: event_without_chart,
    },
    Rule {
        name: "chart-unanswerable",
        sentence: "A chart asks for declared events, fields and measures only.",
        find: chart_unanswerable,
    },
    Rule {
        name: "chart-name-taken",
        sentence: "No chart is named `audit`, `errors` or `explore`: every tool has a page of that name.",
        find: chart_name_taken,
    },
    Rule {
        name: "opt-out-event",
        sentence: "No event reports that somebody opted out: off means silence.",
        find: opt_out_event,
    },
    Rule {
        name: "private-field",
        sentence: "No field is named after a path, user, host, address, remote, environment variable, message, stack, \
                   argument or secret, unless it is a flag, a number, or dropped.",
        find: private_field,
    },
    Rule {
        name: "identity-unused",
        sentence: "An identity policy other than `none` has an origin field `machine` of kind `id`: no use, no \
                   identifier.",
        find: identity_unused,
    },
    Rule {
        name: "near-duplicate",
        sentence: "No two events, and no two fields of an event, have nearly the same name.",
        find: near_duplicate,
    },
    Rule { name: "unit-missing", sentence: "Every number says its unit.", find: unit_missing },
    Rule { name: "expired", sentence: "An event whose expiry has passed is removed or reviewed again.", find: expired },
    Rule {
        name: "list-order",
        sentence: "A list file is sorted by bytes (`LC_ALL=C sort -u`) and has no name twice.",
        find: list_order,
    },
    Rule {
        name: "list-private",
        sentence: "A list file has no private names: no scope with the word internal, private, corp or local, no URL, \
                   no path, no `file:`.",
        find: list_private,
    },
    Rule {
        name: "error-event",
        sentence: "An event that `[errors]` names has exactly one field of type `code`, and that of a vote exactly one \
                   flag: whether it helped.",
        find: error_event,
    },
    Rule {
        name: "error-prefix",
        sentence: "A code that has a page begins with the name of its tool, such as `ACME_`, so that people find it.",
        find: error_prefix,
    },
    Rule { name: "error-reference", sentence: "A page refers to codes that have pages.", find: error_reference },
];

/// Holds a catalogue against every rule, as of `today`. The problems come by file and line.
#[must_use]
pub fn lint(catalog: &Catalog, today: Day) -> Vec<Problem> {
    let found = RULES.iter().flat_map(|rule| {
        let name_the_rule =
            |problem: Problem| Problem { message: format!("{} ({})", problem.message, rule.name), ..problem };
        (rule.find)(catalog, today).into_iter().map(name_the_rule)
    });
    Problems::sorted(found.collect()).into_iter().flatten().collect()
}

fn event_without_chart(catalog: &Catalog, today: Day) -> Vec<Problem> {
    let charted: Vec<usize> = catalog.charts.iter().flat_map(|chart| events_of(catalog, chart, today)).collect();
    let uncharted = events(catalog).filter(|(position, _)| !charted.contains(position));
    uncharted
        .map(|(_, event)| {
            let fix = "add it to the `events` of a chart, or remove it";
            at_event(catalog, event, format!("no chart uses `{}`; {fix}", event.name))
        })
        .collect()
}

/// The events that a chart names, or whose fields it looks at.
fn events_of(catalog: &Catalog, chart: &Chart, today: Day) -> Vec<usize> {
    let named = chart.events.iter().filter_map(|name| catalog.index.event(name));
    named.chain(question_of(catalog, chart, today).ok().and_then(|question| question.event())).collect()
}

fn chart_unanswerable(catalog: &Catalog, today: Day) -> Vec<Problem> {
    let problem = |chart: &Chart, key: &str, message: String| {
        catalog.source.problem_at(&format!("chart.{}.{key}", chart.name), message)
    };
    let mut found = Vec::new();
    for chart in &catalog.charts {
        let unknown = chart.events.iter().filter(|name| catalog.index.event(name).is_none());
        let fix = "declare it, or correct the name";
        found.extend(unknown.map(|name| problem(chart, "events", format!("there is no event `{name}`; {fix}"))));
        let wrong = if chart.is_funnel() { funnel(chart) } else { question_of(catalog, chart, today).map(drop) };
        found.extend(wrong.err().map(|wrong| problem(chart, wrong.0, wrong.1)));
    }
    found
}

/// Whether the events of a funnel are steps.
fn funnel(chart: &Chart) -> Result<(), (&'static str, String)> {
    if chart.events.len() < 2 {
        return Err(("events", "a funnel has at least two `events`, its steps in their order".into()));
    }
    let by = "a funnel has no `by`; the dashboard shows one for each version";
    if chart.by.is_empty() { Ok(()) } else { Err(("by", by.into())) }
}

/// The question that a chart asks, or the key that is wrong and why.
fn question_of(catalog: &Catalog, chart: &Chart, today: Day) -> Result<Question, (&'static str, String)> {
    let known: Vec<&str> =
        chart.events.iter().map(String::as_str).filter(|name| catalog.index.event(name).is_some()).collect();
    let filter = format!("event:{}", known.join("|"));
    let filters = if known.is_empty() { vec![] } else { vec![filter.as_str()] };
    let by = chart.by.iter().map(String::as_str).collect();
    let asked = Asked { measure: &chart.measure, by, filters, ..Asked::default() };
    Question::resolve(catalog, &asked, today).map_err(|error| (error.parameter, error.message))
}

fn chart_name_taken(catalog: &Catalog, _: Day) -> Vec<Problem> {
    let taken = catalog.charts.iter().filter(|chart| CHART_NAMES_TAKEN.contains(&chart.name.as_str()));
    let message = |name: &str| format!("`{name}` is a page that every tool has, and would hide this chart; rename it");
    taken.map(|chart| catalog.source.problem_at(&format!("chart.{}", chart.name), message(&chart.name))).collect()
}

fn opt_out_event(catalog: &Catalog, _: Day) -> Vec<Problem> {
    const SAYINGS: [&str; 8] = [
        "optout",
        "optedout",
        "unsubscribe",
        "donottrack",
        "telemetrydisable",
        "telemetryoff",
        "disabletelemetry",
        "analyticsdisable",
    ];
    let reports = |event: &EventSpec| SAYINGS.iter().any(|saying| squeezed(&event.name).contains(saying));
    let found = events(catalog).filter(|(_, event)| reports(event));
    found
        .map(|(_, event)| {
            let fix = "whoever opted out is not counted; remove it";
            at_event(catalog, event, format!("`{}` reports opting out; {fix}", event.name))
        })
        .collect()
}

fn private_field(catalog: &Catalog, _: Day) -> Vec<Problem> {
    let harmless = |field: &Field| matches!(field.kind, Kind::Flag | Kind::Number { .. } | Kind::Drop { .. });
    let mut found = Vec::new();
    for (path, field) in fields(catalog).filter(|(_, field)| !harmless(field)) {
        let names = [field.name.as_str(), field.key()];
        let private = names.into_iter().find_map(|name| Some((name, words(name).find(|word| is_private_word(word))?)));
        if let Some((name, word)) = private {
            let fix = "drop it, or name it after the harmless thing that it says";
            let message = format!("`{name}` sounds like private data (`{word}`); {fix}");
            found.push(catalog.source.problem_at(&path, message));
        }
    }
    found
}

/// Words in the name of a field that promise something private.
const PRIVATE_WORDS: [&str; 41] = [
    "address",
    "arg",
    "args",
    "argv",
    "backtrace",
    "branch",
    "commit",
    "cwd",
    "dir",
    "directory",
    "email",
    "env",
    "file",
    "filename",
    "folder",
    "host",
    "hostname",
    "ip",
    "login",
    "mac",
    "mail",
    "message",
    "msg",
    "password",
    "path",
    "paths",
    "remote",
    "repo",
    "repository",
    "secret",
    "stack",
    "stacktrace",
    "token",
    "trace",
    "uri",
    "url",
    "user",
    "userid",
    "username",
    "variable",
    "variables",
];

fn is_private_word(word: &str) -> bool {
    PRIVATE_WORDS.binary_search(&word).is_ok()
}

fn identity_unused(catalog: &Catalog, _: Day) -> Vec<Problem> {
    let used = catalog.origin.iter().any(|field| field.name == "machine" && field.kind == Kind::Id);
    if used || catalog.tool.identity == Identity::None {
        return Vec::new();
    }
    let fix = "say `identity = \"none\"`, or add `[origin.machine]`";
    let message = format!("no origin field `machine` of type `id` uses the identity policy; {fix}");
    vec![catalog.source.problem_at("tool.identity", message)]
}

fn near_duplicate(catalog: &Catalog, _: Day) -> Vec<Problem> {
    if catalog.tool.dialect != Dialect::Native {
        return Vec::new();
    }
    let names = |fields: &[Field]| fields.iter().map(|field| field.name.clone()).collect::<Vec<_>>();
    let events: Vec<String> = catalog.events.iter().map(|event| event.name.clone()).collect();
    let mut found = near_pairs(catalog, "event", &events);
    found.extend(near_pairs(catalog, "origin", &names(&catalog.origin)));
    for event in &catalog.events {
        found.extend(near_pairs(catalog, &format!("event.{}.field", event.name), &names(&event.fields)));
    }
    found
}

fn near_pairs(catalog: &Catalog, path: &str, names: &[String]) -> Vec<Problem> {
    let mut found = Vec::new();
    for (position, name) in names.iter().enumerate() {
        for earlier in names[..position].iter().filter(|earlier| are_near(earlier, name)) {
            let message = format!("`{name}` and `{earlier}` are easily taken for each other; merge or rename them");
            found.push(catalog.source.problem_at(&format!("{path}.{name}"), message));
        }
    }
    found
}

/// Alike but for underscores and plural, or one edit apart when long enough for that to be easy to miss.
fn are_near(a: &str, b: &str) -> bool {
    const LONG: usize = 8;
    let (a, b) = (squeezed(a), squeezed(b));
    let singular = |name: &str| name.trim_end_matches('s').to_owned();
    singular(&a) == singular(&b) || (a.len().min(b.len()) >= LONG && distance(&a, &b) == 1)
}

fn unit_missing(catalog: &Catalog, _: Day) -> Vec<Problem> {
    let without = |field: &Field| matches!(&field.kind, Kind::Number { unit, .. } if unit.trim().is_empty());
    let found = fields(catalog).filter(|(_, field)| without(field));
    let message = |field: &Field| format!("`{}` is a number without a unit; add `unit`, such as \"ms\"", field.name);
    found.map(|(path, field)| catalog.source.problem_at(&path, message(field))).collect()
}

fn expired(catalog: &Catalog, today: Day) -> Vec<Problem> {
    let mut found = Vec::new();
    for event in &catalog.events {
        if let Some(expires) = event.expires.filter(|expires| *expires <= today) {
            let fix = "remove it, or have it reviewed and set a later day";
            let message = format!("`{}` expired on `{expires}`; {fix}", event.name);
            found.push(catalog.source.problem_at(&format!("event.{}.expires", event.name), message));
        }
    }
    found
}

fn list_order(catalog: &Catalog, _: Day) -> Vec<Problem> {
    let mut found = Vec::new();
    for (list, members) in lists(catalog) {
        for (position, pair) in members.windows(2).enumerate().filter(|(_, pair)| pair[0] >= pair[1]) {
            let (before, name) = (&pair[0], &pair[1]);
            let wrong = if before == name { "is there twice" } else { "is out of order" };
            let message = format!("`{name}` {wrong}; run `LC_ALL=C sort -u`");
            found.push(catalog.source.problem_in_list(list, position + 1, message));
        }
    }
    found
}

fn list_private(catalog: &Catalog, _: Day) -> Vec<Problem> {
    let mut found = Vec::new();
    for (list, members) in lists(catalog) {
        for (position, name) in members.iter().enumerate().filter(|(_, name)| is_private(name)) {
            let message = format!("`{name}` looks private; a list holds well-known public names, so leave it out");
            found.push(catalog.source.problem_in_list(list, position, message));
        }
    }
    found
}

fn is_private(name: &str) -> bool {
    const SCOPES: [&str; 4] = ["corp", "internal", "local", "private"];
    let scope = name.strip_prefix('@').and_then(|name| name.split_once('/')).map(|(scope, _)| scope);
    let private_scope = scope.is_some_and(|scope| words(scope).any(|word| SCOPES.contains(&word.as_str())));
    let path = name.starts_with(['/', '.', '~']) || name.contains('\\');
    private_scope || path || name.contains(':') || name.contains(' ') || name.trim_start_matches('@').contains('@')
}

fn error_event(catalog: &Catalog, _: Day) -> Vec<Problem> {
    let Some(errors) = &catalog.errors else { return Vec::new() };
    let mut found = Vec::new();
    for (key, name) in [("shown", &errors.shown), ("followed", &errors.followed), ("vote", &errors.vote)] {
        let Some(event) = name.as_ref().and_then(|name| catalog.events.iter().find(|event| event.name == *name)) else {
            continue;
        };
        let mut problem = |kind: &str, why: &str| {
            let message =
                format!("`{key}` is about errors, and `{}` needs exactly one field of type `{kind}`{why}", event.name);
            found.push(at_event(catalog, event, message));
        };
        if event.code_field().is_none() {
            problem("code", "");
        }
        if key == "vote" && event.flag_field().is_none() {
            problem("flag", ": whether it helped");
        }
    }
    found
}

fn error_prefix(catalog: &Catalog, _: Day) -> Vec<Problem> {
    let prefix = errors::prefix(&catalog.tool.name);
    let foreign = pages(catalog).filter(|(_, page)| !page.code.starts_with(&prefix));
    foreign
        .map(|(file, page)| at_page(file, format!("`{}` does not begin with `{prefix}`; rename the page", page.code)))
        .collect()
}

fn error_reference(catalog: &Catalog, _: Day) -> Vec<Problem> {
    let known = |code: &String| pages(catalog).any(|(_, page)| page.code == *code);
    let mut found = Vec::new();
    for (file, page) in pages(catalog) {
        for code in page.see_also.iter().filter(|code| !known(code)) {
            found.push(at_page(
                file.clone(),
                format!("`see_also` names `{code}`, which has no page; correct it or leave it out"),
            ));
        }
    }
    found
}

/// The pages of error codes, each with its file.
fn pages(catalog: &Catalog) -> impl Iterator<Item = (String, &Page)> {
    catalog.errors.iter().flat_map(|errors| {
        let folder = errors.folder.as_deref().unwrap_or_default();
        errors.pages.iter().map(move |page| (format!("{folder}/{}.md", page.code), page))
    })
}

fn at_page(file: String, message: String) -> Problem {
    Problem { file, line: 1, message }
}

/// The events that are collected, with their positions.
fn events(catalog: &Catalog) -> impl Iterator<Item = (usize, &EventSpec)> {
    catalog.events.iter().enumerate().filter(|(_, event)| event.refused.is_none())
}

/// Every field with its dotted path.
fn fields(catalog: &Catalog) -> impl Iterator<Item = (String, &Field)> {
    let origin = catalog.origin.iter().map(|field| (format!("origin.{}", field.name), field));
    let events = catalog.events.iter().flat_map(|event| {
        event.fields.iter().map(|field| (format!("event.{}.field.{}", event.name, field.name), field))
    });
    origin.chain(events)
}

fn lists(catalog: &Catalog) -> impl Iterator<Item = (&str, &[String])> {
    fields(catalog).filter_map(|(_, field)| Some((field.kind.list()?, field.kind.members())))
}

fn at_event(catalog: &Catalog, event: &EventSpec, message: String) -> Problem {
    catalog.source.problem_at(&format!("event.{}", event.name), message)
}

/// The name without case and separators.
fn squeezed(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// The words of `snake_case`, `camelCase`, `SCREAMING_CASE` and dotted names, lower case.
fn words(name: &str) -> impl Iterator<Item = String> {
    let mut spaced = String::new();
    let mut after_lower = false;
    for c in name.chars() {
        if c.is_ascii_uppercase() && after_lower {
            spaced.push(' ');
        }
        spaced.push(if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { ' ' });
        after_lower = c.is_ascii_lowercase();
    }
    spaced.split_whitespace().map(str::to_owned).collect::<Vec<_>>().into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    const TODAY: Day = Day(20_779);

    /// Lints the sample with one edit, and expects one problem on the line that contains `at`.
    #[track_caller]
    fn check(from: &str, to: &str, at: &str, said: &str) {
        let toml = sample::TOML.replacen(from, to, 1);
        let line = toml.lines().position(|line| line.contains(at)).expect("a line") + 1;
        let catalog = sample::edited(from, to).expect("a catalogue");
        let found: Vec<String> = lint(&catalog, TODAY).iter().map(ToString::to_string).collect();
        assert_eq!(found, [format!("catalog.toml:{line}: {said}")]);
    }

    #[test]
    fn the_sample_is_clean() {
        assert_eq!(lint(&sample::catalog(), TODAY), []);
    }

    #[test]
    fn charts_and_events_belong_together() {
        check(
            "events = [\"build_failed\"]\nby = [\"error\", \"version\"]",
            "",
            "[event.build_failed]",
            "no chart uses `build_failed`; add it to the `events` of a chart, or remove it (event-without-chart)",
        );
        check(
            "by = [\"command\"]",
            "by = [\"comand\"]",
            "comand\"",
            "`comand` is not declared by `acme` (chart-unanswerable)",
        );
        check(
            "events = [\"command_finished\"]\n\n",
            "events = [\"command_finish\"]\n\n",
            "command_finish\"",
            "there is no event `command_finish`; declare it, or correct the name (chart-unanswerable)",
        );
    }

    #[test]
    fn errors_have_their_events_and_names() {
        let found = |from: &str, to: &str| {
            let toml = sample::paged();
            assert!(toml.contains(from), "{from}");
            let catalog = sample::parse_with_pages(&toml.replacen(from, to, 1)).expect("a catalogue");
            lint(&catalog, TODAY).iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
        };
        assert_eq!(found("", ""), "");
        let said = found(
            "type = \"flag\", about = \"whether its",
            "type = \"choice\", members = [\"a\"], about = \"whether its",
        );
        assert!(
            said.contains("`error_voted` needs exactly one field of type `flag`: whether it helped (error-event)"),
            "{said}"
        );
        let said = found("shown = \"build_failed\"", "shown = \"command_finished\"");
        assert!(said.contains("`command_finished` needs exactly one field of type `code` (error-event)"), "{said}");
        let said = found("name = \"acme\"", "name = \"acme-2\"");
        let rename = "errors/ACME_DISK_FULL.md:1: `ACME_DISK_FULL` does not begin with `ACME_2_`; rename the page (error-prefix)";
        assert!(said.contains(rename), "{said}");
        let mut catalog = sample::with_pages();
        let pages = catalog.errors.as_mut().expect("there are codes");
        pages.pages[0].see_also = vec!["ACME_DISK_FULL".into(), "ACME_GONE".into()];
        let said = lint(&catalog, TODAY);
        assert_eq!(said.len(), 1);
        assert!(said[0].message.contains("`see_also` names `ACME_GONE`, which has no page"), "{said:?}");
    }

    #[test]
    fn a_funnel_has_steps_and_no_split() {
        let funnel = |events: &str, by: &str| {
            let chart = format!("[chart.way]\ntitle = \"Way\"\nmeasure = \"funnel\"\nevents = [{events}]\n{by}");
            let catalog = sample::parse(&format!("{}\n{chart}", sample::TOML)).expect("a catalogue");
            lint(&catalog, TODAY).into_iter().map(|problem| problem.message).collect::<Vec<_>>()
        };
        assert_eq!(funnel("\"command_finished\", \"build_failed\"", ""), [""; 0]);
        assert!(funnel("\"command_finished\"", "")[0].contains("at least two"));
        assert!(funnel("\"command_finished\", \"build_failed\"", "by = [\"os\"]\n")[0].contains("has no `by`"));
        assert!(funnel("\"command_finished\", \"failed\"", "")[0].contains("there is no event `failed`"));
    }

    #[test]
    fn no_chart_is_hidden_by_a_page() {
        for name in CHART_NAMES_TAKEN {
            let chart = format!("[chart.{name}]\ntitle = \"Hidden\"\nmeasure = \"events\"\n");
            let catalog = sample::parse(&format!("{}\n{chart}", sample::TOML)).expect("a catalogue");
            let said: Vec<String> = lint(&catalog, TODAY).iter().map(ToString::to_string).collect();
            let line = sample::TOML.lines().count() + 2;
            let expected = format!(
                "catalog.toml:{line}: `{name}` is a page that every tool has, and would hide this chart; rename it \
                 (chart-name-taken)"
            );
            assert_eq!(said, [expected]);
            assert!(RULES.iter().any(|rule| rule.sentence.contains(&format!("`{name}`"))), "{name}");
        }
    }

    #[test]
    fn opting_out_is_not_an_event() {
        for name in ["telemetry_opt_out", "user_opted_out", "telemetry_disabled"] {
            let toml = sample::TOML.replace("build_failed", name);
            let said = lint(&sample::parse(&toml).expect("a catalogue"), TODAY)[0].message.clone();
            assert!(said.contains("reports opting out"), "{said}");
        }
    }

    #[test]
    fn private_names_are_for_flags_numbers_and_dropped_fields() {
        check(
            "field.plugin]",
            "field.host_plugin]\nwire = \"plugin\"",
            "field.host_plugin]",
            "`host_plugin` sounds like private data (`host`); drop it, or name it after the harmless thing that it says (private-field)",
        );
        let flags =
            sample::TOML.replace("field.ok]", "field.has_src_dir]").replace("field.files]", "field.path_count]");
        assert_eq!(lint(&sample::parse(&flags).expect("a catalogue"), TODAY), []);
    }

    #[test]
    fn an_identity_policy_needs_an_id() {
        check(
            "[origin.machine]\ntype = \"id\"",
            "[origin.machine]\ntype = \"flag\"",
            "identity = ",
            "no origin field `machine` of type `id` uses the identity policy; say `identity = \"none\"`, or add `[origin.machine]` (identity-unused)",
        );
    }

    #[test]
    fn names_are_told_apart() {
        check(
            "field.directory]",
            "field.commands]",
            "field.commands]",
            "`commands` and `command` are easily taken for each other; merge or rename them (near-duplicate)",
        );
        let near = |a: &str, b: &str| are_near(a, b);
        assert!(near("build_failed", "buildfailed") && near("command_finished", "command_finishes"));
        assert!(!near("p50", "p75") && !near("build", "built") && !near("build_started", "build_finished"));
    }

    #[test]
    fn numbers_have_units() {
        check(
            "unit = \"ms\"\n",
            "",
            "field.duration]",
            "`duration` is a number without a unit; add `unit`, such as \"ms\" (unit-missing)",
        );
    }

    #[test]
    fn expiry_counts_from_its_day() {
        check(
            "expires = \"2028-11-01\"",
            "expires = \"2026-11-22\"",
            "expires",
            "`build_failed` expired on `2026-11-22`; remove it, or have it reviewed and set a later day (expired)",
        );
        assert!(lint(&sample::edited("2028-11-01", "2026-11-23").expect("a catalogue"), TODAY).is_empty());
    }

    #[test]
    fn lists_are_sorted_and_public() {
        let list = |path: &str| Some(if path == "lists/errors.txt" { "E2\nE1\nE1\n" } else { PLUGINS }.to_owned());
        let catalog = Catalog::parse("catalog.toml", sample::TOML, &list).expect("a catalogue");
        let found: Vec<String> = lint(&catalog, TODAY).iter().map(ToString::to_string).collect();
        let looks = |line: usize, name: &str| {
            format!(
                "lists/plugins.txt:{line}: `{name}` looks private; a list holds well-known public names, so leave it out (list-private)"
            )
        };
        assert_eq!(
            found,
            [
                "lists/errors.txt:2: `E1` is out of order; run `LC_ALL=C sort -u` (list-order)".to_owned(),
                "lists/errors.txt:3: `E1` is there twice; run `LC_ALL=C sort -u` (list-order)".to_owned(),
                looks(2, "../x"),
                looks(4, "@acme-internal/x"),
                looks(6, "file:./x"),
                looks(7, "git@host/x"),
            ]
        );
    }

    const PLUGINS: &str = "# comment\n../x\n\n@acme-internal/x\n@types/node\nfile:./x\ngit@host/x\nlocal-web-server\n";

    #[test]
    fn words_of_every_case() {
        let read = |name: &str| words(name).collect::<Vec<_>>();
        assert_eq!(read("srcDirUsed"), ["src", "dir", "used"]);
        assert_eq!(read("SRC_DIR.used"), ["src", "dir", "used"]);
    }

    #[test]
    fn rules_are_told_apart_and_their_lists_sorted() {
        let names: std::collections::HashSet<&str> = RULES.iter().map(|rule| rule.name).collect();
        assert_eq!(names.len(), RULES.len());
        assert!(PRIVATE_WORDS.is_sorted());
    }
}
