//! Dice that fall the same way for the same seed and subject, so that a demo can be told again to the last event.

/// Sebastiano Vigna's SplitMix64.
pub(super) struct Chance(u64);

impl Chance {
    /// The dice of one subject, such as a machine on a day. What others threw before makes no difference to them.
    pub(super) fn of(seed: u64, subject: &[u64]) -> Self {
        subject.iter().fold(Self(seed), |dice, part| Self(Self(dice.0 ^ part.rotate_left(32)).next()))
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number that is as random as an identifier must be.
    pub(super) fn wide(&mut self) -> u128 {
        u128::from(self.next()) << 64 | u128::from(self.next())
    }

    /// From 0 to 1.
    pub(super) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    pub(super) fn percent(&mut self, percent: f64) -> bool {
        self.unit() * 100.0 < percent
    }

    /// Small numbers are far more likely than large ones.
    pub(super) fn skewed(&mut self, end: u64) -> u64 {
        (self.unit().powi(3) * end as f64) as u64
    }

    /// About log-normal, with this median.
    pub(super) fn around(&mut self, median: f64, spread: f64) -> f64 {
        let normal: f64 = (0..6).map(|_| self.unit() - 0.5).sum();
        median * (normal * std::f64::consts::SQRT_2 * spread).exp()
    }

    /// One of these, each as likely as its weight says.
    pub(super) fn pick<T: Copy>(&mut self, weighted: &[(T, u64)]) -> T {
        let mut thrown = self.below(weighted.iter().map(|(_, weight)| weight).sum());
        for (choice, weight) in weighted {
            match thrown.checked_sub(*weight) {
                Some(rest) => thrown = rest,
                None => return *choice,
            }
        }
        weighted[0].0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dice_depend_on_seed_and_subject_only() {
        let first = |seed, subject: &[u64]| Chance::of(seed, subject).next();
        assert_eq!(first(7, &[1, 2]), first(7, &[1, 2]));
        let others = [first(8, &[1, 2]), first(7, &[2, 1]), first(7, &[1]), first(7, &[1, 2, 0])];
        assert!(others.iter().all(|other| *other != first(7, &[1, 2])));
    }

    #[test]
    fn weights_are_kept() {
        let mut dice = Chance::of(7, &[]);
        let thrown = (0..10_000).filter(|_| dice.pick(&[("a", 1), ("b", 3)]) == "b").count();
        assert!((7_300..7_700).contains(&thrown), "{thrown}");
    }
}
