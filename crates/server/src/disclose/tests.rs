//! Tables as they are written, for each way of adding.

use super::*;
use aboveboard_catalog::Asked;

const K: u64 = 20;

fn day(text: &str) -> Day {
    Day::parse(text).expect("a day")
}

fn echo(by: &[&str], bucket: Option<Bucket>) -> Echo {
    let asked = Asked { measure: "events", by: by.to_vec(), ..Asked::default() };
    let question = aboveboard_catalog::Question {
        measure: aboveboard_catalog::Measure::Events,
        by: Vec::new(),
        filters: Vec::new(),
        from: day("2026-11-02"),
        to: day("2026-11-22"),
        bucket,
    };
    Echo::new("acme", View::Public, &asked, "events".into(), "events").over(&question)
}

/// `key n support`, where the parts of a key are joined by `/`, or `key n support percentile`.
fn rows(texts: &[&str]) -> Vec<CountRow> {
    let row = |text: &&str| {
        let mut parts = text.split(' ');
        let key = parts.next().unwrap_or_default().split('/').filter(|part| !part.is_empty()).map(str::to_owned);
        let key = key.collect();
        let mut number = || parts.next().map(|part| part.parse::<u64>().expect("a number"));
        let (n, support) = (number().expect("n"), number().expect("support"));
        CountRow { bucket: None, key, n, support, percentile: number().map(|number| number as f64) }
    };
    texts.iter().map(row).collect()
}

fn measured(adding: Adding, by: &[&str], counts: &[&str]) -> Measured {
    Measured {
        echo: echo(by, None),
        adding,
        counts: rows(counts),
        margins: Vec::new(),
        grains: Vec::new(),
        picks: Vec::new(),
        apart: false,
        complete_to: day("2026-11-22"),
    }
}

/// Discloses, and writes the rows without their head.
fn check(measured: Measured, expected: &[&str]) {
    assert_eq!(lines(&table(measured, K)), expected);
}

fn lines(table: &Table) -> Vec<String> {
    table.csv().lines().skip(1).map(str::to_owned).collect()
}

#[test]
fn small_groups_are_one_row_with_the_smallest_large_one() {
    let counts = ["linux 900 90", "macos 300 30", "windows 200 20", "freebsd 50 5"];
    let expected = ["linux,900,900,false", "macos,300,300,false", "fewer than 20,250,250,true"];
    check(measured(Adding::Counts, &["os"], &counts), &expected);
}

#[test]
fn shares_are_parts_of_what_is_shown() {
    let counts = ["linux 500 90", "macos 250 30", "windows 200 20", "freebsd 50 5"];
    let expected = ["linux,0.5,500,false", "macos,0.25,250,false", "fewer than 20,0.25,250,true"];
    check(measured(Adding::Shares, &["os"], &counts), &expected);
}

#[test]
fn machines_of_several_groups_are_not_added_up() {
    let counts = ["1.0.0 90 90", "1.1.0 30 30", "1.2.0 5 5"];
    check(measured(Adding::Distinct, &["version"], &counts), &["1.0.0,90,90,false", "fewer than 20,,,true"]);
}

#[test]
fn a_percentile_of_few_values_is_withheld() {
    let counts = ["build 500 90 1200", "test 25 25 300", "lint 19 400 7"];
    check(measured(Adding::Percentiles, &["command"], &counts), &["build,1200,500,false", "fewer than 20,,44,true"]);
    check(measured(Adding::Percentiles, &[], &[" 19 400 7"]), &[",,true"]);
}

#[test]
fn a_whole_that_is_small_is_withheld() {
    check(measured(Adding::Counts, &[], &[" 70 19"]), &[",,true"]);
    check(measured(Adding::Counts, &["os"], &["linux 70 19", "macos 1 1"]), &["fewer than 20,,,true"]);
    check(measured(Adding::Counts, &["os"], &[]), &[]);
}

#[test]
fn what_is_apart_is_only_left_out() {
    let counts = ["command_finished 900 90", "error_raised 50 5"];
    let list = Measured { apart: true, ..measured(Adding::Counts, &["event"], &counts) };
    check(list, &["command_finished,900,900,false"]);
}

#[test]
fn groups_of_versions_add_up_what_is_shown() {
    let counts = ["16.4.0 100 100", "16.4.1 30 30", "16.4.2 3 3", "16.3.9 25 25", "15.0.0-rc.1 60 60", "other 40 40"];
    let grouped = |grain| Measured { grains: vec![Some(grain)], ..measured(Adding::Counts, &["version"], &counts) };
    let rest = "fewer than 20,28,28,true";
    check(grouped(Grain::Minor), &["16.4,130,130,false", "15.0,60,60,false", "other,40,40,false", rest]);
    check(grouped(Grain::Major), &["16,130,130,false", "15,60,60,false", "other,40,40,false", rest]);
    let picked = |pick: &str| Measured { echo: echo(&[], None), picks: vec![pick.into()], ..grouped(Grain::Minor) };
    check(picked("16.4"), &["130,130,false"]);
    for hidden in ["16.3", "9.9"] {
        check(picked(hidden), &[",,true"]);
    }
}

/// `by=os` where `ci` has one value, as a line of the table of both.
fn line_of_ci(value: &str) -> Measured {
    let counts = [
        "linux/false 80 80",
        "linux/true 60 60",
        "macos/false 40 40",
        "macos/true 30 30",
        "windows/false 25 25",
        "windows/true 3 3",
    ];
    Measured {
        margins: vec![rows(&["linux 140 140", "macos 70 70", "windows 28 28"]), rows(&["false 145 145", "true 93 93"])],
        picks: vec![value.into()],
        ..measured(Adding::Counts, &["os"], &counts)
    }
}

#[test]
fn a_picked_line_hides_what_its_table_hides() {
    check(line_of_ci("true"), &["linux,60,60,false", "fewer than 20,33,33,true"]);
    check(line_of_ci("false"), &["linux,80,80,false", "fewer than 20,65,65,true"]);
}

#[test]
fn a_value_that_is_folded_looks_like_one_that_is_not_there() {
    let picked = |value: &str| Measured {
        picks: vec![value.into()],
        ..measured(Adding::Counts, &[], &["linux 90 90", "macos 30 30", "freebsd 3 3"])
    };
    check(picked("linux"), &["90,90,false"]);
    for hidden in ["macos", "freebsd", "windows"] {
        check(picked(hidden), &[",,true"]);
    }
}

#[test]
fn a_cohort_week_is_a_line() {
    let row = |cohort, period, machines| CohortRow { cohort: day(cohort), period, machines };
    let cohorts = vec![
        row("2026-11-02", 0, 100),
        row("2026-11-02", 1, 60),
        row("2026-11-02", 2, 40),
        row("2026-11-09", 0, 80),
        row("2026-11-09", 1, 19),
        row("2026-11-16", 0, 90),
    ];
    let table = retention(echo(&["period"], Some(Bucket::Week)), cohorts.clone(), Bucket::Week, K);
    let expected = [
        "2026-11-02,0,100,100,false",
        "2026-11-02,1,60,100,false",
        "2026-11-02,2,,100,false",
        "2026-11-09,0,80,80,false",
        "2026-11-09,1,,80,false",
        "2026-11-16,0,90,90,false",
    ];
    assert_eq!(lines(&table), expected);
    let table = retention(echo(&["period"], Some(Bucket::Week)), cohorts, Bucket::Week, 1);
    assert_eq!(lines(&table)[4], "2026-11-09,1,19,80,false");
}

#[test]
fn who_of_a_cohort_stayed_away_is_a_group_too() {
    let row = |cohort, period, machines| CohortRow { cohort: day(cohort), period, machines };
    let cohorts = vec![
        row("2026-11-02", 0, 100),
        row("2026-11-02", 1, 95),
        row("2026-11-02", 2, 100),
        row("2026-11-09", 0, 80),
        row("2026-11-16", 0, 90),
    ];
    let table = retention(echo(&["period"], Some(Bucket::Week)), cohorts, Bucket::Week, K);
    // What is left of the week without the other cohort would be the cell, so that one is not shown either.
    let expected = [
        "2026-11-02,0,100,100,false",
        "2026-11-02,1,,100,false",
        "2026-11-02,2,100,100,false",
        "2026-11-09,0,,,false",
        "2026-11-16,0,90,90,false",
    ];
    assert_eq!(lines(&table), expected);
}

#[test]
fn a_step_is_shown_where_its_difference_is_not_small() {
    let steps = ["open", "edit", "save", "share"].map(str::to_owned);
    let table = funnel(echo(&["step"], None), &steps, &[100, 95, 60, 10], K);
    assert_eq!(lines(&table), ["open,100,100,false", "edit,,100,false", "save,60,100,false", "share,,100,false"]);
    let table = funnel(echo(&["step"], None), &steps, &[100, 95, 60, 10], 1);
    assert_eq!(lines(&table)[3], "share,10,100,false");
}

#[test]
fn buckets_that_are_cut_are_noted() {
    let note = |bucket, complete_to| {
        let measured = Measured {
            echo: echo(&[], Some(bucket)),
            complete_to: day(complete_to),
            ..measured(Adding::Counts, &[], &[])
        };
        serde_json::to_value(table(measured, 1)).expect("JSON")["notes"].as_array().expect("notes").len()
    };
    assert_eq!(note(Bucket::Week, "2026-11-22"), 0);
    assert_eq!(note(Bucket::Week, "2026-11-21"), 1);
    assert_eq!(note(Bucket::Month, "2026-11-30"), 2);
}

#[test]
fn a_table_is_written_as_promised() {
    let mut counts = rows(&["linux 900 90", "macos 3 3"]);
    counts.iter_mut().for_each(|row| row.bucket = Some(day("2026-11-16")));
    let measured = Measured { echo: echo(&["os"], Some(Bucket::Week)), counts, ..measured(Adding::Shares, &[], &[]) };
    let table = table(measured, 1);
    let json = serde_json::to_string_pretty(&table).expect("JSON");
    crate::golden::check("crates/server/tests/golden/table.json", &format!("{json}\n"));
    crate::golden::check("crates/server/tests/golden/table.csv", &table.csv());
}
