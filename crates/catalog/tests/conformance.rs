//! Runs the cases under `conformance/` that every implementation shares.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use aboveboard_catalog::{
    Catalog, Day, Field, Files, IdHash, Kind, Notes, OTHER, Placed, RawEvent, RawFields, Value, wire,
};
use serde::Deserialize;
use serde_json::{Value as Json, json};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EventCase<'a> {
    name: String,
    day: String,
    #[serde(borrow)]
    event: EventJson<'a>,
    kept: Option<Kept>,
    rejected: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EventJson<'a> {
    event: String,
    n: Option<u64>,
    #[serde(borrow)]
    fields: RawFields<'a>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OriginCase<'a> {
    name: String,
    #[serde(borrow)]
    origin: RawFields<'a>,
    kept: Kept,
    refused: Option<String>,
}

#[derive(Deserialize, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
struct Kept {
    values: BTreeMap<String, Json>,
    folded: u32,
    dropped: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireCase {
    name: String,
    bytes: String,
    canonical: Option<String>,
    version: Option<u64>,
    error: Option<String>,
}

#[test]
fn events_are_judged() {
    judged(&catalog(), "check/events.json");
}

#[test]
fn codes_are_those_that_have_pages() {
    judged(&acme(), "check/codes.json");
}

#[track_caller]
fn judged(catalog: &Catalog, path: &str) {
    for case in cases::<EventCase>(path) {
        let EventJson { event, n, fields } = case.event;
        let raw = RawEvent { name: event.into(), n: n.unwrap_or(1), origin: 0, fields };
        let day = Day::parse(&case.day).expect("a day");
        match catalog.check(&raw, day, &hash) {
            Ok(event) => {
                let fields = &catalog.events[event.position()].fields;
                assert_eq!(Some(kept(fields, event.values(), event.notes())), case.kept, "{}", case.name);
                assert_eq!(u64::from(event.n()), raw.n, "{}", case.name);
            }
            Err(rejection) => assert_eq!(Some(rejection.code()), case.rejected.as_deref(), "{}", case.name),
        }
    }
}

#[test]
fn origins_are_judged() {
    let catalog = catalog();
    for case in cases::<OriginCase>("check/origins.json") {
        let origin = catalog.check_origin(&case.origin, &hash);
        assert_eq!(kept(&catalog.origin, origin.values(), origin.notes()), case.kept, "{}", case.name);
        assert_eq!(origin.refusal().map(|refusal| &refusal.code), case.refused.as_ref(), "{}", case.name);
    }
}

#[test]
fn batches_are_read_and_written() {
    for case in cases::<WireCase>("wire/batches.json") {
        let bytes = case.bytes.as_bytes();
        check_wire(&case, wire::WireBatch::decode(bytes).map(|batch| batch.encode()));
        // The reader of clients reads what the collector's does, and nothing else.
        assert_eq!(wire::WireBatch::read(bytes), wire::WireBatch::decode(bytes).ok(), "{}", case.name);
    }
}

#[test]
fn receipts_are_read_and_written() {
    for case in cases::<WireCase>("wire/receipts.json") {
        let bytes = case.bytes.as_bytes();
        check_wire(&case, wire::Receipt::decode(bytes).map(|receipt| receipt.encode()));
    }
}

#[track_caller]
fn check_wire(case: &WireCase, read: Result<Vec<u8>, wire::WireError>) {
    let name = &case.name;
    match (read, &case.error) {
        (Ok(bytes), _) => {
            assert_eq!(Some(String::from_utf8_lossy(&bytes).as_ref()), case.canonical.as_deref(), "{name}")
        }
        (Err(wire::WireError::Version(version)), _) => assert_eq!(Some(version), case.version, "{name}"),
        (Err(error), Some(said)) => assert!(error.to_string().contains(said), "{name}: {error}"),
        (Err(error), None) => panic!("{name}: {error}"),
    }
}

fn kept(fields: &[Field], values: &[Placed], notes: Notes) -> Kept {
    let named = values.iter().map(|(position, value)| {
        let field = &fields[usize::from(*position)];
        (field.name.clone(), spelt(&field.kind, *value))
    });
    Kept { values: named.collect(), folded: notes.folded, dropped: notes.dropped }
}

fn spelt(kind: &Kind, value: Value) -> Json {
    match (kind, value) {
        (_, Value::Id(_)) => json!("(id)"),
        (_, Value::Version(version)) => json!(version.to_string()),
        (_, Value::Set(mask)) => {
            let names = std::iter::once("other").chain(kind.members().iter().map(String::as_str)).enumerate();
            names.filter(|(bit, _)| mask >> bit & 1 == 1).map(|(_, name)| name).collect()
        }
        (_, Value::Code(OTHER)) => json!("other"),
        (Kind::Number { .. }, Value::Code(code)) => json!(code - 2),
        (_, Value::Code(code)) => json!(kind.label(code)),
    }
}

fn hash(_: &str, id: &str) -> IdHash {
    IdHash(id.len() as u128)
}

fn catalog() -> Catalog {
    let read = |path: &str| std::fs::read_to_string(folder().join("catalog").join(path)).ok();
    let toml = read("catalog.toml").expect("the catalogue of the cases");
    Catalog::parse("catalog.toml", &toml, &read).unwrap_or_else(|problems| panic!("{problems}"))
}

/// The example, whose codes have pages.
fn acme() -> Catalog {
    let folder = folder().join("../catalogs/acme");
    let toml = std::fs::read_to_string(folder.join("catalog.toml")).expect("the catalogue of the example");
    Catalog::parse("catalog.toml", &toml, &Beside(folder)).unwrap_or_else(|problems| panic!("{problems}"))
}

/// The files beside a catalogue.
struct Beside(PathBuf);

impl Files for Beside {
    fn read(&self, path: &str) -> Option<String> {
        std::fs::read_to_string(self.0.join(path)).ok()
    }

    fn list(&self, folder: &str) -> Option<Vec<String>> {
        let names = std::fs::read_dir(self.0.join(folder)).ok()?;
        names.map(|entry| entry.ok()?.file_name().into_string().ok()).collect()
    }
}

fn cases<T: Deserialize<'static>>(path: &str) -> Vec<T> {
    let text = std::fs::read_to_string(folder().join(path)).expect("the cases are there");
    // The cases borrow from the text, and live as long as the test.
    let text: &'static str = text.leak();
    let cases: Vec<T> = serde_json::from_str(text).unwrap_or_else(|error| panic!("{path}: {error}"));
    assert!(!cases.is_empty(), "{path} has no case");
    cases
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance")
}
