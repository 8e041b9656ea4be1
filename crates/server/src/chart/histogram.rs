//! How numbers are spread: the shares of two groups over the same ranges, laid over each other.

use super::axis::{self, Rise, WIDE};
use super::markup::{KEY, Markup, Path, Px, Text};
use super::sheet::{Cell, Line};
use super::{Drawing, Head, Series, Sheet, Unit, Value};

const TOP: f64 = 24.0;
const HIGH: f64 = 170.0;
const FOOT: f64 = 22.0;
const CLASSES: [&str; 4] = ["s1", "s2", "s3", "s4"];

/// Groups whose points count the numbers in each range.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Histogram {
    /// The unit is that of the numbers, `counts` is what they are, as `duration of build`.
    pub(crate) head: Head,
    pub(crate) bins: Bins,
    /// Two can be told apart; each is drawn as parts of its own sum.
    pub(crate) series: Vec<Series>,
}

/// Ranges that follow each other: the lower end of each. The last has no upper end.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Bins(pub(crate) Vec<f64>);

impl Histogram {
    /// Draws the groups over each other, from the first range that has something to the last.
    pub(crate) fn draw(&self) -> Drawing {
        let sentence = sentence(self);
        let picture = match used(self) {
            Some(range) => picture(self, range, &sentence),
            None => String::new(),
        };
        Drawing { sentence, picture, sheet: sheet(self), is_table: false }
    }
}

/// The first and the last range with something in it.
fn used(histogram: &Histogram) -> Option<(usize, usize)> {
    let some =
        |place: &usize| histogram.series.iter().any(|series| series.value(*place).known().is_some_and(|n| n > 0.0));
    let all = 0..histogram.bins.0.len();
    Some((all.clone().find(some)?, all.rev().find(some)?))
}

fn sum(series: &Series) -> f64 {
    series.points.iter().filter_map(|point| point.value.known()).sum()
}

fn share(series: &Series, place: usize) -> f64 {
    let sum = sum(series);
    if sum > 0.0 { series.value(place).known().unwrap_or_default() / sum } else { 0.0 }
}

fn picture(histogram: &Histogram, (first, last): (usize, usize), sentence: &str) -> String {
    let head = &histogram.head;
    let most = histogram.series.iter().flat_map(|series| (first..=last).map(|place| share(series, place)));
    let rise = Rise::linear(most.fold(0.0, f64::max), &Unit::Share);
    let height = Px(TOP + HIGH + FOOT);
    let mut out = Markup::default();
    legend(&mut out, histogram);
    out.push(format_args!(
        "<svg class=\"plot\" role=\"img\" width=\"100%\" height=\"{height}\" data-places=\"{}\" data-banded=\"1\">",
        last - first + 1
    ));
    out.push(format_args!("<title>{}</title><desc>{}</desc>", Text(&head.title), Text(sentence)));
    out.push(format_args!("<text class=\"what\" x=\"-44\" y=\"9\">share of each, by {}</text>", Text(&head.axis())));
    for &tick in &rise.ticks {
        let y = Px((TOP + HIGH * (1.0 - rise.part(tick))).round());
        out.push(format_args!("<line class=\"grid\" x2=\"100%\" y1=\"{y}\" y2=\"{y}\"/>"));
        out.push(format_args!(
            "<text class=\"tick side\" x=\"-8\" y=\"{y}\" dy=\"4\">{}</text>",
            Unit::Share.tick(tick)
        ));
    }
    foot(&mut out, histogram, first, last);
    out.push(format_args!("<svg class=\"plane\" width=\"100%\" height=\"{height}\" viewBox=\"0 0 {WIDE} {height}\" preserveAspectRatio=\"none\">"));
    for (series, class) in histogram.series.iter().zip(CLASSES) {
        out.push(format_args!("<path class=\"over {class}\" d=\"{}\"/>", steps(series, &rise, first, last)));
    }
    few(&mut out, histogram, first, last);
    out.push(format_args!("</svg></svg>"));
    out.into_text()
}

/// The outline of a group; it ends where a range is not shown.
fn steps(series: &Series, rise: &Rise, first: usize, last: usize) -> Path {
    let band = WIDE / (last - first + 1) as f64;
    let mut path = Path::default();
    for place in first..=last {
        let (left, right) = ((place - first) as f64 * band, (place - first + 1) as f64 * band);
        let is_few = |at: Option<usize>| at.is_some_and(|at| series.value(at) == Value::Few);
        if is_few(Some(place)) {
            path.lift();
            continue;
        }
        if place == first || is_few(place.checked_sub(1)) {
            path.to(left, TOP + HIGH);
        }
        let y = TOP + HIGH * (1.0 - rise.part(share(series, place)));
        path.to(left, y);
        path.to(right, y);
        if place == last || is_few(Some(place + 1)) {
            path.to(right, TOP + HIGH);
        }
    }
    path
}

/// What is not shown lies above the foot of the plane, never on it.
fn few(out: &mut Markup, histogram: &Histogram, first: usize, last: usize) {
    let band = WIDE / (last - first + 1) as f64;
    let mut y = TOP + HIGH - 6.0;
    for (series, class) in histogram.series.iter().zip(CLASSES) {
        let mut path = Path::default();
        for place in (first..=last).filter(|&place| series.value(place) == Value::Few) {
            path.step(((place - first) as f64 * band, y), ((place - first + 1) as f64 * band, y));
        }
        if !path.is_empty() {
            out.push(format_args!("<path class=\"few {class}\" d=\"{path}\"/>"));
            y -= 5.0;
        }
    }
}

fn legend(out: &mut Markup, histogram: &Histogram) {
    out.push(format_args!("<ul class=\"legend\">"));
    for (series, class) in histogram.series.iter().zip(CLASSES) {
        out.push(format_args!("<li>{KEY}<path class=\"over {class}\" d=\"M1 12V2h22V12\"/></svg>"));
        out.linked(&series.name, series.link.as_deref());
        out.push(format_args!(" <span class=\"quiet\">n {}</span></li>", Unit::Count.full(sum(series))));
    }
    if histogram.series.iter().flat_map(|series| &series.points).any(|point| point.value == Value::Few) {
        let text = histogram.head.text(Value::Few);
        out.push(format_args!("<li>{KEY}<path class=\"few\" d=\"M1 6h22\"/></svg>{}</li>", Text(&text)));
    }
    out.push(format_args!("</ul>"));
}

/// Round numbers at the ends of the ranges that begin with them.
fn foot(out: &mut Markup, histogram: &Histogram, first: usize, last: usize) {
    let y = Px(TOP + HIGH + FOOT - 5.0);
    for (class, part, text) in axis::beside(labels(&histogram.bins.0[first..=last], &histogram.head.unit)) {
        let x = Px(part * 100.0);
        out.push(format_args!("<text class=\"{class}\" x=\"{x}%\" y=\"{y}\">{}</text>", Text(&text)));
    }
}

/// What may be labelled, and where, as parts of the width.
fn labels(bins: &[f64], unit: &Unit) -> Vec<(f64, String, usize)> {
    let count = bins.len() as f64;
    // Ranges that grow slowly are many, and begin with numbers that are not round.
    let slow = bins.len() >= 8 && bins.windows(2).any(|pair| pair[0] > 0.0 && pair[1] / pair[0] < 1.5);
    let rungs = if slow { axis::ladder(bins[1].max(bins[0]), bins[bins.len() - 1], unit) } else { bins.to_vec() };
    rungs.into_iter().filter_map(|rung| Some((place(bins, rung)? / count, unit.tick(rung), 0))).collect()
}

/// Where a number lies, counted in ranges.
fn place(bins: &[f64], number: f64) -> Option<f64> {
    let at = bins.iter().rposition(|&low| low <= number)?;
    let (low, high) = (bins[at], bins.get(at + 1).copied());
    match high {
        _ if number == low => Some(at as f64),
        Some(high) if low > 0.0 => Some(at as f64 + (number / low).ln() / (high / low).ln()),
        _ => None,
    }
}

fn sheet(histogram: &Histogram) -> Sheet {
    let Histogram { head, bins, series } = histogram;
    let rows = bins.0.iter().enumerate().map(|(place, &low)| {
        let name = match bins.0.get(place + 1) {
            Some(&high) => format!("{} to {}", head.unit.full(low), head.unit.full(high)),
            None => format!("from {} on", head.unit.full(low)),
        };
        let cells = series.iter().map(|series| {
            let value = series.value(place);
            let text = match value {
                Value::Known(number) => {
                    format!("{} ({})", Unit::Count.full(number), Unit::Share.full(share(series, place)))
                }
                other => head.text(other),
            };
            Cell::value(text, value)
        });
        Line { name, cells: cells.collect() }
    });
    let names = series.iter().map(|series| series.name.clone());
    Sheet { caption: head.title.clone(), head: [head.axis()].into_iter().chain(names).collect(), rows: rows.collect() }
}

fn sentence(histogram: &Histogram) -> String {
    let middle = |series: &Series| {
        let half = sum(series) / 2.0;
        let mut below = 0.0;
        let place = (0..histogram.bins.0.len()).find(|&place| {
            below += series.value(place).known().unwrap_or_default();
            half > 0.0 && below >= half
        })?;
        let full = |end: f64| histogram.head.unit.full(end);
        let low = full(histogram.bins.0[place]);
        Some(match histogram.bins.0.get(place + 1) {
            Some(&high) => format!("between {low} and {} in {}", full(high), series.name),
            None => format!("above {low} in {}", series.name),
        })
    };
    let middles: Vec<String> = histogram.series.iter().filter_map(middle).collect();
    match middles.is_empty() {
        true => "Nothing was counted here that may be shown.".into(),
        false => format!("The middle value lies {}.", middles.join(", ")),
    }
}
