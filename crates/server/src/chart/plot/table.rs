//! The table of a plot: a row for each place, a column for each series.

use super::{Form, Plot};
use crate::chart::sheet::{Cell, Line};
use crate::chart::{Across, Change, Head, Sheet, Unit, Value};

/// Writes every number of a plot.
pub(super) fn sheet(plot: &Plot) -> Sheet {
    let volume = plot.volume();
    let names = plot.across.names();
    let last = names.len().saturating_sub(1);
    let changes = changes(plot);
    let rows = names.into_iter().enumerate().map(|(place, name)| {
        let name = if place == last && plot.across.so_far() { format!("{name} (so far)") } else { name };
        let values = plot.series.iter().map(|series| cell(plot, series, place, &volume));
        let counted = volume.get(place).map(|&value| Cell::value(counts(plot).text(value), value));
        let changed = (!changes.is_empty()).then(|| Cell::words(changes[place].clone()));
        Line { name, cells: values.chain(counted).chain(changed).collect() }
    });
    let names = plot.series.iter().map(|series| series.name.clone());
    let n = (!volume.is_empty()).then(|| "n".to_owned());
    let changed = (!changes.is_empty()).then(|| "what changed".to_owned());
    Sheet {
        caption: caption(&plot.head),
        head: [plot.across.are().to_owned()].into_iter().chain(names).chain(n).chain(changed).collect(),
        rows: rows.collect(),
    }
}

/// The title with what is counted, unless it says so itself.
fn caption(head: &Head) -> String {
    let (title, axis) = (&head.title, head.axis());
    if title.to_lowercase().contains(&axis.to_lowercase()) { title.clone() } else { format!("{title} ({axis})") }
}

fn cell(plot: &Plot, series: &crate::chart::Series, place: usize, volume: &[Value]) -> Cell {
    let value = series.value(place);
    let text = plot.head.text(value);
    let n = series.points.get(place).and_then(|point| point.n).filter(|_| plot.head.unit != Unit::Count);
    let text = match (value, plot.form, n) {
        // What is a share already needs no other beside it.
        (Value::Known(number), Form::Share, _) if plot.head.unit != Unit::Share => {
            format!("{text} ({})", Unit::Share.full(plot.drawn(number, place)))
        }
        (_, _, Some(n)) if volume.get(place) != Some(&Value::Known(n as f64)) => {
            format!("{text} (n {})", Unit::Count.full(n as f64))
        }
        _ => text,
    };
    Cell::value(text, value)
}

fn counts(plot: &Plot) -> Head {
    Head { unit: Unit::Count, ..plot.head.clone() }
}

/// What happened in each span of time; empty when nothing did.
fn changes(plot: &Plot) -> Vec<String> {
    let Across::Days { bucket, starts, .. } = &plot.across else { return Vec::new() };
    let told = |annotation: &super::Annotation| match annotation.change {
        Change::Release => format!("{} released", annotation.text),
        Change::Catalogue => format!("catalogue: {}", annotation.text),
        Change::Text => annotation.text.clone(),
    };
    let of_span = |&start: &aboveboard_catalog::Day| {
        let within = plot.annotations.iter().filter(|a| a.day.start_of(*bucket) == start.start_of(*bucket));
        within.map(told).collect::<Vec<_>>().join(", ")
    };
    let changes: Vec<String> = starts.iter().map(of_span).collect();
    if changes.iter().all(String::is_empty) { Vec::new() } else { changes }
}
