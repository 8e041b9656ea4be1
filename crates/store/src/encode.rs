//! A batch as the body of a log frame, made on the thread that brings the batch. Drawn in `docs/formats/wal.md`.
//!
//! Member codes become stored codes here; versions, ids and origins stay in full, because only the writer knows which
//! of them are new.

use std::collections::HashMap;

use aboveboard_catalog::{Catalog, Field, IdHash, Origin, Placed, Value};

use crate::batch::{Batch, Entry};
use crate::frame::Stored;
use crate::pack::{put_count, put_text, put_varint};
use crate::registry::{RegisteredField, RegisteredTool, Registry, Storage};

/// A batch with all it says.
pub(crate) const BATCH: u8 = 1;
/// A batch of which all was said before: only how much.
pub(crate) const TALLY: u8 = 2;
/// An id that is to be forgotten.
pub(crate) const FORGET: u8 = 3;

/// Bits of the byte that says which period a batch is the first of.
pub(crate) const COHORT_GIVEN: u8 = 8;
/// Where the writer notes how many entries of a batch are repeats.
pub(crate) const SKIP_AT: usize = 3;
/// In front of an entry that was turned away; others begin with their table, and presence has no entries.
pub(crate) const REJECTED: u64 = 0;
/// In front of a version that is not one.
pub(crate) const VERSION_OTHER: u8 = 1;
/// In front of the sixteen bytes of a version.
pub(crate) const VERSION_GIVEN: u8 = 2;

/// From positions in the catalogues to numbers in the registry.
#[derive(Debug)]
pub(crate) struct Encoder {
    tools: Vec<ToolCodes>,
}

#[derive(Debug)]
struct ToolCodes {
    number: u16,
    origin: FieldCodes,
    events: Vec<EventCodes>,
}

#[derive(Debug)]
struct EventCodes {
    table: u64,
    fields: FieldCodes,
}

/// By position in the catalogue; `None` for dropped fields.
type FieldCodes = Vec<Option<FieldCode>>;

#[derive(Debug)]
struct FieldCode {
    number: usize,
    /// The stored code of each catalogue code; empty where they are the same.
    stored: Vec<u32>,
}

impl Encoder {
    pub(crate) fn new(registry: &Registry, catalogs: &[Catalog]) -> Self {
        let tool = |catalog: &Catalog| {
            let number = registry.tools.iter().position(|tool| tool.name == catalog.tool.name).unwrap_or_default();
            ToolCodes::new(number, &registry.tools[number], catalog)
        };
        Self { tools: catalogs.iter().map(tool).collect() }
    }

    /// What is stored of an origin: the numbers of its fields in the registry, and their values.
    pub(crate) fn origin(&self, tool: usize, origin: &Origin) -> Vec<(usize, Stored)> {
        let codes = &self.tools[tool].origin;
        let stored = |(position, value): &Placed| {
            let code = codes[usize::from(*position)].as_ref()?;
            Some((code.number, code.stored(*value)))
        };
        origin.values().iter().filter_map(stored).collect()
    }

    /// The body of a frame.
    ///
    /// # Panics
    /// An entry refers to an origin that the batch does not have, or the batch to an unknown tool.
    pub(crate) fn batch(&self, batch: &Batch) -> Vec<u8> {
        let codes = &self.tools[batch.tool];
        let mut out = Vec::with_capacity(64 + 64 * batch.entries.len());
        put_head(&mut out, codes.number, batch);
        put_count(&mut out, batch.marks.len());
        for mark in &batch.marks {
            out.extend_from_slice(&mark.key.to_le_bytes());
            put_varint(&mut out, u64::from(mark.covers));
        }
        put_count(&mut out, batch.origins.len());
        for origin in &batch.origins {
            put_varint(&mut out, u64::from(origin.notes().folded));
            put_varint(&mut out, u64::from(origin.notes().dropped));
            put_values(&mut out, &codes.origin, origin.values());
        }
        put_count(&mut out, batch.entries.len());
        batch.entries.iter().for_each(|entry| codes.put_entry(&mut out, entry, batch.origins.len()));
        put_undeclared(&mut out, &batch.entries);
        out
    }

    /// The body of a frame that forgets an id.
    pub(crate) fn forget(&self, tool: usize, id: IdHash) -> Vec<u8> {
        let mut out = vec![FORGET];
        out.extend_from_slice(&self.tools[tool].number.to_le_bytes());
        out.extend_from_slice(&id.0.to_le_bytes());
        out
    }
}

/// The body of a frame for a batch of which all was said before.
pub(crate) fn tally(tool: u16, received_at: i64, repeated: u64) -> Vec<u8> {
    let mut out = vec![TALLY];
    out.extend_from_slice(&tool.to_le_bytes());
    out.extend_from_slice(&received_at.to_le_bytes());
    put_varint(&mut out, repeated);
    out
}

fn put_head(out: &mut Vec<u8>, tool: u16, batch: &Batch) {
    let first = u8::from(batch.first.day) | u8::from(batch.first.week) << 1 | u8::from(batch.first.month) << 2;
    let cohort = if batch.cohort.is_some() { COHORT_GIVEN } else { 0 };
    out.push(BATCH);
    out.extend_from_slice(&tool.to_le_bytes());
    out.extend_from_slice(&0u32.to_le_bytes());
    out.extend_from_slice(&batch.received_at.to_le_bytes());
    out.extend_from_slice(&batch.remember_until.to_le_bytes());
    out.extend_from_slice(&batch.day.0.to_le_bytes());
    out.push(first | cohort);
    out.extend_from_slice(&batch.cohort.map_or(0, |day| day.0).to_le_bytes());
}

impl ToolCodes {
    fn new(number: usize, registered: &RegisteredTool, catalog: &Catalog) -> Self {
        let event = |name: &str| registered.events.iter().position(|event| event.name == name).unwrap_or_default();
        let events = catalog.events.iter().map(|declared| {
            let number = event(&declared.name);
            let fields = field_codes(&declared.fields, &registered.events[number].fields);
            EventCodes { table: number as u64 + 1, fields }
        });
        let events = events.collect();
        Self { number: number as u16, origin: field_codes(&catalog.origin, &registered.origin), events }
    }

    fn put_entry(&self, out: &mut Vec<u8>, entry: &Entry, origins: usize) {
        match entry {
            Entry::Kept { origin, event, .. } => {
                assert!(*origin < origins, "an entry refers to origin {origin} of {origins}");
                let codes = &self.events[event.position()];
                put_varint(out, codes.table);
                put_count(out, *origin);
                put_varint(out, u64::from(event.n()));
                put_varint(out, u64::from(event.notes().folded));
                put_varint(out, u64::from(event.notes().dropped));
                put_values(out, &codes.fields, event.values());
            }
            Entry::Rejected { code, n, shape } => {
                put_varint(out, REJECTED);
                put_text(out, code);
                put_varint(out, *n);
                put_count(out, shape.iter().count());
                shape.iter().for_each(|shape| put_shape(out, shape));
            }
        }
    }
}

/// What kept entries said beside what is declared. Nearly all batches said nothing of it, and end without the list.
fn put_undeclared<'a>(out: &mut Vec<u8>, entries: &'a [Entry]) {
    let said = |(position, entry): (usize, &'a Entry)| match entry {
        Entry::Kept { event, undeclared: Some(shape), .. } => Some((position, event.n(), shape)),
        _ => None,
    };
    let all = || entries.iter().enumerate().filter_map(said);
    let count = all().count();
    if count > 0 {
        put_count(out, count);
    }
    for (position, n, shape) in all() {
        put_count(out, position);
        put_varint(out, u64::from(n));
        put_shape(out, shape);
    }
}

pub(crate) fn put_shape(out: &mut Vec<u8>, shape: &aboveboard_catalog::Shape) {
    put_text(out, &shape.event);
    put_count(out, shape.fields.len());
    for (name, kind) in &shape.fields {
        put_text(out, name);
        put_text(out, kind);
    }
}

fn put_values(out: &mut Vec<u8>, codes: &[Option<FieldCode>], values: &[Placed]) {
    let kept = || values.iter().filter_map(|(position, value)| Some((codes[usize::from(*position)].as_ref()?, value)));
    put_count(out, kept().count());
    for (code, value) in kept() {
        put_count(out, code.number);
        code.put(out, *value);
    }
}

impl FieldCode {
    fn put(&self, out: &mut Vec<u8>, value: Value) {
        match self.stored(value) {
            Stored::Code(code) => put_varint(out, u64::from(code)),
            Stored::Version(bits) => {
                out.push(VERSION_GIVEN);
                out.extend_from_slice(&bits.to_le_bytes());
            }
            Stored::Id(id) => out.extend_from_slice(&id.to_le_bytes()),
        }
    }

    fn stored(&self, value: Value) -> Stored {
        match value {
            Value::Code(code) => Stored::Code(self.stored.get(code as usize).copied().unwrap_or(code)),
            Value::Set(mask) => Stored::Code(self.stored_set(mask)),
            Value::Version(version) => Stored::Version(version.to_bits()),
            Value::Id(id) => Stored::Id(id.0),
        }
    }

    /// A set has its bits where a code of the same member would be, one lower.
    fn stored_set(&self, mask: u32) -> u32 {
        let bits = (0..u32::BITS).filter(|bit| mask & 1 << bit != 0);
        bits.map(|bit| self.stored.get(bit as usize + 1).map_or(1, |code| 1 << (code - 1)))
            .fold(0, |set, bit| set | bit)
    }
}

fn field_codes(declared: &[Field], registered: &[RegisteredField]) -> FieldCodes {
    let code = |field: &Field| {
        Storage::of(&field.kind)?;
        let number = registered.iter().position(|known| known.name == field.name)?;
        Some(FieldCode { number, stored: stored_codes(field.kind.members(), &registered[number].members) })
    };
    declared.iter().map(code).collect()
}

/// For absent, `other` and each declared member the stored code; nothing when there are no members.
fn stored_codes(declared: &[String], registered: &[String]) -> Vec<u32> {
    if declared.is_empty() {
        return Vec::new();
    }
    let positions: HashMap<&String, u32> = registered.iter().zip(aboveboard_catalog::FIRST_CODE..).collect();
    let members = declared.iter().map(|member| positions.get(member).copied().unwrap_or(aboveboard_catalog::OTHER));
    [aboveboard_catalog::ABSENT, aboveboard_catalog::OTHER].into_iter().chain(members).collect()
}
