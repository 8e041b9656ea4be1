//! What a machine remembers between batches, so that sums of batches count machines and no identifier is needed: the
//! last day it reported, the month it began, and an identifier where the catalogue's policy allows one.

use aboveboard_catalog::{Bucket, Day, First, Identity};

use crate::settings::Settings;

/// What is remembered. Functions of it and of the day; [`crate::spool`] keeps it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Memory(pub(crate) Settings);

impl Memory {
    /// Of which periods a batch about this day is the first, and remembers the day. Late days are the first of nothing:
    /// better one machine too few than one too many.
    pub(crate) fn first(&mut self, day: Day) -> First {
        let last = self.day("last_day");
        let new = |bucket| last.is_none_or(|last| day.start_of(bucket) > last.start_of(bucket));
        let first = First { day: new(Bucket::Day), week: new(Bucket::Week), month: new(Bucket::Month) };
        if first.day {
            self.0.set("last_day", day);
        }
        first
    }

    /// The month in which the machine first reported.
    pub(crate) fn cohort(&mut self, day: Day) -> Day {
        let month = self.day("cohort").unwrap_or(day).start_of(Bucket::Month);
        self.0.set("cohort", month);
        month
    }

    /// The identifier under this policy, made from `random` when there is none or its month is over.
    pub(crate) fn identifier(&mut self, policy: Identity, day: Day, random: u128) -> Option<u128> {
        if policy == Identity::None {
            return None;
        }
        let month = day.start_of(Bucket::Month);
        let current = policy == Identity::Install || self.day("identifier_month") == Some(month);
        let kept = self.0.get("identifier").and_then(|text| u128::from_str_radix(text, 16).ok());
        if let Some(identifier) = kept.filter(|_| current) {
            return Some(identifier);
        }
        self.0.set("identifier", format_args!("{random:032x}"));
        self.0.set("identifier_month", month);
        let earlier = self.0.get("identifiers").unwrap_or_default().to_owned();
        self.0.set("identifiers", format!("{earlier} {random:032x}").trim());
        Some(random)
    }

    /// Every identifier that was ever sent from here, by which data can be deleted.
    pub(crate) fn identifiers(&self) -> Vec<String> {
        self.0.get("identifiers").unwrap_or_default().split_whitespace().map(str::to_owned).collect()
    }

    /// Makes sure that what is sent after this has nothing to do with what was sent before. The identifiers stay known
    /// until they are forgotten, for only with them can be deleted what was sent.
    pub(crate) fn part(&mut self) {
        for key in ["identifier", "identifier_month", "last_day", "cohort"] {
            self.0.remove(key);
        }
    }

    fn day(&self, key: &str) -> Option<Day> {
        Day::parse(self.0.get(key)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).expect("a day")
    }

    #[test]
    fn each_period_has_one_first_batch() {
        let mut memory = Memory::default();
        let mut check = |text: &str, expected: &str| {
            let first = memory.first(day(text));
            let words = [(first.day, "day"), (first.week, "week"), (first.month, "month")];
            let words: Vec<_> = words.into_iter().filter(|(set, _)| *set).map(|(_, word)| word).collect();
            assert_eq!(words.join(" "), expected, "{text}");
        };
        check("2026-11-20", "day week month");
        check("2026-11-20", "");
        check("2026-11-22", "day");
        check("2026-11-21", "");
        check("2026-11-23", "day week");
        check("2026-12-01", "day week month");
        check("2026-12-02", "day");
        check("2027-01-01", "day week month");
    }

    #[test]
    fn a_cohort_stays() {
        let mut memory = Memory::default();
        assert_eq!(memory.cohort(day("2026-09-17")), day("2026-09-01"));
        assert_eq!(memory.cohort(day("2027-01-01")), day("2026-09-01"));
    }

    #[test]
    fn an_identifier_lives_as_long_as_its_policy_says() {
        let mut memory = Memory::default();
        assert_eq!(memory.identifier(Identity::None, day("2026-11-01"), 1), None);
        assert_eq!(memory, Memory::default(), "no identifier is made that is not asked for");
        assert_eq!(memory.identifier(Identity::Month, day("2026-11-01"), 1), Some(1));
        assert_eq!(memory.identifier(Identity::Month, day("2026-11-30"), 2), Some(1));
        assert_eq!(memory.identifier(Identity::Month, day("2026-12-01"), 3), Some(3));
        assert_eq!(memory.identifier(Identity::Install, day("2028-01-01"), 4), Some(3));
        memory.part();
        assert_eq!(memory.identifier(Identity::Install, day("2028-01-01"), 5), Some(5));
        assert_eq!(memory.identifiers().len(), 3);
    }
}
