//! From files to a running store: manifest, registry, words, replay of the log, and only then new writes.

use std::collections::BTreeMap;
use std::sync::Arc;

use aboveboard_catalog::Catalog;

use crate::disk::Disk;
use crate::error::{OpenError, StoreError};
use crate::frame::Frame;
use crate::keeper::{sweep, sweep_segments};
use crate::lexicon::ToolLexicon;
use crate::live::{Kept, Live};
use crate::manifest::{self, Manifest, Segment, ToolFigures};
use crate::marks::{Marks, Remembered};
use crate::memory::{Increment, Lengths};
use crate::pack::Malformed;
use crate::schema::schemas;
use crate::table::Schema;
use crate::wal::{self, Log, LogFile};

/// Everything that was on disk.
pub(crate) struct Opened {
    pub manifest: Manifest,
    pub schemas: Arc<[Schema]>,
    pub segments: Vec<Arc<Segment>>,
    /// By position in the schemas: the words that are in memory files.
    pub lengths: Vec<Lengths>,
    pub replayed: Replayed,
    pub log: Log,
}

/// The state after the log was replayed.
pub(crate) struct Replayed {
    pub live: Live,
    pub marks: Marks,
    /// Marks that are in the log only.
    pub new_marks: Vec<Remembered>,
}

/// Reads everything, and leaves the folder ready to be written.
pub(crate) fn open(disk: &Arc<dyn Disk>, catalogs: &[Catalog]) -> Result<Opened, OpenError> {
    let manifest = manifest(&**disk, catalogs)?;
    sweep(&**disk, &manifest)?;
    sweep_segments(&**disk, &manifest)?;
    let schemas: Arc<[Schema]> = schemas(&manifest.registry, catalogs).into();
    let (kept, marks) = kept(&**disk, &manifest, &schemas)?;
    let lengths = kept.iter().map(|kept| Lengths::of(&kept.lexicon)).collect();
    let live = Live::new(Arc::clone(&schemas), kept, manifest.next_number);
    let mut replayed = Replayed { live, marks, new_marks: Vec::new() };
    let (last, bytes) = replay_log(&**disk, manifest.log_from, &mut replayed)?;
    let log = Log::start(Arc::clone(disk), last + 1, bytes)?;
    let segments = segments(&manifest, &schemas);
    Ok(Opened { manifest, schemas, segments, lengths, replayed, log })
}

/// Loads the manifest, and makes what the catalogues declare durable before anything is written in its terms.
fn manifest(disk: &dyn Disk, catalogs: &[Catalog]) -> Result<Manifest, OpenError> {
    // What a killed process renamed may be readable and not yet on disk; from now on it is built upon.
    disk.sync_folder("")?;
    let stored = match Manifest::load(disk) {
        Err(StoreError::Disk(error)) if error.is_missing() => no_manifest(disk)?,
        loaded => Some(loaded?),
    };
    let mut manifest = stored.clone().unwrap_or_default();
    manifest.registry.extend(catalogs).map_err(|contradiction| OpenError::Contradiction(contradiction.0))?;
    manifest.figures.resize_with(manifest.registry.tools.len(), ToolFigures::default);
    if stored.as_ref() != Some(&manifest) {
        manifest.store(disk)?;
    }
    Ok(manifest)
}

/// A folder without a manifest is new, and then nothing else is in it either.
fn no_manifest(disk: &dyn Disk) -> Result<Option<Manifest>, OpenError> {
    let empty = wal::numbers(disk)?.is_empty() && disk.list("segments")?.is_empty();
    let missing =
        || StoreError::Damaged(disk.root().join(manifest::PATH), "it is missing, and the data are not".into());
    if empty { Ok(None) } else { Err(missing().into()) }
}

/// The words, figures and marks that the manifest speaks of.
fn kept(disk: &dyn Disk, manifest: &Manifest, schemas: &[Schema]) -> Result<(Vec<Kept>, Marks), StoreError> {
    let mut lexicons: BTreeMap<usize, ToolLexicon> =
        schemas.iter().map(|schema| (schema.number, ToolLexicon::new(schema))).collect();
    let mut marks = Marks::default();
    for file in &manifest.memory {
        let increment = Increment::load(disk, &file.path())?;
        for schema in schemas {
            if let (Some(words), Some(lexicon)) =
                (increment.tools.get(&schema.number), lexicons.get_mut(&schema.number))
            {
                words.add_to(lexicon, schema);
            }
        }
        for mark in increment.marks {
            marks.note(mark, i64::MIN);
        }
    }
    let kept = |schema: &Schema| {
        let figures = manifest.figures[schema.number].clone();
        let lexicon = lexicons.remove(&schema.number).unwrap_or_default();
        Kept { lexicon, totals: figures.totals, shapes: figures.shapes, forgotten: figures.forgotten }
    };
    Ok((schemas.iter().map(kept).collect(), marks))
}

/// Replays the log and cuts off a torn end. Answers the number of its last file, and its bytes.
fn replay_log(disk: &dyn Disk, from: u64, replayed: &mut Replayed) -> Result<(u64, u64), StoreError> {
    let numbers = wal::numbers(disk)?;
    for (number, expected) in numbers.iter().zip(from..) {
        if *number != expected {
            let path = disk.root().join(wal::path(expected));
            return Err(StoreError::Damaged(path, "it is missing, and later files are there".into()));
        }
    }
    let Some(&last) = numbers.last() else { return Ok((from.saturating_sub(1), 0)) };
    let mut bytes = 0;
    for number in numbers {
        let file = LogFile::read(disk, number, number == last)?;
        let whole_bytes = file.replay(|body| replayed.replay(body))?;
        bytes += whole_bytes;
        if number == last {
            // Also where nothing is cut: what a killed process wrote may be readable and not yet on disk, and from now
            // on repeats of it are acknowledged.
            disk.truncate(&wal::path(last), whole_bytes)?;
        }
    }
    Ok((last, bytes))
}

impl Replayed {
    /// Applies one body, and remembers its marks.
    pub(crate) fn replay(&mut self, body: &[u8]) -> Result<(), Malformed> {
        let frame = Frame::read(body)?;
        if let Frame::Batch(batch) = &frame {
            for mark in &batch.marks {
                let mark = Remembered { tool: batch.tool, key: mark.key, until: batch.remember_until };
                self.marks.note(mark, batch.received_at);
                self.new_marks.push(mark);
            }
        }
        self.live.apply(frame).map(drop)
    }
}

fn segments(manifest: &Manifest, schemas: &[Schema]) -> Vec<Arc<Segment>> {
    let mut positions = vec![0; schemas.len()];
    schemas.iter().enumerate().for_each(|(position, schema)| positions[schema.number] = position);
    let placed = |segment: &Segment| Arc::new(Segment { tool: positions[segment.tool], ..segment.clone() });
    manifest.segments.iter().map(placed).collect()
}
