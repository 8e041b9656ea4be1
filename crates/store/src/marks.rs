//! Which batches were seen before.
//!
//! Belongs to the writer alone. A mark is noted when its batch is about to be written, so that a repeat in the same
//! group is recognised, and is taken back if the write fails.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::batch::Mark;

/// Parts of the memory of marks. Expired ones are thrown out part by part, so that no commit waits for all of them.
const PARTS: usize = 64;
/// New marks after which one part is cleaned, at least.
const NEW_BEFORE_CLEANING_MIN: usize = 1_024;

/// A mark of one tool. Four words of 32 bits instead of one of 128 save eight bytes of each entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Key {
    tool: u32,
    words: [u32; 4],
}

/// The marks that are remembered.
#[derive(Debug)]
pub(crate) struct Marks {
    /// Until when each is remembered, in Unix seconds (32 bits last until 2106).
    parts: Vec<HashMap<Key, u32, RandomState>>,
    new: usize,
    next_cleaned: usize,
}

/// A mark with its tool and time, as memory files keep it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Remembered {
    /// The number of the tool in the registry.
    pub tool: u16,
    pub key: u128,
    /// In Unix seconds.
    pub until: i64,
}

/// What was noted for one batch, so that it can be taken back.
pub(crate) type Noted = Vec<Remembered>;

impl Default for Marks {
    fn default() -> Self {
        Self { parts: vec![HashMap::default(); PARTS], new: 0, next_cleaned: 0 }
    }
}

impl Key {
    fn new(tool: u16, key: u128) -> Self {
        let words = [key as u32, (key >> 32) as u32, (key >> 64) as u32, (key >> 96) as u32];
        Self { tool: u32::from(tool), words }
    }

    fn part(&self) -> usize {
        self.words[3] as usize % PARTS
    }
}

impl Marks {
    /// How many entries of a batch with these marks were seen before; `None` when none of its marks is known.
    pub(crate) fn seen(&self, tool: u16, marks: &[Mark], now: i64) -> Option<u32> {
        let known = |mark: &&Mark| {
            let key = Key::new(tool, mark.key);
            self.parts[key.part()].get(&key).is_some_and(|until| i64::from(*until) >= now)
        };
        marks.iter().filter(known).map(|mark| mark.covers).max()
    }

    /// Remembers a mark. Answers whether it was not remembered already.
    pub(crate) fn note(&mut self, mark: Remembered, now: i64) -> bool {
        let key = Key::new(mark.tool, mark.key);
        let until = u32::try_from(mark.until.max(0)).unwrap_or(u32::MAX);
        let before = self.parts[key.part()].insert(key, until);
        self.clean_a_little(now);
        before.is_none()
    }

    /// Takes back what was noted.
    pub(crate) fn take_back(&mut self, noted: &[Remembered]) {
        for mark in noted {
            let key = Key::new(mark.tool, mark.key);
            self.parts[key.part()].remove(&key);
        }
    }

    fn clean_a_little(&mut self, now: i64) {
        self.new += 1;
        let part = &mut self.parts[self.next_cleaned];
        if self.new > part.len() / 4 + NEW_BEFORE_CLEANING_MIN {
            part.retain(|_, until| i64::from(*until) >= now);
            self.new = 0;
            self.next_cleaned = (self.next_cleaned + 1) % PARTS;
        }
    }

    /// How many are remembered, expired ones among them.
    #[cfg(test)]
    fn len(&self) -> usize {
        self.parts.iter().map(HashMap::len).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remembered(key: u128, until: i64) -> Remembered {
        Remembered { tool: 0, key, until }
    }

    #[test]
    fn the_longest_known_mark_wins_until_it_expires() {
        let mut marks = Marks::default();
        marks.note(remembered(7, 20), 0);
        marks.note(remembered(9, 40), 0);
        let asked = [Mark { key: 7, covers: 1 }, Mark { key: 9, covers: 2 }, Mark { key: 11, covers: 3 }];
        let check = |now, seen| assert_eq!(marks.seen(0, &asked, now), seen, "at {now}");
        check(20, Some(2));
        check(40, Some(2));
        check(41, None);
        assert_eq!(marks.seen(0, &asked[..1], 21), None);
        assert_eq!(marks.seen(1, &asked, 0), None, "another tool's marks are others");
    }

    #[test]
    fn what_was_taken_back_is_not_known() {
        let mut marks = Marks::default();
        assert!(marks.note(remembered(7, 20), 0));
        assert!(!marks.note(remembered(7, 20), 0));
        marks.take_back(&[remembered(7, 20)]);
        assert_eq!(marks.seen(0, &[Mark { key: 7, covers: 1 }], 0), None);
    }

    #[test]
    fn expired_marks_are_thrown_out_as_new_ones_come() {
        let mut marks = Marks::default();
        for second in 0..1_000_000i64 {
            marks.note(
                remembered((second as u128).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835), second + 20),
                second,
            );
        }
        assert!(marks.len() < 200_000, "{}", marks.len());
    }
}
