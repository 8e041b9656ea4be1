//! Votes on the texts of errors, which cannot be stuffed: one that is repeated, or founded on no error that was shown,
//! or cast by a page that has no business here, ends under a verdict of its own.
//!
//! Nothing is remembered for it. A vote is held against what its own batch says and, where that is not enough, against
//! what is kept: such votes take turns, and a turn ends when its batch is on disk. So what is judged next sees it, also
//! after a restart. Batches without votes take no turn.

use std::sync::Arc;

use aboveboard_catalog::{Bucket, Catalog, Day, Event, IdHash, Kind, Origin, Placed, Value};
use aboveboard_store::scan::ScanError;
use aboveboard_store::{Entry, Happening, Store, Whence};
use tokio::sync::{Mutex, OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};

use crate::judge::Judged;
use crate::problem::{Code, Problem};

/// Batches with votes that may wait for their turn; the senders of further ones are told to come back.
const WAITING_MAX: usize = 64;
/// The surface whose readers need not be where the error was shown.
const DOCS: &str = "docs";

/// Why a vote does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It does not say on which code.
    Codeless,
    /// A page of a site that the catalogue does not name cast it.
    Foreign,
    /// No such error was shown where it comes from.
    Unfounded,
    /// It was cast before.
    Repeated,
}

/// The votes of each tool, by its position.
pub(crate) struct Polls(Vec<Option<Poll>>);

/// The votes of one tool.
pub(crate) struct Poll {
    turn: Arc<Mutex<()>>,
    waiting: Arc<Semaphore>,
    vote: Place,
    /// The field that says where the vote was cast, and its value for pages of the documentation.
    docs: Option<Placed>,
    shown: Option<Place>,
    /// The field of the origin that tells machines apart.
    machine: Option<u16>,
}

/// An event, and its field with the code.
#[derive(Clone, Copy)]
struct Place {
    event: usize,
    field: usize,
}

/// A turn: until it is dropped, no other vote of the tool is held against what is kept.
pub(crate) struct Turn {
    _mine: OwnedMutexGuard<()>,
    _waiting: OwnedSemaphorePermit,
}

/// Where a vote comes from, as far as it is counted there.
#[derive(Clone, Debug, PartialEq)]
enum Home {
    /// A reader of the documentation: the whole tool.
    Anywhere,
    /// Where the same is said of the origin: its values without identifiers, in order.
    Origin(Vec<Placed>),
    /// One machine.
    Machine(IdHash),
}

/// Votes of a batch on one code from one place.
struct Ballot {
    home: Home,
    code: String,
    /// Their positions in the batch.
    entries: Vec<usize>,
}

impl Fault {
    pub(crate) const ALL: [Self; 4] = [Self::Codeless, Self::Foreign, Self::Unfounded, Self::Repeated];

    /// The stable code in the ledger and in receipts.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Codeless => "vote_codeless",
            Self::Foreign => "vote_foreign",
            Self::Unfounded => "vote_unfounded",
            Self::Repeated => "vote_repeated",
        }
    }

    /// What is wrong, and what would do.
    pub(crate) fn mend(self) -> &'static str {
        match self {
            Self::Codeless => "a vote is rejected: it does not say on which code; send the field of type `code`",
            Self::Foreign => {
                "a vote is rejected: a page of another site cast it; name the origin of the page, such as \
                 `https://acme.example`, in `sites` of `[errors]` in the catalogue"
            }
            Self::Unfounded => {
                "a vote is rejected: no such error was shown from the same origin in this or the last month; send the \
                 event that `shown` of `[errors]` names, before the vote or with it, under the same `origin`"
            }
            Self::Repeated => {
                "a vote is rejected: one machine votes once a month on a code, and where machines cannot be told apart \
                 there are no more votes than errors shown; send a vote once, with `n` 1"
            }
        }
    }

    /// The fault with this code.
    pub(crate) fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fault| fault.code() == code)
    }
}

impl Polls {
    pub(crate) fn new(catalogs: &[Catalog]) -> Self {
        Self(catalogs.iter().map(Poll::of).collect())
    }

    /// The votes of a tool, where it has any.
    pub(crate) fn of(&self, tool: usize) -> Option<&Poll> {
        self.0.get(tool)?.as_ref()
    }
}

impl Place {
    fn of(catalog: &Catalog, event: &str) -> Option<Self> {
        let event = catalog.events.iter().position(|declared| declared.name == event)?;
        Some(Self { event, field: catalog.events[event].code_field()? })
    }

    /// The code that an event names, as answers spell it.
    fn code<'c>(self, catalog: &'c Catalog, event: &Event) -> Option<&'c str> {
        let (_, value) = event.values().iter().find(|(field, _)| usize::from(*field) == self.field)?;
        catalog.events[self.event].fields[self.field].kind.text_of(*value)
    }

    fn between(self, from: Day, to: Day) -> Happening {
        Happening { event: self.event, field: self.field, from, to }
    }
}

impl Poll {
    fn of(catalog: &Catalog) -> Option<Self> {
        let errors = catalog.errors.as_ref()?;
        let vote = Place::of(catalog, errors.vote.as_deref()?)?;
        let fields = || (0_u16..).zip(&catalog.events[vote.event].fields);
        let docs = fields().find(|(_, field)| field.name == "surface").and_then(|(position, field)| {
            let member = field.kind.members().iter().position(|member| member == DOCS)?;
            Some((position, Value::Code(aboveboard_catalog::FIRST_CODE + member as u32)))
        });
        let is_machine =
            |(_, field): &(u16, &aboveboard_catalog::Field)| field.name == "machine" && matches!(field.kind, Kind::Id);
        Some(Self {
            turn: Arc::default(),
            waiting: Arc::new(Semaphore::new(WAITING_MAX)),
            vote,
            docs,
            shown: errors.shown.as_deref().and_then(|shown| Place::of(catalog, shown)),
            machine: (0..).zip(&catalog.origin).find(is_machine).map(|(position, _)| position),
        })
    }

    /// Waits for a turn.
    ///
    /// # Errors
    /// Too many wait already.
    pub(crate) async fn turn(&self) -> Result<Turn, Problem> {
        let waiting = self.queue()?;
        Ok(Turn { _mine: Arc::clone(&self.turn).lock_owned().await, _waiting: waiting })
    }

    /// The same, for a thread that may wait.
    pub(crate) fn blocking_turn(&self) -> Result<Turn, Problem> {
        let waiting = self.queue()?;
        Ok(Turn { _mine: Arc::clone(&self.turn).blocking_lock_owned(), _waiting: waiting })
    }

    fn queue(&self) -> Result<OwnedSemaphorePermit, Problem> {
        let full = |_| Problem::new(Code::Overloaded, "too many votes are waiting");
        Arc::clone(&self.waiting).try_acquire_owned().map_err(full)
    }

    /// Rejects the votes of which nothing more needs to be known. Answers whether others must be held against what is
    /// kept.
    pub(crate) fn sift(&self, catalog: &Catalog, may_vote: bool, judged: &mut Judged) -> bool {
        let votes = self.votes(judged);
        if votes.is_empty() {
            return false;
        }
        for vote in votes {
            let Entry::Kept { event, .. } = &judged.entries[vote] else { continue };
            if self.vote.code(catalog, event).is_none() {
                judged.reject(vote, Fault::Codeless.code());
            } else if !may_vote {
                judged.reject(vote, Fault::Foreign.code());
            }
        }
        judged.forget_unused_origins();
        self.ballots(catalog, judged).iter().any(|ballot| !self.stands_alone(catalog, judged, ballot))
    }

    /// Whether these votes are founded on errors that their own batch says were shown. They add no more votes than
    /// errors, so nothing that held before them does not hold after them. Machines vote once however often it was shown.
    fn stands_alone(&self, catalog: &Catalog, judged: &Judged, ballot: &Ballot) -> bool {
        let cast: u64 = ballot.entries.iter().map(|vote| times(judged, *vote)).sum();
        !matches!(ballot.home, Home::Machine(_)) && cast <= self.shown_with(catalog, judged, ballot)
    }

    /// Holds the votes of a batch against what is kept.
    ///
    /// # Errors
    /// A file cannot be read.
    pub(crate) fn weigh(
        &self,
        store: &Store,
        tool: usize,
        catalog: &Catalog,
        judged: &mut Judged,
        today: Day,
    ) -> Result<(), ScanError> {
        for ballot in self.ballots(catalog, judged) {
            if self.stands_alone(catalog, judged, &ballot) {
                continue;
            }
            let span = Span::around(judged.day);
            // Errors first: what comes between these two looks can then only turn a vote away that would have done.
            let shown = match self.shown {
                Some(shown) => {
                    let kept = store.happened(
                        tool,
                        shown.between(span.before, span.end),
                        self.whence(&ballot, judged),
                        today,
                    )?;
                    let kept = kept.get(&ballot.code).copied().unwrap_or_default();
                    Some(kept + self.shown_with(catalog, judged, &ballot))
                }
                None => None,
            };
            let (from, to, whence) = match (&ballot.home, shown) {
                (Home::Machine(id), _) => (span.start, span.end, Whence::Machine(*id)),
                (_, None) => (span.start, span.end, self.whence(&ballot, judged)),
                (_, Some(_)) => (span.before, span.after, self.whence(&ballot, judged)),
            };
            let cast = store.happened(tool, self.vote.between(from, to), whence, today)?;
            let cast = cast.get(&ballot.code).copied().unwrap_or_default();
            let most = match (&ballot.home, shown) {
                (Home::Machine(_), _) | (_, None) => 1,
                (_, Some(shown)) => shown,
            };
            decide(judged, &ballot, shown == Some(0), cast, most);
        }
        judged.forget_unused_origins();
        Ok(())
    }

    /// The positions of events that are votes.
    fn votes(&self, judged: &Judged) -> Vec<usize> {
        let is_vote = |entry: &Entry| matches!(entry, Entry::Kept { event, .. } if event.position() == self.vote.event);
        let entries = judged.entries.iter().enumerate();
        entries.filter(|(_, entry)| is_vote(entry)).map(|(position, _)| position).collect()
    }

    fn ballots(&self, catalog: &Catalog, judged: &Judged) -> Vec<Ballot> {
        let mut ballots: Vec<Ballot> = Vec::new();
        for vote in self.votes(judged) {
            let Entry::Kept { origin, event, .. } = &judged.entries[vote] else { continue };
            let Some(code) = self.vote.code(catalog, event) else { continue };
            let home = self.home(&judged.origins[*origin], event);
            match ballots.iter_mut().find(|ballot| ballot.home == home && ballot.code == code) {
                Some(ballot) => ballot.entries.push(vote),
                None => ballots.push(Ballot { home, code: code.to_owned(), entries: vec![vote] }),
            }
        }
        ballots
    }

    fn home(&self, origin: &Origin, event: &Event) -> Home {
        let machine = origin.values().iter().find(|(position, _)| Some(*position) == self.machine);
        match machine {
            Some((_, Value::Id(id))) => Home::Machine(*id),
            _ if origin.values().is_empty() && self.docs.is_some_and(|docs| event.values().contains(&docs)) => {
                Home::Anywhere
            }
            _ => Home::Origin(facts(origin)),
        }
    }

    /// Where errors must have been shown for these votes to be founded.
    fn whence<'j>(&self, ballot: &Ballot, judged: &'j Judged) -> Whence<'j> {
        match (&ballot.home, ballot.entries.first().and_then(|vote| judged.entries.get(*vote))) {
            (Home::Origin(_) | Home::Machine(_), Some(Entry::Kept { origin, .. })) => {
                Whence::Origin(&judged.origins[*origin])
            }
            _ => Whence::Anywhere,
        }
    }

    /// How often the batch itself says that the error was shown there.
    fn shown_with(&self, catalog: &Catalog, judged: &Judged, ballot: &Ballot) -> u64 {
        let Some(shown) = self.shown else { return 0 };
        let place = match self.whence(ballot, judged) {
            Whence::Origin(origin) => Some(facts(origin)),
            _ => None,
        };
        let founds = |entry: &&Entry| match entry {
            Entry::Kept { origin, event, .. } if event.position() == shown.event => {
                let there = place.as_ref().is_none_or(|place| facts(&judged.origins[*origin]) == *place);
                there && shown.code(catalog, event) == Some(ballot.code.as_str())
            }
            _ => false,
        };
        judged.entries.iter().filter(founds).map(of_entry).sum()
    }
}

/// The months around a day.
struct Span {
    /// The first day of the month before.
    before: Day,
    start: Day,
    end: Day,
    /// The last day of the month after. A batch may be about a day that is over, so that votes of the next month may
    /// have used up the errors of this one already.
    after: Day,
}

impl Span {
    fn around(day: Day) -> Self {
        let (start, next) = (day.start_of(Bucket::Month), day.start_of_next(Bucket::Month));
        Self {
            before: start.plus(-1).start_of(Bucket::Month),
            start,
            end: next.plus(-1),
            after: next.start_of_next(Bucket::Month).plus(-1),
        }
    }
}

/// Votes in their order, as long as there is room. One that says it was cast several times stands or falls as one.
fn decide(judged: &mut Judged, ballot: &Ballot, unfounded: bool, mut cast: u64, most: u64) {
    for vote in &ballot.entries {
        let n = times(judged, *vote);
        if unfounded {
            judged.reject(*vote, Fault::Unfounded.code());
        } else if cast.saturating_add(n) > most {
            judged.reject(*vote, Fault::Repeated.code());
        } else {
            cast += n;
        }
    }
}

/// What is said of an origin, identifiers aside, in order.
fn facts(origin: &Origin) -> Vec<Placed> {
    let mut facts: Vec<Placed> =
        origin.values().iter().filter(|(_, value)| !matches!(value, Value::Id(_))).copied().collect();
    facts.sort_unstable_by_key(|(position, _)| *position);
    facts
}

fn times(judged: &Judged, entry: usize) -> u64 {
    judged.entries.get(entry).map_or(0, of_entry)
}

fn of_entry(entry: &Entry) -> u64 {
    match entry {
        Entry::Kept { event, .. } => u64::from(event.n()),
        Entry::Rejected { .. } => 0,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use aboveboard_catalog::wire::{Receipt, WireBatch};
    use aboveboard_catalog::{Dialect, RawEvent, RawFields, RawValue, Rejection};
    use proptest::prelude::*;

    use super::*;
    use crate::app::App;
    use crate::clock::Moment;
    use crate::config::Config;
    use crate::ingest;

    const TODAY: Day = Day(20_779);

    #[test]
    fn no_catalogue_can_give_the_code_of_a_fault_another_meaning() {
        for fault in Fault::ALL {
            assert!(fault.code().starts_with(Rejection::VOTES), "{fault:?}");
            assert_eq!(Fault::of_code(fault.code()), Some(fault));
        }
    }
    const CODES: [&str; 2] = ["ACME_DISK_FULL", "ACME_LINK_BROKEN"];
    /// Two places where errors are shown, and readers of the documentation.
    const ORIGINS: [&[(&str, &str)]; 3] = [&[("version", "2.4.0")], &[("version", "2.5.0"), ("os", "linux")], &[]];

    fn app(folder: &tempfile::TempDir) -> App {
        let config = Config { data: folder.path().to_owned(), ..Config::default() };
        App::open(config, moment(TODAY)).expect("an app")
    }

    fn moment(day: Day) -> Moment {
        Moment(i64::from(day.0) * 86_400_000)
    }

    fn take(app: &App, dialect: Dialect, body: &[u8], day: Day) -> Receipt {
        let (tell, told) = channel();
        ingest::pass_on(app, dialect, body, moment(day), move |outcome| drop(tell.send(outcome))).expect("a batch");
        told.recv().expect("an answer").expect("a receipt")
    }

    fn texts(pairs: &[(&'static str, &'static str)]) -> RawFields<'static> {
        RawFields(pairs.iter().map(|(key, text)| ((*key).into(), RawValue::from(*text))).collect())
    }

    /// Where, how many days ago, and what: whether it is a vote, on which code, how often.
    type Batch = (usize, i32, Vec<(bool, usize, u64)>);

    fn body(id: u128, (origin, ago, events): &Batch) -> Vec<u8> {
        let mut batch = WireBatch::new(id, "acme", TODAY.plus(-ago));
        batch.origin = texts(ORIGINS[*origin]);
        let said = |(vote, code, n): &(bool, usize, u64)| {
            let surface = if *origin == 2 { DOCS } else { "terminal" };
            let fields: &[(&str, &str)] =
                if *vote { &[("code", CODES[*code]), ("surface", surface)] } else { &[("code", CODES[*code])] };
            let name = if *vote { "feedback_given" } else { "error_shown" };
            RawEvent { name: name.into(), n: *n, origin: 0, fields: texts(fields) }
        };
        batch.events = events.iter().map(said).collect();
        batch.encode()
    }

    fn batches() -> impl Strategy<Value = Vec<Batch>> {
        let event = (any::<bool>(), 0..2_usize, 1..3_u64);
        prop::collection::vec((0..3_usize, 0..30_i32, prop::collection::vec(event, 1..4)), 1..14)
    }

    /// How often something is kept, since ever.
    fn kept(app: &App, event: &str, whence: Whence<'_>, code: &str) -> u64 {
        let tool = app.tool("acme").expect("a built-in tool");
        let happening = Place::of(&app.catalogs[tool], event).expect("an event of codes");
        let happening = happening.between(TODAY.plus(-90), TODAY.plus(1));
        app.store.happened(tool, happening, whence, TODAY).expect("an answer").get(code).copied().unwrap_or_default()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]

        #[test]
        fn no_votes_outnumber_the_errors_that_were_shown_there(batches in batches()) {
            let folder = tempfile::tempdir().expect("a folder");
            let app = app(&folder);
            for (id, batch) in (1..).zip(&batches) {
                let receipt = take(&app, Dialect::Native, &body(id, batch), TODAY);
                prop_assert_eq!(receipt.received, receipt.kept + receipt.rejected.values().sum::<u64>());
            }
            for code in CODES {
                for pairs in ORIGINS {
                    let catalog = &app.catalogs[app.tool("acme").expect("a built-in tool")];
                    let origin = catalog.check_origin(&texts(pairs), &|_, _| IdHash(0));
                    let there = Whence::Origin(&origin);
                    let founding = if pairs.is_empty() { Whence::Anywhere } else { there };
                    let (votes, errors) =
                        (kept(&app, "feedback_given", there, code), kept(&app, "error_shown", founding, code));
                    prop_assert!(votes <= errors, "{} votes on {} of {} errors at {:?}", votes, code, errors, pairs);
                }
            }
        }

        #[test]
        fn a_machine_has_one_vote_on_a_code_a_month(
            mut votes in prop::collection::vec((0..2_usize, 0..2_usize, 0..70_i32), 1..24),
        ) {
            votes.sort_by_key(|(_, _, ago)| -ago);
            let folder = tempfile::tempdir().expect("a folder");
            let app = app(&folder);
            let tool = app.tool("nextjs").expect("a built-in tool");
            let (machines, codes) = (["m1", "m2"], ["E394", "E206"]);
            for (session, (machine, code, ago)) in votes.iter().enumerate() {
                let body = format!(
                    r#"{{"context":{{"anonymousId":"{}","sessionId":"{session}"}},"meta":{{}},"events":[{{"eventName":"NEXT_ERROR_FEEDBACK","fields":{{"errorCode":"{}","wasHelpful":true}}}}]}}"#,
                    machines[*machine], codes[*code]
                );
                take(&app, Dialect::Nextjs, body.as_bytes(), TODAY.plus(-ago));
            }
            let place = Place::of(&app.catalogs[tool], "NEXT_ERROR_FEEDBACK").expect("the event of votes");
            for (number, machine) in machines.iter().enumerate() {
                let id = app.keys.current("nextjs").hash_id("machine", machine);
                for month in (0..4).map(|back| TODAY.plus(-28 * back).start_of(Bucket::Month)) {
                    let span = Span::around(month);
                    let counted = app.store.happened(tool, place.between(span.start, span.end), Whence::Machine(id), TODAY);
                    for (code, n) in counted.expect("an answer") {
                        prop_assert_eq!(n, 1, "{} of {} in {}", code, machine, month);
                        let cast = |(by, on, ago): &(usize, usize, i32)| {
                            (*by, codes[*on]) == (number, code.as_str()) && TODAY.plus(-ago).start_of(Bucket::Month) == month
                        };
                        prop_assert!(votes.iter().any(cast));
                    }
                }
            }
        }
    }
}
