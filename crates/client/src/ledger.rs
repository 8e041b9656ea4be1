//! What was sent, byte for byte, for its owner to read: the file `ledger`, a line for each batch.
//!
//! A line is `<number> <minute> <status> <batch>`: the minute is counted from 1970, and the batch is exactly what went
//! over the wire, which has no line breaks.

use crate::disk;
use crate::limits::LEDGER_BYTES_MAX;
use crate::spool::Spool;

/// A batch that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Counted from 1, never again for another batch.
    pub(crate) number: u64,
    /// When, in seconds since 1970, to the minute.
    pub(crate) at: i64,
    /// What the collector answered.
    pub(crate) status: u16,
    /// The bytes.
    pub(crate) bytes: Vec<u8>,
}

/// Adds a batch to the ledger.
pub(crate) fn add(spool: &Spool, at: i64, status: u16, bytes: &[u8]) {
    let mut memory = spool.memory();
    let number = memory.0.number("sent").unwrap_or(0) + 1;
    memory.0.set("sent", number);
    memory.0.set("sent_last", at);
    if number == 1 {
        memory.0.set("sent_first", at);
    }
    let _ = spool.remember(&memory);
    let line = [format!("{number} {} {status} ", at / 60).as_bytes(), bytes].concat();
    let path = spool.path("ledger");
    if disk::append(&path, &line, LEDGER_BYTES_MAX as u64).is_ok_and(|appended| appended == disk::Appended::Full) {
        let kept = newer_half(&disk::bytes(&path));
        let _ = disk::replace(&path, &[&kept, b"\n".as_slice(), &line, b"\n"].concat());
    }
}

/// What was sent, oldest first.
pub(crate) fn entries(spool: &Spool) -> Vec<Entry> {
    read(&disk::bytes(&spool.path("ledger")))
}

/// The batches in these bytes. What is no line of a ledger is left out.
pub(crate) fn read(bytes: &[u8]) -> Vec<Entry> {
    bytes.split(|byte| *byte == b'\n').filter_map(entry).collect()
}

/// Deletes it; answers whether it is gone.
pub(crate) fn clear(spool: &Spool) -> bool {
    disk::remove(&spool.path("ledger"))
}

fn entry(line: &[u8]) -> Option<Entry> {
    let mut parts = line.splitn(4, |byte| *byte == b' ');
    let mut number = || std::str::from_utf8(parts.next()?).ok()?.parse::<u64>().ok();
    let (count, minute, status) = (number()?, number()?, number()?);
    let at = i64::try_from(minute).ok()?.checked_mul(60)?;
    Some(Entry { number: count, at, status: u16::try_from(status).ok()?, bytes: parts.next()?.to_vec() })
}

/// The lines of the second half.
fn newer_half(bytes: &[u8]) -> Vec<u8> {
    let middle = bytes.len() / 2;
    let line_end = bytes[middle..].iter().position(|byte| *byte == b'\n').unwrap_or(0);
    bytes[middle + line_end..].to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_is_kept_byte_for_byte_and_numbered() {
        let folder = tempfile::tempdir().expect("a folder");
        let spool = Spool::new(folder.path());
        add(&spool, 1_795_312_930, 200, br#"{"v":1,"a":" "}"#);
        add(&spool, 1_795_312_999, 400, b"{}");
        let entries = entries(&spool);
        assert_eq!(
            entries[0],
            Entry { number: 1, at: 1_795_312_920, status: 200, bytes: br#"{"v":1,"a":" "}"#.to_vec() }
        );
        assert_eq!((entries.len(), entries[1].number), (2, 2));
        assert_eq!(spool.memory().0.number("sent_first"), Some(1_795_312_930));
        assert!(clear(&spool) && super::entries(&spool).is_empty());
        add(&spool, 0, 200, b"{}");
        assert_eq!(super::entries(&spool)[0].number, 3, "numbers are not given twice");
    }

    #[test]
    fn a_full_ledger_loses_its_older_half() {
        let folder = tempfile::tempdir().expect("a folder");
        let spool = Spool::new(folder.path());
        let batch = vec![b'x'; LEDGER_BYTES_MAX / 8];
        (0..12).for_each(|_| add(&spool, 60, 200, &batch));
        let entries = entries(&spool);
        assert!(entries.len() < 9 && entries.iter().all(|entry| entry.bytes == batch));
        assert_eq!(entries.last().map(|entry| entry.number), Some(12));
    }

    #[test]
    fn a_line_that_is_none_is_skipped() {
        let folder = tempfile::tempdir().expect("a folder");
        let spool = Spool::new(folder.path());
        disk::create(&spool.path("ledger"), b"nonsense\n1 2\n\xff 1 1 {}\n3 4 200 {}\n").expect("written");
        assert_eq!(entries(&spool).len(), 1);
    }
}
