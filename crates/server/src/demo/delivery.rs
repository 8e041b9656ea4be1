//! One upload of the demo: what it says, in the bytes of its wire format, and what must become of it.

use std::ops::AddAssign;

use serde::Serialize;

use aboveboard_catalog::wire::WireBatch;
use aboveboard_catalog::{Day, Dialect, First, RawEvent, RawFields, RawValue};

use crate::clock::Moment;

/// One request.
#[derive(Clone, Debug)]
pub(crate) struct Delivery {
    /// When it arrives.
    pub(crate) at: Moment,
    pub(crate) wire: Wire,
    pub(crate) origin: RawFields<'static>,
    pub(crate) events: Vec<Said>,
    /// How many of its events, from the first, were delivered before.
    pub(crate) repeated: usize,
}

/// What its wire format has beside origin and events.
#[derive(Clone, Debug)]
pub(crate) enum Wire {
    Native { id: u128, day: Day, first: First, cohort: Option<Day> },
    Nextjs,
    Clerk,
}

/// One event, and under which code it must be rejected, if it must.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    pub(crate) event: RawEvent<'static>,
    pub(crate) rejected: Option<&'static str>,
}

/// How many events end under which verdict, each counted as often as it happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Verdicts {
    pub(crate) kept: u64,
    pub(crate) repeated: u64,
    pub(crate) rejected: u64,
}

/// The keys of Next.js that stand in `context`, not in `meta`.
const CONTEXT: [&str; 3] = ["anonymousId", "projectId", "sessionId"];

#[derive(Serialize)]
struct NextjsBody {
    context: RawFields<'static>,
    meta: RawFields<'static>,
    events: Vec<NextjsEvent>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NextjsEvent {
    event_name: String,
    fields: RawFields<'static>,
}

#[derive(Serialize)]
struct ClerkBody {
    events: Vec<RawFields<'static>>,
}

impl Said {
    pub(super) fn new(name: &'static str, fields: Vec<(&'static str, RawValue<'static>)>) -> Self {
        let fields = RawFields(fields.into_iter().map(|(key, value)| (key.into(), value)).collect());
        Self { event: RawEvent { name: name.into(), n: 1, origin: 0, fields }, rejected: None }
    }

    /// The same, so many times.
    pub(super) fn times(mut self, n: u64) -> Self {
        self.event.n = n;
        self
    }

    pub(super) fn rejected(mut self, code: &'static str) -> Self {
        self.rejected = Some(code);
        self
    }
}

impl Delivery {
    pub(crate) fn dialect(&self) -> Dialect {
        match self.wire {
            Wire::Native { .. } => Dialect::Native,
            Wire::Nextjs => Dialect::Nextjs,
            Wire::Clerk => Dialect::Clerk,
        }
    }

    /// Delivered once more, some seconds later.
    pub(super) fn again(&self, seconds: i64) -> Self {
        let at = Moment(self.at.0 + seconds * 1000);
        Self { at, repeated: self.events.len(), ..self.clone() }
    }

    /// What must become of it.
    pub(crate) fn verdicts(&self) -> Verdicts {
        let mut verdicts = Verdicts::default();
        for (place, said) in self.events.iter().enumerate() {
            match said.rejected {
                _ if place < self.repeated => verdicts.repeated += said.event.n,
                // A count that cannot be is counted as one.
                Some("count_out_of_range") => verdicts.rejected += 1,
                Some(_) => verdicts.rejected += said.event.n,
                None => verdicts.kept += said.event.n,
            }
        }
        verdicts
    }

    /// The bytes that go over the wire.
    pub(crate) fn into_body(self) -> Vec<u8> {
        let Self { wire, origin, events, .. } = self;
        let events = events.into_iter().map(|said| said.event);
        match wire {
            Wire::Native { id, day, first, cohort } => {
                let mut batch = WireBatch::new(id, "acme", day);
                (batch.first, batch.cohort, batch.origin, batch.events) = (first, cohort, origin, events.collect());
                batch.encode()
            }
            Wire::Nextjs => json(&nextjs(origin, events)),
            Wire::Clerk => json(&ClerkBody { events: events.map(|event| clerk(&origin, event)).collect() }),
        }
    }
}

impl AddAssign for Verdicts {
    fn add_assign(&mut self, more: Self) {
        self.kept += more.kept;
        self.repeated += more.repeated;
        self.rejected += more.rejected;
    }
}

fn nextjs(origin: RawFields<'static>, events: impl Iterator<Item = RawEvent<'static>>) -> NextjsBody {
    let (context, meta) = origin.0.into_iter().partition(|(key, _)| CONTEXT.contains(&&**key));
    let events = events.map(|event| NextjsEvent { event_name: event.name.into_owned(), fields: event.fields });
    NextjsBody { context: RawFields(context), meta: RawFields(meta), events: events.collect() }
}

/// Clerk says with each event where it happened.
fn clerk(origin: &RawFields<'static>, event: RawEvent<'static>) -> RawFields<'static> {
    let mut fields = vec![("event".into(), RawValue::Text(event.name))];
    fields.extend(origin.0.iter().cloned());
    fields.push(("payload".into(), RawValue::Map(event.fields)));
    RawFields(fields)
}

fn json(body: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(body).expect("a body has text keys only, and memory cannot refuse a write")
}

pub(super) fn text(text: impl Into<std::borrow::Cow<'static, str>>) -> RawValue<'static> {
    RawValue::Text(text.into())
}

pub(super) fn texts(texts: &[&'static str]) -> RawValue<'static> {
    RawValue::List(texts.iter().map(|each| text(*each)).collect())
}

pub(super) fn flag(flag: bool) -> RawValue<'static> {
    RawValue::Bool(flag)
}

pub(super) fn number(number: impl Into<f64>) -> RawValue<'static> {
    RawValue::Number(number.into())
}
