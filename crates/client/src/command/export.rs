//! `export`: everything that is kept here, to be taken away.

use std::io;

use serde_json::json;

use super::{Session, minute};
use crate::ledger;
use crate::spool::Spool;

/// Everything, as one JSON document; batches stand in it as they were sent.
pub(super) fn run(session: &mut Session<'_>, arguments: &[&str]) -> io::Result<u8> {
    if let Some(first) = arguments.first() {
        return session.misunderstood(first);
    }
    let spool = session.install.spool();
    let sent = spool.as_ref().map(ledger::entries).unwrap_or_default();
    let sent: Vec<_> = sent
        .iter()
        .map(|entry| json!({ "number": entry.number, "at": minute(entry.at), "status": entry.status, "batch": raw(&entry.bytes) }))
        .collect();
    let lines = |bytes: Vec<u8>| {
        bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).map(raw).collect::<Vec<_>>()
    };
    let document = json!({
        "schema": 1,
        "tool": session.install.vocabulary.name,
        "sent": sent,
        "sealed": spool.as_ref().map(Spool::sealed).unwrap_or_default().iter().map(|sealed| raw(&sealed.bytes)).collect::<Vec<_>>(),
        "waiting": spool.as_ref().map(|spool| lines(spool.waiting())),
        "local": spool.as_ref().map(|spool| lines(spool.local())),
        "identifiers": spool.map(|spool| spool.memory().identifiers()),
    });
    writeln!(session.output, "{document:#}")?;
    Ok(0)
}

/// A line as the JSON it is, or as text when it is none.
fn raw(line: &[u8]) -> serde_json::Value {
    let text = String::from_utf8_lossy(line);
    serde_json::from_str(&text).unwrap_or_else(|_| serde_json::Value::String(text.into_owned()))
}
