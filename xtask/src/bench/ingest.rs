//! How fast batches are taken: the collector against a handler that only reads the body, in one run.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::Command;

use serde_json::Value;

use super::figure::{Figure, Section};
use super::wrk::{self, Load, Server};
use super::{fresh_folder, machine, target};
use crate::shell::{command, root, run};

const EVENTS_PER_BATCH: f64 = 10.0;
/// The events of one batch happened this often in all.
const COUNT_PER_BATCH: f64 = 55.0;

const BODY_SHARE_MIN: f64 = 0.5;
const P99_MS_MAX: f64 = 5.0;
const CPU_SECONDS_PER_MILLION_MAX: f64 = 1.5;
const IDLE_MB_MAX: f64 = 30.0;

/// Loads the yardstick, then the collector, with the same script.
pub(crate) fn measure() -> Result<Section, String> {
    wrk::need()?;
    build()?;
    let load_before = machine::load();
    let script = root().join("xtask/src/bench/batches.lua");
    let yardstick = body_only()?.load(&script)?;
    let collector = collector()?;
    let idle_mb = machine::resident_mb(collector.process());
    let load = collector.load(&script)?;
    let loaded_mb = machine::resident_mb(collector.process());
    let kept = ledger(collector.address)?;
    let mut figures = speed(&yardstick, &load);
    figures.push(Figure::at_most("resident memory, idle", idle_mb, "MB", IDLE_MB_MAX));
    figures.push(Figure::plain("resident memory after the load", loaded_mb, "MB"));
    figures.push(Figure::plain("answers that were not 2xx", load.failures, ""));
    figures.push(Figure::plain(
        "events kept, by the ledger, of each event acknowledged",
        kept / (load.requests_ever * COUNT_PER_BATCH),
        "",
    ));
    Ok(Section { title: "Ingest", how: how(load_before), figures, comparison: None })
}

fn how(load_before: f64) -> String {
    format!(
        "`wrk -t1 -c64` for 10 s after 2 s of warming up, on the same machine over loopback; native batches of 10 events, \
         1.3 kB, each with a new id, acknowledged after the sync. The yardstick is an axum handler that reads the body \
         and answers 200 (`crates/server/examples/body_only.rs`), measured just before with the same script. \
         Processor time is the server's own, user and kernel. Load average before: {load_before:.1}."
    )
}

fn speed(yardstick: &Load, load: &Load) -> Vec<Figure> {
    let per_second = |load: &Load| load.requests / load.seconds;
    let per_million = |load: &Load| load.cpu_seconds / (load.requests * EVENTS_PER_BATCH) * 1e6;
    let share = per_second(load) / per_second(yardstick);
    vec![
        Figure::plain("body only: requests a second", per_second(yardstick), "/s"),
        Figure::plain("body only: events a second", per_second(yardstick) * EVENTS_PER_BATCH, "/s"),
        Figure::plain("body only: processor seconds a million events", per_million(yardstick), "s"),
        Figure::plain("body only: p99", yardstick.p99_ms, "ms"),
        Figure::plain("collector: requests a second", per_second(load), "/s"),
        Figure::plain("collector: events a second", per_second(load) * EVENTS_PER_BATCH, "/s"),
        Figure::at_least("collector's rate as a share of body only", share, "", BODY_SHARE_MIN),
        Figure::at_most(
            "collector: processor seconds a million events",
            per_million(load),
            "s",
            CPU_SECONDS_PER_MILLION_MAX,
        ),
        Figure::plain("collector: p50", load.p50_ms, "ms"),
        Figure::at_most("collector: p99", load.p99_ms, "ms", P99_MS_MAX),
    ]
}

fn build() -> Result<(), String> {
    let line = "cargo build --release --package aboveboard-server --bins --example body_only --target-dir";
    match run(command(line).arg(target())).success {
        true => Ok(()),
        false => Err("the release build failed".to_owned()),
    }
}

fn body_only() -> Result<Server, String> {
    let folder = fresh_folder("body-only")?;
    let command = |address: SocketAddr| {
        let mut command = Command::new(target().join("release/examples/body_only"));
        command.arg(address.to_string());
        command
    };
    Server::start(command, &folder.join("log"))
}

fn collector() -> Result<Server, String> {
    let folder = fresh_folder("collector")?;
    let command = |address: SocketAddr| {
        let mut command = Command::new(target().join("release/aboveboard"));
        command.arg("serve").arg("--data").arg(folder.join("data"));
        command.args(["--listen", &address.to_string(), "--rate-per-second", "0"]);
        command
    };
    Server::start(command, &folder.join("log"))
}

/// How many events the ledger says were kept.
fn ledger(address: SocketAddr) -> Result<f64, String> {
    let answer = get(address, "/v1/ledger?tool=acme").map_err(|error| format!("cannot read the ledger: {error}"))?;
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    let json: Value =
        serde_json::from_str(body).map_err(|error| format!("the ledger is no JSON: {error}: {answer}"))?;
    json["kept"].as_f64().ok_or_else(|| format!("the ledger does not say what was kept: {body}"))
}

fn get(address: SocketAddr, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    write!(stream, "GET {path} HTTP/1.0\r\nhost: {address}\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}
