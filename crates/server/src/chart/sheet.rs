//! The full table of a drawing: every number of it, as text.

use super::Value;
use super::markup::{Markup, Text};

/// Rows longer than this are for the CSV; a page is not.
const ROWS_MAX: usize = 500;

/// A table.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Sheet {
    /// What it is a table of.
    pub(crate) caption: String,
    /// The heads of the columns; the first is the head of the rows' names.
    pub(crate) head: Vec<String>,
    /// The rows.
    pub(crate) rows: Vec<Line>,
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Line {
    /// Its name.
    pub(crate) name: String,
    /// Its cells: one for each column but the first.
    pub(crate) cells: Vec<Cell>,
}

/// A cell of a table.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Cell {
    /// As it is read.
    pub(crate) text: String,
    /// What it says, where that is a number.
    pub(crate) value: Value,
}

impl Sheet {
    /// The table as HTML, with a caption and with the scope of each head.
    pub(crate) fn html(&self) -> String {
        let mut out = Markup::default();
        out.push(format_args!("<table class=\"sheet\"><caption>{}</caption><thead><tr>", Text(&self.caption)));
        for (column, head) in self.head.iter().enumerate() {
            let class = if column > 0 { " class=\"number\"" } else { "" };
            out.push(format_args!("<th scope=\"col\"{class}>{}</th>", Text(head)));
        }
        out.push(format_args!("</tr></thead><tbody>"));
        for line in self.rows.iter().take(ROWS_MAX) {
            out.push(format_args!("<tr><th scope=\"row\">{}</th>", Text(&line.name)));
            line.cells.iter().for_each(|cell| out.push(format_args!("<td class=\"number\">{}</td>", Text(&cell.text))));
            out.push(format_args!("</tr>"));
        }
        out.push(format_args!("</tbody></table>"));
        if self.rows.len() > ROWS_MAX {
            let left = self.rows.len() - ROWS_MAX;
            out.push(format_args!("<p class=\"quiet\">{left} more rows are in the CSV.</p>"));
        }
        out.into_text()
    }
}

impl Cell {
    /// A number, or why there is none.
    pub(super) fn value(text: String, value: Value) -> Self {
        Self { text, value }
    }

    /// Words.
    pub(super) fn words(text: impl Into<String>) -> Self {
        Self { text: text.into(), value: Value::Missing }
    }
}
