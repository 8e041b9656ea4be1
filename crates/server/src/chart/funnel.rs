//! How far they came: steps as bars with what was lost on the way; one small table for each group.

use super::cells;
use super::markup::{Markup, Text};
use super::sheet::{Cell, Line};
use super::{Drawing, Head, Sheet, Unit, Value};

/// Funnels of the same steps.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Funnels {
    pub(crate) head: Head,
    pub(crate) funnels: Vec<Funnel>,
}

/// The steps of one group; the name is empty where there is only one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Funnel {
    pub(crate) name: String,
    pub(crate) link: Option<String>,
    pub(crate) steps: Vec<Step>,
}

/// How many reached a step.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Step {
    pub(crate) name: String,
    pub(crate) reached: Value,
}

impl Funnels {
    /// Draws the funnels beside each other.
    pub(crate) fn draw(&self) -> Drawing {
        Drawing { sentence: sentence(self), picture: picture(self), sheet: sheet(self), is_table: true }
    }
}

fn picture(funnels: &Funnels) -> String {
    let mut out = Markup::default();
    out.push(format_args!("<div class=\"multiples\">"));
    let alone = funnels.funnels.len() == 1;
    funnels.funnels.iter().for_each(|funnel| draw(&mut out, &funnels.head, funnel, alone));
    out.push(format_args!("</div>"));
    out.into_text()
}

/// A funnel has its name above it, unless it is alone: then the drawing's is there already.
fn draw(out: &mut Markup, head: &Head, funnel: &Funnel, alone: bool) {
    let (class, name) = match funnel.name.as_str() {
        "" if alone => (" class=\"unseen\"", head.title.as_str()),
        "" => ("", "all versions"),
        name => ("", name),
    };
    out.push(format_args!("<table class=\"ranked funnel\"><caption{class}>"));
    out.linked(name, funnel.link.as_deref());
    out.push(format_args!("</caption><thead><tr><th scope=\"col\">step</th><td></td>"));
    for title in [head.counts.as_str(), "of the first", "lost"] {
        out.push(format_args!("<th scope=\"col\" class=\"number\">{}</th>", Text(title)));
    }
    out.push(format_args!("</tr></thead><tbody>"));
    let first = first(funnel);
    for (place, step) in funnel.steps.iter().enumerate() {
        cells::row(out, &step.name, None);
        cells::bar(out, step.reached, first.unwrap_or_default(), "s1", None);
        cells::number(out, head, step.reached);
        cells::text(out, &part(step.reached, first));
        cells::text(out, &lost(funnel, place));
        out.push(format_args!("</tr>"));
    }
    cells::close(out);
}

fn first(funnel: &Funnel) -> Option<f64> {
    funnel.steps.first().and_then(|step| step.reached.known()).filter(|&first| first > 0.0)
}

fn part(reached: Value, first: Option<f64>) -> String {
    match (reached.known(), first) {
        (Some(reached), Some(first)) => Unit::Share.full(reached / first),
        _ => "–".into(),
    }
}

/// The part that did not come from the step before to this one.
fn lost(funnel: &Funnel, place: usize) -> String {
    let reached = |place: usize| funnel.steps.get(place).and_then(|step| step.reached.known());
    match (place.checked_sub(1).and_then(reached), reached(place)) {
        (Some(before), Some(here)) if before > 0.0 => {
            let sign = if here < before { "−" } else { "" };
            format!("{sign}{}", Unit::Share.full((before - here).max(0.0) / before))
        }
        _ if place == 0 => String::new(),
        _ => "–".into(),
    }
}

fn sheet(funnels: &Funnels) -> Sheet {
    let counts = &funnels.head.counts;
    let rows = funnels.funnels.iter().flat_map(|funnel| {
        funnel.steps.iter().enumerate().map(|(place, step)| {
            let name =
                if funnel.name.is_empty() { step.name.clone() } else { format!("{}: {}", funnel.name, step.name) };
            let reached = Cell::value(funnels.head.text(step.reached), step.reached);
            let words = [part(step.reached, first(funnel)), lost(funnel, place)].map(Cell::words);
            Line { name, cells: [reached].into_iter().chain(words).collect() }
        })
    });
    let head = ["step".into(), counts.clone(), "of the first".into(), "lost".into()].to_vec();
    Sheet { caption: funnels.head.title.clone(), head, rows: rows.collect() }
}

fn sentence(funnels: &Funnels) -> String {
    let end = |funnel: &Funnel| {
        let last = funnel.steps.last()?.reached.known()?;
        let of = first(funnel)?;
        let name = if funnel.name.is_empty() { String::new() } else { format!("{}: ", funnel.name) };
        let (first, end) = (&funnel.steps[0].name, &funnel.steps[funnel.steps.len() - 1].name);
        Some(format!(
            "{name}{} of {} came from {first} to {end}",
            Unit::Share.full(last / of),
            funnels.head.counted(of)
        ))
    };
    match funnels.funnels.iter().find_map(end) {
        Some(sentence) => format!("{sentence}."),
        None => "How many came to the end may not be shown.".into(),
    }
}
