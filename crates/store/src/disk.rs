//! The store's only way to files: a trait, so that tests can cut the power, and the real disk.
//!
//! Paths are relative to the data folder, with `/` between parts.

#![expect(clippy::disallowed_methods, reason = "this is the one file that touches the file system")]

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use bytes::Bytes;

use crate::error::DiskError;

/// One data folder.
pub trait Disk: Send + Sync + 'static {
    /// The folder as people know it, for messages.
    fn root(&self) -> PathBuf;
    /// Takes the right to write, until the answer is dropped. `None` when somebody else has it.
    ///
    /// # Errors
    /// The lock file cannot be made.
    fn lock(&self) -> Result<Option<Box<dyn Send + Sync>>, DiskError>;
    /// The names of the files in a folder, sorted; none when the folder is missing.
    ///
    /// # Errors
    /// The folder cannot be read.
    fn list(&self, folder: &str) -> Result<Vec<String>, DiskError>;
    /// A whole file.
    ///
    /// # Errors
    /// It is missing or cannot be read.
    fn read(&self, path: &str) -> Result<Bytes, DiskError>;
    /// A part of a file.
    ///
    /// # Errors
    /// It is missing, shorter than asked, or cannot be read.
    fn read_part(&self, path: &str, offset: u64, length: usize) -> Result<Bytes, DiskError>;
    /// The length of a file in bytes.
    ///
    /// # Errors
    /// It is missing.
    fn length(&self, path: &str) -> Result<u64, DiskError>;
    /// A new, empty file; one that is there is emptied. Missing folders are made, and synced into their parents.
    ///
    /// # Errors
    /// It cannot be made.
    fn create(&self, path: &str) -> Result<Box<dyn DiskFile>, DiskError>;
    /// Cuts a file to a length and syncs it.
    ///
    /// # Errors
    /// It is missing, or could not be synced.
    fn truncate(&self, path: &str, length: u64) -> Result<(), DiskError>;
    /// Gives a file another name, replacing what has it.
    ///
    /// # Errors
    /// It is missing, or the system refuses.
    fn rename(&self, from: &str, to: &str) -> Result<(), DiskError>;
    /// Deletes a file; one that is not there is fine.
    ///
    /// # Errors
    /// The system refuses.
    fn remove(&self, path: &str) -> Result<(), DiskError>;
    /// Makes creations, renames and deletions in a folder durable.
    ///
    /// # Errors
    /// The sync failed.
    fn sync_folder(&self, folder: &str) -> Result<(), DiskError>;
}

/// A file being written from its beginning on.
pub trait DiskFile: Send {
    /// Adds bytes at the end.
    ///
    /// # Errors
    /// The disk is full or failing; how much was written is not known.
    fn append(&mut self, bytes: &[u8]) -> Result<(), DiskError>;
    /// Makes all that was appended durable.
    ///
    /// # Errors
    /// It failed; what was appended since the last sync may or may not be there.
    fn sync(&mut self) -> Result<(), DiskError>;
}

/// The file that says who writes to a folder.
const LOCK: &str = "lock";

/// A folder of the file system.
#[derive(Clone, Debug)]
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// The folder at this path, made when missing.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn new(root: impl Into<PathBuf>) -> Result<Self, DiskError> {
        let root = root.into();
        match fs::create_dir_all(&root) {
            Ok(()) => Ok(Self { root }),
            Err(source) => Err(DiskError { action: "make folder", path: root, source }),
        }
    }

    fn at(&self, path: &str) -> PathBuf {
        path.split('/').fold(self.root.clone(), |folder, part| folder.join(part))
    }

    fn opened(&self, path: &str) -> Result<File, DiskError> {
        let path = self.at(path);
        File::open(&path).map_err(failed("open", &path))
    }

    /// Makes the folders above a file, each synced into its parent, so that a durable file cannot be in a lost folder.
    fn make_parents(&self, path: &Path) -> Result<(), DiskError> {
        let Some(parent) = path.parent().filter(|parent| !parent.exists()) else { return Ok(()) };
        self.make_parents(parent)?;
        match fs::create_dir(parent) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(failed("make folder", parent)(error)),
            _ => sync_folder(parent.parent().unwrap_or(&self.root)),
        }
    }
}

impl Disk for Folder {
    fn root(&self) -> PathBuf {
        self.root.clone()
    }

    fn lock(&self) -> Result<Option<Box<dyn Send + Sync>>, DiskError> {
        let path = self.at(LOCK);
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(&path);
        let file = file.map_err(failed("open", &path))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Box::new(file))),
            Err(fs::TryLockError::WouldBlock) => Ok(None),
            Err(fs::TryLockError::Error(source)) => Err(failed("lock", &path)(source)),
        }
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, DiskError> {
        let path = self.at(folder);
        let entries = match fs::read_dir(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(failed("list", &path))?,
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry.map_err(failed("list", &path))?;
            names.extend(entry.file_name().into_string());
        }
        names.sort();
        Ok(names)
    }

    fn read(&self, path: &str) -> Result<Bytes, DiskError> {
        let mut bytes = Vec::new();
        self.opened(path)?.read_to_end(&mut bytes).map_err(failed("read", &self.at(path)))?;
        Ok(bytes.into())
    }

    fn read_part(&self, path: &str, offset: u64, length: usize) -> Result<Bytes, DiskError> {
        let mut file = self.opened(path)?;
        let mut bytes = vec![0; length];
        let read = file.seek(SeekFrom::Start(offset)).and_then(|_| file.read_exact(&mut bytes));
        read.map_err(failed("read", &self.at(path)))?;
        Ok(bytes.into())
    }

    fn length(&self, path: &str) -> Result<u64, DiskError> {
        let path = self.at(path);
        fs::metadata(&path).map(|metadata| metadata.len()).map_err(failed("look at", &path))
    }

    fn create(&self, path: &str) -> Result<Box<dyn DiskFile>, DiskError> {
        let path = self.at(path);
        self.make_parents(&path)?;
        let file = private().create(true).truncate(true).open(&path).map_err(failed("create", &path))?;
        Ok(Box::new(FolderFile { file, path }))
    }

    fn truncate(&self, path: &str, length: u64) -> Result<(), DiskError> {
        let path = self.at(path);
        let file = OpenOptions::new().write(true).open(&path).map_err(failed("open", &path))?;
        file.set_len(length).and_then(|()| file.sync_all()).map_err(failed("truncate", &path))
    }

    fn rename(&self, from: &str, to: &str) -> Result<(), DiskError> {
        fs::rename(self.at(from), self.at(to)).map_err(failed("rename", &self.at(from)))
    }

    fn remove(&self, path: &str) -> Result<(), DiskError> {
        match fs::remove_file(self.at(path)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed("delete", &self.at(path))(error)),
            _ => Ok(()),
        }
    }

    fn sync_folder(&self, folder: &str) -> Result<(), DiskError> {
        sync_folder(&self.at(folder))
    }
}

/// A file of a [`Folder`].
struct FolderFile {
    file: File,
    path: PathBuf,
}

impl DiskFile for FolderFile {
    fn append(&mut self, bytes: &[u8]) -> Result<(), DiskError> {
        self.file.write_all(bytes).map_err(failed("write to", &self.path))
    }

    fn sync(&mut self) -> Result<(), DiskError> {
        self.file.sync_data().map_err(failed("sync", &self.path))
    }
}

/// What is kept is for its owner: nobody else on the machine may read it.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// On Unix a folder is synced like a file. Windows has no such call and keeps its folders' entries in a journal.
fn sync_folder(path: &Path) -> Result<(), DiskError> {
    if cfg!(windows) {
        return Ok(());
    }
    File::open(path).and_then(|folder| folder.sync_all()).map_err(failed("sync", path))
}

fn failed<'p>(action: &'static str, path: &'p Path) -> impl FnOnce(io::Error) -> DiskError + 'p {
    move |source| DiskError { action, path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> (tempfile::TempDir, Folder) {
        let root = tempfile::tempdir().expect("a temporary folder");
        let folder = Folder::new(root.path().join("data")).expect("it can be made");
        (root, folder)
    }

    fn written(folder: &Folder, path: &str, bytes: &[u8]) {
        let mut file = folder.create(path).expect("it can be made");
        file.append(bytes).and_then(|()| file.sync()).expect("it can be written");
    }

    #[test]
    fn files_are_made_read_cut_renamed_and_deleted() {
        let (_root, folder) = folder();
        assert_eq!(folder.list("a/b").expect("a missing folder is empty"), [""; 0]);
        written(&folder, "a/b/two", b"0123456789");
        written(&folder, "a/b/one", b"x");
        folder.sync_folder("a/b").expect("it can be synced");
        assert_eq!(folder.list("a/b").expect("it is there"), ["one", "two"]);
        assert_eq!(folder.read_part("a/b/two", 3, 4).expect("it is there")[..], b"3456"[..]);
        folder.read_part("a/b/two", 8, 4).expect_err("it is shorter");
        folder.truncate("a/b/two", 5).expect("it is there");
        assert_eq!(folder.length("a/b/two").expect("it is there"), 5);
        folder.rename("a/b/two", "a/b/one").expect("it replaces");
        assert_eq!(folder.read("a/b/one").expect("it is there")[..], b"01234"[..]);
        folder.remove("a/b/one").and_then(|()| folder.remove("a/b/one")).expect("twice is fine");
        assert!(folder.read("a/b/one").expect_err("it is gone").is_missing());
    }

    #[test]
    fn one_has_the_lock() {
        let (_root, folder) = folder();
        let lock = folder.lock().expect("the folder is writable").expect("it is free");
        assert!(folder.clone().lock().expect("the folder is writable").is_none());
        drop(lock);
        assert!(folder.lock().expect("the folder is writable").is_some());
    }

    #[test]
    fn an_error_says_what_was_tried_and_where() {
        let (_root, folder) = folder();
        let error = folder.read("wal/none").expect_err("it is missing").to_string();
        assert!(error.starts_with("cannot open `") && error.contains("none`: "), "{error}");
    }
}
