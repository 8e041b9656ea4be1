//! Laws that every plot holds: nothing lies outside, every number is in the table, no text is markup, and it is small.

use std::io::Write;

use aboveboard_catalog::Day;
use flate2::{Compression, write::GzEncoder};
use proptest::prelude::*;

use super::super::gallery;
use super::*;

/// What a name may look like.
const HOSTILE: &str = "<script>\"'&amp;--></svg>";

fn point() -> impl Strategy<Value = Point> {
    prop_oneof![
        6 => (0.0..1e6_f64, 0..5_000_u64).prop_map(|(number, n)| Point::of(number, n)),
        2 => (0..5_000_u64).prop_map(Point::count),
        1 => Just(Point::FEW),
        1 => Just(Point::MISSING),
    ]
}

prop_compose! {
    fn plots()(
        (count, names) in (1_usize..40, any::<bool>()),
        (log, so_far) in any::<(bool, bool)>(),
        form in prop_oneof![Just(Form::Lines), Just(Form::Stacked), Just(Form::Share)],
        unit in prop_oneof![Just(Unit::Count), Just(Unit::Share), Just(Unit::of("ms")), Just(Unit::of("MiB"))],
        bucket in prop_oneof![Just(Bucket::Day), Just(Bucket::Week), Just(Bucket::Month)],
        points in prop::collection::vec(prop::collection::vec(point(), 40), 1..10),
        days in prop::collection::vec(-20..400_i32, 0..8),
    ) -> Plot {
        let first = Day(20_000).start_of(bucket);
        let starts = std::iter::successors(Some(first), |day| Some(day.start_of_next(bucket))).take(count).collect();
        let across = match names {
            true => Across::Names { are: "version".into(), names: (0..count).map(|name| format!("{name}{HOSTILE}")).collect() },
            false => Across::Days { bucket, starts, so_far },
        };
        let series = points.into_iter().enumerate().map(|(number, points)| Series {
            folded: number == 3,
            link: Some(format!("?by={HOSTILE}")),
            ..Series::new(format!("series {number} {HOSTILE}"), points[..count].to_vec())
        });
        let annotation = |day| Annotation { day: first.plus(day), text: HOSTILE.into(), change: Change::Release };
        let head = Head { title: HOSTILE.into(), counts: HOSTILE.into(), unit, minimum: 20 };
        Plot {
            form,
            scale: if log { Scale::Log } else { Scale::Linear },
            annotations: days.into_iter().map(annotation).collect(),
            ..Plot::lines(head, across, series.collect())
        }
    }
}

/// Every attribute of this name.
fn attributes<'p>(picture: &'p str, name: &str) -> Vec<&'p str> {
    let start = format!(" {name}=\"");
    picture.split(start.as_str()).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// Where a path goes, in the plane's own units.
fn places(path: &str) -> Vec<(f64, f64)> {
    let mut at = (0.0, 0.0);
    let steps = path.replace('M', "\u{0}M").replace('l', "\u{0}l").replace(['z', 'h'], "\u{0}");
    let mut places = Vec::new();
    for step in steps.split('\0').filter(|step| step.starts_with(['M', 'l'])) {
        let (x, y) = step[1..].split_once(' ').expect("two numbers");
        let (x, y): (f64, f64) = (x.parse().expect("a number"), y.parse().expect("a number"));
        at = if step.starts_with('M') { (x, y) } else { (at.0 + x, at.1 + y) };
        places.push(at);
    }
    places
}

/// The plane without legend and names at the ends, which have places of their own.
fn plane(picture: &str) -> &str {
    let plane = picture.split("<svg class=\"plane\"").nth(1).unwrap_or_default();
    plane.split("</svg>").next().unwrap_or_default()
}

fn packed(text: &str) -> usize {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    packer.write_all(text.as_bytes()).expect("memory");
    packer.finish().expect("memory").len()
}

/// Elements are closed in the order they were opened.
fn is_balanced(markup: &str) -> bool {
    let mut open = Vec::new();
    for tag in markup.split('<').skip(1).filter_map(|rest| rest.split('>').next()) {
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default();
        match tag {
            tag if tag.ends_with('/') => {}
            tag if tag.starts_with('/') && open.pop() != Some(name) => return false,
            tag if tag.starts_with('/') => {}
            _ => open.push(name),
        }
    }
    open.is_empty()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn nothing_lies_outside(plot in plots()) {
        let picture = plot.draw().picture;
        let svg = &picture[picture.find("<svg class=\"plot\"").expect("a plot")..];
        let height: f64 = attributes(svg, "height")[0].parse().expect("a height");
        for path in attributes(plane(&picture), "d") {
            for (x, y) in places(path) {
                prop_assert!((-0.05..=WIDE + 0.05).contains(&x) && (0.0..=height).contains(&y), "{x} {y} in {path}");
            }
        }
        for name in ["x", "x1", "x2"] {
            for part in attributes(svg, name).iter().filter_map(|at| at.strip_suffix('%')) {
                let part: f64 = part.parse().expect("a number");
                prop_assert!((0.0..=100.0).contains(&part), "{part} %");
            }
        }
        for y in ["y", "y1", "y2"].iter().flat_map(|name| attributes(svg, name)) {
            let y: f64 = y.parse().expect("a number");
            prop_assert!((0.0..=height).contains(&y), "{y} of {height}");
        }
    }

    #[test]
    fn every_number_is_in_the_table(plot in plots()) {
        let sheet = plot.draw().sheet;
        prop_assert_eq!(sheet.rows.len(), plot.across.count());
        for (place, line) in sheet.rows.iter().enumerate() {
            prop_assert_eq!(line.cells.len() + 1, sheet.head.len());
            for (series, cell) in plot.series.iter().zip(&line.cells) {
                let value = series.points[place].value;
                prop_assert_eq!(cell.value, value);
                prop_assert!(cell.text.starts_with(&plot.head.text(value)), "{:?}", cell);
            }
        }
    }

    #[test]
    fn no_text_is_markup(plot in plots()) {
        let Drawing { picture, sheet, .. } = plot.draw();
        for markup in [&picture, &sheet.html()] {
            prop_assert!(!markup.contains("<script") && !markup.contains("&amp;--></svg"), "{}", markup);
            prop_assert!(!markup.contains(" style="));
            prop_assert!(is_balanced(markup), "{}", markup);
        }
    }

    #[test]
    fn shares_fill_the_plane(mut plot in plots()) {
        plot.form = Form::Share;
        let picture = plot.draw().picture;
        let areas: Vec<_> = attributes(plane(&picture), "d").into_iter().map(places).collect();
        let drawn = plane(&picture).matches("class=\"a ").count();
        for (place, &sum) in (0..plot.across.count()).map(|place| plot.sum(place)).collect::<Vec<_>>().iter().enumerate() {
            let highest = areas[..drawn].iter().map(|area| area[place].1).fold(f64::INFINITY, f64::min);
            let expected = if sum > 0.0 { TOP } else { TOP + HIGH };
            prop_assert!((highest - expected).abs() < 0.11, "{} of {}", highest, expected);
        }
    }

    #[test]
    fn what_is_hidden_is_never_zero(mut plot in plots()) {
        plot.form = Form::Lines;
        plot.series.iter_mut().for_each(|series| series.points.fill(Point::FEW));
        let picture = plot.draw().picture;
        prop_assert!(!picture.contains("class=\"l s1\" d=\"M1 6h22\"/></svg><path") && picture.contains("class=\"few"));
        prop_assert!(picture.contains("fewer than 20"));
        let foot = TOP + HIGH;
        let marks = attributes(plane(&picture), "d").into_iter().flat_map(places);
        prop_assert!(marks.into_iter().filter(|place| place.1 <= foot).all(|place| place.1 <= foot - 5.0));
    }
}

#[test]
fn ninety_days_of_six_series_are_small() {
    let Drawing { picture, sheet, .. } = gallery::daily().draw();
    let (picture, both) = (packed(&picture), packed(&(picture.clone() + &sheet.html())));
    assert!(picture <= 3_000, "the picture takes {picture} bytes");
    assert!(both <= 6_000, "with its table it takes {both} bytes");
}
