//! Telemetry that a tool's own users would agree to: the SDK that a Rust tool embeds.
//!
//! A tool declares what it may say in a catalogue, generates Rust from it, and then [opens](Telemetry::open),
//! [records](Telemetry::record) and [closes](Telemetry::close). Nothing is recorded before a person could read what is
//! collected, nothing is sent in that run, and what the catalogue does not declare cannot be said. The guide
//! `docs/guides/rust-cli.md` leads through it.

extern crate self as aboveboard;

mod child;
mod clock;
pub mod command;
pub mod consent;
mod declared;
mod disk;
pub mod environment;
pub mod errors;
/// The vocabulary of the example tool, as `examples/hello-cli` generated it, for documentation and tests.
#[path = "../../../examples/hello-cli/src/acme.rs"]
pub mod example;
mod folders;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
#[cfg(test)]
mod golden;
mod http;
mod install;
mod ledger;
mod limits;
mod memory;
mod notice;
mod order;
mod origin;
mod record;
mod rules;
mod settings;
mod spool;
mod telemetry;
pub mod testing;
mod upload;
pub mod vocabulary;
mod words;

pub use aboveboard_catalog::version::Version;
pub use aboveboard_catalog::{Day, Identity, Mode as DefaultMode, Sensitivity};
pub use aboveboard_derive::{codes, pages};
pub use child::SEND;
pub use order::Named;
pub use record::{Record, Row, code_of, mask_of};
pub use telemetry::{Config, Telemetry};
pub use words::{Misspoken, Words};
