//! Laws that every drawing holds, whatever its numbers and names are: nothing lies outside, every number is in the table,
//! what is not shown is never zero, and no text is markup. Those of plots stand beside them.

use aboveboard_catalog::{Bucket, Day};
use proptest::prelude::*;

use super::axis::{PIXELS, ROOMS, WIDE, pixels};
use super::markup::Text;
use super::*;

/// What a name may look like.
pub(super) const HOSTILE: &str = "<script>\"'&amp;--></svg>";
/// Where the plane ends and the card begins, in pixels: beside every plane, and where it is wide.
const MARGIN_LEFT: f64 = 44.0 + CARD;
const MARGINS_RIGHT: [f64; 3] = [8.0 + CARD, 108.0 + CARD, 108.0 + CARD];
/// What is free around everything that stands on a card.
const CARD: f64 = 16.0;
const K: u64 = 20;

pub(super) fn point() -> impl Strategy<Value = Point> {
    prop_oneof![
        6 => (0.0..1e6_f64, 0..5_000_u64).prop_map(|(number, n)| Point::of(number, n)),
        2 => (0..5_000_u64).prop_map(Point::count),
        1 => Just(Point::FEW),
        1 => Just(Point::MISSING),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    point().prop_map(|point| point.value)
}

fn part() -> impl Strategy<Value = Value> {
    prop_oneof![4 => (0.0..=1.0_f64).prop_map(Value::Known), 1 => Just(Value::Few), 1 => Just(Value::Missing)]
}

pub(super) fn unit() -> impl Strategy<Value = Unit> {
    prop_oneof![Just(Unit::Count), Just(Unit::Share), Just(Unit::of("ms")), Just(Unit::of("MiB"))]
}

fn head() -> impl Strategy<Value = Head> {
    unit().prop_map(|unit| Head { title: HOSTILE.into(), counts: HOSTILE.into(), unit, minimum: K })
}

fn name(place: usize) -> String {
    format!("{place} {HOSTILE}")
}

fn link(place: usize) -> Option<String> {
    place.is_multiple_of(2).then(|| format!("?by={HOSTILE}"))
}

prop_compose! {
    fn ranked()(
        head in head(),
        bars in prop::collection::vec((point(), any::<bool>(), prop::collection::vec(value(), 0..14)), 0..12),
        (votes, n) in any::<(bool, bool)>(),
        columns in 0..3_usize,
    ) -> Ranked {
        let head = if votes { Head { unit: Unit::Share, ..head } } else { head };
        let bar = |(place, (point, folded, trend)): (usize, (Point, bool, Vec<Value>))| {
            let of = point.n.unwrap_or_default();
            let yes = point.value.known().map_or(0, |number| number as u64 % (of + 1));
            let share = Point { value: Value::Known(yes as f64 / of.max(1) as f64), n: point.n };
            let point = if votes && point.value.known().is_some() { share } else { point };
            let interval = wilson(yes, of).filter(|_| votes);
            Bar { link: link(place), folded, trend, interval, more: vec![HOSTILE.into()], ..Bar::new(name(place), point) }
        };
        let bars = bars.into_iter().enumerate().map(bar).collect();
        let columns = vec![HOSTILE.to_owned(); columns];
        Ranked { head, rows_are: HOSTILE.into(), n_counts: n.then(|| HOSTILE.into()), columns, bars }
    }
}

prop_compose! {
    fn heats()(
        head in head(),
        (rows, columns) in (0..6_usize, 0..6_usize),
        cells in prop::collection::vec(prop::collection::vec(value(), 6), 6),
        totals in any::<bool>(),
    ) -> Heat {
        let cells: Vec<Vec<Value>> = cells[..rows].iter().map(|row| row[..columns].to_vec()).collect();
        Heat {
            head,
            rows_are: HOSTILE.into(),
            columns_are: HOSTILE.into(),
            rows: (0..rows).map(|row| (name(row), link(row))).collect(),
            columns: (0..columns).map(name).collect(),
            totals: totals.then(|| Totals::sums(&cells)),
            cells,
        }
    }
}

prop_compose! {
    fn cohorts()(
        head in head(),
        bucket in prop_oneof![Just(Bucket::Day), Just(Bucket::Week), Just(Bucket::Month)],
        cohorts in prop::collection::vec((value(), prop::collection::vec(part(), 0..9)), 0..9),
    ) -> Cohorts {
        let first = Day(20_000).start_of(bucket);
        let cohort = |(place, (size, parts)): (usize, (Value, Vec<Value>))| {
            Cohort { start: first.plus(place as i32 * 31), size, parts }
        };
        Cohorts { head, bucket, cohorts: cohorts.into_iter().enumerate().map(cohort).collect() }
    }
}

prop_compose! {
    fn funnels()(
        head in head(),
        funnels in prop::collection::vec(prop::collection::vec(value(), 0..6), 0..5),
        named in any::<bool>(),
    ) -> Funnels {
        let step = |(place, reached): (usize, Value)| Step { name: name(place), reached };
        let funnel = |(place, steps): (usize, Vec<Value>)| Funnel {
            name: if named { name(place) } else { String::new() },
            link: link(place),
            steps: steps.into_iter().enumerate().map(step).collect(),
        };
        Funnels { head, funnels: funnels.into_iter().enumerate().map(funnel).collect() }
    }
}

prop_compose! {
    fn histograms()(
        unit in prop_oneof![Just(Unit::Count), Just(Unit::of("ms")), Just(Unit::of("MiB"))],
        (first, growth) in (0.0..100.0_f64, 1.05..1.5_f64),
        bins in 1..60_usize,
        points in prop::collection::vec(prop::collection::vec(value(), 60), 1..3),
    ) -> Histogram {
        let head = Head { title: HOSTILE.into(), counts: HOSTILE.into(), unit, minimum: K };
        let lows = (0..bins).map(|bin| if bin == 0 { first } else { (first + 1.0) * growth.powi(bin as i32) });
        let point = |value: &Value| Point { value: value.known().map_or(*value, |n| Value::Known(n.floor())), n: None };
        let series = points.iter().enumerate();
        let series = series.map(|(place, values)| Series::new(name(place), values[..bins].iter().map(point).collect()));
        Histogram { head, bins: Bins(lows.collect()), series: series.collect() }
    }
}

/// Every attribute of this name.
pub(super) fn attributes<'p>(picture: &'p str, name: &str) -> Vec<&'p str> {
    let start = format!(" {name}=\"");
    picture.split(start.as_str()).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// Where a path goes, in the plane's own units.
pub(super) fn places(path: &str) -> Vec<(f64, f64)> {
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
pub(super) fn plane(picture: &str) -> &str {
    let plane = picture.split("<svg class=\"plane\"").nth(1).unwrap_or_default();
    plane.split("</svg>").next().unwrap_or_default()
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

/// No text of a drawing is markup, and no number of it is none.
pub(super) fn is_clean(drawing: &Drawing) -> Result<(), TestCaseError> {
    for markup in [&drawing.picture, &drawing.sheet.html()] {
        prop_assert!(!markup.contains("<script") && !markup.contains("&amp;--></svg"), "{markup}");
        prop_assert!(!markup.contains(" style="));
        prop_assert!(is_balanced(markup), "{markup}");
    }
    let texts = [&drawing.sentence, &drawing.picture, &drawing.sheet.html()];
    prop_assert!(texts.iter().all(|text| !text.contains("NaN") && !text.contains("inf")), "{drawing:?}");
    Ok(())
}

/// What the attributes of a picture place as a part of a hundred lies in it, and what they place in pixels too.
pub(super) fn is_inside(picture: &str, height: f64) -> Result<(), TestCaseError> {
    for part in ["x", "x1", "x2", "width"].iter().flat_map(|name| attributes(picture, name)) {
        let Some(part) = part.strip_suffix('%') else { continue };
        let part: f64 = part.parse().expect("a number");
        prop_assert!((0.0..=100.0).contains(&part), "{part} %");
    }
    for y in ["y", "y1", "y2"].iter().flat_map(|name| attributes(picture, name)) {
        let y: f64 = y.parse().expect("a number");
        prop_assert!((0.0..=height).contains(&y), "{y} of {height}");
    }
    Ok(())
}

/// Texts at the foot and above the plane leave the card nowhere, and touch no other text of their line.
pub(super) fn texts_have_room(picture: &str) -> Result<(), TestCaseError> {
    for (room, wide) in PIXELS.into_iter().enumerate() {
        let mut lines: Vec<(String, f64, f64)> = Vec::new();
        for text in picture.split("<text class=\"").skip(1) {
            let (class, rest) = text.split_once('"').expect("a class");
            let Some(shown) = ROOMS.iter().rposition(|name| class == *name || class == format!("{name} right")) else {
                continue;
            };
            let (x, y) = (attributes(rest, "x")[0], attributes(rest, "y")[0]);
            let at = x.strip_suffix('%').expect("a part").parse::<f64>().expect("a number") / 100.0 * wide;
            let text = rest.split('>').nth(1).and_then(|rest| rest.split('<').next()).expect("a text");
            // An entity is one letter.
            let letters = pixels(
                &text.split('&').map(|part| part.split(';').next_back().unwrap_or(part)).collect::<Vec<_>>().join("x"),
            );
            let (from, to) =
                if class.ends_with("right") { (at - letters, at) } else { (at - letters / 2.0, at + letters / 2.0) };
            if shown <= room {
                prop_assert!(
                    from >= -MARGIN_LEFT && to <= wide + MARGINS_RIGHT[room],
                    "{text} from {from} to {to} of {wide}"
                );
                let free = lines.iter().filter(|line| line.0 == y).all(|line| to <= line.1 || from >= line.2);
                prop_assert!(free, "{text} from {from} to {to} of {wide} touches {lines:?}");
                lines.push((y.to_owned(), from, to));
            }
        }
    }
    Ok(())
}

/// The laws of a picture that is a table, and how many of its values are not shown.
fn is_whole(drawing: &Drawing, values: &[Value]) -> Result<(), TestCaseError> {
    let Drawing { picture, sheet, is_table, .. } = drawing;
    prop_assert!(*is_table);
    is_clean(drawing)?;
    is_inside(picture, 12.0)?;
    let cells = || sheet.rows.iter().flat_map(|line| &line.cells);
    let told: Vec<Value> = cells().map(|cell| cell.value).filter(|value| *value != Value::Missing).collect();
    let known: Vec<Value> = values.iter().copied().filter(|value| *value != Value::Missing).collect();
    prop_assert_eq!(told, known);
    for line in &sheet.rows {
        prop_assert_eq!(line.cells.len() + 1, sheet.head.len(), "{:?}", line);
    }
    for cell in cells() {
        let text = if cell.value == Value::Few { format!("<{K}") } else { cell.text.clone() };
        let shown = [&text, &cell.text].iter().any(|text| picture.contains(&format!(">{}</td>", Text(text))));
        prop_assert!(shown, "{} in {picture}", cell.text);
    }
    let few = values.iter().filter(|value| **value == Value::Few).count();
    let marked = picture.matches("<td class=\"number few\">").count();
    prop_assert_eq!(marked, few, "{}", picture);
    let zeros = values.iter().filter(|value| value.known().is_some_and(|n| n == 0.0)).count();
    let at_zero = cells().filter(|cell| cell.value == Value::Few && !cell.text.starts_with("fewer than ")).count();
    prop_assert!(at_zero == 0 && picture.matches(" h0\">").count() <= zeros, "{}", picture);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn ranked_bars_hold_the_laws(ranked in ranked()) {
        let values: Vec<Value> = ranked.bars.iter().map(|bar| bar.point.value).collect();
        let drawing = ranked.draw();
        is_whole(&drawing, &values)?;
        let unknown = drawing.picture.matches("class=\"unknown\"").count();
        prop_assert_eq!(unknown, values.iter().filter(|value| **value == Value::Few).count());
        let bars = attributes(&drawing.picture, "rx").len() - unknown;
        prop_assert_eq!(bars, values.iter().filter(|value| value.known().is_some()).count());
    }

    #[test]
    fn heats_hold_the_laws(heat in heats()) {
        let row = |(place, row): (usize, &Vec<Value>)| {
            let total = heat.totals.as_ref().map(|totals| totals.rows[place]);
            row.iter().copied().chain(total).collect::<Vec<_>>()
        };
        let mut values: Vec<Value> = heat.cells.iter().enumerate().flat_map(row).collect();
        if let Some(totals) = &heat.totals {
            // Without rows there are no sums of columns.
            values.extend(totals.columns.iter().chain([&totals.all]));
        }
        prop_assume!(heat.totals.is_none() || heat.totals.as_ref().is_some_and(|t| t.columns.len() == heat.columns.len()));
        is_whole(&heat.draw(), &values)?;
    }

    #[test]
    fn a_sum_never_tells_what_a_cell_hides(heat in heats()) {
        let totals = Totals::sums(&heat.cells);
        for (row, sum) in heat.cells.iter().zip(&totals.rows) {
            prop_assert!(!row.contains(&Value::Few) || *sum == Value::Missing);
        }
        prop_assert!(!heat.cells.iter().flatten().any(|value| *value == Value::Few) || totals.all == Value::Missing);
    }

    #[test]
    fn cohorts_hold_the_laws(cohorts in cohorts()) {
        let values = cohorts.cohorts.iter().flat_map(|cohort| [cohort.size].into_iter().chain(cohort.parts.clone()));
        let values: Vec<Value> = values.collect();
        is_whole(&cohorts.draw(), &values)?;
    }

    #[test]
    fn funnels_hold_the_laws(funnels in funnels()) {
        let values = funnels.funnels.iter().flat_map(|funnel| funnel.steps.iter().map(|step| step.reached));
        let values: Vec<Value> = values.collect();
        let drawing = funnels.draw();
        is_whole(&drawing, &values)?;
        let few = values.iter().filter(|value| **value == Value::Few).count();
        prop_assert_eq!(drawing.picture.matches("class=\"unknown\"").count(), few);
    }

    #[test]
    fn histograms_hold_the_laws(histogram in histograms()) {
        let drawing = histogram.draw();
        is_clean(&drawing)?;
        prop_assert_eq!(drawing.sheet.rows.len(), histogram.bins.0.len());
        for (bin, line) in drawing.sheet.rows.iter().enumerate() {
            for (series, cell) in histogram.series.iter().zip(&line.cells) {
                prop_assert_eq!(cell.value, series.value(bin));
                prop_assert!(cell.value != Value::Few || cell.text == "fewer than 20");
            }
        }
        let has = |wanted: fn(f64) -> bool, series: &Series| series.points.iter().any(|p| p.value.known().is_some_and(wanted));
        if !histogram.series.iter().any(|series| has(|n| n > 0.0, series)) {
            prop_assert!(drawing.picture.is_empty());
            return Ok(());
        }
        let svg = &drawing.picture[drawing.picture.find("<svg class=\"plot\"").expect("a plot")..];
        let height: f64 = attributes(svg, "height")[0].parse().expect("a height");
        is_inside(svg, height)?;
        texts_have_room(svg)?;
        for (x, y) in attributes(plane(svg), "d").into_iter().flat_map(places) {
            prop_assert!((-0.05..=WIDE + 0.05).contains(&x) && (0.0..=height).contains(&y), "{x} {y}");
        }
    }

    #[test]
    fn a_histogram_marks_what_it_does_not_show(histogram in histograms(), hidden in 0..60_usize) {
        let mut histogram = histogram;
        let bins = histogram.bins.0.len();
        histogram.series.truncate(1);
        histogram.series[0].points.fill(Point::count(50));
        let none_hidden = histogram.draw().picture;
        prop_assert!(!none_hidden.contains("class=\"few"));
        prop_assume!(bins > 2);
        histogram.series[0].points[1 + hidden % (bins - 2)] = Point::FEW;
        let picture = histogram.draw().picture;
        prop_assert!(picture.contains("class=\"few s1\"") && picture.contains("fewer than 20"));
    }

    #[test]
    fn sparks_stay_inside(values in prop::collection::vec(value(), 0..30)) {
        let spark = spark(&values);
        prop_assert!(is_balanced(&spark) && !spark.contains("NaN"), "{spark}");
        for (x, y) in attributes(&spark, "d").into_iter().flat_map(places) {
            prop_assert!((0.0..=WIDE).contains(&x) && (0.0..=24.0).contains(&y), "{x} {y}");
        }
        prop_assert_eq!(spark.contains("class=\"dot\""), values.iter().any(|value| value.known().is_some()));
    }
}
