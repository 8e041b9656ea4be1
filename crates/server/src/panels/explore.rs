//! Any question as a drawing: over time where it has spans, as a grid where it has two dimensions, else ranked.

use aboveboard_catalog::{Catalog, Day};

use super::ranked::{bars, grid_of};
use super::rows::{Course, Gap, groups};
use super::{Drawn, Oracle};
use crate::ask::Ask;
use crate::chart::{Head, Plot, Ranked, Unit};
use crate::disclose::Table;

const SERIES_MAX: usize = 6;
const ROWS_MAX: usize = 100;

/// Draws the answer to a question.
///
/// # Errors
/// It cannot be asked; the sentence says why.
pub(crate) fn explore(ask: &Ask, catalog: &Catalog, today: Day, oracle: &Oracle<'_>) -> Result<Drawn, String> {
    let table = oracle.ask(ask)?;
    let head = head(&table, catalog);
    let by = &table.echo().question.by;
    let measured = table.echo().question.measure.starts_with('p');
    if table.echo().bucket().is_some() && by.len() < 2 {
        let mut course = Course::of(&table, today, if measured { Gap::Missing } else { Gap::Zero });
        course.keep(SERIES_MAX);
        course.series.iter_mut().filter(|series| series.name.is_empty()).for_each(|s| s.name = head.counts.clone());
        return Ok(Drawn::one(Plot::lines(head, course.across(), course.series).draw()));
    }
    if table.echo().bucket().is_some() && (measured || table.echo().question.measure == "machines") {
        return Ok(Drawn { says: vec!["Two dimensions over time are a table only.".into()], ..Drawn::default() });
    }
    if by.len() == 2 {
        return Ok(Drawn::one(grid_of(&table, head, [by[0].clone(), by[1].clone()])));
    }
    let rows_are = by.first().cloned().unwrap_or_else(|| "all".into());
    let adds_up = matches!(table.echo().question.measure.as_str(), "events" | "reports" | "share");
    let bars = bars(groups(&table), ROWS_MAX, adds_up);
    Ok(Drawn::one(Ranked { head, rows_are, n_counts: None, columns: Vec::new(), bars }.draw()))
}

fn head(table: &Table, catalog: &Catalog) -> Head {
    let echo = table.echo();
    let (counts, unit) = match echo.question.measure.as_str() {
        "share" => ("share of events".to_owned(), Unit::Share),
        measure if measure.starts_with('p') => (measure.replacen(':', " of ", 1), Unit::of(&echo.unit)),
        _ => (echo.unit.clone(), Unit::Count),
    };
    Head { title: catalog.tool.title.clone(), counts, unit, minimum: table.minimum() }
}
