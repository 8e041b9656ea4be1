//! From words to codes: which versions, ids and origins are known, and the next code for a new one.
//!
//! Used by the one who applies frames, in the order of the log, so that replaying it gives the same codes.

use std::collections::HashMap;

use aboveboard_catalog::{FIRST_CODE, OTHER};
use foldhash::fast::RandomState;

use crate::lexicon::ToolLexicon;
use crate::table::Schema;

/// The codes of one tool's words.
#[derive(Debug, Default)]
pub(crate) struct Interner {
    versions: Vec<HashMap<u128, u32, RandomState>>,
    ids: HashMap<u128, u32, RandomState>,
    origins: HashMap<Box<[u32]>, u32, RandomState>,
}

/// A code, and whether it stands for something coarser than the word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Interned {
    pub code: u32,
    pub folded: bool,
}

impl Interner {
    /// Knows all words of a lexicon.
    pub(crate) fn new(schema: &Schema, lexicon: &ToolLexicon) -> Self {
        let versions = lexicon.versions.iter().map(|list| list.iter().zip(FIRST_CODE..).collect()).collect();
        let ids = lexicon.ids.iter().zip(FIRST_CODE..).filter(|(id, _)| *id != 0).collect();
        let tuple = |origin| schema.origin.iter().enumerate().map(move |(part, _)| lexicon.part(origin, part));
        let origins = (0..lexicon.origin_count()).map(|origin| (tuple(origin).collect(), origin as u32)).collect();
        Self { versions, ids, origins }
    }

    pub(crate) fn version(&mut self, lexicon: &mut ToolLexicon, field: usize, bits: u128, max: u32) -> Interned {
        if let Some(&code) = self.versions[field].get(&bits) {
            return Interned { code, folded: false };
        }
        let list = &mut lexicon.versions[field];
        if list.len() >= max as usize {
            return Interned { code: OTHER, folded: true };
        }
        let code = list.len() as u32 + FIRST_CODE;
        list.push(bits);
        self.versions[field].insert(bits, code);
        Interned { code, folded: false }
    }

    pub(crate) fn id(&mut self, lexicon: &mut ToolLexicon, id: u128) -> u32 {
        *self.ids.entry(id).or_insert_with(|| {
            lexicon.ids.push(id);
            lexicon.ids.len() as u32 - 1 + FIRST_CODE
        })
    }

    pub(crate) fn origin(&mut self, lexicon: &mut ToolLexicon, tuple: &[u32], max: usize) -> Interned {
        if let Some(&code) = self.origins.get(tuple) {
            return Interned { code, folded: false };
        }
        if self.origins.len() < max {
            return Interned { code: self.add_origin(lexicon, tuple), folded: false };
        }
        let others = vec![OTHER; tuple.len()];
        let known = self.origins.get(others.as_slice()).copied();
        Interned { code: known.unwrap_or_else(|| self.add_origin(lexicon, &others)), folded: true }
    }

    fn add_origin(&mut self, lexicon: &mut ToolLexicon, tuple: &[u32]) -> u32 {
        let code = lexicon.origin_count() as u32;
        lexicon.push_origin(tuple);
        self.origins.insert(tuple.into(), code);
        code
    }

    /// The code that a version has, or would be folded to; `None` when nothing with it was ever kept.
    pub(crate) fn known_version(&self, field: usize, bits: u128, max: u32) -> Option<u32> {
        let full = || (self.versions[field].len() >= max as usize).then_some(OTHER);
        self.versions[field].get(&bits).copied().or_else(full)
    }

    /// The code that an origin has, or would be folded to; `None` when nothing from it was ever kept.
    pub(crate) fn known_origin(&self, tuple: &[u32], max: usize) -> Option<u32> {
        let others = vec![OTHER; tuple.len()];
        let folded = || self.origins.get(others.as_slice()).filter(|_| self.origins.len() >= max);
        self.origins.get(tuple).or_else(folded).copied()
    }

    /// The code of an id that is known.
    pub(crate) fn code_of(&self, id: u128) -> Option<u32> {
        self.ids.get(&id).copied()
    }

    /// How many ids are known.
    pub(crate) fn id_count(&self) -> usize {
        self.ids.len()
    }

    /// Forgets an id: its word is blanked, and should it come again, it is a new one. Answers its code.
    pub(crate) fn forget(&mut self, lexicon: &mut ToolLexicon, id: u128) -> Option<u32> {
        let code = self.ids.remove(&id)?;
        lexicon.ids.set((code - FIRST_CODE) as usize, 0);
        Some(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{Column, ColumnKind, VersionField};

    fn schema() -> Schema {
        let column = |name: &str| Column { name: name.into(), kind: ColumnKind::Flag };
        let version = VersionField { table: 0, field: 0, distinct_max: 2 };
        Schema { origin: vec![column("a"), column("b")], versions: vec![version], ..Schema::default() }
    }

    #[test]
    fn words_beyond_the_limit_fold() {
        let mut lexicon = ToolLexicon::new(&schema());
        let mut interner = Interner::new(&schema(), &lexicon);
        let mut origin = |tuple: [u32; 2]| interner.origin(&mut lexicon, &tuple, 2);
        let kept = |code| Interned { code, folded: false };
        assert_eq!([origin([2, 2]), origin([2, 3]), origin([2, 2])], [kept(0), kept(1), kept(0)]);
        let folded = Interned { code: 2, folded: true };
        assert_eq!([origin([3, 3]), origin([3, 2]), origin([2, 3])], [folded, folded, kept(1)]);
        assert_eq!([lexicon.part(2, 0), lexicon.part(2, 1)], [OTHER, OTHER]);
        let known = |tuple: [u32; 2], max| interner.known_origin(&tuple, max);
        assert_eq!([known([2, 3], 2), known([3, 3], 2), known([3, 3], 9)], [Some(1), Some(2), None]);

        let mut version = |bits| interner.version(&mut lexicon, 0, bits, 2);
        let folded = Interned { code: OTHER, folded: true };
        assert_eq!([version(7), version(8), version(9), version(7)], [kept(2), kept(3), folded, kept(2)]);
        let known = |bits, max| interner.known_version(0, bits, max);
        assert_eq!([known(8, 2), known(9, 2), known(9, 3)], [Some(3), Some(OTHER), None]);
    }

    #[test]
    fn a_forgotten_id_gets_a_new_code_when_it_comes_again() {
        let mut lexicon = ToolLexicon::new(&schema());
        let mut interner = Interner::new(&schema(), &lexicon);
        assert_eq!(
            [interner.id(&mut lexicon, 5), interner.id(&mut lexicon, 6), interner.id(&mut lexicon, 5)],
            [2, 3, 2]
        );
        assert_eq!([interner.forget(&mut lexicon, 5), interner.forget(&mut lexicon, 5)], [Some(2), None]);
        assert_eq!(interner.id(&mut lexicon, 5), 4);
        let mut again = Interner::new(&schema(), &lexicon);
        assert_eq!([again.id(&mut lexicon, 5), again.id(&mut lexicon, 6)], [4, 3], "read back, the blank is nobody");
    }
}
