//! Holds every event of a batch against the catalogue. Each comes out as one entry: kept, or rejected under a code.

use std::collections::BTreeMap;

use aboveboard_catalog::limits::EVENT_COUNT_MAX;
use aboveboard_catalog::{Catalog, Day, HashId, Notes, Origin, RawBatch, RawEvent, Rejection};
use aboveboard_store::Entry;

/// A batch after the judge.
pub(crate) struct Judged {
    /// The day it counts for.
    pub(crate) day: Day,
    /// The origins that entries refer to.
    pub(crate) origins: Vec<Origin>,
    /// One for each event, in order.
    pub(crate) entries: Vec<Entry>,
}

/// What a batch adds to the ledger, if none of it is a repeat.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) received: u64,
    pub(crate) rejected: BTreeMap<String, u64>,
    pub(crate) folded: u64,
    pub(crate) dropped: u64,
}

/// Judges a batch that arrived on `today`.
pub(crate) fn judge(catalog: &Catalog, raw: &RawBatch<'_>, today: Day, hash_id: HashId<'_>) -> Judged {
    let day = catalog.check_day(raw.day.unwrap_or(today), today);
    let origins: Vec<Origin> = raw.origins.iter().map(|origin| catalog.check_origin(origin, hash_id)).collect();
    let entries = raw.events.iter().map(|event| judge_event(catalog, event, &day, &origins, hash_id)).collect();
    let mut judged = Judged { day: day.unwrap_or(today), origins, entries };
    if !raw.events.is_empty() {
        judged.forget_unused_origins();
    }
    judged
}

fn judge_event(
    catalog: &Catalog,
    raw: &RawEvent<'_>,
    day: &Result<Day, Rejection>,
    origins: &[Origin],
    hash_id: HashId<'_>,
) -> Entry {
    let refused = origins[raw.origin].refusal().map(|refusal| Rejection::Refused(refusal.clone()));
    let verdict = match (day, refused) {
        (Err(rejection), _) => Err(rejection.clone()),
        (_, Some(rejection)) => Err(rejection),
        (Ok(day), None) => catalog.check(raw, *day, hash_id),
    };
    match verdict {
        Ok(event) => {
            let undeclared = (event.notes().dropped > 0).then(|| catalog.shape_of(raw)).flatten();
            Entry::Kept { origin: raw.origin, event, undeclared }
        }
        Err(rejection) => reject(catalog, raw, &rejection),
    }
}

fn reject(catalog: &Catalog, raw: &RawEvent<'_>, rejection: &Rejection) -> Entry {
    let shape = matches!(rejection, Rejection::EventUndeclared).then(|| catalog.shape_of(raw)).flatten();
    Entry::Rejected { code: rejection.code().to_owned(), n: believable(raw.n), shape }
}

/// A count that cannot be is no count: the event was there once.
fn believable(n: u64) -> u64 {
    if (1..=EVENT_COUNT_MAX).contains(&n) { n } else { 1 }
}

impl Judged {
    /// Turns an event away that had been kept.
    pub(crate) fn reject(&mut self, entry: usize, code: &str) {
        if let Entry::Kept { event, .. } = &self.entries[entry] {
            self.entries[entry] = Entry::Rejected { code: code.to_owned(), n: u64::from(event.n()), shape: None };
        }
    }

    /// A machine whose events were all turned away leaves no trace. A batch without events says only that it was
    /// there, and keeps its origin.
    pub(crate) fn forget_unused_origins(&mut self) {
        let mut used = vec![false; self.origins.len()];
        for entry in &self.entries {
            if let Entry::Kept { origin, .. } = entry {
                used[*origin] = true;
            }
        }
        if used.iter().all(|used| *used) {
            return;
        }
        let place = |origin: usize| used[..origin].iter().filter(|used| **used).count();
        for entry in &mut self.entries {
            if let Entry::Kept { origin, .. } = entry {
                *origin = place(*origin);
            }
        }
        let mut used = used.iter();
        self.origins.retain(|_| used.next() == Some(&true));
    }

    /// What it adds to the ledger.
    pub(crate) fn account(&self) -> Account {
        let mut account = Account::default();
        for origin in &self.origins {
            account.note(origin.notes());
        }
        for entry in &self.entries {
            account.add(entry);
        }
        account
    }
}

impl Account {
    fn add(&mut self, entry: &Entry) {
        match entry {
            Entry::Kept { event, .. } => {
                self.received += u64::from(event.n());
                self.note(event.notes());
            }
            Entry::Rejected { code, n, .. } => {
                self.received += n;
                *self.rejected.entry(code.clone()).or_default() += n;
            }
        }
    }

    fn note(&mut self, notes: Notes) {
        self.folded += u64::from(notes.folded);
        self.dropped += u64::from(notes.dropped);
    }
}

#[cfg(test)]
mod tests {
    use aboveboard_catalog::IdHash;

    use super::*;
    use crate::dialect::native;
    use crate::sample::sample;

    const TODAY: &str = "2026-11-22";

    fn judge_json(day: &str, events: &str) -> Judged {
        let id = "0".repeat(32);
        let body = format!(
            r#"{{"v":1,"id":"{id}","tool":"acme","day":"{day}","origin":{{"machine":"m"}},"events":{events}}}"#
        );
        let raw = native::decode(body.as_bytes()).expect("a batch");
        judge(&sample(), &raw, Day::parse(TODAY).expect("a day"), &|_, _| IdHash(7))
    }

    fn check(day: &str, events: &str, verdicts: &[&str], origins: usize) {
        let judged = judge_json(day, events);
        let verdict = |entry: &Entry| match entry {
            Entry::Kept { event, .. } => format!("kept {}", event.n()),
            Entry::Rejected { code, n, shape: None } => format!("{code} {n}"),
            Entry::Rejected { code, n, shape: Some(shape) } => format!("{code} {n} {shape}"),
        };
        assert_eq!(judged.entries.iter().map(verdict).collect::<Vec<_>>(), verdicts, "{events}");
        assert_eq!(judged.origins.len(), origins, "{events}");
    }

    #[test]
    fn every_event_has_one_verdict() {
        check(
            TODAY,
            r#"[{"event":"command_finished","n":3},{"event":"Unknown","n":2,"fields":{"path":"/home/a"}},{}]"#,
            &["kept 3", "event_undeclared 2 Unknown(path: text)", "event_malformed 1"],
            1,
        );
    }

    #[test]
    fn a_batch_of_an_impossible_day_is_turned_away() {
        check("2026-01-01", r#"[{"event":"command_finished","n":3}]"#, &["day_out_of_range 3"], 0);
        check("2026-11-24", r#"[{"event":"command_finished"}]"#, &["day_out_of_range 1"], 0);
        check("2026-11-23", r#"[{"event":"command_finished"}]"#, &["kept 1"], 1);
    }

    #[test]
    fn a_machine_leaves_no_trace_when_nothing_of_it_is_kept() {
        check(TODAY, r#"[{"event":"Unknown"}]"#, &["event_undeclared 1 Unknown()"], 0);
        check(TODAY, "[]", &[], 1);
    }

    #[test]
    fn counts_that_cannot_be_count_once() {
        for n in ["0", "1000001", "1e300"] {
            let events = format!(r#"[{{"event":"command_finished","n":{n}}}]"#);
            check(TODAY, &events, &["count_out_of_range 1"], 0);
        }
    }

    #[test]
    fn the_account_adds_up() {
        let account = judge_json(
            TODAY,
            r#"[{"event":"command_finished","n":3,"fields":{"command":"secret","path":"x"}},{"event":"U"},{"event":"U"}]"#,
        )
        .account();
        let rejected = BTreeMap::from([("event_undeclared".to_owned(), 2)]);
        assert_eq!(account, Account { received: 5, rejected, folded: 1, dropped: 1 });
    }
}
