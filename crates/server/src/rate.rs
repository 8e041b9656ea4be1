//! How often one source may send: a token bucket each, under a keyed hash of its address that lives in memory only.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use foldhash::fast::FixedState;

use crate::clock::Moment;

/// Sources remembered at a time; about 2 MB.
const SOURCES_MAX: usize = 65_536;
/// How many seconds' worth of requests may come at once.
const BURST_SECONDS: f64 = 10.0;

/// The buckets of all sources.
pub(crate) struct Rates {
    per_second: f64,
    /// Made anew at every start and never written down, so that nobody can tell addresses from hashes.
    key: [u8; 32],
    buckets: Mutex<HashMap<u64, Bucket, FixedState>>,
}

#[derive(Clone, Copy)]
struct Bucket {
    tokens: f64,
    filled_at: Moment,
}

impl Rates {
    /// Buckets that fill with `per_second` tokens.
    pub(crate) fn new(per_second: u32, key: [u8; 32]) -> Self {
        Self { per_second: f64::from(per_second), key, buckets: Mutex::default() }
    }

    /// Takes one token, and says whether there was one.
    pub(crate) fn take(&self, source: IpAddr, now: Moment) -> bool {
        let hash = self.hash(source);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= SOURCES_MAX && !buckets.contains_key(&hash) {
            // A full bucket says no more than a missing one.
            buckets.retain(|_, bucket| self.tokens(bucket, now) < self.burst());
            if buckets.len() >= SOURCES_MAX {
                return false;
            }
        }
        let bucket = buckets.entry(hash).or_insert(Bucket { tokens: self.burst(), filled_at: now });
        let tokens = self.tokens(bucket, now);
        let enough = tokens >= 1.0;
        *bucket = Bucket { tokens: if enough { tokens - 1.0 } else { tokens }, filled_at: now };
        enough
    }

    fn tokens(&self, bucket: &Bucket, now: Moment) -> f64 {
        let elapsed_ms = now.0.saturating_sub(bucket.filled_at.0).max(0);
        (bucket.tokens + elapsed_ms as f64 / 1000.0 * self.per_second).min(self.burst())
    }

    fn burst(&self) -> f64 {
        self.per_second * BURST_SECONDS
    }

    /// One machine owns at least a /64 of IPv6, so the rest of such an address says nothing.
    fn hash(&self, source: IpAddr) -> u64 {
        let network = match source.to_canonical() {
            IpAddr::V4(address) => u64::from(address.to_bits()),
            IpAddr::V6(address) => (address.to_bits() >> 64) as u64,
        };
        let hash = blake3::keyed_hash(&self.key, &[&[u8::from(source.is_ipv6())][..], &network.to_be_bytes()].concat());
        u64::from_le_bytes(*hash.as_bytes().first_chunk().expect("a hash has 32 bytes"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn a_source_gets_its_burst_and_then_its_rate() {
        let rates = Rates::new(2, [7; 32]);
        let taken = |source: &str, at: i64, tries: usize| {
            (0..tries).filter(|_| rates.take(address(source), Moment(at))).count()
        };
        assert_eq!(taken("192.0.2.1", 0, 30), 20);
        assert_eq!(taken("192.0.2.2", 0, 30), 20);
        assert_eq!(taken("192.0.2.1", 1_500, 30), 3);
        assert_eq!(taken("192.0.2.1", 0, 30), 0, "a clock that goes back gives nothing");
    }

    #[test]
    fn one_network_is_one_source() {
        let rates = Rates::new(1, [7; 32]);
        assert_eq!(rates.hash(address("2001:db8::1")), rates.hash(address("2001:db8::2")));
        assert_ne!(rates.hash(address("2001:db8::1")), rates.hash(address("2001:db8:0:1::1")));
        assert_ne!(rates.hash(address("192.0.2.1")), rates.hash(address("192.0.2.2")));
        assert_ne!(rates.hash(address("192.0.2.1")), Rates::new(1, [8; 32]).hash(address("192.0.2.1")));
    }

    #[test]
    fn memory_is_bounded() {
        let rates = Rates::new(1, [7; 32]);
        for source in 0..SOURCES_MAX as u32 {
            assert!(rates.take(IpAddr::from(source.to_be_bytes()), Moment(0)));
        }
        assert!(!rates.take(address("203.0.113.1"), Moment(0)), "no room, and nobody was idle");
        assert!(rates.take(address("203.0.113.1"), Moment(60_000)), "idle sources make room");
    }
}
