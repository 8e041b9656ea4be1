//! `inspect`: what was sent, or would be sent next, exactly or in words.

use std::io;

use aboveboard_catalog::RawFields;
use aboveboard_catalog::wire::WireBatch;

use super::{Session, counted, minute};
use crate::ledger::{self, Entry};
use crate::memory::Memory;
use crate::spool::{Sealer, Spool};
use crate::vocabulary::{FieldWord, Vocabulary};
use crate::{declared, environment};

/// What to show, and how.
#[derive(Default)]
struct Wanted {
    number: Option<u64>,
    last: Option<usize>,
    next: bool,
    raw: bool,
    explain: bool,
}

pub(super) fn run(session: &mut Session<'_>, arguments: &[&str]) -> io::Result<u8> {
    let wanted = match Wanted::read(arguments) {
        Ok(wanted) => wanted,
        Err(argument) => return session.misunderstood(argument),
    };
    let Some(spool) = session.install.spool() else { return nothing(session) };
    if wanted.next { next(session, &spool, &wanted) } else { sent(session, &spool, &wanted) }
}

impl Wanted {
    fn read<'a>(arguments: &[&'a str]) -> Result<Self, &'a str> {
        let mut wanted = Self::default();
        let mut arguments = arguments.iter();
        while let Some(&argument) = arguments.next() {
            match argument {
                "--next" => wanted.next = true,
                "--raw" => wanted.raw = true,
                "--explain" => wanted.explain = true,
                "--last" => wanted.last = Some(arguments.next().and_then(|n| n.parse().ok()).ok_or(argument)?),
                number => wanted.number = Some(number.trim_start_matches('#').parse().map_err(|_| number)?),
            }
        }
        Ok(wanted)
    }
}

fn nothing(session: &mut Session<'_>) -> io::Result<u8> {
    let command = &session.install.command;
    writeln!(session.output, "Nothing was sent yet. What would be sent next: {command} inspect --next")?;
    Ok(0)
}

/// Batches of the ledger.
fn sent(session: &mut Session<'_>, spool: &Spool, wanted: &Wanted) -> io::Result<u8> {
    let entries = ledger::entries(spool);
    let shown: Vec<&Entry> = match wanted.number {
        Some(number) => entries.iter().filter(|entry| entry.number == number).collect(),
        None => entries.iter().rev().take(wanted.last.unwrap_or(1)).rev().collect(),
    };
    match (shown.as_slice(), entries.as_slice(), wanted.number) {
        ([], [first, .., last] | [first @ last], Some(number)) => {
            let (first, last) = (first.number, last.number);
            writeln!(session.output, "#{number} is not in the ledger, which goes from #{first} to #{last}.")?;
            return Ok(1);
        }
        ([], ..) => return nothing(session),
        _ => {}
    }
    for entry in shown {
        if wanted.raw {
            raw(session, &entry.bytes)?;
            continue;
        }
        let head = format!("#{}  sent {}  →  {}", entry.number, minute(entry.at), answered(entry.status));
        batch(session, &head, &entry.bytes, wanted)?;
        writeln!(session.output, "Copy as sent: {} inspect {} --raw", session.install.command, entry.number)?;
    }
    Ok(0)
}

/// What waits, as it would be sent now. Nothing is sealed by looking at it.
fn next(session: &mut Session<'_>, spool: &Spool, wanted: &Wanted) -> io::Result<u8> {
    let mut batches: Vec<Vec<u8>> = spool.sealed().into_iter().map(|sealed| sealed.bytes).collect();
    let catalog = session.install.vocabulary.catalog();
    let sealer = Sealer {
        catalog: &catalog,
        hash: session.install.vocabulary.hash,
        ci: environment::ci(&session.install.environment).is_some(),
        today: aboveboard_catalog::Day::of_unix_seconds(session.now),
        random: session.random,
    };
    let mut memory: Memory = spool.memory();
    let waiting = spool.waiting();
    batches.extend(sealer.seal(&waiting, &mut memory, session.random).iter().map(WireBatch::encode));
    if batches.is_empty() {
        writeln!(session.output, "Nothing waits to be sent.")?;
    }
    for bytes in batches {
        if wanted.raw { raw(session, &bytes)? } else { batch(session, "next", &bytes, wanted)? }
    }
    let dropped = declared::left_out(&catalog, &waiting);
    if dropped > 0 && !wanted.raw {
        let dropped = counted(dropped, "field or event is", "fields or events are");
        writeln!(session.output, "{dropped} dropped before sending: not in the catalogue")?;
    }
    Ok(0)
}

/// The very bytes; on a terminal with a line break, so that the prompt does not follow them.
fn raw(session: &mut Session<'_>, bytes: &[u8]) -> io::Result<()> {
    session.output.write_all(bytes)?;
    if session.install.environment.stdout_terminal { session.output.write_all(b"\n") } else { Ok(()) }
}

fn answered(status: u16) -> String {
    let word = if (200..300).contains(&status) { "accepted" } else { "refused" };
    format!("{status} {word}")
}

/// A batch in words.
fn batch(session: &mut Session<'_>, head: &str, bytes: &[u8], wanted: &Wanted) -> io::Result<()> {
    writeln!(session.output, "{head}  ({} bytes)", bytes.len())?;
    let Some(batch) = WireBatch::read(bytes) else { return Ok(()) };
    let vocabulary = session.install.vocabulary;
    let first = [(batch.first.day, "day"), (batch.first.week, "week"), (batch.first.month, "month")];
    let first: Vec<&str> = first.iter().filter(|(set, _)| *set).map(|(_, word)| *word).collect();
    let since = batch.cohort.map_or(String::new(), |day| format!(", machine since {}", &day.to_string()[..7]));
    let first = if first.is_empty() { String::new() } else { format!(", first of its {}", first.join(", ")) };
    writeln!(session.output, "  {}{first}{since}", batch.day)?;
    fields(session, &batch.origin, vocabulary.origin, wanted)?;
    for event in &batch.events {
        let times = if event.n == 1 { String::new() } else { format!("  {} times", event.n) };
        writeln!(session.output, "  {}{times}", event.name)?;
        fields(session, &event.fields, declared_fields(vocabulary, &event.name), wanted)?;
    }
    Ok(())
}

fn declared_fields(vocabulary: &'static Vocabulary, event: &str) -> &'static [FieldWord] {
    vocabulary.events.iter().find(|word| word.name == event).map_or(&[], |word| word.fields)
}

fn fields(
    session: &mut Session<'_>,
    fields: &RawFields<'_>,
    declared: &[FieldWord],
    wanted: &Wanted,
) -> io::Result<()> {
    for (key, value) in &fields.0 {
        let value = value.json();
        let about = declared.iter().find(|field| field.key() == key).filter(|_| wanted.explain);
        match about {
            Some(field) => writeln!(session.output, "    {key:<16} {value:<20} {}", field.about)?,
            None => writeln!(session.output, "    {key:<16} {value}")?,
        }
    }
    Ok(())
}
