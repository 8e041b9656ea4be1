//! From a catalogue to texts: the public page of a tool, the tables of the reference, and the code of its clients.

pub mod example;
mod layout;
mod markdown;
mod reference;
mod rust;
pub mod statement;
mod typescript;
mod words;

pub use markdown::markdown;
pub use reference::{kinds_table, lints_table};
