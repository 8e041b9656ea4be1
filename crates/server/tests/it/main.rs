//! The real program on a real socket with a real folder. Each module is one feature.

mod ask;
mod browsers;
mod canary;
mod captures;
mod client;
mod command;
mod consent;
mod dashboard;
mod demo;
mod dev;
mod errors;
mod export;
mod hostile;
mod native;
mod operator;
mod pages;
mod personal;
mod privacy;
mod questions;
mod repeats;
mod restart;
mod script;
mod server;
mod sign_in;
mod transparency;
mod votes;
