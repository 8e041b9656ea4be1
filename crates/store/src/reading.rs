//! How one table is read for one question: column by column, a slot for every row, rows that do not count skipped.
//!
//! A row's slot is the sum of what its columns contribute, looked up by code. A filter is a contribution that skips.

use std::ops::{Range, RangeInclusive};
use std::sync::Arc;

use crate::columns::View;

/// The contribution of a row that does not count: adding anything to it leaves it.
pub(crate) const SKIP: u64 = u64::MAX;
/// Rows that are worked on at once, so that their slots stay in the nearest cache.
const BLOCK_ROWS: usize = 2_048;

/// What each code of a column adds to the slot.
#[derive(Clone, Debug)]
pub(crate) struct Lens {
    /// The code of the first entry; codes outside the table do not count.
    pub first: u32,
    /// By code; shared by the readings of many tables.
    pub table: Arc<[u64]>,
}

impl Lens {
    pub(crate) fn new(table: Vec<u64>) -> Self {
        Self { first: 0, table: table.into() }
    }

    /// Whether these codes all contribute the same.
    fn is_even(&self, codes: RangeInclusive<u32>) -> bool {
        let first = self.at(*codes.start());
        codes.into_iter().all(|code| self.at(code) == first)
    }

    #[inline]
    fn at(&self, code: u32) -> u64 {
        self.table.get(code.wrapping_sub(self.first) as usize).copied().unwrap_or(SKIP)
    }
}

/// A filter on a column of sets, which are too many for a table.
#[derive(Clone, Debug)]
pub(crate) struct SetFilter {
    /// Bits of the members that are looked for.
    pub any: u32,
    /// Whether the empty set is looked for.
    pub empty: bool,
    /// Whether what is looked for must not be there.
    pub not: bool,
}

impl SetFilter {
    pub(crate) fn passes(&self, set: u32) -> bool {
        (set & self.any != 0 || (set == 0 && self.empty)) != self.not
    }
}

/// A dimension of sets: a row counts once under each member.
#[derive(Clone, Debug)]
pub(crate) struct Spread {
    /// The sets by origin code, where the column is the origin.
    pub by_origin: Option<Arc<[u32]>>,
    /// What one step from member to member adds to the slot.
    pub stride: u64,
}

/// How one table is read. Columns are positions in [`Reading::columns`].
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    /// The columns that are needed, by name.
    pub columns: Vec<String>,
    /// What every row's slot starts with.
    pub start: u64,
    pub lenses: Vec<(usize, Lens)>,
    pub set_filters: Vec<(usize, SetFilter)>,
    pub spreads: Vec<(usize, Spread)>,
    /// The only code of the first sort column that counts, so that the rest is not even looked at.
    pub only: Option<(usize, u32)>,
}

/// The rows of a block that count. A row can be there several times, under several slots.
#[derive(Debug, Default)]
pub(crate) struct Block {
    pub slots: Vec<u64>,
    /// The position of each slot's row.
    pub rows: Vec<u32>,
}

impl Reading {
    pub(crate) fn new(start: u64) -> Self {
        Self {
            columns: Vec::new(),
            start,
            lenses: Vec::new(),
            set_filters: Vec::new(),
            spreads: Vec::new(),
            only: None,
        }
    }

    /// The position of a column, which is needed from now on.
    pub(crate) fn column(&mut self, name: &str) -> usize {
        self.columns.iter().position(|known| known == name).unwrap_or_else(|| {
            self.columns.push(name.to_owned());
            self.columns.len() - 1
        })
    }

    /// Adds a lens on a column.
    pub(crate) fn look(&mut self, name: &str, lens: Lens) {
        let column = self.column(name);
        self.lenses.push((column, lens));
    }

    /// The rows of a sealed file that need to be looked at.
    pub(crate) fn rows(&self, rows: usize, views: &[View<'_>]) -> Range<usize> {
        self.only.map_or(0..rows, |(column, code)| views[column].equal_range(rows, code))
    }

    /// These views, where a column has only such codes: it need not be looked at where they all contribute the same. A
    /// file has the days of one week, so a question by weeks looks at no day.
    pub(crate) fn without_need<'v>(
        &self,
        views: &[View<'v>],
        column: &str,
        codes: RangeInclusive<u32>,
    ) -> Vec<View<'v>> {
        let mut views = views.to_vec();
        if let Some(position) = self.columns.iter().position(|name| name == column) {
            let mut lenses = self.lenses.iter().filter(|(on, _)| *on == position);
            if lenses.all(|(_, lens)| lens.is_even(codes.clone())) {
                views[position] = View::Same(*codes.start());
            }
        }
        views
    }

    /// Hands over those of the rows that count, block by block.
    pub(crate) fn blocks(&self, all: Range<usize>, views: &[View<'_>], mut take: impl FnMut(&Block)) {
        let (start_slot, lenses) = self.settled(views);
        if start_slot == SKIP {
            return;
        }
        let mut block = Block::default();
        let mut slots = Vec::with_capacity(BLOCK_ROWS);
        for start in all.clone().step_by(BLOCK_ROWS) {
            let range = start..all.end.min(start + BLOCK_ROWS);
            slots.clear();
            slots.resize(range.len(), start_slot);
            for (column, lens) in &lenses {
                add_lens(&mut slots, views[*column].part(range.clone()), lens);
            }
            self.apply_set_filters(&mut slots, views, start);
            block.select(&slots, start);
            for (column, spread) in &self.spreads {
                block = block.spread(views[*column], spread);
            }
            take(&block);
        }
    }

    /// What the columns contribute that say the same in every row, and the lenses on the others.
    fn settled(&self, views: &[View<'_>]) -> (u64, Vec<&(usize, Lens)>) {
        let mut start = self.start;
        let mut rest = Vec::with_capacity(self.lenses.len());
        for lens in &self.lenses {
            match views[lens.0] {
                View::Same(code) => start = start.saturating_add(lens.1.at(code)),
                _ => rest.push(lens),
            }
        }
        (start, rest)
    }

    fn apply_set_filters(&self, slots: &mut [u64], views: &[View<'_>], start: usize) {
        for (column, filter) in &self.set_filters {
            for (slot, row) in slots.iter_mut().zip(start..) {
                if !filter.passes(views[*column].get(row)) {
                    *slot = SKIP;
                }
            }
        }
    }
}

impl Block {
    fn select(&mut self, slots: &[u64], start: usize) {
        self.slots.resize(slots.len(), 0);
        self.rows.resize(slots.len(), 0);
        // Every row is written, and the next one over it if it does not count: which do cannot be foretold.
        let mut kept = 0;
        for (slot, row) in slots.iter().zip(start as u32..) {
            (self.slots[kept], self.rows[kept]) = (*slot, row);
            kept += usize::from(*slot != SKIP);
        }
        self.slots.truncate(kept);
        self.rows.truncate(kept);
    }

    /// Each row once for each member of its set, or once under `none`.
    fn spread(&self, view: View<'_>, spread: &Spread) -> Self {
        let mut wide = Self::default();
        for (slot, row) in self.slots.iter().zip(&self.rows) {
            let code = view.get(*row as usize);
            let mut set = spread.by_origin.as_ref().map_or(code, |sets| sets[code as usize]);
            if set == 0 {
                wide.push(*slot, *row);
            }
            while set != 0 {
                wide.push(slot + u64::from(set.trailing_zeros() + 1) * spread.stride, *row);
                set &= set - 1;
            }
        }
        wide
    }

    fn push(&mut self, slot: u64, row: u32) {
        self.slots.push(slot);
        self.rows.push(row);
    }
}

/// One pass over one column of a block; the width of its codes is settled outside the loop.
fn add_lens(slots: &mut [u64], view: View<'_>, lens: &Lens) {
    match view {
        View::Same(code) => slots.iter_mut().for_each(|slot| *slot = slot.saturating_add(lens.at(code))),
        View::Bytes(base, codes) => add_each(slots, codes.iter().map(|code| base + u32::from(*code)), lens),
        View::Shorts(base, codes) => add_each(slots, codes.iter().map(|code| base + u32::from(*code)), lens),
        View::Words(base, codes) => add_each(slots, codes.iter().map(|code| base + code), lens),
    }
}

#[inline]
fn add_each(slots: &mut [u64], codes: impl Iterator<Item = u32>, lens: &Lens) {
    for (slot, code) in slots.iter_mut().zip(codes) {
        *slot = slot.saturating_add(lens.at(code));
    }
}
