//! The log: what is acknowledged is here first. Drawn in `docs/formats/wal.md`.
//!
//! Files `wal/NUMBER.log`, each a head and frames. Only the last file may end in the middle of a frame; whoever goes
//! on writing after a failure, or after a crash, first cuts that end off and starts a new file.

use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;

use crate::disk::{Disk, DiskFile};
use crate::error::{DiskError, StoreError};
use crate::limits::FRAME_BYTES_MAX;

/// The folder of the log.
pub(crate) const FOLDER: &str = "wal";
/// What every file begins with: a name, and the version of the format.
const HEAD: &[u8; 12] = b"ABVBDLOG\x01\0\0\0";
/// Bytes in front of a body: its length and its checksum.
const FRAME_HEAD_BYTES: usize = 8;

/// The end of the log, where frames are added.
pub(crate) struct Log {
    disk: Arc<dyn Disk>,
    /// The number of the file that is written, or was when writing failed.
    number: u64,
    /// `None` after a failure.
    file: Option<Box<dyn DiskFile>>,
    /// The bytes of the file that are known to be on disk.
    synced_bytes: u64,
    /// The bytes of the log since it was last rotated.
    bytes: u64,
}

impl Log {
    /// Starts a new file. All files before it must be whole and synced.
    pub(crate) fn start(disk: Arc<dyn Disk>, number: u64, bytes_before: u64) -> Result<Self, DiskError> {
        let file = Some(start_file(&*disk, number)?);
        let synced_bytes = HEAD.len() as u64;
        Ok(Self { disk, number, file, synced_bytes, bytes: bytes_before })
    }

    /// Adds frames and syncs them.
    ///
    /// # Errors
    /// The frames are not acknowledged; whether they are on disk is not known. The next call cuts them off, and goes on
    /// in a new file: after a failed sync the system may have dropped the pages that were to be written, so neither
    /// the file's end nor another sync of it can be trusted.
    pub(crate) fn append(&mut self, frames: &[u8]) -> Result<(), DiskError> {
        self.repair()?;
        let Some(file) = &mut self.file else { return Ok(()) };
        if let Err(error) = file.append(frames).and_then(|()| file.sync()) {
            self.file = None;
            return Err(error);
        }
        self.synced_bytes += frames.len() as u64;
        self.bytes += frames.len() as u64;
        Ok(())
    }

    /// Goes on in a new file, so that those before it can be sealed. Answers the number of the new one.
    pub(crate) fn rotate(&mut self) -> Result<u64, DiskError> {
        self.repair()?;
        self.start_next()?;
        self.bytes = 0;
        Ok(self.number)
    }

    /// The bytes of frames since the last rotation.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    fn repair(&mut self) -> Result<(), DiskError> {
        if self.file.is_some() {
            return Ok(());
        }
        self.disk.truncate(&path(self.number), self.synced_bytes)?;
        self.start_next()
    }

    fn start_next(&mut self) -> Result<(), DiskError> {
        self.file = Some(start_file(&*self.disk, self.number + 1)?);
        self.number += 1;
        self.synced_bytes = HEAD.len() as u64;
        Ok(())
    }
}

fn start_file(disk: &dyn Disk, number: u64) -> Result<Box<dyn DiskFile>, DiskError> {
    let mut file = disk.create(&path(number))?;
    file.append(HEAD)?;
    file.sync()?;
    disk.sync_folder(FOLDER)?;
    Ok(file)
}

/// The file with this number.
pub(crate) fn path(number: u64) -> String {
    format!("{FOLDER}/{number:010}.log")
}

/// The numbers of the files that are there, in order.
pub(crate) fn numbers(disk: &dyn Disk) -> Result<Vec<u64>, DiskError> {
    let names = disk.list(FOLDER)?;
    let mut numbers: Vec<u64> = names.iter().filter_map(|name| name.strip_suffix(".log")?.parse().ok()).collect();
    numbers.sort_unstable();
    Ok(numbers)
}

/// Adds a frame with this body.
pub(crate) fn put_frame(out: &mut Vec<u8>, body: &[u8]) {
    out.extend_from_slice(&(body.len() as u32).to_le_bytes());
    out.extend_from_slice(&crc32fast::hash(body).to_le_bytes());
    out.extend_from_slice(body);
}

/// The bodies of the frames in these bytes, up to the first one that is not whole.
pub(crate) struct Bodies<'a> {
    rest: &'a [u8],
    /// Bytes of whole frames so far.
    pub whole_bytes: usize,
}

impl<'a> Bodies<'a> {
    pub(crate) fn new(frames: &'a [u8]) -> Self {
        Self { rest: frames, whole_bytes: 0 }
    }

    /// Whether all bytes were frames.
    pub(crate) fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }
}

impl<'a> Iterator for Bodies<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let (length, rest) = self.rest.split_first_chunk()?;
        let (checksum, rest) = rest.split_first_chunk()?;
        let length = u32::from_le_bytes(*length) as usize;
        let plausible = (1..=FRAME_BYTES_MAX).contains(&length);
        let (body, rest) = rest.split_at_checked(length).filter(|_| plausible)?;
        if crc32fast::hash(body) != u32::from_le_bytes(*checksum) {
            return None;
        }
        self.rest = rest;
        self.whole_bytes += FRAME_HEAD_BYTES + length;
        Some(body)
    }
}

/// A file of the log, read to be replayed.
pub(crate) struct LogFile {
    path: PathBuf,
    bytes: Bytes,
    is_last: bool,
}

impl LogFile {
    pub(crate) fn read(disk: &dyn Disk, number: u64, is_last: bool) -> Result<Self, StoreError> {
        let bytes = disk.read(&path(number))?;
        Ok(Self { path: disk.root().join(path(number)), bytes, is_last })
    }

    /// Hands every body to `replay`. Answers how long the file is without a torn end.
    ///
    /// # Errors
    /// The file is torn and not the last one, is of another format, or `replay` cannot read a body.
    pub(crate) fn replay(
        &self,
        mut replay: impl FnMut(&[u8]) -> Result<(), crate::pack::Malformed>,
    ) -> Result<u64, StoreError> {
        let Some(frames) = self.bytes.strip_prefix(HEAD) else { return self.without_head() };
        let mut bodies = Bodies::new(frames);
        for body in &mut bodies {
            replay(body).map_err(|malformed| self.damaged(format!("a frame cannot be read: {}", malformed.0)))?;
        }
        if !bodies.is_at_end() && !self.is_last {
            let at = HEAD.len() + bodies.whole_bytes;
            return Err(self.damaged(format!("the frame at byte {at} is broken, and later files follow")));
        }
        Ok((HEAD.len() + bodies.whole_bytes) as u64)
    }

    /// A crash can leave a file with a torn head. As frames follow only a synced head, nothing else is in it.
    fn without_head(&self) -> Result<u64, StoreError> {
        let torn = self.bytes.len() <= HEAD.len();
        if self.bytes.is_empty() || (torn && self.is_last) {
            return Ok(0);
        }
        Err(self.damaged("it does not begin as a log of format 1".into()))
    }

    fn damaged(&self, what: String) -> StoreError {
        StoreError::Damaged(self.path.clone(), what)
    }
}
