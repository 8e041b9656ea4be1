//! `forget` and `export`: what is kept here, to be deleted or to be taken away.

use std::io::{self, Write};

use serde_json::json;

use super::{Session, minute};
use crate::http::Sender;
use crate::ledger;
use crate::limits::REQUEST_MAX;
use crate::notice::is_yes;
use crate::spool::Spool;

pub(super) fn run(session: &mut Session<'_>, arguments: &[&str]) -> io::Result<u8> {
    let sure = match arguments {
        [] => false,
        ["--yes"] => true,
        [first, ..] => return session.misunderstood(first),
    };
    let Some(spool) = session.install.spool() else {
        writeln!(session.output, "Nothing is kept here.")?;
        return Ok(0);
    };
    let identifiers = spool.memory().identifiers();
    let plan = plan(session, &spool, &identifiers);
    session.output.write_all(plan.as_bytes())?;
    if !sure && !confirmed(session)? {
        return Ok(1);
    }
    delete(session, &spool, &identifiers)
}

fn plan(session: &Session<'_>, spool: &Spool, identifiers: &[String]) -> String {
    let batches = ledger::entries(spool).len();
    let endpoint = session.install.endpoint().map_or_else(String::new, |endpoint| endpoint.name());
    let here = format!("This deletes {batches} batches from this machine's ledger, and what waits to be sent");
    match identifiers.len() {
        0 => format!(
            "{here}.\nWhat was sent carries no id, so nobody can tell it from what others sent,\nand nobody can take it apart.\n"
        ),
        count => format!(
            "{here}, and asks {endpoint} to delete\nthe events sent with this machine's ids ({count} ids).\n\
             Counts already added up without any id can't be taken apart.\n"
        ),
    }
}

fn confirmed(session: &mut Session<'_>) -> io::Result<bool> {
    if !session.install.environment.stdin_terminal {
        writeln!(io::stderr(), "error: nobody is here to confirm; say `--yes`")?;
        return Ok(false);
    }
    write!(session.output, "Continue? [y/N] ")?;
    session.output.flush()?;
    let mut line = String::new();
    session.input.read_line(&mut line)?;
    Ok(is_yes(&line))
}

/// Asks the collector first: an identifier that it did not forget must stay known here.
fn delete(session: &mut Session<'_>, spool: &Spool, identifiers: &[String]) -> io::Result<u8> {
    let refused = ask_the_collector(session, identifiers);
    spool.empty();
    ledger::clear(spool);
    let mut memory = spool.memory();
    let before = memory.clone();
    memory.part();
    match refused.as_slice() {
        [] => memory.0.remove("identifiers"),
        refused => memory.0.set("identifiers", refused.join(" ")),
    }
    if memory != before {
        let _ = spool.remember(&memory);
    }
    if refused.is_empty() {
        writeln!(session.output, "Done.")?;
        return Ok(0);
    }
    let contact = session.install.vocabulary.contact;
    writeln!(
        session.output,
        "Deleted here. The collector did not confirm that it deleted what came with\n{}\nTry again later, or write to {contact} and name these ids.",
        refused.join("\n")
    )?;
    Ok(1)
}

/// The identifiers that the collector did not forget.
fn ask_the_collector(session: &Session<'_>, identifiers: &[String]) -> Vec<String> {
    let Some(endpoint) = session.install.endpoint() else { return identifiers.to_vec() };
    if identifiers.is_empty() {
        return Vec::new();
    }
    let sender = Sender::new(endpoint, REQUEST_MAX);
    let forgotten = |id: &&String| {
        let answer = sender.forget(session.install.vocabulary.name, id);
        answer.is_some_and(|answer| (200..300).contains(&answer.status))
    };
    identifiers.iter().filter(|id| !forgotten(id)).cloned().collect()
}

/// Everything, as one JSON document; batches stand in it as they were sent.
pub(super) fn export(session: &mut Session<'_>, arguments: &[&str]) -> io::Result<u8> {
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
