//! A small file that is written once and read as a whole: head, length, checksum, body.

use crate::disk::Disk;
use crate::error::StoreError;
use crate::pack::{Malformed, Reader};

/// What a file begins with: eight bytes of name, four of version.
pub(crate) type Head = [u8; 12];

/// Reads a file and checks that it is whole.
pub(crate) fn load<T>(
    disk: &dyn Disk,
    path: &str,
    head: &Head,
    decode: impl FnOnce(&[u8]) -> Result<T, Malformed>,
) -> Result<T, StoreError> {
    let bytes = disk.read(path)?;
    let decoded = body(&bytes, head).and_then(decode);
    decoded.map_err(|malformed| StoreError::Damaged(disk.root().join(path), malformed.0.to_owned()))
}

fn body<'a>(bytes: &'a [u8], head: &Head) -> Result<&'a [u8], Malformed> {
    let mut reader = Reader::new(bytes);
    if reader.array()? != *head {
        return Err(Malformed("it does not begin as its format says"));
    }
    let length = u64::from_le_bytes(reader.array()?);
    let checksum = u32::from_le_bytes(reader.array()?);
    let body = reader.bytes(usize::try_from(length).unwrap_or(usize::MAX))?;
    reader.end()?;
    if crc32fast::hash(body) == checksum { Ok(body) } else { Err(Malformed("its checksum is wrong")) }
}

/// Writes a file beside its final name and then renames it, so that it is there as a whole or not at all. Durable when
/// this answers. Answers its length in bytes.
pub(crate) fn store(disk: &dyn Disk, path: &str, head: &Head, body: &[u8]) -> Result<u64, StoreError> {
    let mut bytes = head.to_vec();
    bytes.extend_from_slice(&(body.len() as u64).to_le_bytes());
    bytes.extend_from_slice(&crc32fast::hash(body).to_le_bytes());
    bytes.extend_from_slice(body);
    let new = format!("{path}.new");
    let mut file = disk.create(&new)?;
    file.append(&bytes)?;
    file.sync()?;
    disk.rename(&new, path)?;
    disk.sync_folder(path.rsplit_once('/').map_or("", |(folder, _)| folder))?;
    Ok(bytes.len() as u64)
}
