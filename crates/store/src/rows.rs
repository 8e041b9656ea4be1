//! Rows as columns of small integers: what a live table holds, and what sealing turns into a segment.
//!
//! What a column means is said by its [`Table`](crate::table::Table); nothing here knows.

/// Rows of one table. Every column has one code a row; the last two columns are counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rows {
    /// Key columns in the order of the table, then `n`, then `reports`.
    pub columns: Vec<Vec<u32>>,
}

/// Columns at the end of every table that are counts: `n` (times) and `reports` (rows of batches).
pub(crate) const COUNT_COLUMNS: usize = 2;

impl Rows {
    /// No rows of a table with this many key columns.
    pub(crate) fn new(key_columns: usize) -> Self {
        Self { columns: vec![Vec::new(); key_columns + COUNT_COLUMNS] }
    }

    pub(crate) fn len(&self) -> usize {
        self.columns.first().map_or(0, Vec::len)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(crate) fn key_columns(&self) -> usize {
        self.columns.len() - COUNT_COLUMNS
    }

    /// Adds one row: its key, how often it happened, and how many reports said so.
    #[inline]
    pub(crate) fn push(&mut self, key: &[u32], n: u32, reports: u32) {
        debug_assert_eq!(key.len(), self.key_columns());
        let values = key.iter().chain([&n, &reports]);
        for (column, value) in self.columns.iter_mut().zip(values) {
            column.push(*value);
        }
    }

    /// Adds the rows of another part of the same table.
    pub(crate) fn append(&mut self, other: &Self) {
        for (column, more) in self.columns.iter_mut().zip(&other.columns) {
            column.extend_from_slice(more);
        }
    }
}

impl Rows {
    /// These rows sorted by their key columns, those that `order` names first as most significant, with the counts of
    /// equal rows summed. `order` names every key column once.
    pub(crate) fn merged(&self, order: &[usize]) -> Self {
        let keys: Vec<&[u32]> = order.iter().map(|column| self.columns[*column].as_slice()).collect();
        let (n, reports) = (&self.columns[self.key_columns()], &self.columns[self.key_columns() + 1]);
        let mut merged = Self::new(self.key_columns());
        let mut key = vec![0; self.key_columns()];
        for row in sorted(&keys, self.len()) {
            let row = row as usize;
            if merged.is_last(order, &keys, row) && merged.add_to_last(n[row], reports[row]) {
                continue;
            }
            for (place, column) in key.iter_mut().zip(&self.columns) {
                *place = column[row];
            }
            merged.push(&key, n[row], reports[row]);
        }
        merged
    }

    fn is_last(&self, order: &[usize], keys: &[&[u32]], row: usize) -> bool {
        order.iter().zip(keys).all(|(column, key)| self.columns[*column].last() == Some(&key[row]))
    }

    /// Whether both counts could be added; a sum beyond `u32` becomes a row of its own.
    fn add_to_last(&mut self, n: u32, reports: u32) -> bool {
        let [.., last_n, last_reports] = self.columns.as_mut_slice() else { return false };
        let (Some(last_n), Some(last_reports)) = (last_n.last_mut(), last_reports.last_mut()) else { return false };
        let (Some(n), Some(reports)) = (last_n.checked_add(n), last_reports.checked_add(reports)) else { return false };
        (*last_n, *last_reports) = (n, reports);
        true
    }

    /// The rows for which this holds.
    pub(crate) fn filtered(&self, keep: impl Fn(usize) -> bool) -> Self {
        let rows: Vec<usize> = (0..self.len()).filter(|row| keep(*row)).collect();
        let columns = self.columns.iter().map(|column| rows.iter().map(|row| column[*row]).collect());
        Self { columns: columns.collect() }
    }
}

/// The positions of the rows in rising order of their keys. The first four columns make one integer, and settle most.
fn sorted(keys: &[&[u32]], rows: usize) -> Vec<u32> {
    let (first, rest) = keys.split_at(keys.len().min(4));
    let packed = |row: usize| first.iter().fold(0u128, |packed, column| packed << 32 | u128::from(column[row]));
    let mut sorted: Vec<(u128, u32)> = (0..rows).map(|row| (packed(row), row as u32)).collect();
    sorted.sort_unstable_by(|(a, a_row), (b, b_row)| {
        let rest = || rest.iter().map(|column| column[*a_row as usize].cmp(&column[*b_row as usize]));
        a.cmp(b).then_with(|| rest().find(|order| order.is_ne()).unwrap_or(std::cmp::Ordering::Equal))
    });
    sorted.into_iter().map(|(_, row)| row).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_sum_beyond_32_bits_is_two_rows() {
        let rows = Rows { columns: vec![vec![7, 7], vec![u32::MAX, 1], vec![1, 1]] };
        assert_eq!(rows.merged(&[0]).columns[1].iter().map(|n| u64::from(*n)).sum::<u64>(), 1 << 32);
    }

    proptest! {
        #[test]
        fn merging_sums_equal_rows_and_sorts(rows in prop::collection::vec(([0..3u32, 0..3, 0..2, 0..2, 0..2, 0..2], 1..9u32), 0..60)) {
            let mut all = Rows::new(6);
            let mut sums = BTreeMap::<Vec<u32>, (u32, u32)>::new();
            let order = [1, 0, 2, 3, 5, 4];
            for (key, n) in &rows {
                all.push(key, *n, 1);
                let sum = sums.entry(order.iter().map(|column| key[*column]).collect()).or_default();
                *sum = (sum.0 + n, sum.1 + 1);
            }
            let merged = all.merged(&order);
            let found: Vec<_> = (0..merged.len())
                .map(|row| {
                    let key = order.iter().map(|column| merged.columns[*column][row]).collect();
                    (key, (merged.columns[6][row], merged.columns[7][row]))
                })
                .collect();
            prop_assert_eq!(found, sums.into_iter().collect::<Vec<_>>());
        }
    }
}
