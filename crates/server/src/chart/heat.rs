//! A table of two dimensions, each cell shaded by its number.

use super::cells;
use super::markup::Markup;
use super::sheet::{Cell, Line};
use super::{Drawing, Head, Sheet, Value};

/// A table of two dimensions.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Heat {
    pub(crate) head: Head,
    /// What the rows are, and what the columns are.
    pub(crate) rows_are: String,
    pub(crate) columns_are: String,
    /// Names and links of the rows.
    pub(crate) rows: Vec<(String, Option<String>)>,
    pub(crate) columns: Vec<String>,
    /// Row by row.
    pub(crate) cells: Vec<Vec<Value>>,
    /// Of rows and columns, where numbers add up or were counted for themselves.
    pub(crate) totals: Option<Totals>,
}

/// The margins of a table.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Totals {
    pub(crate) rows: Vec<Value>,
    pub(crate) columns: Vec<Value>,
    pub(crate) all: Value,
}

impl Totals {
    /// Sums of cells that are parts of one whole. A line with a cell that is not shown has no sum.
    pub(crate) fn sums(cells: &[Vec<Value>]) -> Self {
        let columns = cells.iter().map(Vec::len).max().unwrap_or_default();
        let column = |column: usize| sum(cells.iter().filter_map(|row| row.get(column)).copied());
        Self {
            rows: cells.iter().map(|row| sum(row.iter().copied())).collect(),
            columns: (0..columns).map(column).collect(),
            all: sum(cells.iter().flatten().copied()),
        }
    }
}

impl Heat {
    /// Draws the table.
    pub(crate) fn draw(&self) -> Drawing {
        Drawing { sentence: sentence(self), picture: picture(self), sheet: sheet(self), is_table: true }
    }
}

fn sum(values: impl Iterator<Item = Value>) -> Value {
    let mut sum = None;
    for value in values {
        match value {
            Value::Known(number) => *sum.get_or_insert(0.0) += number,
            Value::Few => return Value::Missing,
            Value::Missing => {}
        }
    }
    sum.map_or(Value::Missing, Value::Known)
}

fn heads(heat: &Heat) -> Vec<&str> {
    let names = heat.columns.iter().map(String::as_str);
    [heat.rows_are.as_str()].into_iter().chain(names).chain(heat.totals.as_ref().map(|_| "all")).collect()
}

fn picture(heat: &Heat) -> String {
    let most = cells::most(heat.cells.iter().flatten().copied());
    let mut out = Markup::default();
    let caption = format!("{} ({}, {} by {})", heat.head.title, heat.head.axis(), heat.rows_are, heat.columns_are);
    cells::open(&mut out, "heat", &caption, &heads(heat));
    for (place, (name, link)) in heat.rows.iter().enumerate() {
        cells::row(&mut out, name, link.as_deref());
        row(heat, place).for_each(|value| cells::shaded(&mut out, &heat.head, value, most));
        if let Some(totals) = &heat.totals {
            cells::number(&mut out, &heat.head, totals.rows.get(place).copied().unwrap_or(Value::Missing));
        }
        out.push(format_args!("</tr>"));
    }
    if let Some(totals) = &heat.totals {
        cells::row(&mut out, "all", None);
        totals.columns.iter().chain([&totals.all]).for_each(|&value| cells::number(&mut out, &heat.head, value));
        out.push(format_args!("</tr>"));
    }
    cells::close(&mut out);
    out.into_text()
}

fn row(heat: &Heat, place: usize) -> impl Iterator<Item = Value> {
    let cell = move |column| heat.cells.get(place).and_then(|row| row.get(column)).copied().unwrap_or(Value::Missing);
    (0..heat.columns.len()).map(cell)
}

fn sheet(heat: &Heat) -> Sheet {
    let cell = |value| Cell::value(heat.head.text(value), value);
    let total =
        |place: usize| heat.totals.as_ref().map(|totals| totals.rows.get(place).copied().unwrap_or(Value::Missing));
    let mut rows: Vec<Line> = (heat.rows.iter().enumerate())
        .map(|(place, (name, _))| Line {
            name: name.clone(),
            cells: row(heat, place).chain(total(place)).map(cell).collect(),
        })
        .collect();
    if let Some(totals) = &heat.totals {
        let cells = totals.columns.iter().chain([&totals.all]).map(|&value| cell(value)).collect();
        rows.push(Line { name: "all".into(), cells });
    }
    let head = heads(heat).into_iter().map(str::to_owned).collect();
    Sheet { caption: heat.head.title.clone(), head, rows }
}

fn sentence(heat: &Heat) -> String {
    let cells = heat.rows.iter().enumerate().flat_map(|(place, (name, _))| {
        row(heat, place).zip(&heat.columns).filter_map(move |(value, column)| Some((value.known()?, name, column)))
    });
    match cells.max_by(|a, b| a.0.total_cmp(&b.0)) {
        Some((number, row, column)) => {
            format!("The largest group is {row} with {column}: {}.", heat.head.counted(number))
        }
        None => "Nothing was counted in these days that may be shown.".into(),
    }
}
