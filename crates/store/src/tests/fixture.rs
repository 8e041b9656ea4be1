//! A small tool, batches of its events, and a store on a test disk.

use std::sync::Arc;
use std::sync::mpsc::channel;

use aboveboard_catalog::{
    Buckets, Catalog, Day, Dialect, EventSpec, Field, First, IdHash, Identity, Kind, Mode, RawEvent, RawFields,
    RawValue, Sensitivity, Shape, Tool,
};

use crate::disk::Disk;
use crate::testing::TestDisk;
use crate::{Batch, CommitError, Committed, Entry, Mark, OpenError, Options, Store};

/// Seconds at which the tests' days begin: 2026-11-16, a Monday.
pub(crate) const START: i64 = 20_773 * 86_400;

pub(crate) fn field(name: &str, kind: Kind) -> Field {
    Field { name: name.into(), wire: None, about: "a test".into(), kind, refuse: Vec::new() }
}

pub(crate) fn choice(members: &[&str]) -> Kind {
    Kind::Choice(members.iter().map(|member| (*member).to_owned()).collect())
}

pub(crate) fn event(name: &str, fields: Vec<Field>) -> EventSpec {
    EventSpec {
        name: name.into(),
        question: "does it work?".into(),
        owner: "the tests".into(),
        review: "https://example.com".into(),
        since: Day(0),
        expires: None,
        sensitivity: Sensitivity::Technical,
        refused: None,
        fields,
    }
}

pub(crate) fn tool(name: &str) -> Tool {
    Tool {
        name: name.into(),
        title: name.into(),
        controller: "the tests".into(),
        contact: "nobody".into(),
        endpoint: "https://example.com".into(),
        dialect: Dialect::Native,
        mode: Mode::On,
        identity: Identity::Install,
        retention_days: 400,
        public_minimum: 20,
        links: Vec::new(),
    }
}

/// A tool with a field of every kind.
pub(crate) fn catalog() -> Catalog {
    let buckets = Buckets::Log { relative_error: 0.05, min: 1.0, max: 1e6 };
    let many = Kind::Choices(vec!["red".into(), "green".into(), "blue".into()]);
    let origin = vec![
        field("version", Kind::Version { distinct_max: 3 }),
        field("os", choice(&["linux", "macos"])),
        field("ci", Kind::Flag),
        field("machine", Kind::Id),
    ];
    let build = vec![
        field("outcome", choice(&["ok", "failed"])),
        field("duration", Kind::Number { unit: "ms".into(), buckets }),
        field("colours", many),
        field("plugin", Kind::Version { distinct_max: 100 }),
        field("path", Kind::Drop { reason: "private".into() }),
        field("project", Kind::Id),
    ];
    let events = vec![event("build", build), event("start", vec![field("cached", Kind::Flag)])];
    Catalog::new(tool("acme"), origin, events, Vec::new())
}

pub(crate) fn open(disk: &TestDisk) -> Result<Store, OpenError> {
    open_with(disk, vec![catalog()])
}

pub(crate) fn open_with(disk: &TestDisk, catalogs: Vec<Catalog>) -> Result<Store, OpenError> {
    let disk: Arc<dyn Disk> = Arc::new(disk.clone());
    Store::open(disk, catalogs.into(), Options::default())
}

/// Commits and waits for the answer.
pub(crate) fn commit(store: &Store, batch: Batch) -> Result<Committed, CommitError> {
    let (answer, answered) = channel();
    store.commit(batch, move |outcome| drop(answer.send(outcome)));
    answered.recv().expect("`done` is always called")
}

/// A hash for tests: the text's bytes.
pub(crate) fn hash(text: &str) -> IdHash {
    IdHash(text.bytes().fold(0, |hash, byte| hash << 8 | u128::from(byte)))
}

/// Fields with texts (of which `true` is a flag, and what reads as a number is one).
pub(crate) fn fields(pairs: &[(&'static str, &'static str)]) -> RawFields<'static> {
    let value = |text: &'static str| match (text, text.parse()) {
        ("true" | "false", _) => RawValue::Bool(text == "true"),
        (_, Ok(number)) => RawValue::Number(number),
        _ => RawValue::Text(text.into()),
    };
    RawFields(pairs.iter().map(|(key, text)| ((*key).into(), value(text))).collect())
}

/// What a batch says, before it is checked.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    pub at: i64,
    pub origins: Vec<RawFields<'static>>,
    /// Origin, name, how often, fields.
    pub events: Vec<(usize, &'static str, u64, RawFields<'static>)>,
    pub marks: Vec<(u128, u32)>,
    pub remember_seconds: i64,
}

impl Said {
    /// One machine that built once.
    pub(crate) fn build(machine: &'static str, mark: u128) -> Self {
        let origin = fields(&[("version", "1.2.3"), ("os", "linux"), ("machine", machine)]);
        let build = [("outcome", "ok"), ("duration", "1234"), ("colours", "red,blue"), ("plugin", "4.5.6")];
        Self {
            at: START,
            origins: vec![origin],
            events: vec![(0, "build", 1, fields(&build))],
            marks: vec![(mark, u32::MAX)],
            remember_seconds: 1_000,
        }
    }

    /// The batch, checked against a catalogue.
    pub(crate) fn batch(&self, catalog: &Catalog) -> Batch {
        let day = Day::of_unix_seconds(self.at);
        let entry = |(origin, name, n, fields): &(usize, &'static str, u64, RawFields<'static>)| {
            let raw = RawEvent { name: (*name).into(), n: *n, origin: *origin, fields: fields.clone() };
            match catalog.check(&raw, day, &|_, id| hash(id)) {
                Ok(event) => Entry::Kept { origin: *origin, event, undeclared: catalog.shape_of(&raw) },
                Err(rejection) => {
                    Entry::Rejected { code: rejection.code().to_owned(), n: *n, shape: catalog.shape_of(&raw) }
                }
            }
        };
        Batch {
            tool: 0,
            day,
            first: First { day: true, week: false, month: true },
            cohort: Some(Day(20_758)),
            received_at: self.at,
            marks: self.marks.iter().map(|(key, covers)| Mark { key: *key, covers: *covers }).collect(),
            remember_until: self.at + self.remember_seconds,
            origins: self.origins.iter().map(|origin| catalog.check_origin(origin, &|_, id| hash(id))).collect(),
            entries: self.events.iter().map(entry).collect(),
        }
    }
}

/// Everything that a store says, in a form that two stores can be compared by: codes spelled out, rows merged.
pub(crate) fn told(store: &Store) -> Vec<String> {
    let snapshot = store.snapshot();
    let mut told = Vec::new();
    for (tool, schema) in snapshot.schemas.iter().enumerate() {
        for (table, declared) in schema.tables.iter().enumerate() {
            let mut rows = std::collections::BTreeMap::<String, (u64, u64)>::new();
            each_row(&snapshot, tool, table, |key, n, reports| {
                let text = spell(&snapshot, tool, table, key);
                let sums = rows.entry(text).or_default();
                *sums = (sums.0 + n, sums.1 + reports);
            });
            told.extend(rows.iter().map(|(key, (n, reports))| format!("{} {key} n={n} r={reports}", declared.name)));
        }
        let totals = store.totals(tool);
        told.push(format!("{} {totals:?}", schema.tool));
        told.extend(store.shapes(tool).iter().map(|(shape, n): &(Shape, u64)| format!("{shape} {n}")));
    }
    told
}

/// Visits live and sealed rows, those of forgotten ids left out.
pub(crate) fn each_row(snapshot: &crate::Snapshot, tool: usize, table: usize, mut visit: impl FnMut(&[u32], u64, u64)) {
    let declared = &snapshot.schemas[tool].tables[table];
    let mut parts: Vec<crate::rows::Rows> = snapshot.live[tool][table].iter().map(|part| (**part).clone()).collect();
    let names: Vec<&str> = declared.columns.iter().map(|column| column.name.as_str()).chain(["n", "reports"]).collect();
    for segment in snapshot.segments.iter().filter(|file| file.tool == tool && file.table == declared.name) {
        let columns = crate::columns::read_segment(&*snapshot.disk, segment, &names).expect("a segment");
        let absent = || vec![0; segment.rows as usize];
        let columns = columns.into_iter().map(|column| column.unwrap_or_else(absent)).collect();
        parts.push(crate::rows::Rows { columns });
    }
    for part in &parts {
        for row in 0..part.len() {
            let values: Vec<u32> = part.columns.iter().map(|column| column[row]).collect();
            let (key, counts) = values.split_at(declared.columns.len());
            let hidden = declared.id_columns().any(|column| snapshot.forgotten[tool].contains_key(&key[column]));
            if !hidden {
                visit(key, u64::from(counts[0]), u64::from(counts[1]));
            }
        }
    }
}

/// A row's key in words, whatever the order of its columns; what is absent is left out.
pub(crate) fn spell(snapshot: &crate::Snapshot, tool: usize, table: usize, key: &[u32]) -> String {
    use crate::table::ColumnKind;
    let schema = &snapshot.schemas[tool];
    let lexicon = &snapshot.lexicon.tools[tool];
    let word = |kind: ColumnKind, code: u32| match kind {
        ColumnKind::Text(texts) => code.checked_sub(2).map(|at| schema.texts[texts][at as usize].clone()),
        ColumnKind::Version(field) => lexicon.version(field, code).map(|version| version.to_string()),
        ColumnKind::Id => code.checked_sub(2).and_then(|at| lexicon.ids.get(at as usize)).map(|id| format!("{id:x}")),
        _ => None,
    };
    let said = |name: &str, kind: ColumnKind, code: u32| {
        (code != 0).then(|| format!("{name}={}", word(kind, code).unwrap_or_else(|| code.to_string())))
    };
    let origin = |code: u32| {
        let parts = schema.origin.iter().enumerate();
        in_order(parts.filter_map(|(part, column)| said(&column.name, column.kind, lexicon.part(code as usize, part))))
    };
    in_order(schema.tables[table].columns.iter().zip(key).filter_map(|(column, code)| match column.kind {
        ColumnKind::Origin => Some(format!("({})", origin(*code))),
        kind => said(&column.name, kind, *code),
    }))
}

fn in_order(words: impl Iterator<Item = String>) -> String {
    let mut words: Vec<String> = words.collect();
    words.sort();
    words.join(" ")
}
