//! One drawing of each form, kept as a page: `tests/golden/charts.html`, to be opened in a browser and looked at.

use aboveboard_catalog::{Bucket, Day};

use super::*;

const K: u64 = 20;

fn head(title: &str, counts: &str, unit: Unit) -> Head {
    Head { title: title.into(), counts: counts.into(), unit, minimum: K }
}

fn day(text: &str) -> Day {
    Day::parse(text).expect("a day")
}

/// Numbers that look like chance and are always the same.
fn noise(place: usize, salt: usize) -> f64 {
    let mixed = (place * 7_919 + salt * 104_729 + 13).wrapping_mul(2_654_435_761) >> 7;
    (mixed % 1_000) as f64 / 1_000.0 - 0.5
}

fn weeks(count: usize, so_far: bool) -> Across {
    let first = day("2026-08-24");
    Across::Days { bucket: Bucket::Week, starts: (0..count).map(|week| first.plus(week as i32 * 7)).collect(), so_far }
}

fn counted(count: usize, number: impl Fn(usize) -> f64) -> Vec<Point> {
    (0..count).map(|place| Point::count(number(place).max(0.0).round() as u64)).collect()
}

/// A version that comes, has its time, and goes.
fn wave(count: usize, peak: f64, width: f64, high: f64, salt: usize) -> Vec<Point> {
    counted(count, |place| {
        let off = (place as f64 - peak) / width;
        high * (-off * off).exp() * (1.0 + 0.06 * noise(place, salt))
    })
}

fn versions(count: usize) -> Vec<Series> {
    let scale = count as f64 / 13.0;
    let waves = [
        ("2.2", 14.0, 3.0, 900.0),
        ("2.1", 9.5, 3.2, 1_150.0),
        ("2.0", 5.0, 4.0, 820.0),
        ("1.9", 0.5, 5.5, 900.0),
        ("1.8", -3.0, 5.0, 600.0),
        ("1.7", -7.0, 8.0, 260.0),
    ];
    let series = waves.iter().enumerate().map(|(salt, &(name, peak, width, high))| {
        let points = wave(count, peak * scale, width * scale, high, salt);
        Series { link: Some(format!("?version={name}")), ..Series::new(name, points) }
    });
    let folded =
        Series { folded: true, ..Series::new("fewer than 20", wave(count, 4.0 * scale, 9.0 * scale, 60.0, 9)) };
    series.chain([folded]).collect()
}

fn releases() -> Vec<Annotation> {
    let release = |day: &str, text: &str, change| Annotation { day: self::day(day), text: text.into(), change };
    vec![
        release("2026-09-08", "2.0", Change::Release),
        release("2026-10-07", "2.1", Change::Release),
        release("2026-10-21", "cached added", Change::Catalogue),
        release("2026-11-10", "2.2", Change::Release),
    ]
}

pub(super) fn adoption(form: Form) -> Plot {
    let head = head("Machines by version", "machines", Unit::Count);
    Plot { form, annotations: releases(), ..Plot::lines(head, weeks(13, true), versions(13)) }
}

pub(super) fn daily() -> Plot {
    let first = day("2026-08-24");
    let starts = (0..90).map(|day| first.plus(day)).collect();
    let across = Across::Days { bucket: Bucket::Day, starts, so_far: false };
    Plot::lines(
        head("Machines by version", "machines", Unit::Count),
        across,
        versions(90).into_iter().take(6).collect(),
    )
}

pub(super) fn active() -> Plot {
    let of = |high: f64, salt| counted(13, move |place| high * (1.0 + place as f64 * 0.02 + 0.05 * noise(place, salt)));
    let mut lines = Plot::lines(
        head("Active machines", "machines", Unit::Count),
        weeks(13, true),
        vec![
            Series::new("month", of(2_480.0, 1)),
            Series::new("week", of(1_420.0, 2)),
            Series::new("day", of(610.0, 3)),
        ],
    );
    lines.series[2].points[4] = Point::MISSING;
    lines
}

pub(super) fn some_few() -> Plot {
    let mut points = counted(13, |place| 20.0 + place as f64 * 4.0);
    points[..4].fill(Point::FEW);
    points[7] = Point::FEW;
    let mut more = counted(13, |place| 60.0 + 20.0 * noise(place, 5));
    more[9..11].fill(Point::FEW);
    let series = vec![Series::new("cursor", more), Series::new("claude", points)];
    Plot::lines(head("Machines by coding agent", "machines", Unit::Count), weeks(13, false), series)
}

pub(super) fn durations() -> Plot {
    let names = ["1.7", "1.8", "1.9", "2.0", "2.1", "2.2"].map(str::to_owned).to_vec();
    let n = [12, 240, 900, 2_400, 5_200, 1_100];
    let percentile = |name: &str, values: [f64; 6]| {
        Series::new(name, values.iter().zip(n).map(|(&value, n)| Point::of(value, n)).collect())
    };
    let series = vec![
        percentile("p95", [9_400.0, 8_800.0, 8_600.0, 7_900.0, 14_600.0, 7_200.0]),
        percentile("p75", [2_900.0, 2_500.0, 2_450.0, 2_300.0, 4_100.0, 2_050.0]),
        percentile("p50", [1_300.0, 1_120.0, 1_080.0, 990.0, 1_700.0, 870.0]),
    ];
    let across = Across::Names { are: "version".into(), names };
    Plot {
        scale: Scale::Log,
        ..Plot::lines(head("How long builds take", "duration of build", Unit::of("ms")), across, series)
    }
}

pub(super) fn verdicts() -> Plot {
    let kept = counted(13, |place| 41_000.0 + 9_000.0 * noise(place, 1));
    let repeated = counted(13, |place| 3_000.0 + 1_000.0 * noise(place, 2));
    let rejected = counted(13, |place| if place == 8 { 19_000.0 } else { 700.0 + 300.0 * noise(place, 3) });
    let series = vec![Series::new("kept", kept), Series::new("repeated", repeated), Series::new("rejected", rejected)];
    let plot = Plot::lines(head("What became of each event", "events", Unit::Count), weeks(13, true), series);
    Plot { form: Form::Stacked, ..plot }
}

pub(super) fn commands() -> Ranked {
    let bar = |(place, (name, number)): (usize, (&str, u64))| Bar {
        link: Some(format!("?command={name}")),
        trend: (0..13).map(|week| Value::Known(number as f64 * (1.0 + 0.4 * noise(week, place)))).collect(),
        more: vec![Unit::Share.full(number as f64 / 14_000.0)],
        ..Bar::new(name, Point::of(number as f64, number * 11))
    };
    let names = [("build", 12_480), ("dev", 9_120), ("check", 4_300), ("init", 1_840), ("serve", 260)];
    let mut bars: Vec<Bar> = names.into_iter().enumerate().map(bar).collect();
    bars.push(Bar { folded: true, ..Bar::new("fewer than 20", Point::of(44.0, 310)) });
    bars.push(Bar::new("clean", Point::FEW));
    Ranked {
        head: head("Which commands are used", "machines", Unit::Count),
        rows_are: "command".into(),
        n_counts: Some("runs".into()),
        columns: vec!["of all machines".into()],
        bars,
    }
}

pub(super) fn helpful() -> Ranked {
    let bar = |(name, yes, of): (&str, u64, u64)| Bar {
        interval: wilson(yes, of),
        ..Bar::new(name, Point::of(yes as f64 / of as f64, of))
    };
    let codes = [("CONFIG_MISSING", 171, 214), ("PORT_IN_USE", 80, 96), ("PLUGIN_TOO_OLD", 12, 41)];
    let mut bars: Vec<Bar> = codes.into_iter().map(bar).collect();
    bars.push(Bar::new("TEMPLATE_SYNTAX", Point::FEW));
    Ranked {
        head: head("Which error texts help", "votes that say it helped", Unit::Share),
        rows_are: "code".into(),
        n_counts: Some("votes".into()),
        columns: Vec::new(),
        bars,
    }
}

pub(super) fn systems() -> Heat {
    let known = |numbers: [u64; 3]| {
        numbers.map(|number| if number == 0 { Value::Few } else { Value::Known(number as f64) }).to_vec()
    };
    let cells = vec![known([4_120, 610, 88]), known([310, 5_240, 31]), known([2_710, 0, 0])];
    let rows = ["linux", "macos", "windows"].map(|name| (name.to_owned(), Some(format!("?os={name}")))).to_vec();
    Heat {
        head: head("Machines by system and architecture", "machines", Unit::Count),
        rows_are: "os".into(),
        columns_are: "arch".into(),
        rows,
        columns: ["x86_64", "aarch64", "fewer than 20"].map(str::to_owned).to_vec(),
        totals: Some(Totals::sums(&cells)),
        cells,
    }
}

pub(super) fn returning() -> Cohorts {
    let cohort = |week: usize| {
        let part = |period: usize| match period {
            0 => Value::Known(1.0),
            _ if week == 5 && period == 2 => Value::Few,
            _ => Value::Known(0.62 * 0.93_f64.powi(period as i32) + 0.05 * noise(period, week)),
        };
        let start = day("2026-09-28").plus(week as i32 * 7);
        Cohort { start, size: Value::Known((320 + week * 17) as f64), parts: (0..8 - week).map(part).collect() }
    };
    Cohorts {
        head: head("Who comes back", "machines", Unit::Count),
        bucket: Bucket::Week,
        cohorts: (0..8).map(cohort).collect(),
    }
}

pub(super) fn way() -> Funnels {
    let funnel = |(name, reached): (&str, [u64; 4])| {
        let steps = ["init", "dev", "build", "serve"].iter().zip(reached);
        let step = |(step, reached): (&&str, u64)| Step {
            name: (*step).to_owned(),
            reached: if reached == 0 { Value::Few } else { Value::Known(reached as f64) },
        };
        Funnel { name: name.into(), link: Some(format!("?version={name}")), steps: steps.map(step).collect() }
    };
    let versions = [("2.2", [430, 390, 310, 120]), ("2.1", [910, 800, 520, 210]), ("2.0", [220, 180, 110, 0])];
    Funnels {
        head: head("From init to serve", "machines", Unit::Count),
        funnels: versions.into_iter().map(funnel).collect(),
    }
}

pub(super) fn spread() -> Histogram {
    let bins: Vec<f64> = (0..60).map(|step| 50.0 * 1.12_f64.powi(step)).collect();
    let bell = |middle: f64, high: f64, salt| {
        let number = move |place: usize| {
            let off = (place as f64 - middle) / 7.0;
            high * (-off * off / 2.0).exp() * (1.0 + 0.15 * noise(place, salt))
        };
        counted(60, number)
    };
    let series = vec![Series::new("2.1", bell(34.0, 210.0, 1)), Series::new("2.2", bell(26.0, 60.0, 2))];
    Histogram { head: head("How long builds take", "duration of build", Unit::of("ms")), bins: Bins(bins), series }
}

/// Every form, with its name.
pub(super) fn all() -> Vec<(&'static str, Drawing)> {
    vec![
        ("share", adoption(Form::Share).draw()),
        ("stacked", adoption(Form::Stacked).draw()),
        ("lines", adoption(Form::Lines).draw()),
        ("daily", daily().draw()),
        ("active", active().draw()),
        ("few", some_few().draw()),
        ("durations", durations().draw()),
        ("spread", spread().draw()),
        ("verdicts", verdicts().draw()),
        ("commands", commands().draw()),
        ("helpful", helpful().draw()),
        ("systems", systems().draw()),
        ("returning", returning().draw()),
        ("funnel", way().draw()),
    ]
}

fn page() -> String {
    let mut page = String::from(concat!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n",
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n",
        "<title>Every form of drawing</title>\n<link rel=\"stylesheet\" href=\"../../templates/style.css\">\n",
        "<main id=\"main\">\n<h1>Every form of drawing</h1>\n<div class=\"panels\">\n",
    ));
    let trend: Vec<Value> = active().series[1].points.iter().map(|point| point.value).collect();
    page += &format!("<p class=\"trend\">1 420 machines {}</p>\n", spark(&trend));
    for (name, Drawing { sentence, picture, sheet, is_table }) in all() {
        let table = if is_table {
            String::new()
        } else {
            format!("\n<details><summary>Table</summary><div class=\"scroll\">{}</div></details>", sheet.html())
        };
        let scroll = if is_table { " scroll" } else { "" };
        page += &format!(
            "<section class=\"card panel\" id=\"{name}\">\n<h2>{}</h2>\n<figure class=\"chart\">\n<figcaption>{}</figcaption>\n<div class=\"picture{scroll}\">{picture}</div>{table}\n</figure>\n</section>\n",
            markup::Text(sheet.caption.split(" (").next().unwrap_or_default()),
            markup::Text(&sentence),
        );
    }
    page + "</div>\n</main>\n"
}

#[test]
fn every_form_is_drawn_as_it_was_looked_at() {
    crate::golden::check("crates/server/tests/golden/charts.html", &page());
}
