//! The scan equals a naive loop over all events: on any catalogue, any questions, any data, and in every state that rows
//! can be in (live, sealed, compacted, partly forgotten, partly expired, opened again under a reordered catalogue).

use std::collections::BTreeSet;
use std::sync::Arc;

use aboveboard_catalog::version::Grain;
use aboveboard_catalog::{
    Bucket, Buckets, Catalog, Day, Dimension, Field, Filter, First, IdHash, Identity, Kind, Measure, Question,
    RawEvent, RawFields, RawValue,
};
use proptest::prelude::*;

use super::fixture::{choice, commit, event, field, hash, tool};
use super::naive::Naive;
use crate::disk::Disk;
use crate::scan::{CountRow, ScanError, answer, funnel, retention};
use crate::testing::TestDisk;
use crate::{Batch, Entry, Options, Store};

/// The Monday around which everything happens.
const START: Day = Day(20_773);
const RETENTION_DAYS: u32 = 40;

/// A number that is used modulo whatever there is to choose from, so that failing cases shrink towards the first.
type Pick = u16;

/// What a catalogue is like.
#[derive(Clone, Debug)]
struct Declared {
    machine: bool,
    monthly: bool,
    origin: Vec<Pick>,
    events: Vec<Vec<Pick>>,
}

/// One thing that happens to a store.
#[derive(Clone, Debug)]
enum Step {
    Commit(Vec<Arrives>),
    /// Each batch is sealed for itself, so that files pile up and are compacted.
    CommitAndMaintain(Vec<Arrives>),
    Maintain,
    DaysPass(i32),
    Forget(Pick),
    Reopen {
        reordered: bool,
        closed: bool,
    },
    Ask(Vec<Asks>),
}

/// One batch.
#[derive(Clone, Debug)]
struct Arrives {
    days_ago: i32,
    first: [bool; 3],
    cohort_months_ago: Option<i32>,
    origins: Vec<Vec<Pick>>,
    /// Origin, event, times, values.
    events: Vec<(Pick, Pick, u64, Vec<Pick>)>,
}

/// One question.
#[derive(Clone, Debug)]
struct Asks {
    measure: Pick,
    by: Vec<Pick>,
    filters: Vec<(Pick, Vec<Pick>, bool)>,
    days: (i32, i32),
    bucket: Pick,
    event: Pick,
    support: bool,
    steps: Vec<Pick>,
}

fn declared() -> impl Strategy<Value = Declared> {
    let kinds = || prop::collection::vec(any::<Pick>(), 0..5);
    (any::<bool>(), any::<bool>(), kinds(), prop::collection::vec(kinds(), 1..4))
        .prop_map(|(machine, monthly, origin, events)| Declared { machine, monthly, origin, events })
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => prop::collection::vec(arrives(), 1..6).prop_map(Step::Commit),
        1 => prop::collection::vec(arrives(), 4..8).prop_map(Step::CommitAndMaintain),
        3 => Just(Step::Maintain),
        1 => (0..25).prop_map(Step::DaysPass),
        1 => any::<Pick>().prop_map(Step::Forget),
        1 => (any::<bool>(), any::<bool>()).prop_map(|(reordered, closed)| Step::Reopen { reordered, closed }),
        4 => prop::collection::vec(asks(), 1..8).prop_map(Step::Ask),
    ]
}

fn arrives() -> impl Strategy<Value = Arrives> {
    let values = || prop::collection::vec(any::<Pick>(), 12);
    let event = (any::<Pick>(), any::<Pick>(), 1..5u64, values());
    (
        prop_oneof![0..3, 0..60],
        any::<[bool; 3]>(),
        prop::option::of(0..3),
        prop::collection::vec(values(), 1..3),
        prop::collection::vec(event, 0..6),
    )
        .prop_map(|(days_ago, first, cohort_months_ago, origins, events)| Arrives {
            days_ago,
            first,
            cohort_months_ago,
            origins,
            events,
        })
}

fn asks() -> impl Strategy<Value = Asks> {
    let filter = (any::<Pick>(), prop::collection::vec(any::<Pick>(), 1..3), any::<bool>());
    (
        any::<Pick>(),
        prop::collection::vec(any::<Pick>(), 0..3),
        prop::collection::vec(filter, 0..3),
        (-60..3, 0..60),
        any::<Pick>(),
        any::<Pick>(),
        any::<bool>(),
        prop::collection::vec(any::<Pick>(), 1..4),
    )
        .prop_map(|(measure, by, filters, days, bucket, event, support, steps)| Asks {
            measure,
            by,
            filters,
            days,
            bucket,
            event,
            support,
            steps,
        })
}

fn pick<T: Clone>(from: &[T], pick: Pick) -> T {
    from[usize::from(pick) % from.len()].clone()
}

/// A field of one of the kinds there are.
fn any_field(name: &str, kind: Pick) -> Field {
    let kinds = [
        choice(&["red", "green", "blue"]),
        Kind::Flag,
        Kind::Version { distinct_max: 2 },
        Kind::Choices(["a", "b", "c", "d"].map(str::to_owned).into()),
        Kind::Number { unit: "ms".into(), buckets: Buckets::Edges(vec![0.0, 1.0, 2.0, 5.0]) },
        Kind::Number { unit: "ms".into(), buckets: Buckets::Log { relative_error: 0.2, min: 1.0, max: 100.0 } },
        Kind::Name { list: "lists/names.txt".into(), members: vec!["left-pad".into(), "right-pad".into()] },
        Kind::Id,
        Kind::Drop { reason: "private".into() },
    ];
    field(name, pick(&kinds, kind))
}

/// The catalogue, or the same one in another order and with one more event and member.
fn catalog(declared: &Declared, reordered: bool) -> Catalog {
    // Of these the rollups keep the first four; `cpus` and what follows is only in the tables.
    let names = ["ci", "version", "os", "arch", "cpus", "memory"];
    let fields = |prefix: &str, kinds: &[Pick]| -> Vec<Field> {
        let named = kinds.iter().enumerate().map(|(number, kind)| any_field(&format!("{prefix}{number}"), *kind));
        named.collect()
    };
    let mut origin: Vec<Field> = declared.origin.iter().zip(names).map(|(kind, name)| any_field(name, *kind)).collect();
    origin.extend(declared.machine.then(|| field("machine", Kind::Id)));
    let mut events: Vec<_> =
        declared.events.iter().enumerate().map(|(n, kinds)| event(&format!("event{n}"), fields("f", kinds))).collect();
    if reordered {
        origin.reverse();
        events.iter_mut().for_each(|event| event.fields.reverse());
        events.insert(0, event("fresh", fields("f", &[0])));
        for field in origin.iter_mut().chain(events.iter_mut().flat_map(|event| &mut event.fields)) {
            if let Kind::Choice(members) | Kind::Choices(members) | Kind::Name { members, .. } = &mut field.kind {
                members.reverse();
                members.insert(1, "added".into());
            }
        }
    }
    let identity = if declared.monthly { Identity::Month } else { Identity::Install };
    let tool = aboveboard_catalog::Tool { retention_days: RETENTION_DAYS, identity, ..tool("acme") };
    Catalog::new(tool, origin, events, Vec::new())
}

/// What a client may say in a field, right and wrong.
fn said(fields: &[Field], values: &[Pick]) -> RawFields<'static> {
    let ids = ["m0", "m1", "m2", "m3", "m4"];
    let value = |(field, value): (&Field, &Pick)| {
        let raw = match &field.kind {
            _ if value % 5 == 4 => return None,
            Kind::Flag => RawValue::Bool(value % 2 == 0),
            Kind::Number { .. } => RawValue::Number(f64::from(pick(&[0u8, 1, 2, 3, 7, 90, 200], *value))),
            Kind::Version { .. } => {
                RawValue::Text(pick(&["1.0.0", "1.2.3", "1.2.9", "2.0.0-rc.1", "main", "3.0.0"], *value).into())
            }
            Kind::Choices(members) => {
                let some = members.iter().enumerate().filter(|(bit, _)| value >> bit & 1 != 0);
                let unknown = (value % 7 == 0).then(|| "unknown".to_owned());
                let texts = some.map(|(_, member)| member.clone()).chain(unknown);
                RawValue::List(texts.map(|text| RawValue::Text(text.into())).collect())
            }
            Kind::Id => RawValue::Text(pick(&ids, *value).into()),
            kind => {
                let members = kind.members().iter().cloned().chain(["unknown".to_owned()]);
                RawValue::Text(pick(&members.collect::<Vec<_>>(), *value).into())
            }
        };
        Some((field.name.clone().into(), raw))
    };
    RawFields(fields.iter().zip(values).filter_map(value).collect())
}

fn batch(catalog: &Catalog, arrives: &Arrives, today: Day) -> Batch {
    let day = today.plus(1 - arrives.days_ago);
    let origins: Vec<_> = arrives
        .origins
        .iter()
        .map(|values| catalog.check_origin(&said(&catalog.origin, values), &|_, id| hash(id)))
        .collect();
    let entry = |(origin, event, n, values): &(Pick, Pick, u64, Vec<Pick>)| {
        let declared = pick(&catalog.events, *event);
        let fields = said(&declared.fields, values);
        let origin = usize::from(*origin) % origins.len();
        let raw = RawEvent { name: declared.name.clone().into(), n: *n, origin, fields };
        let event = catalog.check(&raw, day, &|_, id| hash(id)).expect("declared events are kept");
        Entry::Kept { origin, event, undeclared: None }
    };
    let [first_of_day, week, month] = arrives.first;
    let cohort = |months: i32| day.start_of(Bucket::Month).plus(-31 * months).start_of(Bucket::Month);
    Batch {
        tool: 0,
        day,
        first: First { day: first_of_day, week, month },
        cohort: arrives.cohort_months_ago.map(cohort),
        received_at: i64::from(today.0) * 86_400,
        marks: Vec::new(),
        remember_until: 0,
        entries: arrives.events.iter().map(entry).collect(),
        origins,
    }
}

/// Dimensions that can be asked, of the origin and of one event.
fn dimensions(catalog: &Catalog, event: usize) -> Vec<Dimension> {
    let askable = |field: &Field| !matches!(field.kind, Kind::Id | Kind::Drop { .. });
    let of_origin =
        catalog.origin.iter().enumerate().filter(|(_, declared)| askable(declared)).flat_map(|(field, declared)| {
            let groups = GRAINS.map(|grain| Dimension::OriginVersions(field, grain)).into_iter();
            groups.filter(|_| is_version(declared)).chain([Dimension::Origin(field)])
        });
    let fields = catalog.events[event].fields.iter().enumerate().filter(|(_, declared)| askable(declared));
    let of_event = fields.flat_map(|(field, declared)| {
        let groups = GRAINS.map(|grain| Dimension::FieldVersions { event, field, grain }).into_iter();
        groups.filter(|_| is_version(declared)).chain([Dimension::Field { event, field }])
    });
    [Dimension::Event].into_iter().chain(of_origin).chain(of_event).collect()
}

const GRAINS: [Grain; 2] = [Grain::Major, Grain::Minor];

fn is_version(field: &Field) -> bool {
    matches!(field.kind, Kind::Version { .. })
}

fn words(catalog: &Catalog, dimension: Dimension) -> Vec<String> {
    let kind = match dimension.whole() {
        Dimension::Origin(field) => &catalog.origin[field].kind,
        Dimension::Field { event, field } => &catalog.events[event].fields[field].kind,
        _ => return catalog.events.iter().map(|event| event.name.clone()).collect(),
    };
    let own: Vec<String> = match kind {
        Kind::Flag => vec!["true".into(), "false".into()],
        Kind::Number { buckets, .. } => (0..buckets.count()).map(|bucket| buckets.label(bucket)).collect(),
        Kind::Version { .. } => match dimension.grain() {
            Some(Grain::Major) => vec!["1".into(), "9".into()],
            Some(Grain::Minor) => vec!["1.0".into(), "1.2".into(), "9.9".into()],
            None => vec!["1.0.0".into(), "1.2.3".into(), "9.9.9".into()],
        },
        kind => kind.members().to_vec(),
    };
    own.into_iter().chain(["none".into(), "other".into()]).collect()
}

fn question(catalog: &Catalog, asks: &Asks, today: Day) -> Question {
    let event = usize::from(asks.event) % catalog.events.len();
    let dimensions = dimensions(catalog, event);
    let is_number = |field: &usize| matches!(catalog.events[event].fields[*field].kind, Kind::Number { .. });
    let number = (0..catalog.events[event].fields.len()).find(is_number);
    let percent = pick(&[50, 75, 90, 99], asks.measure);
    let percentile = number.map(|field| Measure::Percentile { event, field, percent });
    let measures = [Measure::Events, Measure::Machines, Measure::Reports, Measure::Share];
    let measures: Vec<Measure> = measures.into_iter().chain(percentile).chain(percentile).collect();
    let filter = |(of, values, not): &(Pick, Vec<Pick>, bool)| {
        let dimension = pick(&dimensions, *of);
        let values = values.iter().map(|value| pick(&words(catalog, dimension), *value)).collect();
        Filter { dimension, values, not: *not }
    };
    let from = today.plus(asks.days.0);
    Question {
        measure: pick(&measures, asks.measure),
        by: asks.by.iter().map(|of| pick(&dimensions, *of)).collect(),
        filters: asks.filters.iter().map(filter).collect(),
        from,
        to: from.plus(asks.days.1),
        bucket: pick(&[None, Some(Bucket::Day), Some(Bucket::Week), Some(Bucket::Month)], asks.bucket),
    }
}

/// A store, what should be in it, and where it stands.
struct World {
    disk: TestDisk,
    store: Option<Store>,
    declared: Declared,
    catalog: Catalog,
    naive: Naive,
    today: Day,
}

impl World {
    fn new(declared: Declared) -> Self {
        let catalog = catalog(&declared, false);
        let mut world =
            Self { disk: TestDisk::new(), store: None, declared, catalog, naive: Naive::default(), today: START };
        world.open();
        world
    }

    fn open(&mut self) {
        let disk: Arc<dyn Disk> = Arc::new(self.disk.clone());
        let opened = Store::open(disk, vec![self.catalog.clone()].into(), Options::default());
        self.store = Some(opened.expect("it opens"));
    }

    fn store(&self) -> &Store {
        self.store.as_ref().expect("it is open between steps")
    }

    fn take(&mut self, step: &Step) {
        match step {
            Step::Commit(batches) => batches.iter().for_each(|arrives| self.commit(arrives)),
            Step::CommitAndMaintain(batches) => batches.iter().for_each(|arrives| {
                self.commit(arrives);
                self.maintain();
            }),
            Step::Maintain => self.maintain(),
            Step::DaysPass(days) => self.today = self.today.plus(*days),
            Step::Forget(id) => {
                let id: IdHash = hash(pick(&["m0", "m1", "m2", "m3", "m4"], *id));
                self.store().forget(0, id).expect("it is forgotten");
                self.naive.forget(&self.catalog.tool.name, id);
            }
            Step::Reopen { reordered, closed } => {
                let store = self.store.take().expect("it is open between steps");
                if *closed {
                    store.close().expect("it closes");
                } else {
                    drop(store);
                }
                self.catalog = catalog(&self.declared, *reordered);
                self.open();
            }
            Step::Ask(questions) => questions.iter().for_each(|asks| self.ask(asks)),
        }
    }

    fn commit(&mut self, arrives: &Arrives) {
        let batch = batch(&self.catalog, arrives, self.today);
        self.naive.commit(&self.catalog, &batch);
        commit(self.store(), batch).expect("it is kept");
    }

    /// At the end of the day everything is due.
    fn maintain(&self) {
        self.store().maintain(i64::from(self.today.0 + 1) * 86_400 - 1).expect("it is maintained");
    }

    fn ask(&self, asks: &Asks) {
        let snapshot = self.store().snapshot();
        let question = question(&self.catalog, asks, self.today);
        let found = answer(&snapshot, 0, &question, self.today, true);
        let expected = self.naive.answer(&self.catalog, &question, self.today);
        let found = found.map(|counts| sorted(counts.into_rows()));
        assert_same(found, expected.clone().map(sorted), &question);
        let plain = answer(&snapshot, 0, &question, self.today, asks.support).map(|counts| {
            counts.into_rows().into_iter().map(|row| (row.n, row.percentile.map(f64::to_bits))).collect::<BTreeSet<_>>()
        });
        let expected = expected.map(|rows| rows.iter().map(|row| (row.n, row.percentile.map(f64::to_bits))).collect());
        assert_same(plain, expected, &question);

        let days = (question.from, question.to);
        let bucket = question.bucket.unwrap_or(Bucket::Month);
        let found = retention(&snapshot, 0, bucket, days.0, days.1, self.today);
        assert_same(found, self.naive.retention(&self.catalog, bucket, days, self.today), &question);
        let steps: Vec<usize> = asks.steps.iter().map(|step| usize::from(*step) % self.catalog.events.len()).collect();
        let found = funnel(&snapshot, 0, &steps, &question.filters, days.0, days.1, self.today);
        assert_same(found, self.naive.funnel(&self.catalog, &steps, &question.filters, days, self.today), &question);
    }
}

fn sorted(mut rows: Vec<CountRow>) -> Vec<CountRow> {
    rows.sort_by(|a, b| (a.bucket, &a.key).cmp(&(b.bucket, &b.key)));
    rows
}

fn assert_same<T: PartialEq + std::fmt::Debug>(found: Result<T, ScanError>, expected: Option<T>, question: &Question) {
    let found = match found {
        Ok(found) => Some(found),
        Err(ScanError::Unanswerable(_)) => None,
        Err(error) => panic!("{error}"),
    };
    assert_eq!(found, expected, "{question:#?}");
}

proptest! {
    #[test]
    fn the_scan_equals_a_naive_loop(declared in declared(), steps in prop::collection::vec(step(), 1..14), last in asks()) {
        let mut world = World::new(declared);
        for step in &steps {
            world.take(step);
        }
        world.ask(&last);
        world.take(&Step::Maintain);
        world.ask(&last);
    }
}
