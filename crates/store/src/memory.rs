//! Memory files: the words and marks that arrived between two seals. Drawn in `docs/formats/manifest.md`.
//!
//! A file holds an increment. The manifest lists them in order; small neighbours are merged, so that a word is written
//! again only as often as the whole doubles.

use std::collections::BTreeMap;

use crate::disk::Disk;
use crate::error::StoreError;
use crate::lexicon::{Growing, ToolLexicon};
use crate::marks::Remembered;
use crate::pack::{Malformed, Reader, put_count, put_varint};
use crate::sheet;
use crate::table::{OriginPlace, Schema};

/// What every file begins with.
const HEAD: &[u8; 12] = b"ABVBDMEM\x01\0\0\0";

/// The increments of every tool, by the tool's number, and marks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Increment {
    pub tools: BTreeMap<usize, ToolIncrement>,
    pub marks: Vec<Remembered>,
}

/// New words of one tool, each list with its name and in the order of their codes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ToolIncrement {
    /// By table (0 for the origin) and number of the field.
    pub versions: BTreeMap<(usize, usize), Vec<u128>>,
    pub ids: Vec<u128>,
    /// For each origin the number of each part's field, and its code; absent parts are left out.
    pub origins: Vec<Vec<(usize, u32)>>,
}

/// How long a tool's lists are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lengths {
    versions: Vec<usize>,
    ids: usize,
    origins: usize,
}

impl Lengths {
    pub(crate) fn of(lexicon: &ToolLexicon) -> Self {
        let versions = lexicon.versions.iter().map(Growing::len).collect();
        Self { versions, ids: lexicon.ids.len(), origins: lexicon.origin_count() }
    }
}

impl ToolIncrement {
    /// The words of a lexicon beyond these lengths.
    pub(crate) fn since(lengths: &Lengths, lexicon: &ToolLexicon, schema: &Schema) -> Self {
        let version = |(list, field): (usize, &crate::table::VersionField)| {
            let start = lengths.versions.get(list).copied().unwrap_or(0);
            ((field.table, field.field), lexicon.versions[list].iter_from(start).collect())
        };
        let parts = origin_parts(schema);
        let origin = |origin: usize| {
            let parts = parts.iter().map(|(number, part)| (*number, lexicon.part(origin, *part)));
            parts.filter(|(_, code)| *code != 0).collect()
        };
        Self {
            versions: schema.versions.iter().enumerate().map(version).collect(),
            ids: lexicon.ids.iter_from(lengths.ids).collect(),
            origins: (lengths.origins..lexicon.origin_count()).map(origin).collect(),
        }
    }

    /// Adds these words to a lexicon.
    pub(crate) fn add_to(&self, lexicon: &mut ToolLexicon, schema: &Schema) {
        for (list, field) in schema.versions.iter().enumerate() {
            let words = self.versions.get(&(field.table, field.field));
            words.into_iter().flatten().for_each(|bits| lexicon.versions[list].push(*bits));
        }
        self.ids.iter().for_each(|id| lexicon.ids.push(*id));
        let parts: BTreeMap<usize, usize> = origin_parts(schema).into_iter().collect();
        let mut tuple = vec![0; schema.origin.len()];
        for origin in &self.origins {
            tuple.fill(0);
            let known = origin.iter().filter_map(|(number, code)| Some((parts.get(number)?, code)));
            known.for_each(|(part, code)| tuple[*part] = *code);
            lexicon.push_origin(&tuple);
        }
    }

    /// Whether there are no words.
    pub(crate) fn is_empty(&self) -> bool {
        self.versions.values().all(Vec::is_empty) && self.ids.is_empty() && self.origins.is_empty()
    }

    fn append(&mut self, later: Self) {
        for (field, words) in later.versions {
            self.versions.entry(field).or_default().extend(words);
        }
        self.ids.extend(later.ids);
        self.origins.extend(later.origins);
    }

    fn put(&self, out: &mut Vec<u8>) {
        put_count(out, self.versions.len());
        for ((table, field), words) in &self.versions {
            put_count(out, *table);
            put_count(out, *field);
            put_words(out, words);
        }
        put_words(out, &self.ids);
        put_count(out, self.origins.len());
        for origin in &self.origins {
            put_count(out, origin.len());
            for (number, code) in origin {
                put_count(out, *number);
                put_varint(out, u64::from(*code));
            }
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        let versions = reader.list(|reader| {
            let field = (reader.varint()? as usize, reader.varint()? as usize);
            Ok((field, read_words(reader)?))
        })?;
        let ids = read_words(reader)?;
        let part = |reader: &mut Reader<'_>| Ok((reader.varint()? as usize, reader.code()?));
        let origins = reader.list(|reader| reader.list(part))?;
        Ok(Self { versions: versions.into_iter().collect(), ids, origins })
    }
}

/// The number in the registry and the position of every part of an origin tuple.
fn origin_parts(schema: &Schema) -> Vec<(usize, usize)> {
    let part = |(number, (place, _)): (usize, &(OriginPlace, _))| match place {
        OriginPlace::Tuple(part) => Some((number, *part)),
        OriginPlace::Id(_) => None,
    };
    schema.origin_fields.iter().enumerate().filter_map(part).collect()
}

fn put_words(out: &mut Vec<u8>, words: &[u128]) {
    put_count(out, words.len());
    words.iter().for_each(|word| out.extend_from_slice(&word.to_le_bytes()));
}

fn read_words(reader: &mut Reader<'_>) -> Result<Vec<u128>, Malformed> {
    reader.list(|reader| Ok(u128::from_le_bytes(reader.array()?)))
}

impl Increment {
    /// Whether there is nothing to remember.
    pub(crate) fn is_empty(&self) -> bool {
        self.tools.values().all(ToolIncrement::is_empty) && self.marks.is_empty()
    }

    /// Adds what came after it.
    pub(crate) fn append(&mut self, later: Self) {
        for (tool, words) in later.tools {
            self.tools.entry(tool).or_default().append(words);
        }
        self.marks.extend(later.marks);
    }

    /// Leaves out the marks that are not remembered any more.
    pub(crate) fn forget_marks_before(&mut self, now: i64) {
        self.marks.retain(|mark| mark.until >= now);
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        put_count(&mut out, self.tools.len());
        for (number, tool) in &self.tools {
            put_count(&mut out, *number);
            tool.put(&mut out);
        }
        put_count(&mut out, self.marks.len());
        for mark in &self.marks {
            out.extend_from_slice(&mark.tool.to_le_bytes());
            out.extend_from_slice(&mark.key.to_le_bytes());
            out.extend_from_slice(&mark.until.to_le_bytes());
        }
        out
    }

    pub(crate) fn decode(body: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(body);
        let tools = reader.list(|reader| Ok((reader.varint()? as usize, ToolIncrement::read(reader)?)))?;
        let marks = reader.list(read_mark)?;
        reader.end()?;
        Ok(Self { tools: tools.into_iter().collect(), marks })
    }

    /// Reads a file.
    pub(crate) fn load(disk: &dyn Disk, path: &str) -> Result<Self, StoreError> {
        sheet::load(disk, path, HEAD, Self::decode)
    }

    /// Writes a file, durable when this answers. Answers its length in bytes.
    pub(crate) fn store(&self, disk: &dyn Disk, path: &str) -> Result<u64, StoreError> {
        sheet::store(disk, path, HEAD, &self.encode())
    }
}

fn read_mark(reader: &mut Reader<'_>) -> Result<Remembered, Malformed> {
    let tool = u16::from_le_bytes(reader.array()?);
    let key = u128::from_le_bytes(reader.array()?);
    Ok(Remembered { tool, key, until: i64::from_le_bytes(reader.array()?) })
}

/// From which file on all files are merged with a new one of this many bytes: each is at most twice as long as all
/// that come after it, so there are few files, and each word is seldom written again.
pub(crate) fn merge_from(file_bytes: &[u64], new_bytes: u64) -> usize {
    let mut later = new_bytes;
    let mut from = file_bytes.len();
    while let Some(bytes) = from.checked_sub(1).map(|before| file_bytes[before]).filter(|bytes| *bytes <= 2 * later) {
        later += bytes;
        from -= 1;
    }
    from
}
