//! Columns of segments in memory: as narrow as their values, shared by all readers, and bounded in bytes.
//!
//! Nothing is read before somebody asks for it, so an idle store holds none of this.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use crate::disk::Disk;
use crate::error::StoreError;
use crate::manifest::Segment;
use crate::segment;

/// Bytes of decoded columns that are kept for the next question.
const CACHE_BYTES_MAX: usize = 256 << 20;
/// Bytes that one entry takes beside its codes.
const ENTRY_BYTES: usize = 160;

/// The codes of one column, as small as they can be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Codes {
    /// What every stored value is counted from.
    base: u32,
    rows: usize,
    stored: Stored,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Stored {
    /// Every row has the code `base`.
    Same,
    Bytes(Vec<u8>),
    Shorts(Vec<u16>),
    Words(Vec<u32>),
}

/// A look at codes, sealed or live.
#[derive(Clone, Copy, Debug)]
pub(crate) enum View<'a> {
    /// Every row has this code.
    Same(u32),
    /// A code is the base plus the byte.
    Bytes(u32, &'a [u8]),
    /// A code is the base plus the short.
    Shorts(u32, &'a [u16]),
    /// A code is the base plus the word.
    Words(u32, &'a [u32]),
}

impl Codes {
    pub(crate) fn new(codes: Vec<u32>) -> Self {
        let base = codes.iter().copied().min().unwrap_or(0);
        let span = codes.iter().copied().max().unwrap_or(0) - base;
        let rows = codes.len();
        let narrow = codes.iter().map(|code| code - base);
        let stored = match span {
            0 => Stored::Same,
            1..=0xff => Stored::Bytes(narrow.map(|code| code as u8).collect()),
            0x100..=0xffff => Stored::Shorts(narrow.map(|code| code as u16).collect()),
            _ => Stored::Words(narrow.collect()),
        };
        Self { base, rows, stored }
    }

    /// A column that says the same in every row.
    pub(crate) fn same(code: u32, rows: usize) -> Self {
        Self { base: code, rows, stored: Stored::Same }
    }

    pub(crate) fn view(&self) -> View<'_> {
        match &self.stored {
            Stored::Same => View::Same(self.base),
            Stored::Bytes(codes) => View::Bytes(self.base, codes),
            Stored::Shorts(codes) => View::Shorts(self.base, codes),
            Stored::Words(codes) => View::Words(self.base, codes),
        }
    }

    fn bytes(&self) -> usize {
        let codes = match &self.stored {
            Stored::Same => 0,
            Stored::Bytes(codes) => codes.len(),
            Stored::Shorts(codes) => codes.len() * 2,
            Stored::Words(codes) => codes.len() * 4,
        };
        codes + ENTRY_BYTES
    }
}

impl<'a> View<'a> {
    #[inline]
    pub(crate) fn get(self, row: usize) -> u32 {
        match self {
            Self::Same(code) => code,
            Self::Bytes(base, codes) => base + u32::from(codes[row]),
            Self::Shorts(base, codes) => base + u32::from(codes[row]),
            Self::Words(base, codes) => base + codes[row],
        }
    }

    /// The same look at some of the rows.
    pub(crate) fn part(self, rows: Range<usize>) -> Self {
        match self {
            Self::Same(code) => Self::Same(code),
            Self::Bytes(base, codes) => Self::Bytes(base, &codes[rows]),
            Self::Shorts(base, codes) => Self::Shorts(base, &codes[rows]),
            Self::Words(base, codes) => Self::Words(base, &codes[rows]),
        }
    }

    /// The rows that have this code, of a column of so many rows in rising order.
    pub(crate) fn equal_range(self, rows: usize, code: u32) -> Range<usize> {
        let first = |above: &dyn Fn(u32) -> bool| {
            let (mut low, mut high) = (0, rows);
            while low < high {
                let middle = low + (high - low) / 2;
                if above(self.get(middle)) { high = middle } else { low = middle + 1 }
            }
            low
        };
        first(&|found| found >= code)..first(&|found| found > code)
    }
}

/// Columns that were read before.
#[derive(Debug, Default)]
pub(crate) struct ColumnCache {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    /// By file and column, with the question that last used them.
    columns: HashMap<String, HashMap<String, (u64, Arc<Codes>)>>,
    bytes: usize,
    question: u64,
}

impl ColumnCache {
    /// The named columns of a segment. A column that was declared after the file was written is absent in all its rows.
    pub(crate) fn read(&self, disk: &dyn Disk, of: &Segment, names: &[&str]) -> Result<Vec<Arc<Codes>>, StoreError> {
        let mut found = self.locked().find(&of.path, names);
        let missing: Vec<&str> =
            names.iter().zip(&found).filter(|(_, found)| found.is_none()).map(|(n, _)| *n).collect();
        if !missing.is_empty() {
            let fresh = load(disk, of, &missing)?;
            self.locked().keep(&of.path, &missing, &fresh);
            let mut fresh = fresh.into_iter();
            for place in found.iter_mut().filter(|place| place.is_none()) {
                *place = fresh.next();
            }
        }
        Ok(found.into_iter().flatten().collect())
    }

    /// Nothing here can be left half done by a panic but the byte count, which only says when to make room.
    fn locked(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn find(&mut self, path: &str, names: &[&str]) -> Vec<Option<Arc<Codes>>> {
        self.question += 1;
        let Some(columns) = self.columns.get_mut(path) else { return vec![None; names.len()] };
        let mut find = |name: &&str| {
            let (used, codes) = columns.get_mut(*name)?;
            *used = self.question;
            Some(codes.clone())
        };
        names.iter().map(&mut find).collect()
    }

    fn keep(&mut self, path: &str, names: &[&str], codes: &[Arc<Codes>]) {
        let columns = self.columns.entry(path.to_owned()).or_default();
        for (name, codes) in names.iter().zip(codes) {
            self.bytes += codes.bytes();
            if let Some((_, replaced)) = columns.insert((*name).to_owned(), (self.question, codes.clone())) {
                self.bytes -= replaced.bytes();
            }
        }
        if self.bytes > CACHE_BYTES_MAX {
            self.make_room();
        }
    }

    /// Lets go of the columns that were not used for longest, until three quarters are left.
    fn make_room(&mut self) {
        let used = |columns: &HashMap<String, (u64, Arc<Codes>)>| columns.values().map(|(used, _)| *used).max();
        let mut order: Vec<(u64, String)> =
            self.columns.iter().map(|(path, columns)| (used(columns).unwrap_or(0), path.clone())).collect();
        order.sort_unstable();
        for (_, path) in order {
            if self.bytes <= CACHE_BYTES_MAX / 4 * 3 {
                break;
            }
            let removed = self.columns.remove(&path).unwrap_or_default();
            self.bytes -= removed.values().map(|(_, codes)| codes.bytes()).sum::<usize>();
        }
    }
}

/// The named columns of a segment as they are in its file, past the cache; `None` for those it does not have.
pub(crate) fn read_segment(disk: &dyn Disk, of: &Segment, names: &[&str]) -> Result<Vec<Option<Vec<u32>>>, StoreError> {
    let damaged = |what: String| StoreError::Damaged(disk.root().join(&of.path), what);
    let bytes = disk.read(&of.path)?;
    if crc32fast::hash(&bytes) != of.crc {
        return Err(damaged("its checksum differs from the manifest's".into()));
    }
    let columns = segment::read(bytes, names).map_err(|error| damaged(error.to_string()))?;
    match columns.iter().flatten().find(|column| column.len() as u64 != of.rows) {
        Some(column) => Err(damaged(format!("it has {} rows, the manifest says {}", column.len(), of.rows))),
        None => Ok(columns),
    }
}

fn load(disk: &dyn Disk, of: &Segment, names: &[&str]) -> Result<Vec<Arc<Codes>>, StoreError> {
    let absent = || Codes::same(0, of.rows as usize);
    let narrow = |column: Option<Vec<u32>>| Arc::new(column.map_or_else(absent, Codes::new));
    Ok(read_segment(disk, of, names)?.into_iter().map(narrow).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn narrow_codes_read_back(base in any::<u32>(), width in 0..32u32, more in prop::collection::vec(any::<u32>(), 0..50)) {
            let codes: Vec<u32> = more.iter().map(|code| base.saturating_add(code >> width)).collect();
            let narrow = Codes::new(codes.clone());
            let read: Vec<u32> = (0..narrow.rows).map(|row| narrow.view().get(row)).collect();
            prop_assert_eq!(read, codes);
        }

        #[test]
        fn equal_codes_are_found(mut codes in prop::collection::vec(0..9u32, 0..40), wanted in 0..10u32) {
            codes.sort_unstable();
            let narrow = Codes::new(codes.clone());
            let range = narrow.view().equal_range(codes.len(), wanted);
            prop_assert_eq!(codes[range].len(), codes.iter().filter(|code| **code == wanted).count());
        }
    }

    #[test]
    fn the_columns_not_used_for_longest_go_first() {
        let mut kept = Kept::default();
        let large = Arc::new(Codes::new((0..CACHE_BYTES_MAX as u32 / 20).collect()));
        for path in ["a", "b", "c", "d"] {
            kept.find(path, &["day"]);
            kept.keep(path, &["day"], std::slice::from_ref(&large));
        }
        assert!(kept.find("a", &["day"])[0].is_some());
        kept.keep("e", &["day"], std::slice::from_ref(&large));
        let left: Vec<bool> = ["a", "b", "c", "d", "e"].map(|path| kept.columns.contains_key(path)).into();
        assert_eq!(left, [true, false, false, true, true]);
        assert_eq!(kept.bytes, large.bytes() * 3);
    }
}
