//! What waits on this machine: the queue that runs append to, and the batches that were sealed from it.
//!
//! Sealing is repeatable: the ids of the batches follow from the name of the taken queue, which is deleted last. So a
//! kill at any point loses nothing, and the collector recognises what it has had.

use std::path::{Path, PathBuf};

use aboveboard_catalog::wire::WireBatch;
use aboveboard_catalog::{Catalog, Day, Kind, RawEvent, RawFields, RawValue};

use crate::declared;
use crate::disk::{self, Appended, Content};
use crate::errors::last::LAST_ERROR;
use crate::errors::vote::Votes;
use crate::limits::{BATCH_EVENTS_MAX, QUEUE_BYTES_MAX, SEALED_BYTES_MAX, WAIT_DAYS_MAX};
use crate::memory::Memory;
use crate::order::Named;
use crate::settings::Settings;

/// The state folder of one tool. `docs/formats/spool.md` describes every file, for all who share it.
///
/// | file | what |
/// |---|---|
/// | `queue`, `local` | a line for each run, written in one piece; `local` is never sent |
/// | `q-<24 hex>` | a queue that was taken to be sealed, or the line of a run that could not share the queue |
/// | `s-<32 hex>` | a sealed batch, byte for byte as it goes over the wire; the name is its id |
/// | `memory` | what the machine remembers, see [`crate::memory`] |
/// | `ledger` | what was sent, see [`crate::ledger`] |
/// | `next` | when to send again |
/// | `votes` | which error pages the user was asked about, see [`crate::errors::vote`] |
/// | `last-error` | the error of the run before, see [`crate::errors::last`] |
/// | `lost` | two bytes for each run whose events found no room |
/// | `lock` | there while somebody sends; the number of their process |
/// | `ended` | the collector wants no more, ever |
#[derive(Clone, Debug)]
pub(crate) struct Spool {
    folder: PathBuf,
}

/// Which queue a line belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Queue {
    /// To be sent.
    Sent,
    /// Never to be sent.
    Local,
}

/// Events of a queue that was emptied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Emptied {
    pub(crate) deleted: u64,
    /// Those that could not be deleted.
    pub(crate) left: u64,
}

/// A sealed batch that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sealed {
    pub(crate) id: String,
    pub(crate) bytes: Vec<u8>,
}

impl Spool {
    pub(crate) fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Appends what one run has to say. Failure is silent: telemetry is not worth a word on somebody's full disk.
    pub(crate) fn append(&self, queue: Queue, line: &WireBatch<'_>, random: impl FnOnce() -> u128) {
        let name = if queue == Queue::Sent { "queue" } else { "local" };
        let bytes = line.encode();
        match disk::append(&self.path(name), &bytes, QUEUE_BYTES_MAX) {
            Ok(Appended::Contended) if queue == Queue::Sent => {
                let _ = disk::create(&self.path(&queue_name(random())), &bytes);
            }
            Ok(Appended::Full) => {
                let _ = disk::append(&self.path("lost"), b"", QUEUE_BYTES_MAX);
            }
            _ => {}
        }
    }

    /// Bytes that wait to be sealed.
    pub(crate) fn waiting_bytes(&self) -> u64 {
        disk::size(&self.path("queue"))
    }

    /// The lines that wait to be sealed, whoever wrote them.
    pub(crate) fn waiting(&self) -> Vec<u8> {
        let mut names: Vec<String> = self.named("q-").collect();
        names.push("queue".to_owned());
        let lines = |name: &String| {
            let bytes = disk::bytes(&self.path(name));
            [disk::before_end(&bytes), b"\n"].concat()
        };
        names.iter().flat_map(lines).collect()
    }

    /// The lines that are kept here and never sent.
    pub(crate) fn local(&self) -> Vec<u8> {
        disk::bytes(&self.path("local"))
    }

    /// How many runs found no room.
    pub(crate) fn lost(&self) -> u64 {
        disk::size(&self.path("lost")) / 2
    }

    /// Takes the queue and seals everything that was taken, now or by somebody who did not finish.
    pub(crate) fn seal(&self, sealer: &Sealer<'_>, random: u128) {
        let _ = disk::take(&self.path("queue"), &self.path(&queue_name(random)));
        let taken: Vec<String> = self.named("q-").collect();
        for name in taken {
            let Ok(lines) = disk::taken(&self.path(&name)) else { continue };
            let mut memory = self.memory();
            let batches = sealer.seal(&lines, &mut memory, id_of(&name));
            if batches.iter().try_for_each(|batch| self.keep(batch)).is_ok() && self.remember(&memory).is_ok() {
                disk::remove(&self.path(&name));
            }
        }
        self.make_room(sealer.today);
    }

    /// A batch that is there already was sealed before a kill, with flags that memory no longer gives: it stays.
    fn keep(&self, batch: &WireBatch<'_>) -> std::io::Result<()> {
        let path = self.path(&format!("s-{:032x}", batch.id));
        if disk::size(&path) > 0 { Ok(()) } else { disk::replace(&path, &batch.encode()) }
    }

    /// The batches that wait to be sent.
    pub(crate) fn sealed(&self) -> Vec<Sealed> {
        let ids = self.named("s-").filter_map(|name| Some(name.strip_prefix("s-")?.to_owned()));
        ids.map(|id| Sealed { bytes: disk::bytes(&self.path(&format!("s-{id}"))), id }).collect()
    }

    /// Deletes a batch that was sent or refused.
    pub(crate) fn drop_sealed(&self, id: &str) {
        disk::remove(&self.path(&format!("s-{id}")));
    }

    /// Deletes batches that are too old or too many. What the collector never got it cannot miss.
    fn make_room(&self, today: Day) {
        let mut room = SEALED_BYTES_MAX;
        for Sealed { id, bytes } in self.sealed().into_iter().rev() {
            let day = WireBatch::read(&bytes).map(|batch| batch.day);
            let fresh = day.is_some_and(|day| day.plus(WAIT_DAYS_MAX) >= today);
            let size = bytes.len() as u64;
            if !fresh || size > room {
                self.drop_sealed(&id);
            } else {
                room -= size;
            }
        }
    }

    /// Deletes everything that waits, and what is remembered of errors.
    pub(crate) fn empty(&self) -> Emptied {
        let mut emptied = Emptied::default();
        for name in disk::names(&self.folder) {
            let whole = name.strip_prefix(disk::NEW).unwrap_or(&name);
            if matches!(whole, "queue" | "local") || whole.starts_with("q-") || whole.starts_with("s-") {
                let events = count(&disk::bytes(&self.path(&name)));
                let gone = disk::remove(&self.path(&name));
                *(if gone { &mut emptied.deleted } else { &mut emptied.left }) += events;
            }
        }
        disk::remove(&self.path(LAST_ERROR));
        Votes::forget(self);
        emptied
    }

    pub(crate) fn memory(&self) -> Memory {
        Memory(self.settings("memory"))
    }

    pub(crate) fn remember(&self, memory: &Memory) -> std::io::Result<()> {
        disk::replace(&self.path("memory"), memory.0.to_string().as_bytes())
    }

    /// A small file of settings; one that cannot be read is as good as none.
    pub(crate) fn settings(&self, name: &str) -> Settings {
        match disk::content(&self.path(name)) {
            Content::Text(text) => Settings::parse(&text).unwrap_or_default(),
            _ => Settings::default(),
        }
    }

    /// Whether the collector ended it for good.
    pub(crate) fn has_ended(&self) -> bool {
        disk::content(&self.path("ended")) != Content::Missing
    }

    fn named(&self, prefix: &'static str) -> impl Iterator<Item = String> + use<> {
        disk::names(&self.folder).into_iter().filter(move |name| name.starts_with(prefix))
    }
}

fn queue_name(random: u128) -> String {
    format!("q-{:024x}", random >> 32)
}

/// The id of the first batch of a taken queue; the following ones count up from it.
fn id_of(name: &str) -> u128 {
    let digits = name.strip_prefix("q-").unwrap_or_default();
    u128::from_str_radix(digits, 16).unwrap_or(0) << 32
}

/// How many events some lines hold, each counted as often as it happened.
pub(crate) fn count(lines: &[u8]) -> u64 {
    batches(lines).flat_map(|batch| batch.events).map(|event| event.n).sum()
}

/// The lines that can be read. A torn one cannot, and is gone.
pub(crate) fn batches(lines: &[u8]) -> impl Iterator<Item = WireBatch<'_>> {
    let lines = lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.filter_map(WireBatch::read)
}

/// What turns lines into batches.
pub(crate) struct Sealer<'a> {
    pub(crate) catalog: &'a Catalog,
    /// The short hash of the catalogue.
    pub(crate) hash: &'static str,
    /// Whether this runs in CI, where no machine is counted and none has an identifier.
    pub(crate) ci: bool,
    pub(crate) today: Day,
    /// For an identifier, where a new one is due.
    pub(crate) random: u128,
}

/// Events by their name and fields as JSON, with how often they happened: a multiset, in an order that tells nothing.
type Multiset = Named<RawEvent<'static>>;

impl Sealer<'_> {
    /// Seals lines: one batch, or several where there are too many events, for each day and origin. `first_id` is the
    /// id of the first, and the rest count up.
    pub(crate) fn seal(&self, lines: &[u8], memory: &mut Memory, first_id: u128) -> Vec<WireBatch<'static>> {
        let mut sealed = Vec::new();
        for (day, origin, events) in self.gather(lines, memory).into_things() {
            let events: Vec<RawEvent<'static>> = events.into_things().collect();
            for events in events.chunks(BATCH_EVENTS_MAX) {
                let id = first_id + sealed.len() as u128;
                sealed.push(self.batch(id, day, &origin, events, memory));
            }
        }
        sealed
    }

    /// What happened, by day and origin.
    fn gather(&self, lines: &[u8], memory: &mut Memory) -> Named<(Day, RawFields<'static>, Multiset)> {
        let mut gathered = Named::default();
        for line in batches(lines).filter(|line| line.day.plus(WAIT_DAYS_MAX) >= self.today && line.day <= self.today) {
            let origin = declared::origin(self.catalog, &self.with_identifier(line.origin, line.day, memory));
            let events: Vec<_> =
                line.events.iter().filter_map(|event| declared::event(self.catalog, event, line.day)).collect();
            if events.is_empty() {
                continue;
            }
            let key = format!("{} {}", line.day, origin.json());
            let (_, _, multiset) = gathered.entry(key, || (line.day, origin, Multiset::default()));
            for event in events {
                let (n, key) = (event.n, format!("{} {}", event.name, event.fields.json()));
                multiset.entry(key, || RawEvent { n: 0, ..event }).n += n;
            }
        }
        gathered
    }

    /// Whoever can write to the queue cannot choose the identifier; the policy does.
    fn with_identifier<'l>(&self, mut origin: RawFields<'l>, day: Day, memory: &mut Memory) -> RawFields<'l> {
        let declared = self.catalog.origin.iter().filter(|field| field.kind == Kind::Id);
        for field in declared {
            origin.take(field.key());
            let policy = self.catalog.tool.identity;
            let wanted = field.name == "machine" && !self.ci;
            if let Some(id) = wanted.then(|| memory.identifier(policy, day, self.random)).flatten() {
                origin.0.push((field.key().to_owned().into(), RawValue::Text(format!("{id:032x}").into())));
            }
        }
        origin
    }

    fn batch(
        &self,
        id: u128,
        day: Day,
        origin: &RawFields<'static>,
        events: &[RawEvent<'static>],
        memory: &mut Memory,
    ) -> WireBatch<'static> {
        let mut batch = WireBatch::new(id, self.catalog.tool.name.clone(), day);
        if !self.ci {
            batch.first = memory.first(day);
            batch.cohort = Some(memory.cohort(day));
        }
        batch.catalogue = Some(self.hash.into());
        batch.origin = origin.clone();
        batch.events = events.to_vec();
        batch
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::ACME;

    fn line(day: &str, origin: &str, events: &str) -> String {
        let id = "0".repeat(32);
        format!(r#"{{"v":1,"id":"{id}","tool":"acme","day":"{day}","origin":{origin},"events":{events}}}"#) + "\n"
    }

    fn sealed(lines: &str, memory: &mut Memory, ci: bool) -> Vec<String> {
        let catalog = ACME.catalog();
        let today = Day::parse("2026-11-22").expect("a day");
        let sealer = Sealer { catalog: &catalog, hash: "0", ci, today, random: 7 };
        let batches = sealer.seal(lines.as_bytes(), memory, 1 << 32);
        batches.iter().map(|batch| String::from_utf8(batch.encode()).expect("text")).collect()
    }

    /// Checks what is sealed from lines, from `first` on.
    fn check(lines: &str, expected: &[&str]) {
        let found = sealed(lines, &mut Memory::default(), false);
        let found: Vec<&str> = found.iter().map(|batch| &batch[batch.find("\"day\"").expect("a day")..]).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn equal_events_are_counted_and_the_rest_is_sorted() {
        let clean = r#"{"event":"command_finished","fields":{"command":"clean"}}"#;
        let build = r#"{"event":"command_finished","n":2,"fields":{"command":"build"}}"#;
        let lines = line("2026-11-22", r#"{"os":"linux"}"#, &format!("[{clean},{build}]"))
            + &line("2026-11-22", r#"{"os":"linux"}"#, &format!("[{build}]"));
        check(
            &lines,
            &[
                r#""day":"2026-11-22","first":["day","week","month"],"cohort":"2026-11","catalogue":"0","origin":{"os":"linux"},"events":[{"event":"command_finished","n":4,"fields":{"command":"build"}},{"event":"command_finished","fields":{"command":"clean"}}]}"#,
            ],
        );
    }

    #[test]
    fn each_day_and_origin_has_a_batch_and_one_of_them_is_first() {
        let event = r#"[{"event":"command_finished"}]"#;
        let lines = line("2026-11-22", "{}", event)
            + &line("2026-11-21", r#"{"ci":true}"#, event)
            + &line("2026-11-21", "{}", event);
        check(
            &lines,
            &[
                r#""day":"2026-11-21","first":["day","week","month"],"cohort":"2026-11","catalogue":"0","origin":{"ci":true},"events":[{"event":"command_finished"}]}"#,
                r#""day":"2026-11-21","cohort":"2026-11","catalogue":"0","origin":{},"events":[{"event":"command_finished"}]}"#,
                r#""day":"2026-11-22","first":["day"],"cohort":"2026-11","catalogue":"0","origin":{},"events":[{"event":"command_finished"}]}"#,
            ],
        );
    }

    #[test]
    fn what_is_torn_undeclared_too_old_or_from_tomorrow_is_left_out() {
        let event = r#"[{"event":"command_finished"}]"#;
        check("{\"v\":1,\"id\":\n\u{0}\u{0}", &[]);
        check(&line("2026-11-22", "{}", r#"[{"event":"planted","fields":{"path":"/home/alice"}}]"#), &[]);
        check(&line("2026-11-01", "{}", event), &[]);
        check(&line("2026-11-23", "{}", event), &[]);
        check(&line("2026-11-22", "{}", "[]"), &[]);
    }

    #[test]
    fn in_ci_nobody_is_counted() {
        let mut memory = Memory::default();
        let batches = sealed(&line("2026-11-22", "{}", r#"[{"event":"command_finished"}]"#), &mut memory, true);
        assert!(!batches[0].contains("first") && !batches[0].contains("cohort"), "{batches:?}");
        assert_eq!(memory, Memory::default());
    }

    #[test]
    fn sealing_again_after_a_kill_makes_the_same_batches() {
        let folder = tempfile::tempdir().expect("a folder");
        let spool = Spool::new(folder.path());
        let lines = line("2026-11-22", "{}", r#"[{"event":"command_finished"}]"#);
        let catalog = ACME.catalog();
        let sealer = Sealer {
            catalog: &catalog,
            hash: "0",
            ci: false,
            today: Day::parse("2026-11-22").expect("a day"),
            random: 7,
        };
        let taken = spool.path(&queue_name(5 << 32));
        disk::create(&taken, lines.as_bytes()).expect("written");
        spool.seal(&sealer, 1);
        let before = spool.sealed();
        // As if the process had been killed before it deleted the taken queue.
        disk::create(&taken, lines.as_bytes()).expect("written");
        spool.seal(&sealer, 2);
        assert_eq!((before.len(), spool.sealed()), (1, before));
        assert_eq!(spool.empty(), Emptied { deleted: 1, left: 0 });
        assert!(spool.sealed().is_empty());
    }
}
