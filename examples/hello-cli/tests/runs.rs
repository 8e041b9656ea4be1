//! Runs of the real tool: real processes, a real terminal where one is needed, a real socket.
//!
//! The collector here only listens, so that it can hang, refuse and fail as real networks do; the journey against the
//! real collector is the server's.

#![cfg(target_os = "linux")]

mod runs {
    mod ci;
    mod collector;
    mod consent;
    mod debug;
    mod errors;
    mod harm;
    mod kill;
    mod namespace;
    mod networks;
    mod off;
    mod readme;
    mod resolver;
    mod tls;
    pub(crate) mod tool;
}
