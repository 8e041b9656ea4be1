//! Plans in one line each, for the operator and for the public.

use std::path::Path;

use super::*;
use crate::catalogs;

/// A Wednesday.
const TODAY: &str = "2026-11-25";

/// Asks with `name=value` parameters and writes the plan in one line, or the code and detail of the problem.
fn check(view: View, parameters: &[&str], expected: &str) {
    let catalog = example();
    let asked = asked(parameters);
    let today = Day::parse(TODAY).expect("a day");
    let found = match of(&catalog, &asked, view, 1, today) {
        Ok(plan) => line(&plan),
        Err(problem) => format!("{}: {}", problem.code().name(), problem.detail),
    };
    assert_eq!(found, expected, "{parameters:?}");
}

fn example() -> Catalog {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalogs/acme");
    catalogs::read(&folder).unwrap_or_else(|problems| panic!("{problems}"))
}

fn asked<'a>(parameters: &[&'a str]) -> Asked<'a> {
    let mut asked = Asked { measure: "events", ..Asked::default() };
    for (name, value) in parameters.iter().filter_map(|parameter| parameter.split_once('=')) {
        match name {
            "measure" => asked.measure = value,
            "by" => asked.by.push(value),
            "where" => asked.filters.push(value),
            "from" => asked.from = Day::parse(value),
            "to" => asked.to = Day::parse(value),
            _ => asked.bucket = Bucket::parse(value),
        }
    }
    asked
}

fn line(plan: &Plan) -> String {
    let Question { by, filters, from, to, bucket, .. } = &plan.question;
    let bucket = bucket.map_or("whole", Bucket::name);
    let (by, filters, picks) = (by.len(), filters.len(), plan.picks.join("+"));
    let apart = if plan.apart { " apart" } else { "" };
    format!("{from}..{to} {bucket}, by {by}, where {filters}, pick [{picks}], least {}{apart}", plan.minimum)
}

#[test]
fn the_operator_asks_as_it_pleases() {
    let view = View::Operator;
    check(view, &[], "2026-08-28..2026-11-25 whole, by 0, where 0, pick [], least 1");
    check(
        view,
        &["by=os", "where=os:!linux|macos", "bucket=month"],
        "2026-08-01..2026-11-25 month, by 1, where 1, pick [], least 1",
    );
    check(
        view,
        &["from=2026-11-03", "bucket=week", "by=event", "by=os"],
        "2026-11-03..2026-11-25 week, by 2, where 0, pick [], least 1",
    );
}

#[test]
fn what_is_not_declared_cannot_be_asked() {
    check(View::Operator, &["by=hostname"], "question_wrong: `hostname` is not declared by `acme`");
}

#[test]
fn the_public_sees_whole_weeks_that_are_over() {
    let expected = "2026-11-02..2026-11-22 week, by 0, where 1, pick [], least 20";
    check(View::Public, &["where=event:command_finished", "from=2026-11-04", "to=2026-11-25"], expected);
    let expected = "2026-11-02..2026-11-15 week, by 0, where 1, pick [], least 20";
    check(View::Public, &["where=event:command_finished", "from=2026-11-02", "to=2026-11-12", "bucket=week"], expected);
    let kept = "2025-10-27..2026-11-22 week, by 1, where 0, pick [], least 20";
    check(View::Public, &["measure=machines", "by=os", "from=2020-01-01"], kept);
    check(View::Public, &["by=event", "bucket=day"], "not_public: the public view answers by week");
}

#[test]
fn the_public_asks_about_one_event_at_a_time() {
    let detail = "add `where=event:NAME`, or ask `by=event` for a list";
    let refused = format!("not_public: the public view looks at one event at a time; {detail}");
    check(View::Public, &["by=os"], &refused);
    check(View::Public, &["by=os", "where=event:!command_finished"], &refused);
    let listed = "2026-08-24..2026-11-22 week, by 1, where 0, pick [], least 20 apart";
    check(View::Public, &["by=event"], listed);
    let refused = "not_public: the public view lists events by nothing else; ask about one of them with \
                   `where=event:NAME`";
    check(View::Public, &["by=event", "by=os"], refused);
    check(View::Public, &["by=event", "where=os:linux"], refused);
    check(View::Public, &["by=event", "measure=share"], refused);
}

#[test]
fn a_public_filter_is_a_line_of_a_table() {
    let planned = "2026-08-24..2026-11-22 week, by 2, where 1, pick [linux], least 20";
    check(View::Public, &["by=version", "where=event:command_finished", "where=os:linux"], planned);
    let refused = "not_public: in the public view a filter is one value, without `!`";
    check(View::Public, &["where=event:command_finished", "where=os:linux|macos"], refused);
    check(View::Public, &["where=event:command_finished", "where=os:!linux"], refused);
    let refused = "not_public: the public view splits and filters by at most two different dimensions together";
    check(View::Public, &["where=event:command_finished", "by=os", "by=version", "where=ci:true"], refused);
    check(View::Public, &["where=event:command_finished", "by=os", "where=os:linux"], refused);
}

#[test]
fn the_public_groups_whole_versions() {
    let planned = "2026-08-24..2026-11-22 week, by 1, where 0, pick [], least 20";
    check(View::Public, &["measure=machines", "by=version.minor"], planned);
    let planned = "2026-08-24..2026-11-22 week, by 2, where 0, pick [16], least 20";
    check(View::Public, &["measure=machines", "by=os", "where=version.major:16"], planned);
    let refused =
        "not_public: the public view groups versions only where their numbers add up; ask by the whole version";
    check(View::Public, &["measure=p50:command_finished.duration", "by=version.minor"], refused);
    let refused = "not_public: the public view splits and filters by at most two different dimensions together";
    check(View::Public, &["measure=machines", "by=version", "by=version.minor"], refused);
    check(View::Public, &["measure=machines", "by=version", "where=version.minor:16.4"], refused);
    let catalog = example();
    let asked = asked(&["measure=machines", "by=version.minor"]);
    let plan = |view| of(&catalog, &asked, view, 1, Day::parse(TODAY).expect("a day")).expect("a plan");
    let (public, operator) = (plan(View::Public), plan(View::Operator));
    assert_eq!((public.question.by[0].grain(), public.grains), (None, vec![Some(Grain::Minor)]));
    assert_eq!((operator.question.by[0].grain(), operator.grains), (Some(Grain::Minor), vec![]));
}

#[test]
fn margins_are_about_the_same_event() {
    let catalog = example();
    let asked = asked(&["by=command_finished.command", "by=os"]);
    let plan = of(&catalog, &asked, View::Public, 1, Day::parse(TODAY).expect("a day")).expect("a plan");
    let filters: Vec<usize> = plan.margins.iter().map(|margin| margin.filters.len()).collect();
    assert_eq!(filters, [1, 1]);
}
