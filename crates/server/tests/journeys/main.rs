//! Journeys: real clients and a real `kill -9` against the real collector. No mocks of our own parts.
//!
//! `cargo xtask test e2e` runs them; they need Node.js and npm.

mod canary;
mod clerk;
mod collector;
mod http;
mod kill;
mod nextjs;
mod node;
mod readme;
mod replay;
mod rust;
mod traces;
