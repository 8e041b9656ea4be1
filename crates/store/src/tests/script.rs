//! A run of random batches, and what must be true of the store whatever happened during it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc::channel;

use aboveboard_catalog::{Catalog, RawFields};

use super::fixture::*;
use crate::Store;
use crate::table::PRESENCE_TABLE;
use crate::testing::{TestDisk, splitmix};

/// Names of machines, one for each batch.
const MACHINES: [&str; 12] = ["m00", "m01", "m02", "m03", "m04", "m05", "m06", "m07", "m08", "m09", "m10", "m11"];

/// A field that no event declares.
const UNDECLARED: &str = "hue";

/// What one step does.
#[derive(Clone, Debug)]
enum Step {
    /// These batches at once, so that they may become one group.
    Commit(Vec<usize>),
    Forget(usize),
    Maintain(i64),
}

/// A script, and what became of its steps.
pub(crate) struct Script {
    catalog: Catalog,
    batches: Vec<Said>,
    steps: Vec<Step>,
    /// Batches that were sent, and may or may not be there.
    unsettled: BTreeSet<usize>,
    acknowledged: BTreeSet<usize>,
    forgotten: BTreeSet<usize>,
    /// Ids whose deletion was asked for and not confirmed.
    forgetting: BTreeSet<usize>,
}

impl Script {
    pub(crate) fn new(seed: u64) -> Self {
        let mut state = seed;
        let mut chance = |below: u64| splitmix(&mut state) % below;
        let batches = (0..MACHINES.len()).map(|batch| random_batch(batch, &mut chance)).collect();
        let mut steps = Vec::new();
        let mut next = 0;
        while next < MACHINES.len() {
            let end = (next + 1 + chance(4) as usize).min(MACHINES.len());
            steps.push(Step::Commit((next..end).collect()));
            match chance(6) {
                0 => steps.push(Step::Forget(chance(end as u64) as usize)),
                1 | 2 => steps.push(Step::Maintain(START + 4_000 * steps.len() as i64)),
                _ => {}
            }
            next = end;
        }
        let (unsettled, acknowledged) = (BTreeSet::new(), BTreeSet::new());
        let (forgotten, forgetting) = (BTreeSet::new(), BTreeSet::new());
        Self { catalog: catalog(), batches, steps, unsettled, acknowledged, forgotten, forgetting }
    }

    /// Runs all steps, whether they succeed or not.
    pub(crate) fn run(&mut self, store: &Store) {
        for step in self.steps.clone() {
            match step {
                Step::Commit(batches) => self.commit(store, &batches),
                Step::Forget(batch) => self.forget(store, batch),
                Step::Maintain(now) => drop(store.maintain(now)),
            }
        }
    }

    fn commit(&mut self, store: &Store, batches: &[usize]) {
        let (answer, answered) = channel();
        self.unsettled.extend(batches.iter().filter(|batch| !self.acknowledged.contains(batch)));
        for &batch in batches {
            let answer = answer.clone();
            let done = move |outcome| drop(answer.send((batch, outcome)));
            store.commit(self.batches[batch].batch(&self.catalog), done);
        }
        drop(answer);
        for (batch, outcome) in answered {
            if outcome.is_ok() {
                self.unsettled.remove(&batch);
                self.acknowledged.insert(batch);
            }
        }
    }

    fn forget(&mut self, store: &Store, batch: usize) {
        if !self.acknowledged.contains(&batch) {
            return;
        }
        match store.forget(0, hash(MACHINES[batch])) {
            Ok(_) => drop(self.forgotten.insert(batch)),
            Err(_) => drop(self.forgetting.insert(batch)),
        }
    }

    /// Sends again what was not acknowledged; now all of it must succeed.
    pub(crate) fn send_again(&mut self, store: &Store) {
        let unsettled: Vec<usize> = self.unsettled.iter().copied().collect();
        self.commit(store, &unsettled);
        assert!(self.unsettled.is_empty(), "not kept: {:?}", self.unsettled);
        for batch in std::mem::take(&mut self.forgetting) {
            self.forget(store, batch);
        }
    }

    /// Whether the store says what it must, given what was acknowledged.
    pub(crate) fn check(&self, store: &Store, when: &str) {
        let present = machines(store);
        for (batch, said) in self.batches.iter().enumerate() {
            let times = present.get(MACHINES[batch]).copied().unwrap_or_default();
            let whole = (1, kept_events(said));
            let forgotten = self.forgotten.contains(&batch);
            let maybe = self.unsettled.contains(&batch) || self.forgetting.contains(&batch);
            let sent = self.acknowledged.contains(&batch) || maybe;
            let right = match (sent && !forgotten, maybe) {
                (true, false) => times == whole,
                (true, true) => times == whole || times == (0, 0),
                (false, _) => times == (0, 0),
            };
            assert!(right, "{when}: batch {batch} is there {times:?}, should be {whole:?} (forgotten: {forgotten})");
        }
        self.check_totals(store, when);
    }

    fn check_totals(&self, store: &Store, when: &str) {
        let sum = |batches: &BTreeSet<usize>, of: &dyn Fn(&Said) -> u64| -> u64 {
            batches.iter().map(|batch| of(&self.batches[*batch])).sum()
        };
        let totals = store.totals(0);
        let between = |what: &str, figure: u64, of: &dyn Fn(&Said) -> u64| {
            let least = sum(&self.acknowledged, of);
            let most = least + sum(&self.unsettled, of);
            assert!((least..=most).contains(&figure), "{when}: {what} is {figure}, not {least} to {most}");
        };
        between("kept", totals.kept, &kept_events);
        between("rejected", totals.rejected.values().sum(), &rejected_events);
        let shapes: u64 = store.shapes(0).iter().map(|(_, n)| n).sum();
        between("shapes", shapes, &|said| rejected_events(said) + undeclared_fields(said));
    }
}

fn random_batch(batch: usize, chance: &mut impl FnMut(u64) -> u64) -> Said {
    let mut said = Said::build(MACHINES[batch], batch as u128 + 1);
    said.at = START + batch as i64 * 100;
    said.remember_seconds = 1_000_000;
    let version = ["1.0.0", "1.1.0", "2.0.0-rc.1", "3.0.0"][chance(4) as usize];
    said.origins[0].0[0].1 = aboveboard_catalog::RawValue::Text(version.into());
    for _ in 0..chance(3) {
        said.events.push((0, "start", 1 + chance(5), fields(&[("cached", "true")])));
    }
    if chance(3) == 0 {
        said.events.push((0, "start", 1 + chance(5), fields(&[(UNDECLARED, "x")])));
    }
    if chance(3) == 0 {
        said.events.push((0, "unheard_of", 1 + chance(5), fields(&[("secret", "x")])));
    }
    said
}

fn kept_events(said: &Said) -> u64 {
    said.events.iter().filter(|(_, name, ..)| *name != "unheard_of").map(|(_, _, n, _)| n).sum()
}

fn rejected_events(said: &Said) -> u64 {
    said.events.iter().map(|(_, _, n, _)| n).sum::<u64>() - kept_events(said)
}

fn undeclared_fields(said: &Said) -> u64 {
    let says = |fields: &RawFields<'_>| fields.0.iter().any(|(key, _)| key == UNDECLARED);
    said.events.iter().filter(|(_, name, _, fields)| *name == "start" && says(fields)).map(|(_, _, n, _)| n).sum()
}

/// For each machine how often it was present, and how many events it has.
fn machines(store: &Store) -> BTreeMap<&'static str, (u64, u64)> {
    let snapshot = store.snapshot();
    let mut machines = BTreeMap::<&'static str, (u64, u64)>::new();
    for table in 0..snapshot.schemas[0].tables.len() {
        each_row(&snapshot, 0, table, |key, n, _| {
            let id = snapshot.lexicon.tools[0].ids.get(key[2] as usize - 2).expect("an id has a word");
            let machine = MACHINES.into_iter().find(|machine| hash(machine).0 == id).expect("a machine of the script");
            let times = machines.entry(machine).or_default();
            if table == PRESENCE_TABLE { times.0 += n } else { times.1 += n }
        });
    }
    machines
}

/// Opens, with the number of the step for the message.
pub(crate) fn opened(disk: &TestDisk, when: &str) -> Store {
    open(disk).unwrap_or_else(|error| panic!("{when}: {error}"))
}
