//! What may be said: the catalogue of one tool, the judge that holds events against it, and the words on the wire.
//!
//! No I/O, no clock, no async. Everything here is a function of its arguments, and runs the same in a client and in
//! the collector.

#![cfg_attr(not(feature = "parse"), allow(dead_code, reason = "only a catalogue that was read knows its lines"))]

mod bucket;
mod check;
#[cfg(feature = "parse")]
mod compat;
mod day;
pub mod errors;
mod event;
#[cfg(feature = "parse")]
mod explain;
#[cfg(feature = "parse")]
pub mod generate;
#[cfg(test)]
mod golden;
mod index;
pub mod json;
pub mod limits;
#[cfg(feature = "parse")]
mod lint;
#[cfg(feature = "parse")]
mod parse;
mod problem;
mod question;
mod raw;
#[cfg(all(test, feature = "parse"))]
mod sample;
mod shape;
pub mod similar;
mod source;
mod spec;
pub mod version;
pub mod wire;

pub use bucket::Buckets;
pub use check::HashId;
#[cfg(feature = "parse")]
pub use compat::{Change, Verdict, compare};
pub use day::{Bucket, Day};
pub use event::{ABSENT, Event, FIRST_CODE, IdHash, Notes, OTHER, Origin, Placed, Rejection, Value};
#[cfg(feature = "parse")]
pub use lint::{CHART_NAMES_TAKEN, lint};
#[cfg(feature = "parse")]
pub use parse::Files;
pub use problem::{Problem, Problems};
pub use question::{Asked, Dimension, Filter, Measure, Question, QuestionError};
pub use raw::{First, RawBatch, RawEvent, RawFields, RawValue};
pub use shape::Shape;
pub use spec::{Catalog, Chart, Consent, Dialect, EventSpec, Field, Identity, Kind, Mode, Refusal, Sensitivity, Tool};
