//! Calendar days and months, the only time the catalogue and the store know.
//!
//! A day is counted from 1970-01-01 in UTC (proleptic Gregorian calendar). Nothing here reads a clock:
//! whoever needs today is given it.

use std::fmt;

/// A calendar day in UTC, counted from 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i32);

/// A span of days that a question groups by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Bucket {
    /// One calendar day.
    Day,
    /// An ISO week, from Monday to Sunday.
    Week,
    /// A calendar month.
    Month,
}

const SECONDS_A_DAY: i64 = 86_400;
const EPOCH_TO_MARCH_OF_YEAR_0: i64 = 719_468;
const DAYS_AN_ERA: i64 = 146_097;

impl Day {
    /// The day that contains `unix_seconds`.
    #[must_use]
    pub fn of_unix_seconds(unix_seconds: i64) -> Self {
        let days = unix_seconds.div_euclid(SECONDS_A_DAY);
        Self(i32::try_from(days).unwrap_or(i32::MAX))
    }

    /// The day `year-month-day`, or `None` when the calendar has no such day.
    fn of_date(year: i32, month: u32, day: u32) -> Option<Self> {
        let known = (1..=9999).contains(&year) && (1..=12).contains(&month) && day >= 1;
        let candidate = known.then(|| Self::unchecked(year, month, day))?;
        (candidate.date() == (year, month, day)).then_some(candidate)
    }

    /// Reads `YYYY-MM-DD`, and nothing else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return None;
        }
        let digits = |range: std::ops::Range<usize>| {
            let part = text.get(range)?;
            part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse::<u32>().ok())?
        };
        let year = i32::try_from(digits(0..4)?).ok()?;
        Self::of_date(year, digits(5..7)?, digits(8..10)?)
    }

    /// Year, month (1 to 12) and day of the month (1 to 31).
    ///
    /// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
    #[must_use]
    pub fn date(self) -> (i32, u32, u32) {
        let shifted = i64::from(self.0) + EPOCH_TO_MARCH_OF_YEAR_0;
        let era = shifted.div_euclid(DAYS_AN_ERA);
        let day_of_era = shifted.rem_euclid(DAYS_AN_ERA);
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        (year as i32, month as u32, day as u32)
    }

    /// The first day of the bucket that contains this day.
    #[must_use]
    pub fn start_of(self, bucket: Bucket) -> Self {
        match bucket {
            Bucket::Day => self,
            // 1970-01-01 was a Thursday, three days after a Monday.
            Bucket::Week => Self(self.0 - (self.0 + 3).rem_euclid(7)),
            Bucket::Month => {
                let (_, _, day) = self.date();
                Self(self.0 - day as i32 + 1)
            }
        }
    }

    /// The first day of the bucket after the one that contains this day.
    #[must_use]
    pub fn start_of_next(self, bucket: Bucket) -> Self {
        let start = self.start_of(bucket);
        match bucket {
            Bucket::Day => Self(start.0 + 1),
            Bucket::Week => Self(start.0 + 7),
            Bucket::Month => Self(start.0 + 31).start_of(Bucket::Month),
        }
    }

    /// This day, `days` later (earlier when negative).
    #[must_use]
    pub fn plus(self, days: i32) -> Self {
        Self(self.0.saturating_add(days))
    }

    fn unchecked(year: i32, month: u32, day: u32) -> Self {
        let year = i64::from(year) - i64::from(month <= 2);
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let month_from_march = i64::from(if month > 2 { month - 3 } else { month + 9 });
        let day_of_year = (153 * month_from_march + 2) / 5 + i64::from(day) - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        Self((era * DAYS_AN_ERA + day_of_era - EPOCH_TO_MARCH_OF_YEAR_0) as i32)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.date();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl Bucket {
    /// Reads `day`, `week` or `month`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "day" => Some(Self::Day),
            "week" => Some(Self::Week),
            "month" => Some(Self::Month),
            _ => None,
        }
    }

    /// The word that [`Bucket::parse`] reads.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_days() {
        assert_eq!(Day::parse("1970-01-01"), Some(Day(0)));
        assert_eq!(Day::parse("2026-11-22"), Some(Day(20_779)));
        assert_eq!(Day::parse("2024-02-29"), Some(Day(19_782)));
        for bad in ["2023-02-29", "2026-13-01", "2026-1-01", "20261-01-1", "2026-11-2é", "0000-01-01", ""] {
            assert_eq!(Day::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn buckets_start_on_monday_and_on_the_first() {
        let sunday = Day::parse("2026-11-22").expect("a day");
        assert_eq!(sunday.start_of(Bucket::Week).to_string(), "2026-11-16");
        assert_eq!(sunday.start_of_next(Bucket::Week).to_string(), "2026-11-23");
        assert_eq!(sunday.start_of(Bucket::Month).to_string(), "2026-11-01");
        assert_eq!(sunday.start_of_next(Bucket::Month).to_string(), "2026-12-01");
    }

    proptest! {
        #[test]
        fn written_days_read_back(day in -700_000..2_900_000) {
            prop_assert_eq!(Day::parse(&Day(day).to_string()), Some(Day(day)));
        }

        #[test]
        fn a_bucket_contains_its_day(day in -700_000..2_900_000, which in 0..3usize) {
            let bucket = [Bucket::Day, Bucket::Week, Bucket::Month][which];
            let day = Day(day);
            prop_assert!(day.start_of(bucket) <= day && day < day.start_of_next(bucket));
        }
    }
}
