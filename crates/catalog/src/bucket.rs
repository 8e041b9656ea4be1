//! Numbers to buckets and back. Only the bucket is sent, kept and shown.
//!
//! The law that makes checking twice harmless: the bucket of a bucket's [`value`](Buckets::value) is that bucket.

use std::fmt;

use crate::limits::BUCKETS_MAX;

/// How the numbers of one field are made coarse.
#[derive(Clone, Debug, PartialEq)]
pub enum Buckets {
    /// Bucket `i` is `edges[i] <= x < edges[i + 1]`; the last has no upper end; what is below the first edge is in
    /// the first bucket.
    Edges(Vec<f64>),
    /// Bucket 0 is everything under `min`; then each bucket is `growth` times as wide as the one before; the last
    /// begins at or above `max`. A bucket's value is within `relative_error` of every number in it, as in DDSketch
    /// (Masson, Rim, Lee, VLDB 2019).
    Log {
        /// The largest relative error, such as 0.05.
        relative_error: f64,
        /// The smallest number told apart from zero.
        min: f64,
        /// The number from which on all are alike.
        max: f64,
    },
}

impl Buckets {
    /// Why this scheme cannot be used, in words for its author.
    ///
    /// # Errors
    /// Edges that do not grow, an error outside 0 to 1, an empty range, too many buckets.
    pub(crate) fn validate(&self) -> Result<(), String> {
        match self {
            Self::Edges(edges) if edges.is_empty() => return Err("at least one edge is needed".into()),
            Self::Edges(edges) if edges.iter().any(|edge| !edge.is_finite()) => {
                return Err("every edge must be a finite number".into());
            }
            Self::Edges(edges) if !edges.is_sorted_by(|a, b| a < b) => return Err("edges must grow".into()),
            Self::Log { relative_error, .. } if !(0.001..=0.5).contains(relative_error) => {
                return Err(format!("the relative error `{relative_error}` must lie between 0.001 and 0.5"));
            }
            Self::Log { min, max, .. } if !(*min > 0.0 && min < max && max.is_finite()) => {
                return Err(format!("`min` and `max` must satisfy 0 < min < max, not `{min}` and `{max}`"));
            }
            _ => {}
        }
        let count = self.count();
        if count > BUCKETS_MAX {
            return Err(format!("{count} buckets are more than {BUCKETS_MAX}; take a larger error or a smaller range"));
        }
        Ok(())
    }

    /// How many buckets there are.
    #[must_use]
    pub fn count(&self) -> usize {
        match self {
            Self::Edges(edges) => edges.len(),
            Self::Log { min, max, .. } => (self.steps(max / min).ceil() as usize).saturating_add(2),
        }
    }

    /// The bucket of a number, or `None` when it is not finite.
    #[must_use]
    pub fn of(&self, number: f64) -> Option<usize> {
        if !number.is_finite() {
            return None;
        }
        Some(match self {
            Self::Edges(edges) => edges.partition_point(|edge| *edge <= number).saturating_sub(1),
            Self::Log { min, .. } if number < *min => 0,
            Self::Log { min, max, .. } => {
                let bucket = (self.steps(number / min).floor() as usize).saturating_add(1);
                // Counting costs two logarithms, and only large numbers need it.
                if number < *max { bucket } else { bucket.min(self.count() - 1) }
            }
        })
    }

    /// The number that stands for a bucket.
    #[must_use]
    pub fn value(&self, bucket: usize) -> f64 {
        match self {
            Self::Edges(edges) => edges[bucket.min(edges.len() - 1)],
            Self::Log { .. } if bucket == 0 => 0.0,
            Self::Log { relative_error, .. } => self.lower_end(bucket) * (1.0 + relative_error),
        }
    }

    /// Lower end (contained) and upper end (not contained, infinite for the last bucket).
    #[must_use]
    pub fn ends(&self, bucket: usize) -> (f64, f64) {
        let upper = if bucket + 1 < self.count() { self.lower_end(bucket + 1) } else { f64::INFINITY };
        (self.lower_end(bucket), upper)
    }

    /// The bucket's range as answers spell it: `2–5`, `10+`. Edges are spelt as declared, others with as many digits
    /// as tell them apart, so no two buckets have the same label.
    #[must_use]
    pub fn label(&self, bucket: usize) -> String {
        let (lower, upper) = self.ends(bucket);
        if upper.is_infinite() {
            format!("{}+", self.spell(lower))
        } else {
            format!("{}–{}", self.spell(lower), self.spell(upper))
        }
    }

    fn spell(&self, end: f64) -> String {
        match self {
            Self::Edges(_) => end.to_string(),
            // Neighbours differ by a factor of `growth`, numbers of d digits by at most one of 1 + 10^(1 - d).
            Self::Log { .. } => rounded(end, 2 + (-(self.growth() - 1.0).log10()).ceil().max(1.0) as i32),
        }
    }

    fn growth(&self) -> f64 {
        match self {
            Self::Edges(_) => f64::NAN,
            Self::Log { relative_error, .. } => (1.0 + relative_error) / (1.0 - relative_error),
        }
    }

    /// How many times a range of this ratio is as wide as a bucket. Not with the logarithm of the system: buckets would
    /// begin elsewhere on another one, and every tool would load its library.
    fn steps(&self, ratio: f64) -> f64 {
        libm::log(ratio) / libm::log(self.growth())
    }

    fn lower_end(&self, bucket: usize) -> f64 {
        match self {
            Self::Edges(edges) => edges[bucket.min(edges.len() - 1)],
            Self::Log { .. } if bucket == 0 => 0.0,
            Self::Log { min, .. } => min * libm::pow(self.growth(), bucket as f64 - 1.0),
        }
    }
}

/// The scheme in the words of a catalogue; the store keeps this text and refuses a field whose scheme changed.
impl fmt::Display for Buckets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Edges(edges) => {
                let edges: Vec<String> = edges.iter().map(f64::to_string).collect();
                write!(f, "[{}]", edges.join(", "))
            }
            Self::Log { relative_error, min, max } => {
                write!(f, "{{ log = {relative_error}, min = {min}, max = {max} }}")
            }
        }
    }
}

/// So many significant digits, no exponent.
fn rounded(number: f64, digits: i32) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
    let decimals = digits - 1 - number.abs().log10().floor() as i32;
    let unit = 10_f64.powi(-decimals.min(0));
    let text =
        format!("{:.*}", decimals.max(0) as usize, if decimals < 0 { (number / unit).round() * unit } else { number });
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn log() -> Buckets {
        Buckets::Log { relative_error: 0.05, min: 1.0, max: 3_600_000.0 }
    }

    #[test]
    fn edges_contain_their_lower_end() {
        let pages = Buckets::Edges(vec![0.0, 1.0, 2.0, 5.0, 10.0]);
        let buckets = [-3.0, 0.0, 0.9, 1.0, 4.0, 5.0, 10.0, 1e300].map(|number| pages.of(number));
        assert_eq!(buckets, [0, 0, 0, 1, 2, 3, 4, 4].map(Some));
        assert_eq!(pages.ends(2), (2.0, 5.0));
        assert_eq!(pages.ends(4), (10.0, f64::INFINITY));
        assert_eq!(pages.of(f64::NAN), None);
    }

    #[test]
    fn bad_schemes_are_named() {
        let check = |buckets: Buckets, said: &str| {
            let problem = buckets.validate().expect_err("a problem");
            assert!(problem.contains(said), "{problem}");
        };
        check(Buckets::Edges(vec![]), "at least one edge");
        check(Buckets::Edges(vec![1.0, 1.0]), "must grow");
        check(Buckets::Edges(vec![1.0, f64::NAN]), "finite");
        check(Buckets::Log { relative_error: 0.9, min: 1.0, max: 2.0 }, "relative error");
        check(Buckets::Log { relative_error: 0.1, min: 2.0, max: 1.0 }, "min < max");
        check(Buckets::Log { relative_error: 0.001, min: 1e-300, max: 1e300 }, "buckets are more than");
        assert_eq!(log().validate(), Ok(()));
    }

    #[test]
    fn numbers_beyond_all_range_are_in_the_last_bucket() {
        let tiny = Buckets::Log { relative_error: 0.05, min: 1e-3, max: 10.0 };
        assert_eq!(tiny.of(f64::MAX), Some(tiny.count() - 1));
        assert_eq!(tiny.of(f64::MIN), Some(0));
    }

    #[test]
    fn labels_are_short() {
        assert_eq!([0, 1, 2, 100].map(|bucket| log().label(bucket)), ["0–1", "1–1.11", "1.11–1.22", "20100–22200"]);
        assert_eq!(Buckets::Edges(vec![0.0, 0.5, 1000.25]).label(1), "0.5–1000.25");
    }

    proptest! {
        #[test]
        fn no_two_buckets_have_the_same_label(error in 0.001..0.5f64, min in 1e-6..1e3f64, decades in 0.1..4.0f64) {
            let buckets = Buckets::Log { relative_error: error, min, max: min * 10_f64.powf(decades) };
            let labels: std::collections::HashSet<String> = (0..buckets.count()).map(|b| buckets.label(b)).collect();
            prop_assert_eq!(labels.len(), buckets.count());
        }

        #[test]
        fn a_value_falls_into_its_own_bucket(bucket in 0..10_000usize) {
            let bucket = bucket % log().count();
            prop_assert_eq!(log().of(log().value(bucket)), Some(bucket));
        }

        #[test]
        fn the_stated_error_holds(exponent in 0.0..21.9f64) {
            let number = exponent.exp2().min(3_599_999.0);
            let value = log().value(log().of(number).expect("finite"));
            prop_assert!((value - number).abs() / number <= 0.05 + 1e-9, "{} became {}", number, value);
        }
    }
}
