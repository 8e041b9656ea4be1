//! Which groups of one bucket may be shown. Pure; the tests attack it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aboveboard_catalog::version::Grain;

/// The groups of one bucket.
pub(super) type Groups = Vec<Group>;

/// One group as it was counted.
#[derive(Clone, Debug)]
pub(super) struct Group {
    /// One text for each dimension.
    pub(super) key: Vec<String>,
    /// What was counted.
    pub(super) n: u64,
    /// How many machines or reports stand behind it.
    pub(super) support: u64,
    pub(super) percentile: Option<f64>,
}

/// What may be shown of one bucket.
#[derive(Debug)]
pub(super) enum Folded {
    /// The groups, those that are folded together as one.
    Pieces(Vec<Piece>),
    /// Nothing.
    Withheld,
}

/// A group, or several folded into one.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    /// One text for each dimension; `None` stands for all its folded members.
    pub(super) key: Vec<Option<String>>,
    pub(super) n: u64,
    /// At least this many machines or reports.
    support: u64,
    pub(super) percentile: Option<f64>,
    /// Whether it may be shown by itself; what may not is shown as one sum.
    pub(super) shown: bool,
}

impl Piece {
    /// Whether it is part of the one row of what has no name.
    pub(super) fn belongs_to_the_rest(&self) -> bool {
        !self.shown || (!self.key.is_empty() && self.key.iter().all(Option::is_none))
    }
}

/// How many partners a rectangle is looked for among, along its row and along its column, smallest first.
const PARTNERS_MAX: usize = 32;

/// Applies the rule to the groups of one bucket. `margins` are needed for two dimensions only: the groups by each of
/// them alone.
///
/// 1. A line of groups that holds a small one folds all its small ones *and the smallest that is not small* into one
///    row. The row holds a group of at least the minimum, so it is not small, however its machines overlap. Where
///    every group is small, the bucket is withheld.
/// 2. A table of two dimensions first folds the members that its two lines fold. A cell that is small after that is
///    hidden with three others that form a rectangle with it. Moving one event around the rectangle changes no total
///    of a row or column, so whoever knows all of them cannot tell the cell. Where no rectangle exists, all cells are
///    hidden.
///
/// All that is hidden is shown as one sum. What is hidden of a row or column holds a cell that is not small, or is all
/// of it.
pub(super) fn fold(groups: Groups, margins: &[Groups], minimum: u64) -> Folded {
    if groups.iter().all(|group| group.support >= minimum) {
        return leave_out(groups, minimum);
    }
    let by_itself = std::slice::from_ref(&groups);
    let lines = if margins.is_empty() { by_itself } else { margins };
    let lines = match groups[0].key.len() {
        0 => None,
        _ => lines.iter().map(|groups| Line::new(groups, minimum)).collect::<Option<Vec<_>>>(),
    };
    let Some(lines) = lines else { return Folded::Withheld };
    let mut pieces = contract(&groups, &lines);
    if let [rows, columns] = lines.as_slice() {
        Grid::new(&mut pieces, rows, columns).hide(&mut pieces, minimum);
    }
    Folded::Pieces(pieces)
}

/// The members of a line that are one row, or all of them where nothing may be shown.
pub(super) fn folded(groups: &[Group], minimum: u64) -> BTreeSet<String> {
    let all = || groups.iter().flat_map(|group| group.key.clone()).collect();
    Line::new(groups, minimum).map_or_else(all, |line| line.folded)
}

/// Leaves out what is small, and nothing else.
pub(super) fn leave_out(groups: Groups, minimum: u64) -> Folded {
    let large = groups.into_iter().filter(|group| group.support >= minimum);
    Folded::Pieces(large.map(|group| Piece::new(group.key.iter().cloned().map(Some).collect(), &group)).collect())
}

/// Adds up what is shown of the versions of each group. It is worked out from what may be shown by whole versions and
/// from nothing else, so whoever knows that learns nothing.
///
/// Lost: folding groups of versions for themselves. Their total less the versions that are shown is the small rest.
pub(super) fn group(folded: Folded, grains: &[Option<Grain>]) -> Folded {
    let Folded::Pieces(pieces) = folded else { return folded };
    if grains.iter().all(Option::is_none) {
        return Folded::Pieces(pieces);
    }
    let mut groups: BTreeMap<(bool, Vec<Option<String>>), Piece> = BTreeMap::new();
    for mut piece in pieces {
        for (text, grain) in piece.key.iter_mut().zip(grains) {
            *text = text.take().map(|text| grain.map_or(text.clone(), |grain| grain.group(&text)));
        }
        match groups.get_mut(&(piece.shown, piece.key.clone())) {
            Some(group) => group.add(&piece),
            None => drop(groups.insert((piece.shown, piece.key.clone()), piece)),
        }
    }
    Folded::Pieces(groups.into_values().collect())
}

impl Piece {
    fn new(key: Vec<Option<String>>, group: &Group) -> Self {
        Self { key, n: group.n, support: group.support, percentile: group.percentile, shown: true }
    }

    fn add(&mut self, other: &Self) {
        self.n += other.n;
        self.support = self.support.max(other.support);
        self.percentile = None;
    }

    /// Takes in another group. Two groups may be the same machines, so the larger one is all that is certain.
    fn merge(&mut self, group: &Group) {
        self.n += group.n;
        self.support = self.support.max(group.support);
        self.percentile = None;
    }
}

/// One dimension by itself.
struct Line {
    folded: BTreeSet<String>,
    /// How many machines or reports stand behind each member that is not folded, and behind the folded ones.
    support: HashMap<Option<String>, u64>,
}

impl Line {
    /// `None` when there is a small group and nothing to fold it with.
    fn new(groups: &[Group], minimum: u64) -> Option<Self> {
        let (small, large): (Vec<&Group>, Vec<&Group>) = groups.iter().partition(|group| group.support < minimum);
        let partner = match small.is_empty() {
            true => None,
            false => Some(*large.iter().min_by_key(|group| (group.support, &group.key))?),
        };
        let folded: BTreeSet<String> = small.into_iter().chain(partner).flat_map(|group| group.key.clone()).collect();
        let mut support = HashMap::new();
        for group in groups {
            let known: &mut u64 = support.entry(name(&folded, &group.key[0])).or_default();
            *known = group.support.max(*known);
        }
        Some(Self { folded, support })
    }
}

fn name(folded: &BTreeSet<String>, member: &str) -> Option<String> {
    (!folded.contains(member)).then(|| member.to_owned())
}

/// Folds the members that their lines fold.
fn contract(groups: &[Group], lines: &[Line]) -> Vec<Piece> {
    let mut pieces: BTreeMap<Vec<Option<String>>, Piece> = BTreeMap::new();
    for group in groups {
        let key: Vec<_> = group.key.iter().zip(lines).map(|(member, line)| name(&line.folded, member)).collect();
        match pieces.get_mut(&key) {
            Some(piece) => piece.merge(group),
            None => drop(pieces.insert(key.clone(), Piece::new(key, group))),
        }
    }
    pieces.into_values().collect()
}

/// Where each piece of a two-dimensional table lies.
struct Grid {
    at: HashMap<(usize, usize), usize>,
    /// The row and column of each piece.
    place: Vec<(usize, usize)>,
    rows: Vec<Vec<usize>>,
    columns: Vec<Vec<usize>>,
}

impl Grid {
    fn new(pieces: &mut [Piece], rows: &Line, columns: &Line) -> Self {
        let mut numbers = [HashMap::new(), HashMap::new()];
        let mut number = |axis: usize, key: &Option<String>| {
            let next = numbers[axis].len();
            *numbers[axis].entry(key.clone()).or_insert(next)
        };
        let place: Vec<_> = pieces.iter().map(|p| (number(0, &p.key[0]), number(1, &p.key[1]))).collect();
        let mut grid = Self {
            at: place.iter().copied().zip(0..).collect(),
            rows: vec![Vec::new(); numbers[0].len()],
            columns: vec![Vec::new(); numbers[1].len()],
            place,
        };
        for (piece, &(row, column)) in grid.place.iter().enumerate() {
            grid.rows[row].push(piece);
            grid.columns[column].push(piece);
        }
        grid.know_whole_lines(pieces, rows, columns);
        grid
    }

    /// A cell that is all of its line has the machines of its line.
    fn know_whole_lines(&self, pieces: &mut [Piece], rows: &Line, columns: &Line) {
        for (axis, (lines, known)) in [(&self.rows, rows), (&self.columns, columns)].into_iter().enumerate() {
            for only in lines.iter().filter(|line| line.len() == 1).map(|line| line[0]) {
                let whole = known.support.get(&pieces[only].key[axis]).copied().unwrap_or_default();
                pieces[only].support = pieces[only].support.max(whole);
            }
        }
    }

    /// Hides each small cell with a rectangle, or everything.
    fn hide(&self, pieces: &mut [Piece], minimum: u64) {
        let small: Vec<usize> = (0..pieces.len()).filter(|&piece| pieces[piece].support < minimum).collect();
        small.iter().for_each(|&piece| pieces[piece].shown = false);
        for &piece in &small {
            match self.rectangle(pieces, piece, minimum) {
                Some(corners) => corners.iter().for_each(|&corner| pieces[corner].shown = false),
                None => return pieces.iter_mut().for_each(|piece| piece.shown = false),
            }
        }
    }

    /// The three cells that make a rectangle with this one and cost the least to hide.
    fn rectangle(&self, pieces: &[Piece], corner: usize, minimum: u64) -> Option<[usize; 3]> {
        let (row, column) = self.place[corner];
        let cost = |piece: usize| if pieces[piece].shown { pieces[piece].support } else { 0 };
        let across = self.partners(pieces, &self.rows[row], corner, minimum);
        let along = self.partners(pieces, &self.columns[column], corner, minimum);
        let pairs = across.iter().flat_map(|&a| along.iter().map(move |&b| (a, b)));
        let rectangles = pairs.filter_map(|(a, b)| {
            let opposite = *self.at.get(&(self.place[b].0, self.place[a].1))?;
            Some([a, b, opposite])
        });
        rectangles.min_by_key(|corners| corners.map(cost).iter().sum::<u64>())
    }

    /// The cells of a line that may stand beside a small one: such that are not small, so that what is hidden of the
    /// line is not small either; any, where there are none, since then all of the line is hidden.
    fn partners(&self, pieces: &[Piece], line: &[usize], corner: usize, minimum: u64) -> Vec<usize> {
        let others = || line.iter().copied().filter(|&piece| piece != corner);
        let mut partners: Vec<usize> = others().filter(|&piece| pieces[piece].support >= minimum).collect();
        if partners.is_empty() {
            partners = others().collect();
        }
        partners.sort_by_key(|&piece| (pieces[piece].shown, pieces[piece].support, piece));
        partners.truncate(PARTNERS_MAX);
        partners
    }
}

#[cfg(test)]
mod tests;
