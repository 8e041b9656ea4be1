//! The files that commands make beside the data folder: new catalogues, and folders that are deleted at the end.
#![expect(clippy::disallowed_methods, reason = "this file is the one that makes files for people, not for the store")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::keys;

/// Whether there is a folder.
pub(crate) fn is_folder(path: &Path) -> bool {
    path.is_dir()
}

/// Whether there is a file.
pub(crate) fn is_file(path: &Path) -> bool {
    path.is_file()
}

/// Writes a file that was not there before, and the folders above it.
///
/// # Errors
/// A sentence with the path, also when there is something already.
pub(crate) fn create(path: &Path, text: &str) -> Result<(), String> {
    let failed = |error| format!("cannot write `{}`: {error}", path.display());
    fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).map_err(failed)?;
    let mut file = fs::File::create_new(path).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)
}

/// Writes a file, whether it was there before or not, and the folders above it.
///
/// # Errors
/// A sentence with the path.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), String> {
    let failed = |error| format!("cannot write `{}`: {error}", path.display());
    fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).map_err(failed)?;
    fs::write(path, text).map_err(failed)
}

/// Fills a file that was not there before, and leaves none when that fails.
///
/// # Errors
/// What filling it says, or a sentence with the path.
pub(crate) fn new_file<T, E: From<String>>(
    path: &Path,
    fill: impl FnOnce(&mut fs::File) -> Result<T, E>,
) -> Result<T, E> {
    let mut file = fs::File::create_new(path).map_err(|error| format!("cannot write `{}`: {error}", path.display()))?;
    let filled = fill(&mut file);
    if filled.is_err() {
        let _ = fs::remove_file(path);
    }
    filled
}

/// Whether a file can be made in this folder, tried with one that is deleted at once.
pub(crate) fn is_writable(folder: &Path) -> bool {
    let probe = folder.join(".aboveboard-probe");
    fs::write(&probe, "").is_ok_and(|()| fs::remove_file(&probe).is_ok())
}

/// Bytes that are free in a folder, where the system says so.
#[cfg(unix)]
pub(crate) fn space(folder: &Path) -> Option<u64> {
    let said = nix::sys::statvfs::statvfs(folder).ok()?;
    Some(said.blocks_available() as u64 * said.fragment_size() as u64)
}

/// Bytes that are free in a folder, where the system says so.
#[cfg(not(unix))]
pub(crate) fn space(_: &Path) -> Option<u64> {
    None
}

/// A folder that only its owner can look into, deleted when this is dropped.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    /// A new folder among the temporary files of this machine.
    ///
    /// # Errors
    /// A sentence with the path.
    pub(crate) fn new(name: &str) -> Result<Self, String> {
        let random = u64::from_le_bytes(*keys::random()?.first_chunk().expect("there are 32 bytes"));
        let path = std::env::temp_dir().join(format!("{name}-{random:016x}"));
        make(&path).map_err(|error| format!("cannot make `{}`: {error}", path.display()))?;
        Ok(Self(path))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            eprintln!("cannot delete `{}`: {error}; delete it by hand", self.0.display());
        }
    }
}

#[cfg(unix)]
fn make(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().mode(0o700).create(path)
}

#[cfg(not(unix))]
fn make(path: &Path) -> std::io::Result<()> {
    fs::DirBuilder::new().create(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scratch_folder_is_gone_at_the_end() {
        let scratch = Scratch::new("aboveboard-test").expect("a folder");
        let path = scratch.path().to_owned();
        fs::write(path.join("a"), "b").expect("a file");
        drop(scratch);
        assert!(!path.exists());
    }
}
