//! The secret keys under which identifiers are hashed: one a tool, made anew each retention period, and destroyed once
//! everything that was hashed under it has expired. They stand in the file `keys` of the data folder, readable by its
//! owner only, and never leave it.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use aboveboard_catalog::{Catalog, Day, IdHash};
use aboveboard_store::DiskError;
use aboveboard_store::disk::Disk;

const FILE: &str = "keys";
const FILE_BEING_WRITTEN: &str = "keys.new";
const FILE_HEAD: &str =
    "# Keys of hashed identifiers: tool, day it was made, key. Keep this file with the data, and secret.\n";
const KEY_BYTES: usize = 32;

/// The keys of all tools.
pub(crate) struct Keys {
    disk: Arc<dyn Disk>,
    held: RwLock<Vec<Held>>,
}

/// The key of one tool from one day on.
#[derive(Clone)]
struct Held {
    tool: String,
    made: Day,
    key: Arc<Key>,
}

/// One key.
pub(crate) struct Key {
    ids: [u8; KEY_BYTES],
    marks: [u8; KEY_BYTES],
    receipts: [u8; KEY_BYTES],
}

impl Keys {
    /// Reads the keys of a data folder, and makes those that are missing or due.
    ///
    /// # Errors
    /// A sentence, when the file cannot be read or written, or is damaged.
    pub(crate) fn open(disk: Arc<dyn Disk>, catalogs: &[Catalog], today: Day) -> Result<Self, String> {
        let held = match disk.read(FILE) {
            Ok(bytes) => read(&String::from_utf8_lossy(&bytes)).map_err(|line| {
                let path = disk.root().join(FILE);
                format!("`{}` is damaged in line {line}; restore it from a copy", path.display())
            })?,
            Err(error) if error.is_missing() => Vec::new(),
            Err(error) => return Err(error.to_string()),
        };
        let keys = Self { disk, held: RwLock::new(held) };
        keys.rotate(catalogs, today)?;
        Ok(keys)
    }

    /// Makes the keys that are due and destroys those that nothing is hashed under any more. To be called daily.
    ///
    /// # Errors
    /// A sentence, when the file cannot be written; the keys are then as they were.
    pub(crate) fn rotate(&self, catalogs: &[Catalog], today: Day) -> Result<(), String> {
        let before = self.read_held().clone();
        let mut after = before.clone();
        for catalog in catalogs {
            rotate_tool(&mut after, catalog, today)?;
        }
        let same = |(a, b): (&Held, &Held)| Arc::ptr_eq(&a.key, &b.key);
        if before.len() == after.len() && before.iter().zip(&after).all(same) {
            return Ok(());
        }
        replace(&*self.disk, &write(&after)).map_err(|error| error.to_string())?;
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = after;
        Ok(())
    }

    /// The key that a tool's identifiers are hashed under now.
    pub(crate) fn current(&self, tool: &str) -> Arc<Key> {
        let held = self.read_held();
        let newest = held.iter().filter(|held| held.tool == tool).max_by_key(|held| held.made);
        Arc::clone(&newest.expect("opening makes a key for every tool").key)
    }

    /// Every key of the tool that still counts, oldest first.
    pub(crate) fn of(&self, tool: &str) -> Vec<Arc<Key>> {
        self.read_held().iter().filter(|held| held.tool == tool).map(|held| Arc::clone(&held.key)).collect()
    }

    fn read_held(&self) -> RwLockReadGuard<'_, Vec<Held>> {
        self.held.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Key {
    fn new(ids: [u8; KEY_BYTES]) -> Self {
        Self {
            ids,
            marks: blake3::derive_key("aboveboard 2026-11 marks of repeated batches", &ids),
            receipts: blake3::derive_key("aboveboard 2026-11 receipts of forgotten identifiers", &ids),
        }
    }

    /// The keyed hash of an identifier that is the value of a field. Another field's hash of the same text is another.
    pub(crate) fn hash_id(&self, field: &str, id: &str) -> IdHash {
        let text = [field.as_bytes(), &[0], id.as_bytes()].concat();
        IdHash(first_half(blake3::keyed_hash(&self.ids, &text)))
    }

    /// The key under which receipts of forgotten identifiers are written.
    pub(crate) fn of_receipts(&self) -> &[u8; KEY_BYTES] {
        &self.receipts
    }

    /// A hasher for signs by which repeats are recognised; its results say nothing about identifiers.
    pub(crate) fn mark_hasher(&self) -> blake3::Hasher {
        blake3::Hasher::new_keyed(&self.marks)
    }
}

/// 128 bits of a hash: enough that no two of 10¹⁵ inputs meet by chance.
pub(crate) fn first_half(hash: blake3::Hash) -> u128 {
    u128::from_le_bytes(*hash.as_bytes().first_chunk().expect("a hash has 32 bytes"))
}

/// A new number that nothing else has, such as the id of a batch.
pub(crate) fn random_id() -> Result<u128, String> {
    Ok(random()?.iter().take(16).fold(0, |id, byte| id << 8 | u128::from(*byte)))
}

/// Random bytes from the system.
pub(crate) fn random() -> Result<[u8; KEY_BYTES], String> {
    let mut bytes = [0; KEY_BYTES];
    getrandom::fill(&mut bytes).map_err(|error| format!("the system gives no random bytes: {error}"))?;
    Ok(bytes)
}

/// A key serves for one retention period; what was hashed on its last day is kept for another.
fn rotate_tool(held: &mut Vec<Held>, catalog: &Catalog, today: Day) -> Result<(), String> {
    let (tool, retention) = (&catalog.tool.name, catalog.tool.retention_days as i32);
    held.retain(|held| held.tool != *tool || today <= held.made.plus(retention.saturating_mul(2)));
    let newest = held.iter().filter(|held| held.tool == *tool).map(|held| held.made).max();
    if newest.is_none_or(|made| today >= made.plus(retention)) {
        held.push(Held { tool: tool.clone(), made: today, key: Arc::new(Key::new(random()?)) });
    }
    Ok(())
}

fn write(held: &[Held]) -> String {
    let mut text = FILE_HEAD.to_owned();
    for Held { tool, made, key } in held {
        text.push_str(&format!("{tool} {made} {}\n", blake3::Hash::from_bytes(key.ids).to_hex()));
    }
    text
}

/// The keys in a file, or the number of the line that cannot be read.
fn read(text: &str) -> Result<Vec<Held>, usize> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.starts_with('#'));
    lines.map(|(number, line)| read_line(line).ok_or(number + 1)).collect()
}

fn read_line(line: &str) -> Option<Held> {
    let mut words = line.split(' ');
    let (tool, made, key) = (words.next()?.to_owned(), Day::parse(words.next()?)?, words.next()?);
    let key = blake3::Hash::from_hex(key).ok().filter(|_| words.next().is_none())?;
    Some(Held { tool, made, key: Arc::new(Key::new(*key.as_bytes())) })
}

/// Replaces the file so that after a power cut there is the old or the new one.
fn replace(disk: &dyn Disk, text: &str) -> Result<(), DiskError> {
    let mut file = disk.create(FILE_BEING_WRITTEN)?;
    file.append(text.as_bytes())?;
    file.sync()?;
    disk.rename(FILE_BEING_WRITTEN, FILE)?;
    disk.sync_folder("")
}

#[cfg(test)]
mod tests {
    use aboveboard_store::disk::Folder;

    use super::*;
    use crate::sample::sample;

    fn day(day: i32) -> Day {
        Day(20_000 + day)
    }

    fn open(folder: &tempfile::TempDir) -> Result<Keys, String> {
        let disk = Folder::new(folder.path()).expect("a folder");
        Keys::open(Arc::new(disk), &[sample()], day(0))
    }

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().expect("a folder")
    }

    #[test]
    fn keys_outlive_a_restart() {
        let hash = |folder: &tempfile::TempDir| open(folder).expect("keys").current("acme").hash_id("machine", "a");
        let (here, elsewhere) = (folder(), folder());
        assert_eq!(hash(&here), hash(&here));
        assert_ne!(hash(&here), hash(&elsewhere));
    }

    #[test]
    fn what_one_field_says_is_not_what_another_says() {
        let keys = open(&folder()).expect("keys");
        let hash = |field, id| keys.current("acme").hash_id(field, id);
        assert_ne!(hash("machine", "a"), hash("project", "a"));
        assert_ne!(hash("a", "ba"), hash("ab", "a"));
    }

    #[test]
    fn keys_rotate_and_are_destroyed_with_the_data_under_them() {
        let (folder, catalogs) = (folder(), [sample()]);
        let keys = open(&folder).expect("keys");
        let retention = catalogs[0].tool.retention_days as i32;
        let hashes = |at: i32| {
            keys.rotate(&catalogs, day(at)).expect("keys rotate");
            keys.of("acme").iter().map(|key| key.hash_id("machine", "a")).collect::<Vec<_>>()
        };
        let first = hashes(retention - 1);
        assert_eq!(first.len(), 1);
        let both = hashes(retention);
        assert_eq!(both.len(), 2);
        assert_eq!(keys.current("acme").hash_id("machine", "a"), both[1]);
        assert!(hashes(2 * retention).contains(&first[0]));
        assert!(!hashes(2 * retention + 1).contains(&first[0]));
        let kept = std::fs::read_to_string(folder.path().join(FILE)).expect("the file");
        assert_eq!(kept.lines().count(), 1 + keys.of("acme").len());
    }

    #[test]
    fn a_damaged_file_is_not_replaced() {
        let folder = folder();
        std::fs::write(folder.path().join(FILE), "# head\nacme 2026-11-22 12ab\n").expect("a file");
        let problem = open(&folder).err().expect("a problem");
        assert!(problem.contains("is damaged in line 2"), "{problem}");
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_reads_the_keys() {
        use std::os::unix::fs::PermissionsExt;
        let folder = folder();
        open(&folder).expect("keys");
        let mode = std::fs::metadata(folder.path().join(FILE)).expect("the file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
