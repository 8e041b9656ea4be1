//! The collector: takes, checks, keeps and answers.
//!
//! The program is [`run`]; everything else is private but the parsers of foreign bytes, which the fuzzers need.

mod admit;
mod app;
mod ask;
mod audit;
mod canary;
mod catalogs;
mod chart;
mod clock;
mod command;
mod config;
mod consent;
mod csv;
mod demo;
pub mod dialect;
mod disclose;
mod export;
mod files;
mod form;
#[cfg(test)]
mod golden;
mod history;
mod ingest;
mod judge;
mod keys;
mod ledger;
mod logs;
mod openapi;
mod operate;
mod operator;
mod pages;
mod panels;
mod personal;
mod plan;
mod problem;
mod programs;
mod query;
mod rate;
mod receipt;
mod repeats;
#[cfg(test)]
mod sample;
mod serve;
mod state;
mod support;
mod tail;
mod upkeep;
mod views;
mod votes;

pub use disclose::Table;

use std::process::ExitCode;

/// Runs the program with the arguments of this process.
#[must_use]
pub fn run() -> ExitCode {
    command::run(std::env::args_os())
}
