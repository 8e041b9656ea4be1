//! What must hold of anything that a parser let through, whatever the bytes were.

use std::fs;
use std::path::{Path, PathBuf};

use aboveboard_catalog::{Catalog, Day, FIRST_CODE, Field, Files, IdHash, Kind, OTHER, Placed, RawBatch, Shape, Value};

/// The day on which everything arrives.
pub const TODAY: Day = Day(20_779);

/// A catalogue of the repository.
///
/// # Panics
/// When there is none of that name, or it has problems.
#[must_use]
pub fn catalog(tool: &str) -> Catalog {
    let folder = repository().join("catalogs").join(tool);
    let path = folder.join("catalog.toml");
    let toml = fs::read_to_string(&path).unwrap_or_else(|error| panic!("`{}`: {error}", path.display()));
    Catalog::parse("catalog.toml", &toml, &Folder(folder)).unwrap_or_else(|problems| panic!("{problems}"))
}

/// The files in the folder of a catalogue.
struct Folder(PathBuf);

impl Files for Folder {
    fn read(&self, path: &str) -> Option<String> {
        fs::read_to_string(self.0.join(path)).ok()
    }

    fn list(&self, folder: &str) -> Option<Vec<String>> {
        let names = fs::read_dir(self.0.join(folder)).ok()?.flatten();
        Some(names.filter_map(|entry| entry.file_name().into_string().ok()).collect())
    }
}

fn repository() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().expect("the fuzz targets lie in a folder of the repository").to_path_buf()
}

/// Holds every origin and event of a batch against a catalogue, and what came out against its declaration.
///
/// # Panics
/// When something that is not declared got past the judge.
pub fn judge(catalog: &Catalog, batch: &RawBatch<'_>) {
    let hash_id = |_: &str, id: &str| IdHash(id.len() as u128);
    for origin in &batch.origins {
        declared_only(&catalog.origin, catalog.check_origin(origin, &hash_id).values());
    }
    for raw in &batch.events {
        assert!(raw.origin < batch.origins.len(), "an event without its origin");
        match catalog.check(raw, TODAY, &hash_id) {
            Ok(event) => {
                assert!(event.n() > 0, "an event that never happened");
                declared_only(&catalog.events[event.position()].fields, event.values());
            }
            Err(rejection) => assert!(is_identifier(rejection.code()), "{rejection:?} has no stable code"),
        }
        catalog.shape_of(raw).iter().for_each(names_only);
    }
    if let Some(day) = batch.day {
        let _ = catalog.check_day(day, TODAY);
    }
}

/// Each field at most once, and each value within its vocabulary.
fn declared_only(fields: &[Field], values: &[Placed]) {
    let mut seen = vec![false; fields.len()];
    for (position, value) in values {
        let position = usize::from(*position);
        assert!(!std::mem::replace(&mut seen[position], true), "`{}` twice", fields[position].name);
        assert!(fits(&fields[position].kind, *value), "`{}` says {value:?}", fields[position].name);
    }
}

fn fits(kind: &Kind, value: Value) -> bool {
    let within = |count: usize, code: u32| (FIRST_CODE..FIRST_CODE + count as u32).contains(&code);
    match (kind, value) {
        (Kind::Flag, Value::Code(code)) => within(2, code),
        (Kind::Number { buckets, .. }, Value::Code(code)) => within(buckets.count(), code),
        (Kind::Choices(members), Value::Set(mask)) => mask != 0 && u64::from(mask) < 2 << members.len(),
        (Kind::Choice(members) | Kind::Name { members, .. } | Kind::Code { members, .. }, Value::Code(code)) => {
            code == OTHER || within(members.len(), code)
        }
        (Kind::Version { .. }, Value::Version(_) | Value::Code(OTHER)) | (Kind::Id, Value::Id(_)) => true,
        _ => false,
    }
}

/// A shape shows names that a programmer chose, joined by dots where they are nested, and never a value.
fn names_only(shape: &Shape) {
    let names = shape.fields.iter().map(|(name, _)| name).chain([&shape.event]);
    for part in names.flat_map(|name| name.split('.')) {
        assert!(part == "?" || is_identifier(part), "a shape says {part:?}");
    }
}

fn is_identifier(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
