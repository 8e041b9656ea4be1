//! A measured number beside its budget.

use std::fmt;

use super::compare::Comparison;

/// What one part of the measurements found.
pub(crate) struct Section {
    pub(crate) title: &'static str,
    /// How it was measured, for people.
    pub(crate) how: String,
    pub(crate) figures: Vec<Figure>,
    /// Figures that others have as well.
    pub(crate) comparison: Option<Comparison>,
}

/// One number.
pub(crate) struct Figure {
    pub(crate) what: String,
    pub(crate) value: f64,
    pub(crate) unit: &'static str,
    pub(crate) budget: Option<Budget>,
}

/// What the design asks of a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Budget {
    AtMost(f64),
    AtLeast(f64),
}

impl Figure {
    /// A number that nothing is asked of.
    pub(crate) fn plain(what: &str, value: f64, unit: &'static str) -> Self {
        Self { what: what.to_owned(), value, unit, budget: None }
    }

    /// A number that has to be small.
    pub(crate) fn at_most(what: &str, value: f64, unit: &'static str, most: f64) -> Self {
        Self { budget: Some(Budget::AtMost(most)), ..Self::plain(what, value, unit) }
    }

    /// A number that has to be large.
    pub(crate) fn at_least(what: &str, value: f64, unit: &'static str, least: f64) -> Self {
        Self { budget: Some(Budget::AtLeast(least)), ..Self::plain(what, value, unit) }
    }

    /// The number with its unit.
    pub(crate) fn measured(&self) -> String {
        with_unit(self.value, self.unit)
    }

    /// The budget in words, empty without one.
    pub(crate) fn asked(&self) -> String {
        match self.budget {
            Some(Budget::AtMost(most)) => format!("≤ {}", with_unit(most, self.unit)),
            Some(Budget::AtLeast(least)) => format!("≥ {}", with_unit(least, self.unit)),
            None => String::new(),
        }
    }

    /// The number as a part of its budget, and whether the budget was kept; empty without one.
    pub(crate) fn ratio(&self) -> String {
        let (ratio, kept) = match self.budget {
            // Of nothing there is no part.
            Some(Budget::AtMost(0.0)) if self.value <= 0.0 => return "kept".to_owned(),
            Some(Budget::AtMost(0.0)) => return "**missed**".to_owned(),
            Some(Budget::AtMost(most)) => (self.value / most, self.value <= most),
            Some(Budget::AtLeast(least)) => (self.value / least, self.value >= least),
            None => return String::new(),
        };
        format!("{ratio:.2}{}", if kept { "" } else { " **missed**" })
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.what, self.measured())?;
        if self.budget.is_some() {
            write!(f, " (budget {}, ratio {})", self.asked(), self.ratio())?;
        }
        Ok(())
    }
}

/// Three digits say enough; large numbers keep their thousands apart.
pub(crate) fn with_unit(value: f64, unit: &str) -> String {
    let decimals = match value.abs() {
        size if size >= 100.0 || size == size.trunc() => 0,
        size if size >= 10.0 => 1,
        _ => 2,
    };
    let text = format!("{value:.decimals$}");
    let (whole, fraction) = text.split_at(text.find('.').unwrap_or(text.len()));
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 && whole.as_bytes()[at - 1].is_ascii_digit() {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{grouped}{fraction} {unit}").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        let check = |value: f64, expected: &str| assert_eq!(with_unit(value, "ms"), expected);
        check(0.5, "0.50 ms");
        check(12.34, "12.3 ms");
        check(1234.5, "1,234 ms");
        check(1_234_567.0, "1,234,567 ms");
        check(-123.0, "-123 ms");
        check(5.0, "5 ms");
    }

    #[test]
    fn a_missed_budget_says_so() {
        let check = |figure: Figure, expected: &str| assert_eq!(figure.to_string(), expected);
        check(Figure::at_most("p99", 4.0, "ms", 5.0), "p99: 4 ms (budget ≤ 5 ms, ratio 0.80)");
        check(Figure::at_most("p99", 6.0, "ms", 5.0), "p99: 6 ms (budget ≤ 5 ms, ratio 1.20 **missed**)");
        check(Figure::at_most("allocations", 0.0, "", 0.0), "allocations: 0 (budget ≤ 0, ratio kept)");
        check(Figure::at_most("allocations", 1.0, "", 0.0), "allocations: 1 (budget ≤ 0, ratio **missed**)");
        check(Figure::at_least("share", 0.6, "", 0.5), "share: 0.60 (budget ≥ 0.50, ratio 1.20)");
        check(Figure::at_least("share", 0.4, "", 0.5), "share: 0.40 (budget ≥ 0.50, ratio 0.80 **missed**)");
        check(Figure::plain("crates", 170.0, ""), "crates: 170");
    }
}
