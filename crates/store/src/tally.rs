//! Adding up: sums and distinct ids for each slot. A slot is one integer that packs a group and its span of time.

use std::collections::HashMap;

use aboveboard_catalog::FIRST_CODE;
use foldhash::fast::FixedState;

/// Slots up to which an array is indexed; beyond it, slots are hashed.
const ARRAY_SLOTS_MAX: u64 = 1 << 20;
/// Bits of slots and ids up to which each pair has one of its own: 16 MiB, of which only what is written to takes memory.
///
/// Lost: bits also for slots that have to be given rows of them one by one. They are spread over more pages than sorting
/// takes, and dearer.
const BITS_MAX: u64 = 1 << 27;
/// Pairs of slot and id that are held before they are made distinct.
const PAIRS_MAX: usize = 1 << 23;

/// From slots to positions in an array: the same where they are few, in order of appearance where they could be many.
#[derive(Debug)]
struct Positions {
    slots: u64,
    found: HashMap<u64, u32, FixedState>,
    last: (u64, u32),
}

impl Positions {
    fn new(slots: u64) -> Self {
        Self { slots, found: HashMap::default(), last: (u64::MAX, 0) }
    }

    /// The length that an array needs from the start.
    fn array(&self) -> usize {
        if self.is_array() { self.slots as usize } else { 0 }
    }

    #[inline]
    fn is_array(&self) -> bool {
        self.slots <= ARRAY_SLOTS_MAX
    }

    #[inline]
    fn of(&mut self, slot: u64) -> u32 {
        if self.is_array() {
            return slot as u32;
        }
        if self.last.0 != slot {
            let next = self.found.len() as u32;
            self.last = (slot, *self.found.entry(slot).or_insert(next));
        }
        self.last.1
    }

    /// The values that are not zero, with their slots, in the order of slots.
    fn by_slot(&self, values: &[u64]) -> Vec<(u64, u64)> {
        if self.is_array() {
            let slots = values.iter().zip(0u64..).filter(|(value, _)| **value > 0);
            return slots.map(|(value, slot)| (slot, *value)).collect();
        }
        let slots = self.found.iter().map(|(slot, position)| (*slot, values[*position as usize]));
        let mut found: Vec<(u64, u64)> = slots.filter(|(_, value)| *value > 0).collect();
        found.sort_unstable();
        found
    }
}

/// A sum for each slot.
#[derive(Debug)]
pub(crate) struct Sums {
    positions: Positions,
    values: Vec<u64>,
}

impl Sums {
    /// Sums for slots below `slots`.
    pub(crate) fn new(slots: u64) -> Self {
        let positions = Positions::new(slots);
        Self { values: vec![0; positions.array()], positions }
    }

    #[inline]
    pub(crate) fn add(&mut self, slot: u64, value: u32) {
        let position = self.positions.of(slot) as usize;
        if position >= self.values.len() {
            self.values.resize(position + 1, 0);
        }
        self.values[position] += u64::from(value);
    }

    /// The sums that are not zero, in the order of slots.
    pub(crate) fn finish(self) -> Vec<(u64, u64)> {
        self.positions.by_slot(&self.values)
    }
}

/// How many different ids each slot saw, exactly.
#[derive(Debug)]
pub(crate) enum Distinct {
    Bits(Bits),
    Pairs(Pairs),
}

/// A bit for each slot and id, where these are few.
#[derive(Debug)]
pub(crate) struct Bits {
    id_codes: u64,
    seen: Vec<u64>,
    counts: Vec<u64>,
}

/// What was seen, to be made distinct now and then, where bits would be too many.
#[derive(Debug)]
pub(crate) struct Pairs {
    positions: Positions,
    /// Pairs that were seen, hardly ever twice in a row: rows of one id lie together.
    pairs: Vec<(u32, u32)>,
    last: (u32, u32),
    settle_at: usize,
    id_codes: usize,
}

impl Distinct {
    /// For slots below `slots` and ids below `id_codes`.
    pub(crate) fn new(slots: u64, id_codes: usize) -> Self {
        let bits = slots.saturating_mul(id_codes as u64);
        if bits <= BITS_MAX { Self::Bits(Bits::new(slots, id_codes)) } else { Self::Pairs(Pairs::new(slots, id_codes)) }
    }

    /// Notes an id; rows without one count nobody.
    #[inline]
    pub(crate) fn add(&mut self, slot: u64, id: u32) {
        match self {
            Self::Bits(bits) => bits.add(slot, id),
            Self::Pairs(pairs) => pairs.add(slot, id),
        }
    }

    /// The numbers of ids that are not zero, in the order of slots.
    pub(crate) fn finish(self) -> Vec<(u64, u64)> {
        match self {
            Self::Bits(bits) => Positions::new(bits.counts.len() as u64).by_slot(&bits.counts),
            Self::Pairs(pairs) => pairs.finish(),
        }
    }
}

impl Bits {
    fn new(slots: u64, id_codes: usize) -> Self {
        let words = (slots * id_codes as u64).div_ceil(u64::BITS.into()) as usize;
        Self { id_codes: id_codes as u64, seen: vec![0; words], counts: vec![0; slots as usize] }
    }

    #[inline]
    fn add(&mut self, slot: u64, id: u32) {
        if id < FIRST_CODE {
            return;
        }
        let bit = slot * self.id_codes + u64::from(id);
        let (word, bit) = (&mut self.seen[(bit / 64) as usize], 1 << (bit % 64));
        self.counts[slot as usize] += u64::from(*word & bit == 0);
        *word |= bit;
    }
}

impl Pairs {
    fn new(slots: u64, id_codes: usize) -> Self {
        let last = (u32::MAX, u32::MAX);
        Self { positions: Positions::new(slots), pairs: Vec::new(), last, settle_at: PAIRS_MAX, id_codes }
    }

    #[inline]
    fn add(&mut self, slot: u64, id: u32) {
        let pair = (self.positions.of(slot), id);
        if pair == self.last || id < FIRST_CODE {
            return;
        }
        self.last = pair;
        self.pairs.push(pair);
        if self.pairs.len() >= self.settle_at {
            self.pairs = self.distinct();
            self.settle_at = self.pairs.len() + PAIRS_MAX;
        }
    }

    fn finish(self) -> Vec<(u64, u64)> {
        let mut counts = vec![0; self.position_count()];
        self.each_distinct(|position, _| counts[position as usize] += 1);
        self.positions.by_slot(&counts)
    }

    fn distinct(&self) -> Vec<(u32, u32)> {
        let mut pairs = Vec::new();
        self.each_distinct(|position, id| pairs.push((position, id)));
        pairs
    }

    /// Sorts by counting, then walks each slot's ids with one array of stamps: the slot that saw the id last.
    fn each_distinct(&self, mut take: impl FnMut(u32, u32)) {
        let mut ends = vec![0usize; self.position_count()];
        self.pairs.iter().for_each(|(position, _)| ends[*position as usize] += 1);
        let mut start = 0;
        ends.iter_mut().for_each(|end| start += std::mem::replace(end, start));
        let mut ids = vec![0; self.pairs.len()];
        for (position, id) in &self.pairs {
            let place = &mut ends[*position as usize];
            ids[*place] = *id;
            *place += 1;
        }
        let mut stamps = vec![u32::MAX; self.id_codes];
        let mut start = 0;
        for (position, end) in (0..).zip(ends) {
            for id in &ids[start..end] {
                let stamp = &mut stamps[*id as usize];
                if *stamp != position {
                    *stamp = position;
                    take(position, *id);
                }
            }
            start = end;
        }
    }

    fn position_count(&self) -> usize {
        self.positions.array().max(self.positions.found.len())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn arrays_and_hashes_count_as_sets_do(
            rows in prop::collection::vec((0..40u64, 0..12u32), 0..200),
            spread in prop_oneof![Just(1), Just(ARRAY_SLOTS_MAX)],
            settle_at in 1..50usize,
        ) {
            let mut sums = Sums::new(40 * spread);
            let mut pairs = Pairs::new(40 * spread, 12);
            pairs.settle_at = settle_at;
            let mut all = [Distinct::new(40 * spread, 12), Distinct::Pairs(pairs)];
            let (mut naive_sums, mut naive_ids) = (BTreeMap::new(), BTreeMap::<u64, BTreeSet<u32>>::new());
            for (slot, id) in rows {
                let slot = slot * spread;
                sums.add(slot, id);
                all.iter_mut().for_each(|distinct| distinct.add(slot, id));
                *naive_sums.entry(slot).or_insert(0) += u64::from(id);
                if id >= FIRST_CODE {
                    naive_ids.entry(slot).or_default().insert(id);
                }
            }
            naive_sums.retain(|_, sum| *sum > 0);
            prop_assert_eq!(sums.finish(), naive_sums.into_iter().collect::<Vec<_>>());
            let naive_ids: Vec<_> = naive_ids.into_iter().map(|(slot, ids)| (slot, ids.len() as u64)).collect();
            for distinct in all {
                prop_assert_eq!(distinct.finish(), naive_ids.clone());
            }
        }
    }
}
