//! Drawings: typed series in; a picture, the full table and one sentence out. Pure, and knows no question.
//!
//! A picture is made of classes and geometry attributes only: colours, dashes and dark mode are the style sheet's, and
//! a strict content security policy holds. Widths are parts of a hundred, so that it fills its place at any size while
//! its texts keep theirs. Where numbers stand in cells, the picture is a shaded table.

mod axis;
mod cells;
mod cohorts;
mod funnel;
mod heat;
mod histogram;
mod markup;
mod number;
mod plot;
mod ranked;
mod sheet;
mod spark;
mod summary;
mod terminal;
mod wilson;

pub(crate) use cohorts::{Cohort, Cohorts};
pub(crate) use funnel::{Funnel, Funnels, Step};
pub(crate) use heat::{Heat, Totals};
pub(crate) use histogram::{Bins, Histogram};
pub(crate) use number::{Unit, grouped};
pub(crate) use plot::{Across, Annotation, Change, Form, Plot, Scale};
pub(crate) use ranked::{Bar, Ranked};
pub(crate) use sheet::{Cell, Line, Sheet};
pub(crate) use spark::spark;
pub(crate) use summary::within;
pub(crate) use terminal::terminal;
pub(crate) use wilson::{Interval, wilson};

/// What a panel shows of its numbers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Drawing {
    /// What the numbers say, in plain words; as text, not yet HTML.
    pub(crate) sentence: String,
    /// HTML: an SVG with its legend, or a shaded table.
    pub(crate) picture: String,
    /// Every number of the drawing.
    pub(crate) sheet: Sheet,
    /// Whether the picture is a table with every number, so that none is needed beside it.
    pub(crate) is_table: bool,
}

/// What is said above a drawing, and what its values are.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Head {
    /// What the drawing is of, as `Machines by version`.
    pub(crate) title: String,
    /// What the values count, in the plural, as `machines`; what they are, as `p75 of duration`.
    pub(crate) counts: String,
    /// What the values are measured in.
    pub(crate) unit: Unit,
    /// Groups of fewer are not shown.
    pub(crate) minimum: u64,
}

/// What is known of a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Value {
    /// The number.
    Known(f64),
    /// It stands for fewer than the minimum, and is not shown. Never drawn as zero.
    Few,
    /// Nothing was measured.
    Missing,
}

/// A value, and how many stand behind it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Point {
    /// The value.
    pub(crate) value: Value,
    /// How many stand behind it, where that is known.
    pub(crate) n: Option<u64>,
}

/// The points of one name.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Series {
    /// As the table and the legend have it.
    pub(crate) name: String,
    /// Where a click on the name leads.
    pub(crate) link: Option<String>,
    /// Whether it stands for several groups that are too small, or for all others.
    pub(crate) folded: bool,
    /// One for each place of the axis.
    pub(crate) points: Vec<Point>,
}

impl Value {
    /// The number, where it is known.
    pub(crate) fn known(self) -> Option<f64> {
        match self {
            Self::Known(number) => Some(number),
            Self::Few | Self::Missing => None,
        }
    }
}

impl Point {
    /// A number that counts what stands behind it.
    pub(crate) fn count(number: u64) -> Self {
        Self { value: Value::Known(number as f64), n: Some(number) }
    }

    /// A number of which it is known how many stand behind it.
    pub(crate) fn of(number: f64, n: u64) -> Self {
        Self { value: Value::Known(number), n: Some(n) }
    }

    /// A value that is not shown.
    pub(crate) const FEW: Self = Self { value: Value::Few, n: None };

    /// Nothing.
    pub(crate) const MISSING: Self = Self { value: Value::Missing, n: None };
}

impl Series {
    /// Points under a name.
    pub(crate) fn new(name: impl Into<String>, points: Vec<Point>) -> Self {
        Self { name: name.into(), link: None, folded: false, points }
    }

    fn value(&self, place: usize) -> Value {
        self.points.get(place).map_or(Value::Missing, |point| point.value)
    }
}

impl Head {
    /// A value in words and with its unit: `1 420`, `61 %`, `1.4 s`, `fewer than 20`.
    fn text(&self, value: Value) -> String {
        match value {
            Value::Known(number) => self.unit.full(number),
            Value::Few => format!("fewer than {}", self.minimum),
            Value::Missing => "–".into(),
        }
    }

    /// What an axis or a column of the values is called, always with the counting unit.
    fn axis(&self) -> String {
        match &self.unit {
            Unit::Share => format!("share of {}", self.counts),
            Unit::Named(name) => format!("{}, {name}", self.counts),
            _ => self.counts.clone(),
        }
    }

    /// A value and what it counts: `1 420 machines`, `61 %`, `1.4 s`.
    fn counted(&self, number: f64) -> String {
        match self.unit {
            Unit::Count => format!("{} {}", self.unit.full(number), self.counts),
            _ => self.unit.full(number),
        }
    }
}

#[cfg(test)]
mod gallery;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod palette;
