//! A disk in memory whose power can be cut, whose syncs can fail, and which can be full. For tests only.
//!
//! It forgets what a real disk may forget: bytes that were not synced vanish or are torn; names that were made,
//! changed or deleted since their folder was synced are as before, each by chance.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aboveboard_catalog::Catalog;
use bytes::Bytes;

use crate::disk::{Disk, DiskFile};
use crate::error::DiskError;
use crate::lexicon::ToolLexicon;
use crate::live::{Kept, Live};
use crate::manifest::Manifest;
use crate::marks::Marks;
use crate::memory::Increment;
use crate::open::Replayed;
use crate::registry::Registry;
use crate::schema::schemas;
use crate::table::Schema;
use crate::wal::Bodies;

/// A disk in memory. Clones are the same disk.
#[derive(Clone, Debug, Default)]
pub struct TestDisk(Arc<Mutex<Inner>>);

/// What is left of what was not synced when the power is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// Nothing: the process died, and the system lives on.
    Nothing,
    /// Everything that was not synced.
    Everything,
    /// Some of it: bytes are cut off, or zeros, and names are old or new, as this seed has it.
    Some(u64),
}

/// How operations fail from some moment on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Every operation fails: the power is off until [`TestDisk::restart`].
    PowerCut,
    /// This one operation fails; the next works again.
    Once,
    /// Every write fails for want of space, after half of its bytes, until [`TestDisk::repair`].
    Full,
    /// Every sync fails until [`TestDisk::repair`].
    Sync,
}

#[derive(Debug, Default)]
struct Inner {
    files: Vec<FileBytes>,
    names: BTreeMap<String, usize>,
    synced_names: BTreeMap<String, usize>,
    locked: bool,
    /// Operations that change something, so far.
    operations: u64,
    planned: Option<(u64, Fault)>,
    fault: Option<Fault>,
}

#[derive(Debug, Default)]
struct FileBytes {
    bytes: Vec<u8>,
    synced: usize,
}

/// What an operation does, as far as faults care.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Write,
    Sync,
    Name,
}

impl TestDisk {
    /// A disk with nothing on it.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many operations changed something so far. The first one after this answer has this number.
    #[must_use]
    pub fn operations(&self) -> u64 {
        self.inner().operations
    }

    /// Lets operations fail from the one with this number on.
    pub fn fail_at(&self, operation: u64, fault: Fault) {
        self.inner().planned = Some((operation, fault));
    }

    /// Lets everything work again, where the power is on.
    pub fn repair(&self) {
        let mut inner = self.inner();
        inner.planned = None;
        inner.fault = inner.fault.filter(|fault| *fault == Fault::PowerCut);
    }

    /// Switches the power off, if it is not, and on again; what was not synced is lost in this way.
    pub fn restart(&self, loss: Loss) {
        let mut inner = self.inner();
        inner.planned = None;
        inner.fault = None;
        inner.locked = false;
        match loss {
            Loss::Nothing => {}
            Loss::Everything => inner.lose(|_| 0),
            Loss::Some(seed) => {
                let mut state = seed;
                inner.lose(|below| splitmix(&mut state) % below);
            }
        }
    }

    /// Every byte on the disk, by path.
    #[must_use]
    pub fn contents(&self) -> BTreeMap<String, Vec<u8>> {
        let inner = self.inner();
        inner.names.iter().map(|(name, file)| (name.clone(), inner.files[*file].bytes.clone())).collect()
    }

    /// Changes the bytes of a file behind everybody's back, durably.
    pub fn damage(&self, path: &str, change: impl FnOnce(&mut Vec<u8>)) {
        let mut inner = self.inner();
        if let Some(&file) = inner.names.get(path) {
            change(&mut inner.files[file].bytes);
            inner.files[file].synced = inner.files[file].bytes.len();
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts an operation, and answers the disk if it may go on.
    fn change(&self, action: &'static str, path: &str, kind: Kind) -> Result<MutexGuard<'_, Inner>, DiskError> {
        let mut inner = self.inner();
        match inner.begin(kind) {
            Ok(()) => Ok(inner),
            Err(kind) => Err(failed(action, path, kind)),
        }
    }

    fn find(&self, action: &'static str, path: &str) -> Result<(MutexGuard<'_, Inner>, usize), DiskError> {
        let inner = self.inner();
        if inner.fault == Some(Fault::PowerCut) {
            return Err(failed(action, path, io::ErrorKind::Other));
        }
        match inner.names.get(path).copied() {
            Some(file) => Ok((inner, file)),
            None => Err(failed(action, path, io::ErrorKind::NotFound)),
        }
    }
}

impl Inner {
    fn begin(&mut self, kind: Kind) -> Result<(), io::ErrorKind> {
        if let Some((_, fault)) = self.planned.take_if(|(operation, _)| *operation <= self.operations) {
            self.fault = Some(fault);
        }
        self.operations += 1;
        match self.fault {
            Some(Fault::PowerCut) => Err(io::ErrorKind::Other),
            Some(Fault::Once) => {
                self.fault = None;
                Err(io::ErrorKind::Other)
            }
            Some(Fault::Full) if kind == Kind::Write => Err(io::ErrorKind::StorageFull),
            Some(Fault::Sync) if kind == Kind::Sync => Err(io::ErrorKind::Other),
            _ => Ok(()),
        }
    }

    /// Loses what was not synced; `chance` answers a number below its argument.
    fn lose(&mut self, mut chance: impl FnMut(u64) -> u64) {
        for file in &mut self.files {
            let unsynced = file.bytes.len() - file.synced;
            let kept = chance(unsynced as u64 + 1) as usize;
            file.bytes.truncate(file.synced + kept);
            if kept > 0 && chance(2) == 1 {
                let hole = file.synced + chance(kept as u64) as usize;
                file.bytes[hole..].fill(0);
            }
            file.synced = file.bytes.len();
        }
        let names: BTreeSet<String> = self.names.keys().chain(self.synced_names.keys()).cloned().collect();
        for name in names {
            let now = if chance(2) == 1 { self.names.get(&name) } else { self.synced_names.get(&name) }.copied();
            match now {
                Some(file) => drop(self.synced_names.insert(name, file)),
                None => drop(self.synced_names.remove(&name)),
            }
        }
        self.names = self.synced_names.clone();
    }
}

impl Disk for TestDisk {
    fn root(&self) -> PathBuf {
        PathBuf::from("test-disk")
    }

    fn lock(&self) -> Result<Option<Box<dyn Send + Sync>>, DiskError> {
        let mut inner = self.inner();
        let free = !std::mem::replace(&mut inner.locked, true);
        Ok(free.then(|| Box::new(TestLock(self.clone())) as Box<dyn Send + Sync>))
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, DiskError> {
        let inner = self.inner();
        let inside = inner.names.keys().filter_map(|name| name.strip_prefix(folder)?.strip_prefix('/'));
        let names: BTreeSet<&str> = inside.map(|name| name.split('/').next().unwrap_or(name)).collect();
        Ok(names.into_iter().map(str::to_owned).collect())
    }

    fn read(&self, path: &str) -> Result<Bytes, DiskError> {
        let (inner, file) = self.find("read", path)?;
        Ok(Bytes::copy_from_slice(&inner.files[file].bytes))
    }

    fn read_part(&self, path: &str, offset: u64, length: usize) -> Result<Bytes, DiskError> {
        let all = self.read(path)?;
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        if start.saturating_add(length) > all.len() {
            return Err(failed("read", path, io::ErrorKind::UnexpectedEof));
        }
        Ok(all.slice(start..start + length))
    }

    fn length(&self, path: &str) -> Result<u64, DiskError> {
        let (inner, file) = self.find("look at", path)?;
        Ok(inner.files[file].bytes.len() as u64)
    }

    fn create(&self, path: &str) -> Result<Box<dyn DiskFile>, DiskError> {
        let mut inner = self.change("create", path, Kind::Name)?;
        inner.files.push(FileBytes::default());
        let file = inner.files.len() - 1;
        inner.names.insert(path.to_owned(), file);
        Ok(Box::new(TestFile { disk: self.clone(), file, path: path.to_owned() }))
    }

    fn truncate(&self, path: &str, length: u64) -> Result<(), DiskError> {
        drop(self.change("truncate", path, Kind::Sync)?);
        let (mut inner, file) = self.find("truncate", path)?;
        let file = &mut inner.files[file];
        file.bytes.truncate(usize::try_from(length).unwrap_or(usize::MAX));
        file.synced = file.bytes.len();
        Ok(())
    }

    fn rename(&self, from: &str, to: &str) -> Result<(), DiskError> {
        let mut inner = self.change("rename", from, Kind::Name)?;
        let file = inner.names.remove(from).ok_or_else(|| failed("rename", from, io::ErrorKind::NotFound))?;
        inner.names.insert(to.to_owned(), file);
        Ok(())
    }

    fn remove(&self, path: &str) -> Result<(), DiskError> {
        self.change("delete", path, Kind::Name)?.names.remove(path);
        Ok(())
    }

    fn sync_folder(&self, folder: &str) -> Result<(), DiskError> {
        let mut inner = self.change("sync", folder, Kind::Sync)?;
        let inside = |name: &String| name.rsplit_once('/').map_or("", |(above, _)| above) == folder;
        let now: Vec<(String, usize)> =
            inner.names.iter().filter(|(name, _)| inside(name)).map(|(name, file)| (name.clone(), *file)).collect();
        inner.synced_names.retain(|name, _| !inside(name));
        inner.synced_names.extend(now);
        Ok(())
    }
}

struct TestFile {
    disk: TestDisk,
    file: usize,
    path: String,
}

impl DiskFile for TestFile {
    fn append(&mut self, bytes: &[u8]) -> Result<(), DiskError> {
        let outcome = self.disk.change("write to", &self.path, Kind::Write).map(drop);
        let full = outcome.as_ref().is_err_and(DiskError::is_full);
        let written = if outcome.is_ok() { bytes.len() } else { bytes.len() / 2 };
        if outcome.is_ok() || full {
            self.disk.inner().files[self.file].bytes.extend_from_slice(&bytes[..written]);
        }
        outcome
    }

    fn sync(&mut self) -> Result<(), DiskError> {
        let mut inner = self.disk.change("sync", &self.path, Kind::Sync)?;
        let file = &mut inner.files[self.file];
        file.synced = file.bytes.len();
        Ok(())
    }
}

struct TestLock(TestDisk);

impl Drop for TestLock {
    fn drop(&mut self) {
        self.0.inner().locked = false;
    }
}

fn failed(action: &'static str, path: &str, kind: io::ErrorKind) -> DiskError {
    DiskError { action, path: PathBuf::from(path), source: kind.into() }
}

/// Sebastiano Vigna's SplitMix64: a chance that a seed repeats.
pub(crate) fn splitmix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// Reads bytes that nobody wrote as every format of this crate's own: a log, the body of one frame, a manifest, a
/// memory file. Whatever they are, it answers; for fuzzing.
pub fn replay_bytes(catalogs: &[Catalog], bytes: &[u8]) {
    let mut registry = Registry::default();
    if registry.extend(catalogs).is_err() {
        return;
    }
    let schemas: Arc<[Schema]> = schemas(&registry, catalogs).into();
    let kept = || schemas.iter().map(|schema| Kept { lexicon: ToolLexicon::new(schema), ..Kept::default() }).collect();
    let replayed = || Replayed {
        live: Live::new(Arc::clone(&schemas), kept(), 1),
        marks: Marks::default(),
        new_marks: Vec::new(),
    };
    replayed().replay(bytes).unwrap_or_default();
    let mut whole = replayed();
    Bodies::new(bytes).try_for_each(|body| whole.replay(body)).unwrap_or_default();
    drop(Manifest::decode(bytes));
    drop(Increment::decode(bytes));
}
