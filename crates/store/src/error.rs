//! What can go wrong, with the action, the path and what to do. A bare `io::Error` goes no further than the disk.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// A file operation that failed.
#[derive(Debug)]
pub struct DiskError {
    /// What was tried, such as `sync`.
    pub action: &'static str,
    /// On which file or folder.
    pub path: PathBuf,
    /// What the system said.
    pub source: io::Error,
}

impl DiskError {
    /// Whether there is no space left, so that trying again later makes sense.
    #[must_use]
    pub fn is_full(&self) -> bool {
        matches!(self.source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
    }

    /// Whether the file or folder is not there.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        self.source.kind() == io::ErrorKind::NotFound
    }
}

impl fmt::Display for DiskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot {} `{}`: {}", self.action, self.path.display(), self.source)
    }
}

impl std::error::Error for DiskError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}

/// Why work on a store failed.
#[derive(Debug)]
pub enum StoreError {
    /// A file operation failed.
    Disk(DiskError),
    /// A file does not hold what its format says: (path, what is wrong).
    Damaged(PathBuf, String),
    /// The store was closed meanwhile.
    Closed,
}

impl From<DiskError> for StoreError {
    fn from(error: DiskError) -> Self {
        Self::Disk(error)
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Disk(error) => error.fmt(f),
            Self::Damaged(path, what) => {
                write!(f, "`{}` is damaged: {what}; restore it from a copy", path.display())
            }
            Self::Closed => f.write_str("the store is closed"),
        }
    }
}

impl std::error::Error for StoreError {}

/// Why a store could not be opened.
#[derive(Debug)]
pub enum OpenError {
    /// Another process writes to this folder.
    Locked(PathBuf),
    /// A catalogue contradicts what is stored; the sentence names the field and the fix.
    Contradiction(String),
    /// A file could not be read or written, or is damaged.
    Store(StoreError),
}

impl From<StoreError> for OpenError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<DiskError> for OpenError {
    fn from(error: DiskError) -> Self {
        Self::Store(StoreError::Disk(error))
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Locked(path) => write!(
                f,
                "`{}` is in use by another process; stop that one, or give this one a folder of its own",
                path.display()
            ),
            Self::Contradiction(sentence) => f.write_str(sentence),
            Self::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for OpenError {}

/// Why a batch was not kept. Nothing of it counts, and its sender may try again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommitError {
    /// No space is left on the disk.
    Full(String),
    /// Writing or syncing failed.
    SyncFailed(String),
    /// Too many batches are waiting.
    Overloaded,
    /// The store was closed.
    Closed,
}

impl From<&DiskError> for CommitError {
    fn from(error: &DiskError) -> Self {
        if error.is_full() { Self::Full(error.to_string()) } else { Self::SyncFailed(error.to_string()) }
    }
}

impl fmt::Display for CommitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full(what) => write!(f, "{what}; free some space, and the next batch will be kept"),
            Self::SyncFailed(what) => write!(f, "{what}; the next batch tries again with a new file"),
            Self::Overloaded => f.write_str("too many batches are waiting for the disk; try again later"),
            Self::Closed => f.write_str("the store is closed"),
        }
    }
}

impl std::error::Error for CommitError {}
