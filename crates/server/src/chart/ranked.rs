//! Ranked bars: a table whose rows have a bar, and where it is asked for a trend, an interval and further columns.

use super::cells;
use super::markup::Markup;
use super::sheet::{Cell, Line};
use super::spark::spark;
use super::wilson::Interval;
use super::{Drawing, Head, Point, Sheet, Unit, Value, grouped};

/// Rows, the first the largest.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ranked {
    pub(crate) head: Head,
    /// What the rows are, as `command`.
    pub(crate) rows_are: String,
    /// What `n` counts, where it is not the value itself: a column of its own.
    pub(crate) n_counts: Option<String>,
    /// The heads of further columns.
    pub(crate) columns: Vec<String>,
    pub(crate) bars: Vec<Bar>,
}

/// A row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Bar {
    pub(crate) name: String,
    pub(crate) link: Option<String>,
    /// Whether it stands for several groups.
    pub(crate) folded: bool,
    pub(crate) point: Point,
    /// Between what the value lies.
    pub(crate) interval: Option<Interval>,
    /// How it went; empty for no sparkline.
    pub(crate) trend: Vec<Value>,
    /// Texts of the further columns.
    pub(crate) more: Vec<String>,
}

impl Bar {
    /// A name and its value.
    pub(crate) fn new(name: impl Into<String>, point: Point) -> Self {
        let name = name.into();
        Self { name, link: None, folded: false, point, interval: None, trend: Vec::new(), more: Vec::new() }
    }
}

impl Ranked {
    /// Draws the rows as they come.
    pub(crate) fn draw(&self) -> Drawing {
        Drawing { sentence: sentence(self), picture: picture(self), sheet: sheet(self), is_table: true }
    }
}

fn picture(ranked: &Ranked) -> String {
    let Ranked { head, bars, .. } = ranked;
    let has_trend = bars.iter().any(|bar| !bar.trend.is_empty());
    let most = cells::most(bars.iter().map(|bar| bar.point.value));
    // Shares of different wholes are parts of 100 %, not of the largest.
    let most = if bars.iter().any(|bar| bar.interval.is_some()) { 1.0 } else { most };
    let axis = head.axis();
    let mut heads = vec![ranked.rows_are.as_str(), "", axis.as_str()];
    heads.extend(ranked.n_counts.as_deref());
    heads.extend(ranked.columns.iter().map(String::as_str));
    heads.extend(has_trend.then_some("trend"));
    let mut out = Markup::default();
    cells::open(&mut out, "ranked", &head.title, &heads);
    for bar in bars {
        cells::row(&mut out, &bar.name, bar.link.as_deref());
        let class = if bar.folded { "s7" } else { "s1" };
        cells::bar(&mut out, bar.point.value, most, class, bar.interval);
        cells::number(&mut out, head, bar.point.value);
        figures(ranked, bar).into_iter().for_each(|text| cells::text(&mut out, &text));
        if has_trend {
            out.push(format_args!("<td class=\"trend\">{}</td>", spark(&bar.trend)));
        }
        out.push(format_args!("</tr>"));
    }
    cells::close(&mut out);
    out.into_text()
}

/// The texts beside the value.
fn figures(ranked: &Ranked, bar: &Bar) -> Vec<String> {
    let n = ranked.n_counts.is_some().then(|| bar.point.n.map_or_else(|| "–".into(), grouped));
    let more = (0..ranked.columns.len()).map(|column| bar.more.get(column).cloned().unwrap_or_default());
    n.into_iter().chain(more).collect()
}

fn sheet(ranked: &Ranked) -> Sheet {
    let head = [ranked.rows_are.clone(), ranked.head.axis()].into_iter().chain(ranked.n_counts.clone());
    let rows = ranked.bars.iter().map(|bar| {
        let value = Cell::value(ranked.head.text(bar.point.value), bar.point.value);
        let figures = figures(ranked, bar).into_iter().map(Cell::words);
        Line { name: bar.name.clone(), cells: [value].into_iter().chain(figures).collect() }
    });
    Sheet {
        caption: ranked.head.title.clone(),
        head: head.chain(ranked.columns.iter().cloned()).collect(),
        rows: rows.collect(),
    }
}

fn sentence(ranked: &Ranked) -> String {
    let named = ranked.bars.iter().filter(|bar| !bar.folded);
    let mut known: Vec<(&Bar, f64)> = named.filter_map(|bar| Some((bar, bar.point.value.known()?))).collect();
    known.sort_by(|a, b| b.1.total_cmp(&a.1));
    let counted = |(bar, number): &(&Bar, f64)| (bar.name.clone(), ranked.head.counted(*number));
    match known.as_slice() {
        [] if ranked.bars.is_empty() => "Nothing was counted here.".into(),
        [] => format!("Every group here has fewer than {}.", ranked.head.minimum),
        [(bar, number), .., last] if bar.interval.is_some() => {
            let (lowest, highest) = (between(ranked, last.0, last.1), between(ranked, bar, *number));
            format!("Lowest is {lowest}, highest {highest}.")
        }
        [one] => format!("{} alone: {}.", counted(one).0, counted(one).1),
        [first, next, ..] if matches!(ranked.head.unit, Unit::Time(_) | Unit::Named(_)) => {
            let ((highest, number), (then, after)) = (counted(first), counted(next));
            format!("{highest} is the highest with {number}, then {then} with {after}.")
        }
        [first, next, ..] => {
            let ((leads, number), next) = (counted(first), ranked.head.text(Value::Known(next.1)));
            format!("{leads} leads with {number}; {} follows with {next}.", known[1].0.name)
        }
    }
}

/// A share with what it may be: `CODE with 29 % of 41 (between 18 % and 44 %)`.
fn between(ranked: &Ranked, bar: &Bar, number: f64) -> String {
    let text = |number| ranked.head.unit.full(number);
    let of = bar.point.n.map(|n| format!(" of {}", grouped(n))).unwrap_or_default();
    let ends = bar.interval.map(|Interval { low, high }| format!(" (between {} and {})", text(low), text(high)));
    format!("{} with {}{of}{}", bar.name, text(number), ends.unwrap_or_default())
}
