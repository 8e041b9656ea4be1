//! What is durable and not in the log: one small file, replaced as a whole. Drawn in `docs/formats/manifest.md`.

use std::collections::BTreeMap;

use aboveboard_catalog::{Day, Shape};

use crate::batch::Totals;
use crate::disk::Disk;
use crate::encode::put_shape;
use crate::error::StoreError;
use crate::frame::read_shape;
use crate::pack::{Malformed, Reader, put_count, put_text, put_varint};
use crate::registry::{RegisteredEvent, RegisteredField, RegisteredTool, Registry, Storage};
use crate::sheet;

/// Where the manifest lies.
pub(crate) const PATH: &str = "manifest";
/// What the file begins with.
const HEAD: &[u8; 12] = b"ABVBDMAN\x01\0\0\0";

/// Everything the file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Manifest {
    pub registry: Registry,
    /// The number for the next files.
    pub next_number: u64,
    /// The first file of the log that is not sealed.
    pub log_from: u64,
    /// Sealed files; here [`Segment::tool`] is the number in the registry.
    pub segments: Vec<Segment>,
    /// Files with words and marks, in the order in which they are read.
    pub memory: Vec<MemoryFile>,
    /// By number in the registry.
    pub figures: Vec<ToolFigures>,
}

/// A memory file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MemoryFile {
    pub number: u64,
    pub bytes: u64,
}

/// The figures of one tool.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ToolFigures {
    /// By the day of arrival.
    pub totals: BTreeMap<Day, Totals>,
    /// Sorted, so that equal states are equal bytes.
    pub shapes: BTreeMap<Shape, u64>,
    /// See [`crate::snapshot::Snapshot::forgotten`].
    pub forgotten: BTreeMap<u32, u64>,
}

impl Default for Manifest {
    fn default() -> Self {
        let registry = Registry::default();
        Self { registry, next_number: 1, log_from: 1, segments: Vec::new(), memory: Vec::new(), figures: Vec::new() }
    }
}

impl MemoryFile {
    /// Where it lies.
    pub(crate) fn path(&self) -> String {
        format!("memory/{:010}.mem", self.number)
    }
}

impl Manifest {
    pub(crate) fn load(disk: &dyn Disk) -> Result<Self, StoreError> {
        sheet::load(disk, PATH, HEAD, Self::decode)
    }

    /// Replaces the file; durable when this answers.
    pub(crate) fn store(&self, disk: &dyn Disk) -> Result<(), StoreError> {
        sheet::store(disk, PATH, HEAD, &self.encode()).map(drop)
    }

    fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        put_varint(&mut out, self.next_number);
        put_varint(&mut out, self.log_from);
        put_list(&mut out, &self.registry.tools, put_tool);
        put_list(&mut out, &self.segments, put_segment);
        put_list(&mut out, &self.memory, |out, file| {
            put_varint(out, file.number);
            put_varint(out, file.bytes);
        });
        put_list(&mut out, &self.figures, put_figures);
        out
    }

    pub(crate) fn decode(body: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(body);
        let (next_number, log_from) = (reader.varint()?, reader.varint()?);
        let registry = Registry { tools: reader.list(read_tool)? };
        let segments = reader.list(read_segment)?;
        let memory = reader.list(|reader| Ok(MemoryFile { number: reader.varint()?, bytes: reader.varint()? }))?;
        let figures = reader.list(read_figures)?;
        reader.end()?;
        if segments.iter().any(|segment| segment.tool >= registry.tools.len()) || figures.len() > registry.tools.len() {
            return Err(Malformed("it speaks of a tool that it does not register"));
        }
        Ok(Self { registry, next_number, log_from, segments, memory, figures })
    }
}

fn put_list<T>(out: &mut Vec<u8>, list: &[T], put: impl Fn(&mut Vec<u8>, &T)) {
    put_count(out, list.len());
    list.iter().for_each(|item| put(out, item));
}

fn put_tool(out: &mut Vec<u8>, tool: &RegisteredTool) {
    put_text(out, &tool.name);
    put_varint(out, u64::from(tool.retention_days));
    put_list(out, &tool.origin, put_field);
    put_list(out, &tool.events, |out, event| {
        put_text(out, &event.name);
        put_list(out, &event.fields, put_field);
    });
}

fn read_tool(reader: &mut Reader<'_>) -> Result<RegisteredTool, Malformed> {
    let (name, retention_days) = (read_text(reader)?, reader.code()?);
    let origin = reader.list(read_field)?;
    let event =
        |reader: &mut Reader<'_>| Ok(RegisteredEvent { name: read_text(reader)?, fields: reader.list(read_field)? });
    Ok(RegisteredTool { name, retention_days, origin, events: reader.list(event)? })
}

fn put_field(out: &mut Vec<u8>, field: &RegisteredField) {
    put_text(out, &field.name);
    match &field.storage {
        Storage::Flag => out.push(0),
        Storage::Member => out.push(1),
        Storage::Set => out.push(2),
        Storage::Number(scheme) => {
            out.push(3);
            put_text(out, scheme);
        }
        Storage::Version(distinct_max) => {
            out.push(4);
            put_varint(out, u64::from(*distinct_max));
        }
        Storage::Id => out.push(5),
    }
    put_list(out, &field.members, |out, member| put_text(out, member));
}

fn read_field(reader: &mut Reader<'_>) -> Result<RegisteredField, Malformed> {
    let name = read_text(reader)?;
    let storage = match reader.byte()? {
        0 => Storage::Flag,
        1 => Storage::Member,
        2 => Storage::Set,
        3 => Storage::Number(read_text(reader)?),
        4 => Storage::Version(reader.code()?),
        5 => Storage::Id,
        _ => return Err(Malformed("a field is stored in no known way")),
    };
    Ok(RegisteredField { name, storage, members: reader.list(read_text)? })
}

fn read_text(reader: &mut Reader<'_>) -> Result<String, Malformed> {
    reader.text().map(str::to_owned)
}

fn put_segment(out: &mut Vec<u8>, segment: &Segment) {
    put_count(out, segment.tool);
    put_text(out, &segment.table);
    put_varint(out, u64::from(segment.week));
    put_varint(out, segment.number);
    put_varint(out, segment.rows);
    put_varint(out, segment.bytes);
    put_varint(out, u64::from(segment.crc));
    put_varint(out, segment.clean);
    put_varint(out, u64::from(segment.first_day));
    put_varint(out, u64::from(segment.last_day));
    put_text(out, &segment.path);
}

fn read_segment(reader: &mut Reader<'_>) -> Result<Segment, Malformed> {
    Ok(Segment {
        tool: reader.varint()? as usize,
        table: read_text(reader)?,
        week: reader.code()?,
        number: reader.varint()?,
        rows: reader.varint()?,
        bytes: reader.varint()?,
        crc: reader.code()?,
        clean: reader.varint()?,
        first_day: reader.code()?,
        last_day: reader.code()?,
        path: read_text(reader)?,
    })
}

fn put_figures(out: &mut Vec<u8>, figures: &ToolFigures) {
    put_count(out, figures.totals.len());
    for (day, totals) in &figures.totals {
        out.extend_from_slice(&day.0.to_le_bytes());
        put_totals(out, totals);
    }
    put_count(out, figures.shapes.len());
    for (shape, count) in &figures.shapes {
        put_shape(out, shape);
        put_varint(out, *count);
    }
    put_count(out, figures.forgotten.len());
    for (code, number) in &figures.forgotten {
        put_varint(out, u64::from(*code));
        put_varint(out, *number);
    }
}

fn read_figures(reader: &mut Reader<'_>) -> Result<ToolFigures, Malformed> {
    let totals = reader.list(|reader| Ok((Day(i32::from_le_bytes(reader.array()?)), read_totals(reader)?)))?;
    let shapes = reader.list(|reader| Ok((read_shape(reader)?, reader.varint()?)))?;
    let forgotten = reader.list(|reader| Ok((reader.code()?, reader.varint()?)))?;
    Ok(ToolFigures {
        totals: totals.into_iter().collect(),
        shapes: shapes.into_iter().collect(),
        forgotten: forgotten.into_iter().collect(),
    })
}

fn put_totals(out: &mut Vec<u8>, totals: &Totals) {
    for figure in [totals.kept, totals.repeated, totals.folded, totals.dropped] {
        put_varint(out, figure);
    }
    put_count(out, totals.rejected.len());
    for (code, count) in &totals.rejected {
        put_text(out, code);
        put_varint(out, *count);
    }
}

fn read_totals(reader: &mut Reader<'_>) -> Result<Totals, Malformed> {
    let (kept, repeated) = (reader.varint()?, reader.varint()?);
    let (folded, dropped) = (reader.varint()?, reader.varint()?);
    let rejected = reader.list(|reader| Ok((read_text(reader)?, reader.varint()?)))?;
    Ok(Totals { kept, repeated, rejected: rejected.into_iter().collect(), folded, dropped })
}

/// One sealed file: rows of one table, or of one rollup, of one week.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Segment {
    /// The tool, as a position in the schemas.
    pub tool: usize,
    /// A table's name, or a rollup's: `cube`, `values`.
    pub table: String,
    /// The Monday of the week its rows are about, in days since 1970-01-01.
    pub week: u32,
    /// Grows with every seal and compaction; files made together share it.
    pub number: u64,
    /// Rows, for planning.
    pub rows: u64,
    /// Bytes on disk, for planning.
    pub bytes: u64,
    /// The CRC-32 of those bytes.
    pub crc: u32,
    /// Ids forgotten with a number up to this are not in it: its own number, or a later one once it was looked through.
    pub clean: u64,
    /// The day of its earliest row.
    pub first_day: u32,
    /// The day of its latest row.
    pub last_day: u32,
    /// The file, relative to the data folder.
    pub path: String,
}
