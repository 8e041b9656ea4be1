//! The order of things after the log: freeze, seal, remember, manifest, and only then delete.
//!
//! Belongs to whoever maintains the store. A step that fails leaves the manifest as it was, and is tried again under a
//! new number, so that a file which a manifest might speak of is never written twice.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use aboveboard_catalog::{Day, FIRST_CODE};

use crate::disk::Disk;
use crate::error::{DiskError, StoreError};
use crate::lexicon::Lexicon;
use crate::live::LiveTool;
use crate::manifest::{Manifest, MemoryFile, Segment, ToolFigures};
use crate::marks::Remembered;
use crate::memory::{Increment, Lengths, ToolIncrement, merge_from};
use crate::seal::{Replaced, Sealing};
use crate::shared::{Forgotten, RowParts, Shared, State};
use crate::table::Schema;
use crate::wal;

/// Rounds of compaction in one go; the next call goes on.
const COMPACTIONS_MAX: usize = 64;

/// What was applied up to a moment, taken out of the live state to be sealed.
pub(crate) struct Frozen {
    /// The first file of the log that is not part of it.
    log_from: u64,
    rows: Arc<RowParts>,
    lexicon: Lexicon,
    /// By position in the schemas.
    figures: Vec<ToolFigures>,
    marks: Vec<Remembered>,
}

/// What one round of maintenance did, in files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Maintained {
    /// Files written from the log.
    pub sealed: usize,
    /// Files written in place of others.
    pub compacted: usize,
    /// Files that became too old.
    pub expired: usize,
}

/// The durable state, and the one who replaces it.
pub(crate) struct Keeper {
    disk: Arc<dyn Disk>,
    schemas: Arc<[Schema]>,
    shared: Arc<Shared>,
    manifest: Manifest,
    frozen: Option<Frozen>,
    /// By position in the schemas: the words that are in memory files.
    lengths: Vec<Lengths>,
    /// By position in the schemas: forgotten ids that no unsealed row holds.
    settled: Vec<BTreeSet<u32>>,
    /// Segments that are in no manifest any more, until no snapshot holds them.
    doomed: Vec<Arc<Segment>>,
}

impl Frozen {
    pub(crate) fn take(state: &mut State, log_from: u64, marks: Vec<Remembered>) -> Self {
        let lexicon = state.lexicon();
        state.live.oldest_received_at = None;
        let rows: RowParts = state.live.tools.iter_mut().map(LiveTool::take_rows).collect();
        let figures = state.live.tools.iter().map(LiveTool::figures).collect();
        let rows = Arc::new(rows);
        state.frozen = Some(Arc::clone(&rows));
        Self { log_from, rows, lexicon, figures, marks }
    }
}

impl LiveTool {
    fn take_rows(&mut self) -> Vec<Vec<Arc<crate::rows::Rows>>> {
        self.tables.iter_mut().map(|table| table.take()).collect()
    }

    fn figures(&self) -> ToolFigures {
        ToolFigures {
            totals: self.totals.clone(),
            shapes: self.shapes.iter().map(|(shape, count)| (shape.clone(), *count)).collect(),
            forgotten: (*self.forgotten).clone(),
        }
    }
}

impl Keeper {
    pub(crate) fn new(
        disk: Arc<dyn Disk>,
        schemas: Arc<[Schema]>,
        shared: Arc<Shared>,
        manifest: Manifest,
        lengths: Vec<Lengths>,
    ) -> Self {
        let settled = vec![BTreeSet::new(); schemas.len()];
        Self { disk, schemas, shared, manifest, frozen: None, lengths, settled, doomed: Vec::new() }
    }

    pub(crate) fn freeze(&mut self, frozen: Frozen) {
        self.frozen = Some(frozen);
    }

    /// Seals what is frozen. Answers how many files that made.
    pub(crate) fn seal(&mut self, now: i64) -> Result<usize, StoreError> {
        let Some(frozen) = &self.frozen else { return Ok(0) };
        let (number, forgotten) = self.next_number();
        let added = self.sealing(&frozen.lexicon, &forgotten, number).seal(&frozen.rows)?;
        let mut manifest = self.manifest.clone();
        manifest.next_number = number + 1;
        manifest.log_from = frozen.log_from;
        manifest.memory = self.remember(frozen, number, now)?;
        manifest.figures = by_number(&self.schemas, &frozen.figures);
        let segments = self.segments_with(&[], &added);
        self.settled = frozen.figures.iter().map(|figures| figures.forgotten.keys().copied().collect()).collect();
        let lengths = frozen.lexicon.tools.iter().map(Lengths::of).collect();
        self.install(manifest, segments, |state| state.frozen = None)?;
        self.lengths = lengths;
        self.frozen = None;
        Ok(added.len())
    }

    /// Compacts until there is nothing to do. Answers how many files that made.
    pub(crate) fn compact(&mut self) -> Result<usize, StoreError> {
        let mut files = 0;
        for _ in 0..COMPACTIONS_MAX {
            let (number, forgotten) = self.next_number();
            let lexicon = self.shared.lock().lexicon();
            let segments = self.segments();
            match self.sealing(&lexicon, &forgotten, number).compact(&segments)? {
                Some(replaced) => files += self.replace(&replaced, number)?,
                None => return self.drop_forgotten().map(|()| files),
            }
        }
        Ok(files)
    }

    /// Lets go of segments that are too old. Answers how many.
    pub(crate) fn retain(&mut self, today: Day) -> Result<usize, StoreError> {
        let (number, forgotten) = self.next_number();
        let segments = self.segments();
        let removed = self.sealing(&Lexicon::default(), &forgotten, number).expired(&segments, today);
        if removed.is_empty() {
            return Ok(0);
        }
        let count = removed.len();
        self.replace(&Replaced { removed, added: Vec::new() }, number)?;
        Ok(count)
    }

    fn replace(&mut self, replaced: &Replaced, number: u64) -> Result<usize, StoreError> {
        let mut manifest = self.manifest.clone();
        manifest.next_number = number + 1;
        let segments = self.segments_with(&replaced.removed, &replaced.added);
        self.install(manifest, segments, |_| ())?;
        let stays = |segment: &&Arc<Segment>| replaced.added.iter().any(|added| added.path == segment.path);
        self.doomed.extend(replaced.removed.iter().filter(|segment| !stays(segment)).cloned());
        Ok(replaced.added.len())
    }

    /// Ids that no row holds any more need no tombstone.
    fn drop_forgotten(&mut self) -> Result<(), StoreError> {
        if self.settled.iter().all(BTreeSet::is_empty) {
            return Ok(());
        }
        let mut manifest = self.manifest.clone();
        for (schema, settled) in self.schemas.iter().zip(&self.settled) {
            if let Some(figures) = manifest.figures.get_mut(schema.number) {
                figures.forgotten.retain(|code, _| !settled.contains(code));
            }
        }
        let settled = self.settled.clone();
        self.install(manifest, self.segments(), |state| {
            for (tool, settled) in state.live.tools.iter_mut().zip(&settled) {
                Arc::make_mut(&mut tool.forgotten).retain(|code, _| !settled.contains(code));
            }
        })?;
        self.settled.iter_mut().for_each(BTreeSet::clear);
        Ok(())
    }

    /// Writes a manifest with these segments, shows its state to readers, and deletes what it made superfluous.
    fn install(
        &mut self,
        mut manifest: Manifest,
        segments: Vec<Arc<Segment>>,
        show: impl FnOnce(&mut State),
    ) -> Result<(), StoreError> {
        let numbered =
            |segment: &Arc<Segment>| Segment { tool: self.schemas[segment.tool].number, ..(**segment).clone() };
        manifest.segments = segments.iter().map(numbered).collect();
        manifest.store(&*self.disk)?;
        self.manifest = manifest;
        let mut state = self.shared.lock();
        state.segments = Arc::new(segments);
        show(&mut state);
        Ok(())
    }

    /// Deletes files that no manifest and no snapshot needs.
    pub(crate) fn sweep(&mut self) -> Result<(), StoreError> {
        sweep(&*self.disk, &self.manifest)?;
        let (free, held) = std::mem::take(&mut self.doomed).into_iter().partition(|file| Arc::strong_count(file) == 1);
        self.doomed = held;
        let free: Vec<Arc<Segment>> = free;
        free.iter().try_for_each(|file| self.disk.remove(&file.path))?;
        Ok(())
    }

    fn segments(&self) -> Vec<Arc<Segment>> {
        self.shared.lock().segments.to_vec()
    }

    fn segments_with(&self, removed: &[Arc<Segment>], added: &[Segment]) -> Vec<Arc<Segment>> {
        let gone: BTreeSet<&str> = removed.iter().map(|segment| segment.path.as_str()).collect();
        let stay = self.segments().into_iter().filter(|segment| !gone.contains(segment.path.as_str()));
        stay.chain(added.iter().cloned().map(Arc::new)).collect()
    }

    /// A number that no file has, and the ids that were forgotten before it was given out.
    fn next_number(&self) -> (u64, Forgotten) {
        let mut state = self.shared.lock();
        let number = state.live.next_number;
        state.live.next_number += 1;
        (number, state.forgotten())
    }

    fn sealing<'a>(&'a self, lexicon: &'a Lexicon, forgotten: &'a Forgotten, number: u64) -> Sealing<'a> {
        Sealing { disk: &*self.disk, schemas: &self.schemas, lexicon, forgotten, number }
    }

    /// Writes new words and marks to a memory file. Answers the list of memory files from now on.
    fn remember(&self, frozen: &Frozen, number: u64, now: i64) -> Result<Vec<MemoryFile>, StoreError> {
        let mut increment = self.increment(frozen);
        increment.forget_marks_before(now);
        let mut files = self.manifest.memory.clone();
        let sizes: Vec<u64> = files.iter().map(|file| file.bytes).collect();
        let from =
            if self.has_newly_forgotten(frozen) { 0 } else { merge_from(&sizes, increment.encode().len() as u64) };
        increment = self.merged(&files[from..], increment)?;
        increment.forget_marks_before(now);
        if from == 0 {
            self.blank_forgotten(frozen, &mut increment);
        }
        files.truncate(from);
        if increment.is_empty() {
            return Ok(files);
        }
        let mut file = MemoryFile { number, bytes: 0 };
        file.bytes = increment.store(&*self.disk, &file.path())?;
        files.push(file);
        Ok(files)
    }

    fn increment(&self, frozen: &Frozen) -> Increment {
        let tool = |(position, schema): (usize, &Schema)| {
            let words = ToolIncrement::since(&self.lengths[position], &frozen.lexicon.tools[position], schema);
            (schema.number, words)
        };
        let tools = self.schemas.iter().enumerate().map(tool).filter(|(_, words)| !words.is_empty()).collect();
        Increment { tools, marks: frozen.marks.clone() }
    }

    fn merged(&self, files: &[MemoryFile], new: Increment) -> Result<Increment, StoreError> {
        let mut merged = Increment::default();
        for file in files {
            merged.append(Increment::load(&*self.disk, &file.path())?);
        }
        merged.append(new);
        Ok(merged)
    }

    fn has_newly_forgotten(&self, frozen: &Frozen) -> bool {
        let known = |number: usize, code: &u32| {
            self.manifest.figures.get(number).is_some_and(|figures| figures.forgotten.contains_key(code))
        };
        let mut tools = self.schemas.iter().zip(&frozen.figures);
        tools.any(|(schema, figures)| figures.forgotten.keys().any(|code| !known(schema.number, code)))
    }

    /// Overwrites forgotten ids in an increment that begins with the first word.
    fn blank_forgotten(&self, frozen: &Frozen, increment: &mut Increment) {
        for (schema, figures) in self.schemas.iter().zip(&frozen.figures) {
            let Some(words) = increment.tools.get_mut(&schema.number) else { continue };
            for code in figures.forgotten.keys() {
                if let Some(id) = words.ids.get_mut((code - FIRST_CODE) as usize) {
                    *id = 0;
                }
            }
        }
    }
}

/// Deletes logs that are sealed, and memory files that are in no manifest.
pub(crate) fn sweep(disk: &dyn Disk, manifest: &Manifest) -> Result<(), DiskError> {
    for number in wal::numbers(disk)?.into_iter().filter(|number| *number < manifest.log_from) {
        disk.remove(&wal::path(number))?;
    }
    let kept: BTreeSet<String> = manifest.memory.iter().map(MemoryFile::path).collect();
    remove_others(disk, "memory", &kept)
}

/// Deletes segments that are in no manifest: those of a seal that was cut off.
pub(crate) fn sweep_segments(disk: &dyn Disk, manifest: &Manifest) -> Result<(), DiskError> {
    let kept: BTreeSet<String> = manifest.segments.iter().map(|segment| segment.path.clone()).collect();
    for tool in disk.list("segments")? {
        for table in disk.list(&format!("segments/{tool}"))? {
            remove_others(disk, &format!("segments/{tool}/{table}"), &kept)?;
        }
    }
    Ok(())
}

fn remove_others(disk: &dyn Disk, folder: &str, kept: &BTreeSet<String>) -> Result<(), DiskError> {
    let ours = |name: &String| {
        Path::new(name).extension().is_some_and(|end| ["mem", "new", "parquet"].iter().any(|e| end == *e))
    };
    for name in disk.list(folder)?.iter().filter(|name| ours(name)) {
        let path = format!("{folder}/{name}");
        if !kept.contains(&path) {
            disk.remove(&path)?;
        }
    }
    Ok(())
}

/// From positions in the schemas to numbers in the registry.
fn by_number(schemas: &[Schema], figures: &[ToolFigures]) -> Vec<ToolFigures> {
    let by_number: BTreeMap<usize, &ToolFigures> = schemas.iter().map(|schema| schema.number).zip(figures).collect();
    by_number.into_values().cloned().collect()
}
