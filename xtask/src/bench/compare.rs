//! What several clients cost, side by side: a row for each figure, a column for each client, ours first.

use std::fmt;

use super::figure::{Figure, with_unit};

/// The figures of several clients.
pub(crate) struct Comparison {
    /// Ours, then the peers.
    pub(crate) clients: Vec<&'static str>,
    pub(crate) rows: Vec<Row>,
    /// Why there are figures that are missing.
    pub(crate) gaps: Vec<String>,
}

/// One figure of each client.
pub(crate) struct Row {
    pub(crate) what: String,
    pub(crate) unit: &'static str,
    pub(crate) cells: Vec<Cell>,
    /// What the design asks of ours.
    pub(crate) at_most: Option<f64>,
}

/// One figure of one client.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Cell {
    Measured(f64),
    /// It took longer than anybody waits, and was ended.
    Over(f64),
    /// Not measured, or not a figure of this client.
    Nothing,
}

impl Row {
    fn cell(&self, client: usize) -> String {
        match self.cells.get(client) {
            Some(Cell::Measured(value)) => with_unit(*value, self.unit),
            Some(Cell::Over(value)) => format!("over {}", with_unit(*value, self.unit)),
            _ => "–".to_owned(),
        }
    }

    /// Our figure beside its budget.
    fn ours(&self) -> Option<Figure> {
        let Some(Cell::Measured(value)) = self.cells.first() else { return None };
        Some(match self.at_most {
            Some(most) => Figure::at_most(&self.what, *value, self.unit, most),
            None => Figure::plain(&self.what, *value, self.unit),
        })
    }

    /// How many times our figure the best peer's is. A figure of zero has no such number.
    fn best_peer(&self) -> String {
        let peers = self.cells.iter().skip(1).filter_map(|cell| match cell {
            Cell::Measured(value) | Cell::Over(value) => Some(*value),
            Cell::Nothing => None,
        });
        match (self.ours(), peers.min_by(f64::total_cmp)) {
            (Some(ours), Some(best)) if ours.value > 0.0 && best > 0.0 => {
                format!("{} ×", with_unit(best / ours.value, ""))
            }
            _ => String::new(),
        }
    }
}

impl Comparison {
    /// The table of the page.
    pub(crate) fn markdown(&self) -> String {
        let (ours, peers) = self.clients.split_first().expect("a comparison has clients");
        let head = format!("| what | {ours} | budget | ratio | {} | best peer |\n", peers.join(" | "));
        let line = format!("|---|{}\n", "--:|".repeat(self.clients.len() + 3));
        let rows: String = self.rows.iter().map(|row| format!("{}\n", self.line(row))).collect();
        let gaps: String = self.gaps.iter().map(|gap| format!("\nNo figure: {gap}.\n")).collect();
        format!("{head}{line}{rows}{gaps}")
    }

    fn line(&self, row: &Row) -> String {
        let (asked, ratio) = row.ours().map_or_else(Default::default, |ours| (ours.asked(), ours.ratio()));
        let peers: String = (1..self.clients.len()).map(|client| format!(" {} |", row.cell(client))).collect();
        format!("| {} | {} | {asked} | {ratio} |{peers} {} |", row.what, row.cell(0), row.best_peer())
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.markdown().lines().try_for_each(|line| writeln!(f, "  {line}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ours_stands_beside_its_budget_and_the_best_peer() {
        let row = |cells: &[Cell], at_most| Row { what: "wall".to_owned(), unit: "ms", cells: cells.to_vec(), at_most };
        let comparison = Comparison {
            clients: vec!["ours", "a", "b"],
            rows: vec![
                row(&[Cell::Measured(0.5), Cell::Measured(5.0), Cell::Over(20_000.0)], Some(0.25)),
                row(&[Cell::Measured(0.0), Cell::Nothing, Cell::Measured(3.0)], None),
            ],
            gaps: vec!["a cannot be built here".to_owned()],
        };
        let expected = "\
            | what | ours | budget | ratio | a | b | best peer |\n|---|--:|--:|--:|--:|--:|--:|\n\
            | wall | 0.50 ms | ≤ 0.25 ms | 2.00 **missed** | 5 ms | over 20,000 ms | 10 × |\n\
            | wall | 0 ms |  |  | – | 3 ms |  |\n\nNo figure: a cannot be built here.\n";
        assert_eq!(comparison.markdown(), expected);
    }
}
