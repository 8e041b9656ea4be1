//! What tables that are drawings have in them: bars, and cells shaded by their number.

use super::markup::{Markup, Px, Text};
use super::wilson::Interval;
use super::{Head, Value};

/// Shades of a cell, from none to full.
const SHADES: f64 = 6.0;

/// The caption and heads of a table; those after the first column are of numbers, an empty one is of bars.
pub(super) fn open(out: &mut Markup, class: &str, caption: &str, heads: &[&str]) {
    out.push(format_args!("<table class=\"{class}\"><caption>{}</caption><thead><tr>", Text(caption)));
    for (column, head) in heads.iter().enumerate() {
        match (column, *head) {
            (0, head) => out.push(format_args!("<th scope=\"col\">{}</th>", Text(head))),
            (_, "") => out.push(format_args!("<td></td>")),
            (_, head) => out.push(format_args!(
                "<th scope=\"col\" class=\"number{}\">{}</th>",
                if head == "trend" { " trend" } else { "" },
                Text(head)
            )),
        }
    }
    out.push(format_args!("</tr></thead><tbody>"));
}

pub(super) fn close(out: &mut Markup) {
    out.push(format_args!("</tbody></table>"));
}

/// The head of a row.
pub(super) fn row(out: &mut Markup, name: &str, link: Option<&str>) {
    out.push(format_args!("<tr><th scope=\"row\">"));
    out.linked(name, link);
    out.push(format_args!("</th>"));
}

/// A cell with a number, or with what stands for one.
pub(super) fn number(out: &mut Markup, head: &Head, value: Value) {
    let class = if value == Value::Few { "number few" } else { "number" };
    out.push(format_args!("<td class=\"{class}\">{}</td>", Text(&head.text(value))));
}

/// A cell with a number that is text already.
pub(super) fn text(out: &mut Markup, text: &str) {
    out.push(format_args!("<td class=\"number\">{}</td>", Text(text)));
}

/// A cell that is shaded by what part of the largest its number is.
pub(super) fn shaded(out: &mut Markup, head: &Head, value: Value, most: f64) {
    let class = match value {
        Value::Known(number) => format!("h{}", shade(number, most)),
        Value::Few => "few".into(),
        Value::Missing => "none".into(),
    };
    let text = if value == Value::Few { format!("<{}", head.minimum) } else { head.text(value) };
    out.push(format_args!("<td class=\"number {class}\">{}</td>", Text(&text)));
}

/// A cell with a bar that is so much of the full width; with a whisker over the ends of an interval.
pub(super) fn bar(out: &mut Markup, value: Value, most: f64, class: &str, interval: Option<Interval>) {
    out.push(format_args!("<td class=\"track\"><svg aria-hidden=\"true\" width=\"100%\" height=\"12\">"));
    match value {
        Value::Known(number) => {
            let wide = part(number, most) * 100.0;
            out.push(format_args!("<rect class=\"{class}\" width=\"{}%\" height=\"12\" rx=\"2\"/>", Px(wide)));
        }
        // As wide as a mark, whatever the number is.
        Value::Few => {
            out.push(format_args!("<rect class=\"unknown\" x=\"1\" y=\"1\" width=\"22\" height=\"10\" rx=\"2\"/>"))
        }
        Value::Missing => {}
    }
    if let Some(Interval { low, high }) = interval {
        let [low, high] = [low, high].map(|end| Px(part(end, most) * 100.0));
        out.push(format_args!("<line class=\"whisker\" x1=\"{low}%\" x2=\"{high}%\" y1=\"6\" y2=\"6\"/>"));
        for end in [low, high] {
            out.push(format_args!("<line class=\"whisker\" x1=\"{end}%\" x2=\"{end}%\" y1=\"2\" y2=\"10\"/>"));
        }
    }
    out.push(format_args!("</svg></td>"));
}

/// The largest number of some values.
pub(super) fn most(values: impl Iterator<Item = Value>) -> f64 {
    values.filter_map(Value::known).fold(0.0, f64::max)
}

fn part(number: f64, most: f64) -> f64 {
    if most > 0.0 { (number / most).clamp(0.0, 1.0) } else { 0.0 }
}

/// Zero alone has no shade.
fn shade(number: f64, most: f64) -> u32 {
    (part(number, most) * SHADES).ceil() as u32
}
