//! `export`: everything that is kept here, to be taken away.

use std::io;

use aboveboard_catalog::{RawFields, RawValue, json};

use super::{Session, stamp};
use crate::disk;
use crate::errors::last::{LAST_ERROR, Last};
use crate::errors::vote::Votes;
use crate::ledger;
use crate::spool::Spool;

/// Everything, as one JSON document; batches stand in it as they were sent.
pub(super) fn run(session: &mut Session<'_>, arguments: &[&str]) -> io::Result<u8> {
    if let Some(first) = arguments.first() {
        return session.misunderstood(first);
    }
    let spool = session.install.spool();
    let sent = spool.as_ref().map(ledger::entries).unwrap_or_default();
    let sent = sent.iter().map(|entry| {
        RawValue::from([
            ("number", entry.number.into()),
            ("at", stamp(entry.at).into()),
            ("status", u64::from(entry.status).into()),
            ("batch", raw(&entry.bytes)),
        ])
    });
    let sealed = spool.as_ref().map(Spool::sealed).unwrap_or_default();
    let (waiting, local) = (spool.as_ref().map(Spool::waiting), spool.as_ref().map(Spool::local));
    let identifiers = spool.as_ref().map(|spool| spool.memory().identifiers());
    let document = RawValue::from([
        ("schema", 1.into()),
        ("tool", session.install.vocabulary.name.into()),
        ("identifiers", identifiers.map(|ids| ids.into_iter().map(RawValue::from).collect::<Vec<_>>()).into()),
        ("memory", memory(spool.as_ref()).into()),
        ("sent", sent.collect::<Vec<_>>().into()),
        ("sealed", sealed.iter().map(|sealed| raw(&sealed.bytes)).collect::<Vec<_>>().into()),
        ("waiting", waiting.as_deref().map(lines).into()),
        ("asked", votes(spool.as_ref()).into()),
        ("last_error", last_error(spool.as_ref()).into()),
        ("local", local.as_deref().map(lines).into()),
    ]);
    let mut text = String::new();
    json::write_wide(&document, 0, &mut text);
    writeln!(session.output, "{text}")?;
    Ok(0)
}

/// The months and codes that somebody was asked about.
fn votes(spool: Option<&Spool>) -> Vec<RawValue<'static>> {
    let asked = spool.and_then(Votes::read).map(Votes::asked).unwrap_or_default();
    asked.into_iter().map(RawValue::from).collect()
}

/// What the machine remembers between batches, as it stands in the file.
fn memory(spool: Option<&Spool>) -> Option<RawValue<'static>> {
    let memory = spool?.memory().0;
    let said = memory.entries().map(|(key, value)| (key.to_owned().into(), value.clone().into()));
    Some(RawValue::Map(RawFields(said.collect())))
}

/// The error of the run before, and when it was.
fn last_error(spool: Option<&Spool>) -> Option<RawValue<'static>> {
    let last = Last::read(&disk::content(&spool?.path(LAST_ERROR)))?;
    Some(RawValue::from([("code", last.code.into()), ("at", stamp(last.seconds).into())]))
}

/// A line as the JSON it is, or as text when it is none.
fn raw(line: &[u8]) -> RawValue<'_> {
    let value = std::str::from_utf8(line).ok().and_then(json::read);
    value.unwrap_or_else(|| String::from_utf8_lossy(line).into_owned().into())
}

fn lines(bytes: &[u8]) -> RawValue<'_> {
    bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).map(raw).collect::<Vec<_>>().into()
}
