//! How sure a share is: the score interval of Wilson ("Probable inference", JASA 22, 1927), at 95 %.
//!
//! It stays between 0 and 1 and is honest for few votes, where the usual plus-or-minus is neither.

/// A share and between what it lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Interval {
    /// The lower end.
    pub(crate) low: f64,
    /// The upper end.
    pub(crate) high: f64,
}

/// Of a normal distribution, 95 % lie within so many standard deviations.
const Z: f64 = 1.959_964;

/// Between what the share of `yes` of `of` votes lies; `None` without votes.
pub(crate) fn wilson(yes: u64, of: u64) -> Option<Interval> {
    if of == 0 || yes > of {
        return None;
    }
    let n = of as f64;
    let share = yes as f64 / n;
    let middle = share + Z * Z / (2.0 * n);
    let reach = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    let whole = 1.0 + Z * Z / n;
    Some(Interval { low: ((middle - reach) / whole).max(0.0), high: ((middle + reach) / whole).min(1.0) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(yes: u64, of: u64, low: f64, high: f64) {
        let interval = wilson(yes, of).expect("an interval");
        assert!((interval.low - low).abs() < 5e-4 && (interval.high - high).abs() < 5e-4, "{interval:?}");
    }

    #[test]
    fn agrees_with_published_values() {
        // R: prop.test(…, correct = FALSE).
        check(81, 263, 0.2553, 0.3662);
        check(15, 148, 0.0624, 0.1605);
        check(0, 20, 0.0, 0.1611);
        check(29, 29, 0.8830, 1.0);
    }

    #[test]
    fn no_vote_has_no_share() {
        assert_eq!((wilson(0, 0), wilson(2, 1)), (None, None));
    }
}
