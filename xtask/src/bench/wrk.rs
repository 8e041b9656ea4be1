//! The load generator, and a server to point it at.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::machine;
use crate::shell::{command, read, run};

const CONNECTIONS: u32 = 64;
const WARM_SECONDS: u32 = 2;
const SECONDS: u32 = 10;
const START_SECONDS_MAX: u64 = 20;

/// What one run of the load generator found.
pub(crate) struct Load {
    pub(crate) requests: f64,
    pub(crate) seconds: f64,
    /// Answers that were not 2xx, and connections that failed.
    pub(crate) failures: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    /// Processor time of the server.
    pub(crate) cpu_seconds: f64,
    /// All requests since the server started, with those that warmed it up.
    pub(crate) requests_ever: f64,
}

/// Installs wrk where it is missing.
pub(crate) fn need() -> Result<(), String> {
    if read("which wrk").is_some() {
        return Ok(());
    }
    let installed = run(&mut command("apt-get update")).success && run(&mut command("apt-get install -y wrk")).success;
    if installed { Ok(()) } else { Err("cannot install wrk: install the package `wrk` by hand".to_owned()) }
}

/// A server under test. Dropping it ends it.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Server {
    /// Starts the program that `command` makes for an address, and waits until it takes connections.
    pub(crate) fn start(command: impl FnOnce(SocketAddr) -> Command, log: &Path) -> Result<Self, String> {
        let address = free_address().map_err(|error| format!("no port is free: {error}"))?;
        let mut command = command(address);
        let log_file = fs::File::create(log).map_err(|error| format!("cannot write `{}`: {error}", log.display()))?;
        let errors = log_file.try_clone().map_err(|error| format!("cannot write `{}`: {error}", log.display()))?;
        let child = command.stdin(Stdio::null()).stdout(log_file).stderr(errors).spawn();
        let mut server = Self { child: child.map_err(|error| format!("cannot start {command:?}: {error}"))?, address };
        let deadline = Instant::now() + Duration::from_secs(START_SECONDS_MAX);
        while TcpStream::connect(address).is_err() {
            if Instant::now() > deadline || server.has_ended() {
                return Err(format!(
                    "{command:?} does not listen; it said: {}",
                    fs::read_to_string(log).unwrap_or_default()
                ));
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(server)
    }

    fn has_ended(&mut self) -> bool {
        self.child.try_wait().is_ok_and(|ended| ended.is_some())
    }

    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// Sends batches for a while; a shorter run before warms the server up.
    pub(crate) fn load(&self, script: &Path) -> Result<Load, String> {
        let warm = self.wrk(script, WARM_SECONDS, 1)?;
        let cpu_before = machine::cpu_seconds(self.process());
        let mut load = self.wrk(script, SECONDS, 2)?;
        load.cpu_seconds = machine::cpu_seconds(self.process()) - cpu_before;
        load.requests_ever = warm.requests + load.requests;
        Ok(load)
    }

    /// `run` keeps the identifiers of one run apart from those of the next.
    fn wrk(&self, script: &Path, seconds: u32, run_number: u32) -> Result<Load, String> {
        let url = format!("http://{}/v1/batches", self.address);
        let mut command = command(&format!("wrk -t1 -c{CONNECTIONS} -d{seconds}s -s"));
        let heard = run(command.arg(script).arg(url).arg("--").arg(run_number.to_string()));
        let number = |key: &str| {
            let found = heard.text.lines().find_map(|line| line.strip_prefix(key)?.trim().parse().ok());
            found.ok_or_else(|| format!("wrk did not say `{key}`"))
        };
        Ok(Load {
            requests: number("requests")?,
            seconds: number("microseconds")? / 1e6,
            failures: number("failures")?,
            p50_ms: number("p50_us")? / 1e3,
            p99_ms: number("p99_us")? / 1e3,
            cpu_seconds: 0.0,
            requests_ever: 0.0,
        })
    }
}

/// An address of this machine that nobody listens on, so that no other server is measured by mistake.
fn free_address() -> std::io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}

impl Drop for Server {
    fn drop(&mut self) {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        if !asked.is_ok_and(|status| status.success()) {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}
