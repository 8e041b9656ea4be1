//! The public account: every event that was taken over ends in exactly one verdict, and the figures add up.
//!
//! `received = kept + repeated + rejected + unsettled`, always. A batch is taken over when it was decoded; it is
//! *unsettled* until the store has answered. When the store could not keep it, it was not received: its sender was told
//! so and still has it, and it is counted as *handed back*, outside of the sum. Verdicts are durable, the other two
//! figures begin at zero with the process.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use aboveboard_catalog::Shape;
use aboveboard_store::{CommitError, Committed, Totals};
use serde::Serialize;

use crate::clock::Moment;
use crate::problem::Code;

/// How long a failed write makes the collector not ready; then it is tried again.
const UNREADY_MS: i64 = 10_000;

/// What is under way, by tool.
pub(crate) struct Ledger {
    tools: Vec<UnderWay>,
    turned_away: [AtomicU64; Code::ALL.len()],
    failed_at: AtomicI64,
}

/// Stands for no failure at all.
const NEVER: i64 = i64::MIN;

#[derive(Default)]
struct UnderWay {
    unsettled: AtomicU64,
    handed_back: AtomicU64,
}

/// The events of one batch that was taken over. Ends by [`Unsettled::settle`]; when it is merely dropped, whatever the
/// reason, the events count as handed back.
pub(crate) struct Unsettled {
    ledger: Arc<Ledger>,
    tool: usize,
    n: u64,
    kept: bool,
}

/// The account of one tool.
#[derive(Debug, Serialize)]
pub(crate) struct Account {
    tool: String,
    received: u64,
    kept: u64,
    repeated: u64,
    rejected: BTreeMap<String, u64>,
    unsettled: u64,
    handed_back: u64,
    #[serde(flatten)]
    within: Option<Within>,
}

/// What came of parts of events, for the operator only: a value that one machine sent is one value here.
#[derive(Debug, Serialize)]
struct Within {
    folded: u64,
    dropped: u64,
    undeclared: Vec<Undeclared>,
}

/// Something that arrives and is not declared: its shape, and how often.
#[derive(Debug, Serialize)]
struct Undeclared {
    shape: String,
    n: u64,
}

impl Ledger {
    /// A ledger for so many tools.
    pub(crate) fn new(tools: usize) -> Arc<Self> {
        let tools = (0..tools).map(|_| UnderWay::default()).collect();
        Arc::new(Self { tools, turned_away: Default::default(), failed_at: AtomicI64::new(NEVER) })
    }

    /// Takes over `n` events of a tool.
    pub(crate) fn take_over(self: &Arc<Self>, tool: usize, n: u64) -> Unsettled {
        self.tools[tool].unsettled.fetch_add(n, Ordering::Relaxed);
        Unsettled { ledger: Arc::clone(self), tool, n, kept: false }
    }

    /// Counts a request that was answered by a problem.
    pub(crate) fn turn_away(&self, code: Code) {
        self.turned_away[code as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// Requests that were answered by a problem since the start, by code.
    pub(crate) fn turned_away(&self) -> impl Iterator<Item = (Code, u64)> {
        Code::ALL.iter().map(|code| (*code, self.turned_away[*code as usize].load(Ordering::Relaxed)))
    }

    /// Events of a tool that wait for their verdict. To be read before the store's totals, so that a batch that is
    /// settled in between is missing in neither.
    pub(crate) fn unsettled(&self, tool: usize) -> u64 {
        self.tools[tool].unsettled.load(Ordering::Acquire)
    }

    /// The account of a tool.
    pub(crate) fn account(
        &self,
        tool: usize,
        name: &str,
        unsettled: u64,
        totals: Totals,
        shapes: Vec<(Shape, u64)>,
    ) -> Account {
        let undeclared = shapes.into_iter().map(|(shape, n)| Undeclared { shape: shape.to_string(), n }).collect();
        Account {
            tool: name.to_owned(),
            received: totals.received() + unsettled,
            kept: totals.kept,
            repeated: totals.repeated,
            rejected: totals.rejected,
            unsettled,
            handed_back: self.tools[tool].handed_back.load(Ordering::Relaxed),
            within: Some(Within { folded: totals.folded, dropped: totals.dropped, undeclared }),
        }
    }

    /// Whether writing worked, or failed long enough ago to be tried again.
    pub(crate) fn is_ready(&self, now: Moment) -> bool {
        now.0.saturating_sub(self.failed_at.load(Ordering::Relaxed)) > UNREADY_MS
    }

    /// Remembers whether writing works, and says so in the log when that changed.
    fn note(&self, outcome: &Result<Committed, CommitError>, now: Moment) {
        match outcome {
            Ok(_) if self.failed_at.load(Ordering::Relaxed) == NEVER => {}
            Ok(_) => {
                self.failed_at.store(NEVER, Ordering::Relaxed);
                tracing::info!("batches are kept again");
            }
            Err(CommitError::Overloaded) => {}
            Err(error) => {
                if self.failed_at.swap(now.0, Ordering::Relaxed) == NEVER {
                    tracing::error!(%error, "a batch could not be kept");
                }
            }
        }
    }
}

impl Account {
    /// As everybody sees it: what became of whole events, which tells nothing of what they said.
    pub(crate) fn public(self) -> Self {
        Self { within: None, ..self }
    }
}

impl Unsettled {
    /// Closes the account of these events with what the store said.
    pub(crate) fn settle(mut self, outcome: &Result<Committed, CommitError>, now: Moment) {
        self.kept = outcome.is_ok();
        self.ledger.note(outcome, now);
    }
}

impl Drop for Unsettled {
    fn drop(&mut self) {
        let tool = &self.ledger.tools[self.tool];
        if !self.kept {
            tool.handed_back.fetch_add(self.n, Ordering::Relaxed);
        }
        tool.unsettled.fetch_sub(self.n, Ordering::Release);
    }
}

/// The accounts in the text format of Prometheus, version 0.0.4.
pub(crate) fn metrics(accounts: &[Account], turned_away: impl Iterator<Item = (Code, u64)>) -> String {
    let mut text = String::from(TURNED_AWAY);
    for (code, n) in turned_away {
        let _ = writeln!(text, "aboveboard_requests_turned_away_total{{code=\"{}\"}} {n}", code.name());
    }
    for Metric { name, kind, help, read } in METRICS {
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
        for account in accounts {
            for (labels, value) in read(account) {
                let _ = writeln!(text, "{name}{{tool=\"{}\"{labels}}} {value}", account.tool);
            }
        }
    }
    text
}

const TURNED_AWAY: &str = "\
# HELP aboveboard_requests_turned_away_total Requests to ingest that were answered by a problem, since the start.
# TYPE aboveboard_requests_turned_away_total counter
";

/// Labels after the tool, and a value.
type Samples = Vec<(String, u64)>;

/// One metric: what scrapers are told, and how it is read from an account.
struct Metric {
    name: &'static str,
    kind: &'static str,
    help: &'static str,
    read: fn(&Account) -> Samples,
}

const METRICS: [Metric; 5] = [
    Metric { name: "aboveboard_events_total", kind: "counter", help: "Events by verdict; durable.", read: verdicts },
    Metric {
        name: "aboveboard_events_unsettled",
        kind: "gauge",
        help: "Events that wait for their verdict.",
        read: |account| one(account.unsettled),
    },
    Metric {
        name: "aboveboard_events_handed_back_total",
        kind: "counter",
        help: "Events that could not be kept and whose sender was told so, since the start.",
        read: |account| one(account.handed_back),
    },
    Metric {
        name: "aboveboard_values_folded_total",
        kind: "counter",
        help: "Values that became `other`; durable, for the operator.",
        read: |account| account.within.as_ref().map_or(Samples::new(), |within| one(within.folded)),
    },
    Metric {
        name: "aboveboard_fields_dropped_total",
        kind: "counter",
        help: "Undeclared fields left out; durable, for the operator.",
        read: |account| account.within.as_ref().map_or(Samples::new(), |within| one(within.dropped)),
    },
];

fn one(value: u64) -> Samples {
    vec![(String::new(), value)]
}

fn verdicts(account: &Account) -> Samples {
    let settled = [("kept", account.kept), ("repeated", account.repeated)];
    let settled = settled.into_iter().map(|(verdict, n)| (format!(",verdict=\"{verdict}\""), n));
    let rejected = account.rejected.iter().map(|(code, n)| (format!(",verdict=\"rejected\",code=\"{code}\""), *n));
    settled.chain(rejected).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEPT: Result<Committed, CommitError> = Ok(Committed { kept: 3, repeated: 0, rejected: 0 });

    fn account(ledger: &Ledger) -> Account {
        let rejected = BTreeMap::from([("event_undeclared".to_owned(), 4)]);
        let totals = Totals { kept: 10, repeated: 2, rejected, folded: 5, dropped: 6 };
        ledger.account(0, "acme", ledger.unsettled(0), totals, Vec::new())
    }

    #[test]
    fn events_wait_until_they_are_settled_or_handed_back() {
        let ledger = Ledger::new(1);
        let figures = || (account(&ledger).received, account(&ledger).unsettled, account(&ledger).handed_back);
        let (first, second, third) = (ledger.take_over(0, 3), ledger.take_over(0, 5), ledger.take_over(0, 7));
        assert_eq!(figures(), (31, 15, 0));
        first.settle(&KEPT, Moment(0));
        assert_eq!(figures(), (28, 12, 0));
        second.settle(&Err(CommitError::Overloaded), Moment(0));
        drop(third);
        assert_eq!(figures(), (16, 0, 12));
    }

    #[test]
    fn a_failed_write_makes_it_unready_for_a_while_or_until_one_works() {
        let ledger = Ledger::new(1);
        let now = Moment(1_000_000);
        assert!(ledger.is_ready(now));
        ledger.take_over(0, 1).settle(&Err(CommitError::Full("full".into())), now);
        assert!(!ledger.is_ready(now));
        assert!(ledger.is_ready(Moment(now.0 + UNREADY_MS + 1)));
        ledger.take_over(0, 1).settle(&KEPT, now);
        assert!(ledger.is_ready(now));
    }

    #[test]
    fn metrics_hold_the_same_figures() {
        let ledger = Ledger::new(1);
        ledger.turn_away(Code::BodyTooLarge);
        let text = metrics(&[account(&ledger)], ledger.turned_away());
        for line in [
            "# TYPE aboveboard_events_total counter",
            r#"aboveboard_events_total{tool="acme",verdict="kept"} 10"#,
            r#"aboveboard_events_total{tool="acme",verdict="rejected",code="event_undeclared"} 4"#,
            r#"aboveboard_events_unsettled{tool="acme"} 0"#,
            r#"aboveboard_requests_turned_away_total{code="body_too_large"} 1"#,
            r#"aboveboard_requests_turned_away_total{code="tool_unknown"} 0"#,
        ] {
            assert!(text.lines().any(|found| found == line), "{text}");
        }
    }
}
