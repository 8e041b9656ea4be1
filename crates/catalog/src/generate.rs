//! From a catalogue to texts: the public page of a tool, and the tables of the reference.

mod markdown;
mod reference;

pub use markdown::markdown;
pub use reference::{kinds_table, lints_table};
