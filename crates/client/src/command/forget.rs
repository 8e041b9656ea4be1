//! `forget`: deletes what is kept here, and asks the collector to delete what was sent with ids that it can show.

use std::io::{self, Write};

use aboveboard_catalog::Day;
use aboveboard_catalog::{RawFields, RawValue, json};

use super::{Session, counted, day};
use crate::http::Sender;
use crate::ledger;
use crate::limits::REQUEST_MAX;
use crate::memory::Memory;
use crate::notice::is_yes;
use crate::spool::Spool;

pub(super) fn run(session: &mut Session<'_>, arguments: &[&str]) -> io::Result<u8> {
    let sure = match arguments {
        [] => false,
        ["--yes"] => true,
        ["--check", receipt] if is_receipt(receipt) => return check(session, receipt),
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
        writeln!(session.output, "Nothing was deleted.")?;
        return Ok(1);
    }
    delete(session, &spool, &identifiers)
}

fn plan(session: &Session<'_>, spool: &Spool, identifiers: &[String]) -> String {
    let batches = counted(ledger::entries(spool).len() as u64, "batch", "batches");
    let endpoint = session.install.endpoint().map_or_else(String::new, |endpoint| endpoint.name());
    let here = format!("This deletes {batches} from this machine's ledger, and what waits to be sent");
    match identifiers.len() {
        0 => format!(
            "{here}.\nWhat was sent carries no id, so nobody can tell it from what others sent,\nand nobody can take it apart.\n"
        ),
        count => format!(
            "{here}.\nIt asks {endpoint} to delete what was sent with this\nmachine's ids ({}).\n\
             Counts already added up without any id can't be taken apart.\n",
            sent_with(count, &spool.memory())
        ),
    }
}

/// `2 ids, 1 Oct 2026 to 20 Nov 2026`.
fn sent_with(count: usize, memory: &Memory) -> String {
    let ids = counted(count as u64, "id", "ids");
    let sent = |key| memory.0.number(key).map(|seconds| day(Day::of_unix_seconds(seconds)));
    match (sent("sent_first"), sent("sent_last")) {
        (Some(first), Some(last)) if first != last => format!("{ids}, {first} to {last}"),
        (Some(first), _) => format!("{ids}, {first}"),
        _ => ids,
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
    let Answers { refused, receipts } = ask_the_collector(session, identifiers);
    let emptied = spool.empty();
    let cleared = ledger::clear(spool);
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
    if emptied.left > 0 || !cleared {
        return session.not_deleted();
    }
    let said = match (refused.as_slice(), receipts.as_slice()) {
        ([], []) if identifiers.is_empty() => "Done.".to_owned(),
        ([], []) => "Done. The collector had nothing that came with these ids.".to_owned(),
        ([], _) => "Done.".to_owned(),
        (refused, _) => format!(
            "Deleted here. The collector did not confirm that it deleted what came with\n{}\n\
             Try again later, or write to {} and name these ids.",
            refused.join("\n"),
            session.install.vocabulary.contact
        ),
    };
    writeln!(session.output, "{said}")?;
    let command = &session.install.command;
    for receipt in &receipts {
        writeln!(session.output, "Receipt {receipt} (keep it: {command} forget --check {receipt})")?;
    }
    Ok(u8::from(!refused.is_empty()))
}

/// What a collector said about some identifiers.
#[derive(Default)]
struct Answers {
    /// Those that it did not confirm.
    refused: Vec<String>,
    /// For those under which it had something.
    receipts: Vec<String>,
}

fn ask_the_collector(session: &Session<'_>, identifiers: &[String]) -> Answers {
    let sender = session.install.endpoint().map(|endpoint| Sender::new(endpoint, REQUEST_MAX));
    let mut answers = Answers::default();
    for id in identifiers {
        let answer = sender.as_ref().and_then(|sender| sender.forget(session.install.vocabulary.name, id));
        match answer.filter(|answer| answer.status == 200).as_ref().and_then(|answer| said(&answer.body)) {
            // Without a receipt nothing was kept under the identifier.
            Some(said) => answers.receipts.extend(text(said, "receipt").filter(|receipt| is_receipt(receipt))),
            None => answers.refused.push(id.clone()),
        }
    }
    answers
}

/// The answer of a collector, which is an object.
fn said(body: &str) -> Option<RawFields<'_>> {
    if let RawValue::Map(said) = json::read(body)? { Some(said) } else { None }
}

fn text(mut said: RawFields<'_>, key: &str) -> Option<String> {
    if let RawValue::Text(text) = said.take(key)? { Some(text.into_owned()) } else { None }
}

/// Says how far a deletion is.
fn check(session: &mut Session<'_>, receipt: &str) -> io::Result<u8> {
    let sender = session.install.endpoint().map(|endpoint| Sender::new(endpoint, REQUEST_MAX));
    let answer = sender.and_then(|sender| sender.forgotten(receipt)).filter(|answer| answer.status == 200);
    let state = answer.as_ref().and_then(|answer| text(said(&answer.body)?, "state"));
    let (code, text) = match state.as_deref() {
        Some("hidden") => (0, "no answer counts it any more; what is on disk is being rewritten"),
        Some("erased") => (0, "deleted, from the disk of the collector too"),
        Some("unknown") => (1, "not known to the collector: mistyped, or all that was kept under it has expired"),
        _ => (1, "the collector did not answer; try again later"),
    };
    writeln!(session.output, "Receipt {receipt}: {text}.")?;
    Ok(code)
}

/// Letters, digits and `-`, a few of them: nothing else goes into a URL or on a terminal.
fn is_receipt(text: &str) -> bool {
    (1..=RECEIPT_BYTES_MAX).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

const RECEIPT_BYTES_MAX: usize = 32;
