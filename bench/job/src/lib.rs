//! What every tool of the benchmark does, whatever telemetry it has: it prints a line, says one event of eight fields,
//! and ends. Four fields are constants of the tool, four come with the call.

mod cost;

use std::hint::black_box;
use std::path::{Path, PathBuf};

pub use cost::cost;
pub use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

/// What changes from one event to the next.
#[derive(Clone, Copy)]
pub struct Build {
    pub duration_ms: f64,
    pub pages: u32,
    pub warnings: u32,
    pub cached: bool,
}

/// Telemetry as its documentation says that a tool opens it, records with it and closes it.
pub trait Client {
    /// `collector` is the base URL of who takes the events; `folder` is where a client may keep things.
    fn open(collector: &str, folder: &Path) -> Self;

    /// `command` build, `outcome` ok, `target` release, `watch` false, and what `build` says.
    fn record(&self, build: Build);

    /// Waits until what was recorded has left the memory of the client: is sent, or is on disk.
    fn settle(&self);

    fn close(self);
}

/// The tool itself: its whole life is what a user waits for.
pub fn tool<C: Client>() {
    let client = open::<C>();
    println!("built 12 pages");
    client.record(black_box(Build { duration_ms: 1234.5, pages: 12, warnings: 0, cached: true }));
    client.close();
}

fn open<C: Client>() -> C {
    let collector = std::env::var("BENCH_COLLECTOR").expect("the benchmark says where the collector is");
    let folder = std::env::var_os("HOME").map(PathBuf::from).expect("the benchmark says where files may be");
    C::open(&collector, &folder)
}
