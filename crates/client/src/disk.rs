//! The only file of the client that touches the disk, apart from [`crate::environment`], which looks at the machine.
//!
//! Everything that is made is for its owner only. Nothing is synced: what a power cut takes was not promised. Many
//! processes append to one file; how none of their lines is lost is told at [`append`].

#![expect(clippy::disallowed_methods, reason = "the one place of the client that reads and writes files")]

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use crate::order::sorted;

use crate::limits::LOCK_SECONDS_MAX;

/// What reading a small file gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    Missing,
    Text(String),
    /// It is there, and cannot be read or is not text.
    Unreadable,
}

/// Enough for most of them, so that they are read in one go.
const USUAL_BYTES: usize = 1024;
/// Settings and state are smaller; a larger file is not ours.
const SMALL_BYTES_MAX: u64 = 64 * 1024;

/// Reads a small file.
pub(crate) fn content(path: &Path) -> Content {
    let file = match without_waiting(OpenOptions::new().read(true)).open(path) {
        Ok(file) => file,
        // A folder on the way that is no folder, too, means that there is no such file.
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Content::Missing;
        }
        Err(_) => return Content::Unreadable,
    };
    if !file.metadata().is_ok_and(|metadata| metadata.is_file()) {
        return Content::Unreadable;
    }
    let mut text = String::with_capacity(USUAL_BYTES);
    match file.take(SMALL_BYTES_MAX + 1).read_to_string(&mut text) {
        Ok(length) if length as u64 <= SMALL_BYTES_MAX => Content::Text(text),
        _ => Content::Unreadable,
    }
}

/// Reads a file of any size; empty when that cannot be done.
pub(crate) fn bytes(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap_or_default()
}

/// Bytes of a file, 0 when there is none.
pub(crate) fn size(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |metadata| metadata.len())
}

/// How the name of a file begins that is not written to its end yet.
pub(crate) const NEW: &str = "new-";

/// Replaces a file as a whole: readers see the old or the new one.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    make_folder_of(path)?;
    let name = path.file_name().ok_or(ErrorKind::InvalidInput)?;
    let temporary = path.with_file_name(format!("{NEW}{}", name.display()));
    let mut options = OpenOptions::new();
    let mut file = private(options.write(true).create(true).truncate(true)).open(&temporary)?;
    file.write_all(bytes)?;
    fs::rename(&temporary, path)
}

/// Writes a file that must not be there yet. It is there as a whole or not at all.
pub(crate) fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if fs::exists(path)? {
        return Err(ErrorKind::AlreadyExists.into());
    }
    replace(path, bytes)
}

/// What became of an appended line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Appended {
    Written,
    /// The file has reached its size; the line was not written.
    Full,
    /// The file was taken away each time: the caller makes one of its own.
    Contended,
}

/// The line with which whoever takes a file ends it.
const END: &[u8] = b"\nend\n";

/// Appends a line to a file that many processes append to and that one may [`take`]. `docs/formats/spool.md` tells why
/// nothing is lost and nothing is there twice without a lock; the line must be like no other.
///
/// What is appended to a file has one order. The taker renames the file and appends the line `end`: what stands before
/// it is the taker's, what stands behind it is still its writer's. So a writer whose file was renamed looks where its
/// line stands, and says it again elsewhere if it came too late. A line begins with a line break as well, so that the
/// torn line of somebody else (a full disk) does not swallow it.
pub(crate) fn append(path: &Path, line: &[u8], bytes_max: u64) -> io::Result<Appended> {
    let framed = [b"\n", line, b"\n"].concat();
    for _ in 0..ATTEMPTS {
        let mut file = open_to_append(path)?;
        let metadata = file.metadata()?;
        if metadata.len() + line.len() as u64 > bytes_max {
            return Ok(Appended::Full);
        }
        file.write_all(&framed)?;
        if leads_to(path, &metadata) || !came_too_late(&mut file, &framed)? {
            return Ok(Appended::Written);
        }
    }
    Ok(Appended::Contended)
}

/// How often a writer opens a file that is taken away each time before it gives up.
const ATTEMPTS: usize = 3;

fn came_too_late(file: &mut File, line: &[u8]) -> io::Result<bool> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.read_to_end(&mut bytes)?;
    Ok(position(&bytes, END).is_some_and(|end| position(&bytes[..end], line).is_none()))
}

fn position(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}

fn open_to_append(path: &Path) -> io::Result<File> {
    let open = || private(OpenOptions::new().read(true).append(true).create(true)).open(path);
    match open() {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            make_folder_of(path)?;
            open()
        }
        result => result,
    }
}

/// Takes a file away from its writers: renames it, ends it, and reads it.
pub(crate) fn take(path: &Path, to: &Path) -> io::Result<Vec<u8>> {
    fs::rename(path, to)?;
    taken(to)
}

/// Ends a file that was taken away, also once more, and reads it up to its end.
pub(crate) fn taken(path: &Path) -> io::Result<Vec<u8>> {
    let mut file = OpenOptions::new().read(true).append(true).open(path)?;
    file.write_all(END)?;
    file.seek(SeekFrom::Start(0))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    bytes.truncate(before_end(&bytes).len());
    Ok(bytes)
}

/// What of a file is its taker's.
pub(crate) fn before_end(bytes: &[u8]) -> &[u8] {
    &bytes[..position(bytes, END).unwrap_or(bytes.len())]
}

/// Deletes a file; that there is none is as good.
pub(crate) fn remove(path: &Path) -> bool {
    match fs::remove_file(path) {
        Ok(()) => true,
        Err(error) => error.kind() == ErrorKind::NotFound,
    }
}

/// The names in a folder, sorted; none when it cannot be read.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    sorted(entries.filter_map(|entry| entry.file_name().into_string().ok()))
}

/// A lock: a file that is there while somebody holds it.
#[derive(Debug)]
pub(crate) struct Lock(PathBuf);

impl Drop for Lock {
    fn drop(&mut self) {
        remove(&self.0);
    }
}

/// Takes a lock; `None` when another process holds it. The lock of a process that does not live any more, or that is
/// older than any sender gets, is taken over. Where two take over at once both send, which the collector recognises.
///
/// A lock is born with the number of its holder, by which the dead are known: it is a second name of a file that has
/// the number already.
pub(crate) fn lock(path: &Path, now: i64, lives: impl Fn(u32) -> bool) -> Option<Lock> {
    make_folder_of(path).ok()?;
    let number = std::process::id().to_string();
    let own = path.with_file_name(format!("{NEW_LOCK}{number}"));
    remove(&own);
    make(&own, &number).ok()?;
    let take = || match fs::hard_link(&own, path) {
        Err(error) if !matches!(error.kind(), ErrorKind::AlreadyExists | ErrorKind::NotFound) => make(path, &number),
        linked => linked,
    };
    let taken = match take() {
        Err(error) if error.kind() == ErrorKind::AlreadyExists && is_abandoned(path, now, lives) => {
            remove(path);
            take()
        }
        result => result,
    };
    remove(&own);
    taken.ok()?;
    // Of those who were killed in between. Whoever is in between now finds the lock taken.
    for name in names(path.parent()?).iter().filter(|name| name.starts_with(NEW_LOCK)) {
        remove(&path.with_file_name(name));
    }
    Some(Lock(path.to_owned()))
}

/// How the name of a file begins that may become a lock.
const NEW_LOCK: &str = "new-lock-";

/// Makes a file that must not be there yet, and takes it back where its text cannot be written.
fn make(path: &Path, text: &str) -> io::Result<()> {
    let mut file = private(OpenOptions::new().write(true).create_new(true)).open(path)?;
    let written = file.write_all(text.as_bytes());
    if written.is_err() {
        remove(path);
    }
    written
}

fn is_abandoned(path: &Path, now: i64, lives: impl Fn(u32) -> bool) -> bool {
    // Given back this moment: whoever takes it now must not have it taken away.
    let Ok(metadata) = fs::metadata(path) else { return false };
    let made = metadata.modified().ok().and_then(|made| made.duration_since(UNIX_EPOCH).ok());
    let made = made.map_or(0, |since| since.as_secs());
    let holder = match content(path) {
        Content::Text(text) => text.trim().parse().ok(),
        _ => None,
    };
    holder.is_some_and(|holder| !lives(holder)) || now.abs_diff(made as i64) > LOCK_SECONDS_MAX
}

fn make_folder_of(path: &Path) -> io::Result<()> {
    let folder = path.parent().ok_or(ErrorKind::InvalidInput)?;
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn private(options: &mut OpenOptions) -> &OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

/// A project may bring a file that leads to a pipe or a terminal, where opening would wait for somebody to write.
fn without_waiting(options: &mut OpenOptions) -> &OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(options, nix::fcntl::OFlag::O_NONBLOCK.bits());
    options
}

#[cfg(unix)]
fn leads_to(path: &Path, metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(path).is_ok_and(|now| (now.dev(), now.ino()) == (metadata.dev(), metadata.ino()))
}

/// Without inode numbers, the time a file was made tells it from the one that took its name.
#[cfg(not(unix))]
fn leads_to(path: &Path, metadata: &fs::Metadata) -> bool {
    fs::metadata(path).is_ok_and(|now| now.created().ok() == metadata.created().ok())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    #[test]
    fn no_line_is_lost_while_another_takes_the_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let (queue, writers, lines) = (folder.path().join("queue"), 4, 500);
        let done = AtomicBool::new(false);
        let mut seen = Vec::new();
        std::thread::scope(|scope| {
            let write = |writer: usize| {
                for line in 0..lines {
                    let text = format!("{writer}.{line}");
                    if append(&queue, text.as_bytes(), u64::MAX).expect("written") == Appended::Contended {
                        create(&folder.path().join(format!("own-{text}")), text.as_bytes()).expect("written");
                    }
                }
            };
            let threads: Vec<_> = (0..writers).map(|writer| scope.spawn(move || write(writer))).collect();
            let taker = scope.spawn(|| {
                let (mut all, mut number) = (Vec::new(), 0);
                while !done.load(Ordering::Relaxed) || queue.exists() {
                    number += 1;
                    all.extend(take(&queue, &folder.path().join(format!("taken-{number}"))).unwrap_or_default());
                }
                all
            });
            threads.into_iter().for_each(|thread| thread.join().expect("a writer"));
            done.store(true, Ordering::Relaxed);
            seen = taker.join().expect("the taker");
        });
        let own = names(folder.path()).into_iter().filter_map(|name| Some(name.strip_prefix("own-")?.to_owned()));
        let text = String::from_utf8(seen).expect("text");
        let mut found: Vec<String> = text.split_whitespace().map(str::to_owned).chain(own).collect();
        found.sort_unstable();
        let mut expected: Vec<String> =
            (0..writers).flat_map(|w| (0..lines).map(move |l| format!("{w}.{l}"))).collect();
        expected.sort_unstable();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_line_behind_the_end_is_still_its_writers() {
        let folder = tempfile::tempdir().expect("a folder");
        let (queue, taken_away) = (folder.path().join("queue"), folder.path().join("taken"));
        let mut late = open_to_append(&queue).expect("opened");
        append(&queue, b"early", 100).expect("written");
        assert_eq!(take(&queue, &taken_away).expect("taken"), b"\nearly\n");
        late.write_all(b"\nlate\n").expect("written");
        assert!(came_too_late(&mut late, b"\nlate\n").expect("read"));
        assert!(!came_too_late(&mut late, b"\nearly\n").expect("read"));
        assert_eq!(taken(&taken_away).expect("once more"), b"\nearly\n", "ended once, for all who read it");
    }

    #[test]
    fn a_lock_is_held_by_one_and_taken_over_from_the_dead() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("state/lock");
        let now = crate::clock::now();
        let held = lock(&path, now, |_| true);
        assert!(held.is_some() && lock(&path, now, |_| true).is_none());
        assert!(lock(&path, now + 100, |_| true).is_some(), "older than any sender gets");
        assert!(lock(&path, now, |_| true).is_some(), "given back");
        let _left = std::mem::ManuallyDrop::new(lock(&path, now, |_| true));
        assert!(lock(&path, now, |holder| holder != std::process::id()).is_some(), "its holder is dead");
    }

    #[test]
    fn a_lock_is_never_without_a_number_and_leaves_nothing_else_behind() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("lock");
        fs::write(folder.path().join("new-lock-7"), "7").expect("left by somebody who was killed");
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let reader = scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    assert_ne!(content(&path), Content::Text(String::new()), "it is born with its number");
                }
            });
            for _ in 0..1_000 {
                assert!(lock(&path, crate::clock::now(), |_| true).is_some());
            }
            done.store(true, Ordering::Relaxed);
            reader.join().expect("a number each time");
        });
        assert_eq!(names(folder.path()), [""; 0]);
    }

    #[test]
    fn a_full_file_takes_no_more() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a/b/queue");
        assert_eq!(append(&path, b"12345678", 16).expect("written"), Appended::Written);
        assert_eq!(append(&path, b"12345678", 16).expect("refused"), Appended::Full);
        assert_eq!(bytes(&path), b"\n12345678\n");
    }

    #[test]
    fn what_is_not_text_is_unreadable_and_what_is_not_there_is_missing() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("settings");
        assert_eq!(content(&path), Content::Missing);
        assert_eq!(content(&path.join("below")), Content::Missing);
        replace(&path, b"\xff\xfe").expect("written");
        assert_eq!(content(&path), Content::Unreadable);
        assert_eq!(content(&path.join("below")), Content::Missing);
        replace(&path, b"text").expect("written");
        assert_eq!(content(&path), Content::Text("text".to_owned()));
        assert_eq!(content(folder.path()), Content::Unreadable);
    }

    #[cfg(unix)]
    #[test]
    fn what_is_made_is_for_its_owner_only() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("made/queue");
        append(&path, b"x", 100).expect("written");
        let mode = |path: &Path| fs::metadata(path).expect("metadata").permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(&folder.path().join("made"))), (0o600, 0o700));
    }
}
