//! What the overview of a dashboard costs: server time and weight, over a synthetic year at two sizes.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use super::figure::{Figure, Section};
use super::wrk::Server;
use super::{fresh_folder, machine, target};
use crate::shell::{command, run};

const SIZES: [u64; 2] = [10_000_000, 50_000_000];
/// For the larger size.
const PAGE_MS_MAX: f64 = 150.0;
const RUNS: usize = 21;
/// The last quarter of the year that the example makes up.
const PAGE: &str = "/t/nextjs?from=2026-08-24&to=2026-11-22";
/// Nobody here is the operator.
const PUBLIC_HOST: &str = "collector.example";

/// Fills a store, serves it, and asks for the overview.
pub(crate) fn measure() -> Result<Section, String> {
    let load = machine::load();
    build()?;
    let mut figures = Vec::new();
    for events in SIZES {
        figures.extend(one(events)?);
    }
    let how = format!(
        "`GET /t/nextjs` over the last thirteen weeks of the synthetic year, six numbers and twelve panels, each counted \
         anew: one request at a time over loopback, the median of {RUNS} after the first. The operator's view counts no \
         support; the public one does. Load average before: {load:.1}."
    );
    Ok(Section { title: "Pages", how, figures, comparison: None })
}

fn build() -> Result<(), String> {
    let server = command("cargo build --release --package aboveboard-server --bins --target-dir");
    let store = command("cargo build --release --package aboveboard-store --example year --target-dir");
    let built = [server, store].into_iter().all(|mut command| run(command.arg(target())).success);
    if built { Ok(()) } else { Err("the release build failed".to_owned()) }
}

fn one(events: u64) -> Result<Vec<Figure>, String> {
    let folder = fresh_folder("pages")?;
    let mut fill = Command::new(target().join("release/examples/year"));
    if !run(fill.arg(events.to_string()).arg(&folder).arg("fill")).success {
        return Err("the example `year` failed".to_owned());
    }
    let server = serve(&folder)?;
    let what = |what: &str| format!("{} M events: {what}", events / 1_000_000);
    let failed = |error: std::io::Error| format!("cannot read the page: {error}");
    let (first, page) = timed(server.address, "localhost").map_err(failed)?;
    let (operator, cpu) = median(&server, "localhost").map_err(failed)?;
    let (public_first, _) = timed(server.address, PUBLIC_HOST).map_err(failed)?;
    let (public, _) = median(&server, PUBLIC_HOST).map_err(failed)?;
    let warm = what("overview, for the operator");
    let warm = match events == SIZES[1] {
        true => Figure::at_most(&warm, operator, "ms", PAGE_MS_MAX),
        false => Figure::plain(&warm, operator, "ms"),
    };
    Ok(vec![
        warm,
        Figure::plain(&what("processor time of it"), cpu, "ms"),
        Figure::plain(&what("the first after a start"), first, "ms"),
        Figure::plain(&what("overview, for the public"), public, "ms"),
        Figure::plain(&what("the first of these"), public_first, "ms"),
        Figure::plain(&what("weight of the page"), page.len() as f64 / 1e3, "kB"),
        Figure::plain(&what("weight of the page, as gzip sends it"), zipped(&page)? / 1e3, "kB"),
        Figure::plain(&what("resident memory afterwards"), machine::resident_mb(server.process()), "MB"),
    ])
}

fn serve(folder: &Path) -> Result<Server, String> {
    let command = |address: SocketAddr| {
        let mut command = Command::new(target().join("release/aboveboard"));
        command.arg("serve").arg("--data").arg(folder.join("ids")).args(["--listen", &address.to_string()]);
        command
    };
    Server::start(command, &folder.join("log"))
}

/// Milliseconds of the median page, and processor time of the mean one.
fn median(server: &Server, host: &str) -> std::io::Result<(f64, f64)> {
    let before = machine::cpu_seconds(server.process());
    let times: std::io::Result<Vec<f64>> = (0..RUNS).map(|_| Ok(timed(server.address, host)?.0)).collect();
    let mut times = times?;
    times.sort_by(f64::total_cmp);
    let cpu = (machine::cpu_seconds(server.process()) - before) * 1e3 / RUNS as f64;
    Ok((times[RUNS / 2], cpu))
}

/// Milliseconds from the request to the end of the page, and the page.
fn timed(address: SocketAddr, host: &str) -> std::io::Result<(f64, Vec<u8>)> {
    let start = Instant::now();
    let mut stream = TcpStream::connect(address)?;
    write!(stream, "GET {PAGE} HTTP/1.0\r\nhost: {host}\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let ms = start.elapsed().as_secs_f64() * 1e3;
    if !answer.starts_with(b"HTTP/1.0 200") {
        return Err(std::io::Error::other(String::from_utf8_lossy(&answer).into_owned()));
    }
    let body = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").map_or(0, |end| end + 4);
    Ok((ms, answer.split_off(body)))
}

/// Bytes of a page as most proxies compress it.
fn zipped(page: &[u8]) -> Result<f64, String> {
    let failed = |error: std::io::Error| format!("cannot run gzip: {error}");
    let mut gzip = Command::new("gzip").args(["-6", "-c"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let child = gzip.as_mut().map_err(|error| format!("cannot run gzip: {error}"))?;
    let mut input = child.stdin.take().ok_or("gzip takes no input")?;
    let page = page.to_vec();
    let writing = std::thread::spawn(move || input.write_all(&page));
    let output = gzip.map_err(failed)?.wait_with_output().map_err(failed)?;
    writing.join().map_err(|_| "gzip stopped")?.map_err(failed)?;
    Ok(output.stdout.len() as f64)
}
