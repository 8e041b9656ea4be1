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

/// A folder that only its owner can look into, deleted when this is dropped. A process that is killed leaves its folder;
/// the next one that makes a folder of the same name deletes it.
pub(crate) struct Scratch {
    folder: PathBuf,
    /// A folder in it that is empty at first, for whoever asked.
    path: PathBuf,
    /// Locked for as long as this process lives, however it ends.
    owner: Option<fs::File>,
}

/// The file in a scratch folder that its process has locked.
const OWNER: &str = "owner";

impl Scratch {
    /// A new folder among the temporary files of this machine.
    ///
    /// # Errors
    /// A sentence with the path.
    pub(crate) fn new(name: &str) -> Result<Self, String> {
        Self::new_in(&std::env::temp_dir(), name)
    }

    fn new_in(folder: &Path, name: &str) -> Result<Self, String> {
        let random = u64::from_le_bytes(*keys::random()?.first_chunk().expect("there are 32 bytes"));
        let path = folder.join(format!("{name}-{random:016x}"));
        let failed = |error| format!("cannot make `{}`: {error}", path.display());
        make(&path).map_err(failed)?;
        let owner = own(&path).map_err(failed)?;
        sweep(folder, name, &path);
        let inside = path.join("files");
        make(&inside).map_err(failed)?;
        Ok(Self { folder: path, path: inside, owner: Some(owner) })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

/// Makes the file that says who owns a folder. It has its name only once it is locked: nobody ever finds it free.
fn own(folder: &Path) -> std::io::Result<fs::File> {
    let unnamed = folder.join("owner-to-be");
    let owner = fs::File::create_new(&unnamed)?;
    owner.try_lock()?;
    fs::rename(unnamed, folder.join(OWNER))?;
    Ok(owner)
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Some systems delete no file that is open.
        self.owner = None;
        if let Err(error) = fs::remove_dir_all(&self.folder) {
            eprintln!("cannot delete `{}`: {error}; delete it by hand", self.folder.display());
        }
    }
}

/// Deletes the folders of this name whose processes are dead: nobody has locked their files. One without such a file is
/// only being made.
fn sweep(folder: &Path, name: &str, own: &Path) {
    let is_left = |path: &PathBuf| {
        let left = path.file_name().and_then(|file| file.to_str()?.strip_prefix(name)?.strip_prefix('-'));
        path != own && left.is_some_and(|random| random.len() == 16) && is_of_the_same_user(path, own)
    };
    let found = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).filter(is_left);
    for path in found {
        let Ok(owner) = fs::File::open(path.join(OWNER)) else { continue };
        // What cannot be deleted is left as it was.
        let _ = owner.try_lock().is_ok().then(|| fs::remove_dir_all(&path));
    }
}

/// Whether a folder, and no link to one, belongs to the user of another, and to nobody else.
#[cfg(unix)]
fn is_of_the_same_user(path: &Path, own: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let facts = |path: &Path| {
        let found = fs::symlink_metadata(path).ok()?;
        found.is_dir().then(|| (found.uid(), found.mode() & 0o077))
    };
    facts(path).is_some_and(|found| found.1 == 0 && Some(found) == facts(own))
}

/// Whether a folder, and no link to one, belongs to the user of another: the folder of temporary files is the user's own.
#[cfg(not(unix))]
fn is_of_the_same_user(path: &Path, _: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| found.is_dir())
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

    #[test]
    fn what_a_dead_process_left_is_deleted_and_nothing_else() {
        let folder = tempfile::tempdir().expect("a folder");
        let left = |name: &str, files: &[&str]| {
            let path = folder.path().join(name);
            make(&path).expect("a folder");
            files.iter().for_each(|file| fs::write(path.join(file), "x").expect("a file"));
            path
        };
        let living = Scratch::new_in(folder.path(), "demo").expect("a folder");
        let dead = left("demo-00000000000000aa", &[OWNER, "log"]);
        let being_made = left("demo-00000000000000ab", &[]);
        let of_another_name = left("demo-mine", &[OWNER]);
        let of_another = left("other-00000000000000aa", &[OWNER]);
        let next = Scratch::new_in(folder.path(), "demo").expect("a folder");
        assert!(!dead.exists());
        for path in [living.path(), next.path(), &being_made, &of_another_name, &of_another] {
            assert!(path.exists(), "{}", path.display());
        }
    }

    #[test]
    fn many_that_are_made_at_once_leave_each_other_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        std::thread::scope(|threads| {
            for _ in 0..8 {
                threads.spawn(|| {
                    for _ in 0..200 {
                        let scratch = Scratch::new_in(folder.path(), "demo").expect("a folder");
                        assert!(scratch.path().exists() && scratch.folder.join(OWNER).exists());
                    }
                });
            }
        });
    }

    #[test]
    #[cfg(unix)]
    fn a_link_is_not_followed() {
        let folder = tempfile::tempdir().expect("a folder");
        let mine = folder.path().join("mine");
        make(&mine).expect("a folder");
        fs::write(mine.join(OWNER), "x").expect("a file");
        std::os::unix::fs::symlink(&mine, folder.path().join("demo-00000000000000aa")).expect("a link");
        drop(Scratch::new_in(folder.path(), "demo"));
        assert!(mine.join(OWNER).exists());
    }
}
