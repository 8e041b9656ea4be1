//! Somebody who has every answer that the public can get, and linear algebra.
//!
//! Each number that is answered is a sum of unknowns: how often each combination of values was said in a week. The
//! attacker knows all values that there are, not which combinations are empty, and can look a thousand times; they can
//! compute a group when its sum follows from the sums that were answered. They only read: who also sends, or knows a
//! part of a group from elsewhere, can subtract that, as `docs/reference/query.md` says.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::people::{CODES, COMMANDS, FLAGS, Fact, K, SYSTEMS, VERSIONS, WEEKS, monday};

/// What is counted. Numbers of different kinds have nothing to do with each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Events,
    Reports,
    Machines,
}

/// A combination of values in a week: what the attacker wants to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cell {
    week: usize,
    event: &'static str,
    values: [&'static str; 4],
}

/// Cells, as positions among all.
pub(crate) type Sum = BTreeSet<usize>;

/// All cells that there could be, and what is true of them.
pub(crate) struct World {
    cells: Vec<Cell>,
    /// Of each cell: how often it was said, and by which machines, each once.
    said: Vec<(u64, Vec<usize>)>,
}

impl World {
    pub(crate) fn new(facts: &[Fact]) -> Self {
        let mut cells = Vec::new();
        for week in 0..WEEKS.len() {
            for (event, fields) in [("ran", &COMMANDS[..]), ("failed", &CODES), ("rare", &[""]), ("any", &[""])] {
                let origins = VERSIONS.iter().flat_map(|version| SYSTEMS.iter().map(move |system| (version, system)));
                let origins = origins.flat_map(|origin| FLAGS.iter().map(move |flag| (origin, flag)));
                let all = origins.flat_map(|origin| fields.iter().map(move |field| (origin, field)));
                let cell = |(((version, system), flag), field): (
                    ((&&'static str, &&'static str), &&'static str),
                    &&'static str,
                )| { Cell { week, event, values: [version, system, flag, field] } };
                cells.extend(all.map(cell));
            }
        }
        let said = |cell: &Cell| {
            let is_of = |fact: &&Fact| (fact.week, fact.event, fact.values) == (cell.week, cell.event, cell.values);
            let of = || facts.iter().filter(is_of);
            (of().map(|fact| fact.n).sum(), of().map(|fact| fact.machine).collect())
        };
        let said = cells.iter().map(said).collect();
        Self { cells, said }
    }

    fn which(&self, is_in: impl Fn(&Cell) -> bool) -> Sum {
        (0..self.cells.len()).filter(|&cell| is_in(&self.cells[cell])).collect()
    }

    /// The truth about a sum.
    fn size(&self, kind: Kind, sum: &Sum) -> u64 {
        let of = sum.iter().map(|&cell| &self.said[cell]);
        of.map(|(n, machines)| if kind == Kind::Events { *n } else { machines.len() as u64 }).sum()
    }

    /// How many machines are behind it.
    fn support(&self, sum: &Sum) -> u64 {
        sum.iter().flat_map(|&cell| &self.said[cell].1).collect::<BTreeSet<_>>().len() as u64
    }

    /// What must not be known of one kind: each part of each table by up to two dimensions, each single cell, what the
    /// small parts of a line have together, and events that few have together, of each week and of all.
    fn secrets(&self, kind: Kind) -> Vec<Sum> {
        let mut sums = BTreeSet::new();
        let mut rare_ever = Sum::new();
        for week in 0..WEEKS.len() {
            let mut rare = Sum::new();
            // How many events of a tool there were at all is public, however few machines it has: it is the ledger.
            let is_all_small = self.is_small(&self.which(|cell| cell.week == week));
            for event in ["ran", "failed", "rare", "any"] {
                // That somebody was there is no event.
                if event == "any" && kind != Kind::Machines {
                    continue;
                }
                let whole = self.which(|cell| cell.week == week && cell.event == event);
                if self.is_small(&whole) && event != "any" && !is_all_small {
                    rare.extend(&whole);
                }
                sums.extend(self.parts(&whole));
                sums.insert(whole);
            }
            rare_ever.extend(&rare);
            sums.insert(rare);
        }
        sums.insert(rare_ever);
        sums.into_iter().filter(|sum| self.is_small(sum)).collect()
    }

    /// The parts of an event by one dimension, by two, by all, and the small ones of a line together.
    fn parts(&self, whole: &Sum) -> Vec<Sum> {
        let mut parts: Vec<Sum> = whole.iter().map(|&cell| Sum::from([cell])).collect();
        for first in 0..4 {
            let mut line: BTreeMap<&str, Sum> = BTreeMap::new();
            for &cell in whole {
                line.entry(self.cells[cell].values[first]).or_default().insert(cell);
            }
            let small = line.values().filter(|sum| self.is_small(sum)).flatten().copied().collect();
            for second in first + 1..4 {
                let mut table: BTreeMap<[&str; 2], Sum> = BTreeMap::new();
                let key = |cell: usize| [first, second].map(|dimension| self.cells[cell].values[dimension]);
                for &cell in whole {
                    table.entry(key(cell)).or_default().insert(cell);
                }
                parts.extend(table.into_values());
            }
            parts.extend(line.into_values().chain([small]));
        }
        parts
    }

    fn is_small(&self, sum: &Sum) -> bool {
        (1..K).contains(&self.support(sum))
    }
}

/// What has been answered.
pub(crate) struct Attacker<'w> {
    world: &'w World,
    known: BTreeSet<(Kind, Sum)>,
}

impl<'w> Attacker<'w> {
    pub(crate) fn new(world: &'w World) -> Self {
        Self { world, known: BTreeSet::new() }
    }

    /// Learns a sum, which must be true.
    fn learn_sum(&mut self, kind: Kind, sum: Sum, n: u64, why: &dyn std::fmt::Display) {
        assert_eq!(self.world.size(kind, &sum), n, "{why} is not what was said");
        self.known.insert((kind, sum));
    }

    /// Looks at the ledger at the end of every week: how many events of the tool there were.
    pub(crate) fn learn_ledger(&mut self, kept: u64) {
        let mut sum = 0;
        for week in 0..WEEKS.len() {
            let all = self.world.which(|cell| cell.week == week && cell.event != "any");
            let n = self.world.size(Kind::Events, &all);
            sum += n;
            self.learn_sum(Kind::Events, all, n, &"the ledger");
        }
        assert_eq!(kept, sum, "the ledger");
    }

    /// Learns what an answer of `/v1/query` says.
    pub(crate) fn learn(&mut self, answer: &Value) {
        let texts = |value: &Value| -> Vec<String> {
            value.as_array().expect("a list").iter().map(|text| text.as_str().expect("a text").to_owned()).collect()
        };
        let (measure, by) =
            (answer["question"]["measure"].as_str().expect("a measure"), texts(&answer["question"]["by"]));
        let filters = texts(&answer["question"]["where"]);
        // Groups of versions follow from whole versions: `groups_of_versions_follow_from_what_is_shown`.
        if by.iter().chain(&filters).any(|text| text.contains("version.")) {
            return;
        }
        let kind = match measure {
            "reports" => Kind::Reports,
            "machines" => Kind::Machines,
            _ => Kind::Events,
        };
        let mut buckets: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
        for row in answer["rows"].as_array().expect("rows") {
            buckets.entry(row["bucket"].as_str().expect("a week")).or_default().push(row);
        }
        for (bucket, rows) in buckets {
            let week = (0..WEEKS.len()).find(|&week| monday(week).to_string() == bucket).expect("a week of ours");
            if by == ["event"] {
                self.learn_events(kind, week, &rows);
            } else {
                self.learn_table(kind, week, &Asked::new(measure, &by, &filters), &rows, answer);
            }
        }
    }

    fn learn_events(&mut self, kind: Kind, week: usize, rows: &[&Value]) {
        for row in rows {
            let sum = self.world.which(|cell| cell.week == week && row["key"][0] == cell.event);
            if let Some(n) = row["n"].as_u64() {
                self.learn_sum(kind, sum, n, row);
            }
        }
    }

    fn learn_table(&mut self, kind: Kind, week: usize, asked: &Asked, rows: &[&Value], answer: &Value) {
        let whole = self.world.which(|cell| {
            let picked = asked.picks.iter().all(|(dimension, value)| cell.values[*dimension] == value);
            cell.week == week && cell.event == asked.event && picked
        });
        let few = format!("fewer than {K}");
        let is_named = |place: usize, value: &str| rows.iter().any(|row| row["key"][place] == value);
        let is_in = |row: &Value, cell: &Cell| {
            asked.dimensions.iter().enumerate().all(|(place, &dimension)| match &row["key"][place] {
                text if *text == few.as_str() => !is_named(place, cell.values[dimension]),
                text => text == cell.values[dimension],
            })
        };
        let is_rest = |row: &&&Value| {
            let mut key = row["key"].as_array().expect("a key").iter();
            !asked.dimensions.is_empty() && key.all(|text| *text == few.as_str())
        };
        let (rest, shown): (Vec<&&Value>, Vec<&&Value>) = rows.iter().partition(is_rest);
        let of = |row: &Value| -> Sum {
            whole.iter().copied().filter(|&cell| is_in(row, &self.world.cells[cell])).collect()
        };
        let shown: Vec<(&Value, Sum)> = shown.into_iter().map(|row| (*row, of(row))).collect();
        let left = whole.iter().copied().filter(|cell| !shown.iter().any(|(_, sum)| sum.contains(cell))).collect();
        for (row, sum) in shown.iter().cloned().chain(rest.first().map(|row| (**row, left))) {
            if let Some(n) = row["n"].as_u64() {
                self.learn_sum(kind, sum, n, &format!("{row} of {}", answer["question"]));
            }
        }
    }

    /// The first secret that follows from all that was learnt.
    pub(crate) fn finds(&self) -> Option<String> {
        [Kind::Events, Kind::Reports, Kind::Machines].into_iter().find_map(|kind| {
            let sums: Vec<&Sum> = self.known.iter().filter(|(of, _)| *of == kind).map(|(_, sum)| sum).collect();
            let equations = Equations::new(&sums, self.world.cells.len());
            let found = self.world.secrets(kind).into_iter().find(|secret| equations.give(secret));
            found.map(|secret| {
                let said = secret.iter().filter(|&&cell| self.world.said[cell].0 > 0);
                let cells: Vec<&Cell> = said.map(|&cell| &self.world.cells[cell]).collect();
                let (n, machines) = (self.world.size(kind, &secret), self.world.support(&secret));
                format!("{kind:?}: {n} of {machines} machines can be computed: {cells:?}")
            })
        })
    }
}

/// What an answer is about, in terms of cells.
struct Asked {
    event: String,
    dimensions: Vec<usize>,
    picks: Vec<(usize, String)>,
}

impl Asked {
    fn new(measure: &str, by: &[String], filters: &[String]) -> Self {
        let dimension = |name: &str| match name {
            "version" => 0,
            "os" => 1,
            "ci" => 2,
            _ => 3,
        };
        let pairs = filters.iter().filter_map(|filter| filter.split_once(':'));
        let (events, picks): (Vec<_>, Vec<_>) = pairs.partition(|(name, _)| *name == "event");
        let of_field = by
            .iter()
            .map(String::as_str)
            .chain(picks.iter().map(|(name, _)| *name))
            .find_map(|name| name.split_once('.'));
        let of_measure = measure.split_once(':').and_then(|(_, field)| field.split_once('.'));
        let named = events.first().map(|(_, event)| *event).or(of_field.or(of_measure).map(|(event, _)| event));
        Self {
            event: named.unwrap_or("any").to_owned(),
            dimensions: by.iter().map(|name| dimension(name)).collect(),
            picks: picks.into_iter().map(|(name, value)| (dimension(name), value.to_owned())).collect(),
        }
    }
}

/// Linear equations over a prime field: what holds there for sums holds over the rationals, but for primes that divide
/// a determinant, which numbers as small as these do not reach.
pub(crate) struct Equations {
    unknowns: usize,
    reduced: Vec<(usize, Vec<u64>)>,
}

const PRIME: u64 = 1_000_003;

impl Equations {
    pub(crate) fn new(sums: &[&Sum], unknowns: usize) -> Self {
        let mut equations = Self { unknowns, reduced: Vec::new() };
        for sum in sums {
            let rest = equations.remainder(sum);
            if let Some(lead) = rest.iter().position(|&x| x != 0) {
                let inverse = power(rest[lead], PRIME - 2);
                equations.reduced.push((lead, rest.iter().map(|x| x * inverse % PRIME).collect()));
            }
        }
        equations
    }

    /// Whether the sum follows.
    pub(crate) fn give(&self, sum: &Sum) -> bool {
        self.remainder(sum).iter().all(|&x| x == 0)
    }

    fn remainder(&self, sum: &Sum) -> Vec<u64> {
        let mut vector: Vec<u64> = (0..self.unknowns).map(|cell| u64::from(sum.contains(&cell))).collect();
        for (lead, row) in &self.reduced {
            let factor = vector[*lead];
            if factor != 0 {
                vector.iter_mut().zip(row).for_each(|(x, y)| *x = (*x + (PRIME - factor) * y) % PRIME);
            }
        }
        vector
    }
}

fn power(base: u64, exponent: u64) -> u64 {
    if exponent == 0 {
        return 1;
    }
    let half = power(base * base % PRIME, exponent / 2);
    if exponent.is_multiple_of(2) { half } else { half * base % PRIME }
}
