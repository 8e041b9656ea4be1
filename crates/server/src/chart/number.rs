//! Numbers as people read them, written in one place: thousands apart, percent, durations, bytes.

/// What values are measured in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Things, counted.
    Count,
    /// A part of a whole, 0 to 1.
    Share,
    /// Time, in this many microseconds.
    Time(u64),
    /// Storage, in this many bytes.
    Bytes(u64),
    /// Anything else, by its name in the plural.
    Named(String),
}

/// Keeps a number and its unit on one line.
const NARROW: char = '\u{202f}';
const SECOND: f64 = 1e6;
const KIB: f64 = 1024.0;

impl Unit {
    /// The unit that a catalogue names.
    pub(crate) fn of(name: &str) -> Self {
        match name {
            "" => Self::Count,
            "µs" | "us" => Self::Time(1),
            "ms" => Self::Time(1_000),
            "s" => Self::Time(1_000_000),
            "min" => Self::Time(60_000_000),
            "h" => Self::Time(3_600_000_000),
            "B" | "bytes" => Self::Bytes(1),
            "KiB" => Self::Bytes(1 << 10),
            "MiB" => Self::Bytes(1 << 20),
            "GiB" => Self::Bytes(1 << 30),
            _ => Self::Named(name.to_owned()),
        }
    }

    /// A number as tables have it.
    pub(crate) fn full(&self, number: f64) -> String {
        match self {
            Self::Count => decimal(number),
            Self::Share => percent(number),
            Self::Time(micros) => duration(number * *micros as f64),
            Self::Bytes(bytes) => storage(number * *bytes as f64),
            Self::Named(name) => format!("{}{NARROW}{name}", decimal(number)),
        }
    }

    /// A number as axes have it: short.
    pub(crate) fn tick(&self, number: f64) -> String {
        match self {
            Self::Count | Self::Named(_) => short(number),
            _ => self.full(number),
        }
    }

    /// The smallest step worth a tick.
    pub(super) fn step_min(&self) -> f64 {
        if *self == Self::Count { 1.0 } else { 0.0 }
    }
}

/// A count with thin spaces between its thousands.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let separator = |place: usize| place > 0 && (digits.len() - place).is_multiple_of(3);
    digits
        .char_indices()
        .flat_map(|(place, digit)| separator(place).then_some(NARROW).into_iter().chain([digit]))
        .collect()
}

/// Whole from 100 on, else to three digits, without zeros at the end.
fn decimal(number: f64) -> String {
    let places = match number.abs() {
        size if size >= 99.95 || size.fract() == 0.0 => return signed(number),
        size if size >= 9.995 => 1,
        _ => 2,
    };
    let text = format!("{number:.places$}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn signed(number: f64) -> String {
    let sign = if number.round() < 0.0 { "−" } else { "" };
    format!("{sign}{}", grouped(number.abs().round() as u64))
}

/// A percentage whose rounding never says none or all where that is wrong.
fn percent(share: f64) -> String {
    let hundredths = share * 100.0;
    let text = match hundredths {
        h if h > 0.0 && h < 0.1 => "<0.1".into(),
        h if h < 10.0 && h.fract() != 0.0 || h > 99.0 && h < 100.0 => decimal_once(h.min(99.9)),
        h => format!("{h:.0}"),
    };
    format!("{text}{NARROW}%")
}

fn decimal_once(number: f64) -> String {
    let text = format!("{number:.1}");
    text.trim_end_matches(".0").to_owned()
}

fn duration(micros: f64) -> String {
    let (number, name) = match micros {
        0.0 => (0.0, "s"),
        m if m < 999.5 => (m, "µs"),
        m if m < 0.9995 * SECOND => (m / 1e3, "ms"),
        m if m < 59.95 * SECOND => (m / SECOND, "s"),
        m if m < 59.95 * 60.0 * SECOND => (m / 60.0 / SECOND, "min"),
        m => (m / 3600.0 / SECOND, "h"),
    };
    format!("{}{NARROW}{name}", decimal(number))
}

fn storage(bytes: f64) -> String {
    let (number, name) = match bytes {
        b if b < KIB => (b, "B"),
        b if b < KIB.powi(2) => (b / KIB, "KiB"),
        b if b < KIB.powi(3) => (b / KIB.powi(2), "MiB"),
        b => (b / KIB.powi(3), "GiB"),
    };
    format!("{}{NARROW}{name}", decimal(number))
}

fn short(number: f64) -> String {
    match number.abs() {
        size if size < 9_999.5 => decimal(number),
        size if size < 999_950.0 => format!("{}k", decimal_once(number / 1e3)),
        size if size < 999_950_000.0 => format!("{}M", decimal_once(number / 1e6)),
        _ => format!("{}G", decimal_once(number / 1e9)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(unit: &str, numbers: &[f64], texts: &[&str]) {
        let unit = if unit == "%" { Unit::Share } else { Unit::of(unit) };
        let written: Vec<String> = numbers.iter().map(|&number| unit.full(number).replace(NARROW, "_")).collect();
        assert_eq!(written, texts);
    }

    #[test]
    fn thousands_are_told_apart() {
        check("", &[0.0, 999.0, 1_000.0, 1_234_567.0], &["0", "999", "1_000", "1_234_567"]);
        check("", &[0.126, 3.0, 99.94, 99.96, -1_204.0], &["0.13", "3", "99.9", "100", "−1_204"]);
    }

    #[test]
    fn percent_never_rounds_to_none_or_all() {
        let shares = [0.0, 0.0004, 0.034, 0.05, 0.614, 0.9994, 0.9999, 1.0];
        check("%", &shares, &["0_%", "<0.1_%", "3.4_%", "5_%", "61_%", "99.9_%", "99.9_%", "100_%"]);
    }

    #[test]
    fn durations_take_the_unit_that_fits() {
        check(
            "ms",
            &[0.0, 0.5, 840.0, 999.7, 1_840.0, 90_000.0],
            &["0_s", "500_µs", "840_ms", "1_s", "1.84_s", "1.5_min"],
        );
        check("h", &[0.5, 30.0], &["30_min", "30_h"]);
    }

    #[test]
    fn bytes_are_powers_of_two() {
        check("MiB", &[0.5, 4_096.0], &["512_KiB", "4_GiB"]);
        check("pages", &[12.0], &["12_pages"]);
    }

    #[test]
    fn axes_are_short() {
        let ticks = [950.0, 2_500.0, 12_000.0, 12_500.0, 1_500_000.0].map(|number| Unit::Count.tick(number));
        assert_eq!(ticks.map(|tick| tick.replace(NARROW, "_")), ["950", "2_500", "12k", "12.5k", "1.5M"]);
    }
}
