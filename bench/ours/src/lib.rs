//! The tool with aboveboard, as `docs/guides/rust-cli.md` says.

use std::path::Path;

use aboveboard::environment::Environment;
use aboveboard::{Config, Telemetry};
use job::Build;

use bench::build_finished::{Command, Outcome, Target};
use bench::{BENCH, BuildFinished};

mod bench;

pub struct Client(Telemetry);

fn config() -> Config {
    Config::new(&BENCH, env!("CARGO_PKG_VERSION"))
}

/// That the benchmark itself runs in a container says nothing about the machines of users.
fn outside_of_containers() -> Environment {
    Environment { files: Vec::new(), ..Environment::read() }
}

impl job::Client for Client {
    /// Where events go and what the user chose, the client reads from the environment itself.
    fn open(_: &str, _: &Path) -> Self {
        let telemetry = Telemetry::open(config().environment(outside_of_containers()));
        if let Some(code) = aboveboard::command::from_arguments(config()) {
            std::process::exit(i32::from(code));
        }
        Self(telemetry)
    }

    fn record(&self, build: Build) {
        self.0.record(
            BuildFinished::new()
                .command(Command::Build)
                .outcome(Outcome::Ok)
                .target(Target::Release)
                .watch(false)
                .duration(build.duration_ms)
                .pages(f64::from(build.pages))
                .warnings(f64::from(build.warnings))
                .cached(build.cached),
        );
    }

    fn settle(&self) {
        self.0.flush();
    }

    fn close(self) {
        self.0.close();
    }
}
