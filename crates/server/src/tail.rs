//! What `aboveboard dev` shows of each request while a tool is being made to send: whether it was taken, and why not.
//!
//! It repeats what was sent, also what is not declared, because that is what its one reader needs: whoever sits at the
//! machine that sends. So there is a tail only in `dev`, which listens on loopback; a collector for others has none.

use std::collections::VecDeque;
use std::sync::mpsc::Sender;
use std::sync::{Mutex, MutexGuard, PoisonError};

use aboveboard_catalog::wire::Receipt;
use aboveboard_catalog::{Dialect, RawBatch, RawFields, RawValue};

use crate::app::App;
use crate::clock::Moment;
use crate::ingest;
use crate::problem::Problem;
use crate::votes::Fault;

/// Requests that are remembered.
const SEEN_MAX: usize = 100;
/// Sentences about one request.
const FINDINGS_MAX: usize = 12;

/// The last requests, and where to tell of new ones.
pub(crate) struct Tail {
    seen: Mutex<VecDeque<Seen>>,
    tell: Sender<Seen>,
}

/// One request.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) at: Moment,
    /// What came, such as `acme 0.1.0, native, 311 bytes`.
    pub(crate) what: String,
    /// Whether all of it was taken as it was said.
    pub(crate) fine: bool,
    /// What became of it.
    pub(crate) outcome: String,
    /// What was not taken as it was said, each with what would do.
    pub(crate) findings: Vec<String>,
    /// The name of the tool, when something of it was kept.
    pub(crate) tool: Option<String>,
    pub(crate) bytes: usize,
    /// The body, when it is text.
    pub(crate) raw: String,
}

impl Tail {
    pub(crate) fn new(tell: Sender<Seen>) -> Self {
        Self { seen: Mutex::default(), tell }
    }

    /// The last requests, newest first.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.held().iter().rev().cloned().collect()
    }

    /// A request that came to an address where nothing is taken.
    pub(crate) fn lost(&self, now: Moment, method: &str, path: &str) {
        let outcome = "refused: nothing is taken here".to_owned();
        let ours = "send native batches to `/v1/batches`, Next.js's to `/api/v1/record`, Clerk's to `/v1/event`";
        let what = format!("{method} {path}");
        self.add(Seen {
            at: now,
            what,
            fine: false,
            outcome,
            findings: vec![ours.to_owned()],
            tool: None,
            bytes: 0,
            raw: String::new(),
        });
    }

    /// A request that came to the right address. `body` is missing when it was refused at the door.
    pub(crate) fn note(
        &self,
        app: &App,
        dialect: Dialect,
        body: Option<&[u8]>,
        now: Moment,
        outcome: &Result<Receipt, Problem>,
    ) {
        let bytes = body.unwrap_or_default();
        let raw = ingest::decode(dialect, bytes).ok();
        let position = raw.as_ref().and_then(|raw| ingest::admit(app, dialect, raw).ok());
        let explained = raw.as_ref().zip(position).map(|(raw, tool)| app.catalogs[tool].explain(raw, now.day()));
        let mut findings: Vec<String> = explained.iter().flatten().map(ToString::to_string).collect();
        findings.extend(outcome.iter().flat_map(|receipt| receipt.rejected.keys()).filter_map(|code| mend(code)));
        findings.extend(outcome.as_ref().err().map(|problem| self.refusal(app, problem, raw.as_ref())));
        shorten(&mut findings);
        let tool = position.map(|tool| app.catalogs[tool].tool.name.clone());
        let from =
            tool.clone().or_else(|| raw.as_ref().map(|raw| raw.tool.to_string()).filter(|name| !name.is_empty()));
        let from = [from.unwrap_or_else(|| "something".to_owned()), version(raw.as_ref())].join(" ");
        self.add(Seen {
            at: now,
            what: format!("{}, {}, {} bytes", from.trim(), dialect.name(), bytes.len()),
            fine: findings.is_empty() && outcome.is_ok(),
            outcome: outcome.as_ref().map_or_else(|_| "refused".to_owned(), verdicts),
            findings,
            tool: tool.filter(|_| outcome.as_ref().is_ok_and(|receipt| receipt.kept > 0)),
            bytes: bytes.len(),
            raw: String::from_utf8_lossy(bytes).into_owned(),
        });
    }

    fn refusal(&self, app: &App, problem: &Problem, raw: Option<&RawBatch<'_>>) -> String {
        let names: Vec<&str> = app.catalogs.iter().map(|catalog| catalog.tool.name.as_str()).collect();
        let sent = raw.map(|raw| raw.tool.as_ref()).filter(|name| !name.is_empty() && !names.contains(name));
        match sent {
            Some(sent) => format!("`tool` is `{sent}`, and there are catalogues of {} only", names.join(", ")),
            None => format!("{}: {}", problem.code().name(), problem.detail),
        }
    }

    fn add(&self, seen: Seen) {
        // When nobody shows it any more, the page still does.
        let _ = self.tell.send(seen.clone());
        let mut held = self.held();
        held.push_back(seen);
        if held.len() > SEEN_MAX {
            held.pop_front();
        }
    }

    fn held(&self) -> MutexGuard<'_, VecDeque<Seen>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What would do in the place of a vote that was turned away. The catalogue cannot tell, because it is not about what
/// was said.
fn mend(code: &str) -> Option<String> {
    Fault::of_code(code).map(|fault| fault.mend().to_owned())
}

fn shorten(findings: &mut Vec<String>) {
    if let more @ 1.. = findings.len().saturating_sub(FINDINGS_MAX) {
        findings.truncate(FINDINGS_MAX);
        findings.push(format!("and {more} more"));
    }
}

/// The version that a batch says it is from.
fn version(raw: Option<&RawBatch<'_>>) -> String {
    let of = |origin: &RawFields<'_>| {
        let keys = ["version", "nextVersion", "sdkv"];
        let found = origin.0.iter().find(|(key, _)| keys.contains(&&**key));
        found.and_then(|(_, value)| if let RawValue::Text(text) = value { Some(text.to_string()) } else { None })
    };
    raw.and_then(|raw| raw.origins.first()).and_then(of).unwrap_or_default()
}

fn verdicts(receipt: &Receipt) -> String {
    let Receipt { kept, repeated, rejected, folded, dropped, .. } = receipt;
    let rejected_sum: u64 = rejected.values().sum();
    let codes: Vec<&str> = rejected.keys().map(String::as_str).collect();
    let rejected =
        if rejected_sum > 0 { format!("{rejected_sum} rejected ({})", codes.join(", ")) } else { String::new() };
    let said = |n: u64, word: &str| if n > 0 { format!("{n} {word}") } else { String::new() };
    let parts = [
        said(*kept, "kept"),
        said(*repeated, "repeated, so counted before"),
        rejected,
        said(*folded, if *folded == 1 { "value became `other`" } else { "values became `other`" }),
        said(*dropped, if *dropped == 1 { "field dropped" } else { "fields dropped" }),
    ];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { "nothing in it".to_owned() } else { parts.join(", ") }
}
