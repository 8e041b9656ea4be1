//! The only reader of the clock. Everything else is told what time it is.

use std::time::{SystemTime, UNIX_EPOCH};

use aboveboard_catalog::Day;

/// A moment, in milliseconds since 1970-01-01 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(pub(crate) i64);

/// This moment. A clock that stands before 1970 reads as 1970.
#[expect(clippy::disallowed_methods, reason = "this file is the one that reads the clock")]
pub(crate) fn now() -> Moment {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Moment(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
}

impl Moment {
    pub(crate) fn unix_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    pub(crate) fn day(self) -> Day {
        Day::of_unix_seconds(self.unix_seconds())
    }
}

impl std::fmt::Display for Moment {
    /// As RFC 3339 writes it: `2026-11-22T09:41:07Z`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let second = self.unix_seconds().rem_euclid(86_400);
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        write!(f, "{}T{hour:02}:{minute:02}:{second:02}Z", self.day())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_rfc_3339() {
        assert_eq!(Moment(1_795_340_467_999).to_string(), "2026-11-22T09:41:07Z");
        assert_eq!(Moment(-1).to_string(), "1969-12-31T23:59:59Z");
    }
}
