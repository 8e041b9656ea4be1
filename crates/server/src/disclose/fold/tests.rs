//! An attacker who knows every total of rows and columns that the same question by one dimension gives, and on top of
//! that which cells are empty, tries to compute a small group.

use std::collections::BTreeSet;

use aboveboard_catalog::version::Grain;
use proptest::prelude::*;

use super::*;

const K: u64 = 5;

/// A table: `cells[row][column]` machines.
type Cells = Vec<Vec<u64>>;

fn groups(cells: &Cells) -> Groups {
    fine(cells).into_iter().map(|(row, column, n)| cell(row, column, n)).collect()
}

fn cell(row: usize, column: usize, n: u64) -> Group {
    Group { key: vec![format!("r{row}"), format!("c{column}")], n, support: n, percentile: None }
}

/// The cells that are not empty.
fn fine(cells: &Cells) -> Vec<(usize, usize, u64)> {
    let row = |(row, line): (usize, &Vec<u64>)| {
        line.iter().enumerate().map(move |(column, &n)| (row, column, n)).collect::<Vec<_>>()
    };
    cells.iter().enumerate().flat_map(row).filter(|(_, _, n)| *n > 0).collect()
}

/// The same table by one dimension alone.
fn margin(groups: &Groups, axis: usize) -> Groups {
    let mut sums: BTreeMap<String, u64> = BTreeMap::new();
    groups.iter().for_each(|group| *sums.entry(group.key[axis].clone()).or_default() += group.n);
    sums.into_iter().map(|(key, n)| Group { key: vec![key], n, support: n, percentile: None }).collect()
}

/// What is published: each sum, as the set of the cells in it.
fn published(groups: &Groups, folded: &Folded, axes: &[usize]) -> Vec<BTreeSet<usize>> {
    let Folded::Pieces(pieces) = folded else { return Vec::new() };
    let named = |axis: usize, key: &str| pieces.iter().any(|piece| piece.key[axis].as_deref() == Some(key));
    let is_in = |piece: &Piece, group: &Group| {
        axes.iter().enumerate().all(|(place, &axis)| match &piece.key[place] {
            Some(text) => *text == group.key[axis],
            None => !named(place, &group.key[axis]),
        })
    };
    let of =
        |piece: &Piece| -> BTreeSet<usize> { (0..groups.len()).filter(|&cell| is_in(piece, &groups[cell])).collect() };
    let shown: Vec<_> = pieces.iter().filter(|piece| !piece.belongs_to_the_rest()).map(of).collect();
    let rest = (0..groups.len()).filter(|cell| !shown.iter().any(|sum| sum.contains(cell))).collect();
    shown.into_iter().chain([rest]).filter(|sum| !sum.is_empty()).collect()
}

/// Linear equations over a prime field: what holds there for a unit vector holds over the rationals, but for primes
/// that divide a determinant, which numbers as small as these do not reach.
struct Equations {
    reduced: Vec<Vec<i64>>,
}

const PRIME: i64 = 1_000_003;

impl Equations {
    fn new(sums: &[BTreeSet<usize>], unknowns: usize) -> Self {
        let mut equations = Self { reduced: Vec::new() };
        for sum in sums {
            let rest = equations.remainder(vector(sum, unknowns));
            if let Some(lead) = rest.iter().position(|&x| x != 0) {
                let inverse = power(rest[lead], PRIME - 2);
                equations.reduced.push(rest.iter().map(|x| x * inverse % PRIME).collect());
            }
        }
        equations
    }

    /// Whether the sum of these cells follows.
    fn give(&self, sum: &BTreeSet<usize>, unknowns: usize) -> bool {
        self.remainder(vector(sum, unknowns)).iter().all(|&x| x == 0)
    }

    fn remainder(&self, mut vector: Vec<i64>) -> Vec<i64> {
        for row in &self.reduced {
            let lead = row.iter().position(|&x| x != 0).expect("no reduced row is zero");
            let factor = vector[lead];
            vector.iter_mut().zip(row).for_each(|(x, y)| *x = (*x - factor * y).rem_euclid(PRIME));
        }
        vector
    }
}

fn vector(sum: &BTreeSet<usize>, unknowns: usize) -> Vec<i64> {
    (0..unknowns).map(|cell| i64::from(sum.contains(&cell))).collect()
}

fn power(base: i64, exponent: i64) -> i64 {
    if exponent == 0 {
        return 1;
    }
    let half = power(base * base % PRIME, exponent / 2);
    if exponent % 2 == 0 { half } else { half * base % PRIME }
}

/// What an attacker can compute, by sums of `cells`.
struct Attacker {
    cells: Groups,
    /// From the totals of rows, columns and everything.
    before: Equations,
    /// From those and the table itself.
    after: Equations,
}

impl Attacker {
    fn new(table: &Cells, cells: Groups) -> Self {
        let groups = groups(table);
        let margins = vec![margin(&groups, 0), margin(&groups, 1)];
        let total: u64 = groups.iter().map(|group| group.n).sum();
        let mut known = Vec::new();
        for axis in [0, 1] {
            known.extend(published(&cells, &fold(margins[axis].clone(), &[], K), &[axis]));
        }
        known.extend((total >= K).then(|| (0..cells.len()).collect()));
        let before = Equations::new(&known, cells.len());
        known.extend(published(&cells, &fold(groups, &margins, K), &[0, 1]));
        let after = Equations::new(&known, cells.len());
        let attacker = Self { cells, before, after };
        assert!(
            known.iter().all(|sum| attacker.size(sum) == 0 || attacker.size(sum) >= K),
            "a small sum was published"
        );
        attacker
    }

    fn size(&self, sum: &BTreeSet<usize>) -> u64 {
        sum.iter().map(|&cell| self.cells[cell].n).sum()
    }

    fn small(&self) -> impl Iterator<Item = BTreeSet<usize>> {
        singles_and_lines(&self.cells).into_iter().filter(|sum| (1..K).contains(&self.size(sum)))
    }
}

/// Which cells are empty is not published; this attacker does not know it.
fn attack(table: &Cells) {
    let all = table
        .iter()
        .zip(0..)
        .flat_map(|(line, row)| line.iter().zip(0..).map(move |(&n, column)| cell(row, column, n)));
    let attacker = Attacker::new(table, all.collect());
    for sum in attacker.small() {
        assert!(!attacker.after.give(&sum, attacker.cells.len()), "{sum:?} of {:?} can be computed", attacker.cells);
    }
}

/// This attacker does know it. Where the totals of rows and columns are then enough, nothing is learnt from the table.
fn attack_knowing_the_empty_cells(table: &Cells) {
    let attacker = Attacker::new(table, groups(table));
    for sum in attacker.small() {
        let [before, after] = [&attacker.before, &attacker.after].map(|known| known.give(&sum, attacker.cells.len()));
        assert!(before || !after, "{sum:?} of {:?} can be computed", attacker.cells);
    }
}

/// Rows as versions, of which two at a time are one group: `1.0.0`, `1.0.1`, `1.1.0`.
fn as_version(mut group: Group) -> Group {
    let row: usize = group.key[0][1..].parse().expect("a number");
    group.key[0] = format!("1.{}.{}", row / 2, row % 2);
    group
}

/// Why groups are made of what is shown: were they counted and folded for themselves, the small version of a group
/// would be what its other version lacks.
#[test]
fn groups_that_are_counted_afresh_give_versions_away() {
    let table: Cells = vec![vec![30], vec![3], vec![9], vec![40]];
    let attacker = Attacker::new(&table, groups(&table));
    let small = BTreeSet::from([1]);
    assert!(!attacker.after.give(&small, 4));
    let first_group = BTreeSet::from([0, 1]);
    let shown = attacker.after.reduced.len();
    let mut known: Vec<BTreeSet<usize>> = (0..4).map(|cell| BTreeSet::from([cell])).collect();
    known.retain(|cell| attacker.after.give(cell, 4));
    known.push(first_group);
    assert!(shown > 0 && Equations::new(&known, 4).give(&small, 4));
}

/// Everything that an answer by two dimensions or by one could name, and what it could leave of a line.
fn singles_and_lines(groups: &Groups) -> Vec<BTreeSet<usize>> {
    let line = |axis: usize, key: &str| (0..groups.len()).filter(|&cell| groups[cell].key[axis] == key).collect();
    let small = |line: &BTreeSet<usize>| line.iter().copied().filter(|&cell| groups[cell].n < K).collect();
    let keys = groups.iter().flat_map(|group| [(0, &group.key[0]), (1, &group.key[1])]);
    let lines: Vec<BTreeSet<usize>> = keys.map(|(axis, key)| line(axis, key)).collect();
    let leftovers: Vec<BTreeSet<usize>> =
        lines.iter().map(small).filter(|sum: &BTreeSet<usize>| !sum.is_empty()).collect();
    (0..groups.len()).map(|cell| BTreeSet::from([cell])).chain(lines).chain(leftovers).collect()
}

fn tables() -> impl Strategy<Value = Cells> {
    let cell = prop_oneof![3 => Just(0u64), 2 => 1..K, 3 => K..40];
    (1..7usize, 1..6usize)
        .prop_flat_map(move |(rows, columns)| prop::collection::vec(prop::collection::vec(cell.clone(), columns), rows))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_small_group_can_be_computed(cells in tables()) {
        attack(&cells);
        attack_knowing_the_empty_cells(&cells);
    }

    #[test]
    fn groups_of_versions_follow_from_what_is_shown(cells in tables()) {
        let groups: Groups = groups(&cells).into_iter().map(as_version).collect();
        let margins = vec![margin(&groups, 0), margin(&groups, 1)];
        for (folded, dimensions) in [(fold(groups, &margins, K), 2), (fold(margins[0].clone(), &[], K), 1)] {
            let Folded::Pieces(whole) = folded else { continue };
            let grains = &[Some(Grain::Minor), None][..dimensions];
            let Folded::Pieces(grouped) = group(Folded::Pieces(whole.clone()), grains) else { panic!("nothing is withheld") };
            for piece in &grouped {
                let belongs = |version: &&Piece| {
                    let text = version.key[0].as_deref().map(|text| text[..text.len() - 2].to_owned());
                    version.shown == piece.shown && text == piece.key[0] && version.key[1..] == piece.key[1..]
                };
                prop_assert_eq!(piece.n, whole.iter().filter(belongs).map(|version| version.n).sum::<u64>());
            }
            prop_assert_eq!(grouped.iter().map(|p| p.n).sum::<u64>(), whole.iter().map(|p| p.n).sum::<u64>());
        }
    }

    #[test]
    fn nothing_is_lost(cells in tables()) {
        let groups = groups(&cells);
        let total: u64 = groups.iter().map(|group| group.n).sum();
        let margins = vec![margin(&groups, 0), margin(&groups, 1)];
        if let Folded::Pieces(pieces) = fold(groups, &margins, K) {
            prop_assert_eq!(pieces.iter().map(|piece| piece.n).sum::<u64>(), total);
        }
    }

    #[test]
    fn a_row_holds_a_group_that_is_not_small_by_itself(supports in prop::collection::vec(1..12u64, 0..9)) {
        let group = |(place, &support): (usize, &u64)| Group {
            key: vec![format!("{place:02}")], n: support * 100, support, percentile: None,
        };
        let groups: Groups = supports.iter().enumerate().map(group).collect();
        if let Folded::Pieces(pieces) = fold(groups, &[], K) {
            prop_assert!(pieces.iter().all(|piece| piece.support >= K));
        }
    }

    #[test]
    fn without_a_minimum_everything_is_shown(cells in tables()) {
        let groups = groups(&cells);
        let count = groups.len();
        let Folded::Pieces(pieces) = fold(groups, &[], 1) else { panic!("nothing is withheld") };
        prop_assert_eq!(pieces.iter().filter(|piece| !piece.belongs_to_the_rest()).count(), count);
    }
}

/// The rows as `key n`, what is hidden after a `+`.
fn check(cells: &[&[u64]], expected: &[&str]) {
    let groups = groups(&cells.iter().map(|row| row.to_vec()).collect());
    let margins = vec![margin(&groups, 0), margin(&groups, 1)];
    let Folded::Pieces(pieces) = fold(groups, &margins, K) else { return assert_eq!(expected, ["withheld"]) };
    let text = |piece: &Piece| {
        let key: Vec<&str> = piece.key.iter().map(|text| text.as_deref().unwrap_or("*")).collect();
        format!("{}{} {}", if piece.shown { "" } else { "+" }, key.join(" "), piece.n)
    };
    assert_eq!(pieces.iter().map(text).collect::<Vec<_>>(), expected);
}

#[test]
fn a_small_cell_takes_a_rectangle_along() {
    let cells: &[&[u64]] = &[&[3, 30, 90], &[20, 40, 80], &[70, 60, 50]];
    check(
        cells,
        &[
            "+r0 c0 3",
            "+r0 c1 30",
            "r0 c2 90",
            "+r1 c0 20",
            "+r1 c1 40",
            "r1 c2 80",
            "r2 c0 70",
            "r2 c1 60",
            "r2 c2 50",
        ],
    );
}

#[test]
fn a_small_row_takes_the_smallest_large_row_along() {
    check(&[&[2, 1], &[10, 10], &[20, 20]], &["* c0 12", "* c1 11", "r2 c0 20", "r2 c1 20"]);
}

#[test]
fn small_rows_alone_are_withheld() {
    check(&[&[2, 1], &[1, 2]], &["withheld"]);
}

#[test]
fn without_a_rectangle_only_the_total_is_left() {
    check(&[&[3, 50], &[100, 0]], &["+r0 c0 3", "+r0 c1 50", "+r1 c0 100"]);
}
