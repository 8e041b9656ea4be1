//! Journeys: real clients and a real `kill -9` against the real collector. No mocks of our own parts.
//!
//! `cargo xtask test e2e` runs them; they need Node.js and npm, and Python with pip.

mod analyst;
mod canary;
mod clerk;
mod collector;
mod demo;
mod http;
mod kill;
mod nextjs;
mod node;
mod readme;
mod replay;
mod rust;
mod traces;
