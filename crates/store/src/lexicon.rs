//! The words that turn up only at run time, and the codes that stand for them: versions, ids, origins.
//!
//! Append-only, so that a reader may hold an older clone for as long as it likes; a clone shares all but the last
//! chunk of each list. From word to code is the writer's business (see [`crate::intern`]).

use std::sync::Arc;

use aboveboard_catalog::version::Version;
use aboveboard_catalog::{ABSENT, FIRST_CODE};

use crate::table::Schema;

/// Words in a chunk: what one clone may cost to copy when the writer goes on.
const CHUNK: usize = 4_096;

/// The words of every tool, by the tool's position.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lexicon {
    /// One for each schema.
    pub tools: Vec<ToolLexicon>,
}

/// The words of one tool.
#[derive(Clone, Debug, Default)]
pub(crate) struct ToolLexicon {
    /// The bits of each version field's versions; the version at position `i` has code `i + 2`.
    pub versions: Vec<Growing<u128>>,
    /// The keyed hashes of ids, 0 once forgotten; the id at position `i` has code `i + 2`.
    pub ids: Growing<u128>,
    /// The parts of the origin tuples, one list for each part; the origin at position `i` has code `i`.
    pub origins: Vec<Growing<u32>>,
    /// How many origins there are; a tool may have origins without parts.
    pub origin_count: usize,
}

impl ToolLexicon {
    /// The version that a code stands for; `None` for absent and `other`.
    pub(crate) fn version(&self, field: usize, code: u32) -> Option<Version> {
        let position = code.checked_sub(FIRST_CODE)?;
        self.versions[field].get(position as usize).map(Version::from_bits)
    }

    /// How many origins there are.
    pub(crate) fn origin_count(&self) -> usize {
        self.origin_count
    }

    /// One part of an origin's tuple.
    pub(crate) fn part(&self, origin: usize, part: usize) -> u32 {
        self.origins[part].get(origin).unwrap_or(ABSENT)
    }

    /// Adds an origin.
    pub(crate) fn push_origin(&mut self, tuple: &[u32]) {
        self.origins.iter_mut().zip(tuple).for_each(|(list, part)| list.push(*part));
        self.origin_count += 1;
    }

    /// No words yet, with the lists that a schema asks for.
    pub(crate) fn new(schema: &Schema) -> Self {
        let versions = vec![Growing::default(); schema.versions.len()];
        let origins = vec![Growing::default(); schema.origin.len()];
        Self { versions, ids: Growing::default(), origins, origin_count: 0 }
    }

    /// One more than the highest id code, for arrays that are indexed by it.
    pub(crate) fn id_codes(&self) -> usize {
        self.ids.len() + FIRST_CODE as usize
    }

    /// One part of every origin's tuple, by origin code.
    pub(crate) fn origin_column(&self, part: usize) -> Vec<u32> {
        self.origins[part].iter().collect()
    }
}

/// A list that only grows.
#[derive(Clone, Debug)]
pub(crate) struct Growing<T> {
    /// All full but the last.
    chunks: Vec<Arc<Vec<T>>>,
}

impl<T> Default for Growing<T> {
    fn default() -> Self {
        Self { chunks: Vec::new() }
    }
}

impl<T: Copy> Growing<T> {
    pub(crate) fn len(&self) -> usize {
        let last = self.chunks.last().map_or(0, |chunk| chunk.len());
        self.chunks.len().saturating_sub(1) * CHUNK + last
    }

    #[inline]
    pub(crate) fn get(&self, position: usize) -> Option<T> {
        self.chunks.get(position / CHUNK)?.get(position % CHUNK).copied()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = T> + '_ {
        self.chunks.iter().flat_map(|chunk| chunk.iter().copied())
    }

    /// Everything from this position on.
    pub(crate) fn iter_from(&self, start: usize) -> impl Iterator<Item = T> + '_ {
        let chunks = self.chunks.iter().skip(start / CHUNK);
        chunks.flat_map(|chunk| chunk.iter().copied()).skip(start % CHUNK)
    }

    pub(crate) fn push(&mut self, value: T) {
        match self.chunks.last_mut() {
            Some(chunk) if chunk.len() < CHUNK => Arc::make_mut(chunk).push(value),
            _ => self.chunks.push(Arc::new(vec![value])),
        }
    }

    /// Replaces a value; nothing happens beyond the end.
    pub(crate) fn set(&mut self, position: usize, value: T) {
        let chunk = self.chunks.get_mut(position / CHUNK).map(Arc::make_mut);
        if let Some(place) = chunk.and_then(|chunk| chunk.get_mut(position % CHUNK)) {
            *place = value;
        }
    }
}
