//! The tool without telemetry: what all others are compared with.

use std::path::Path;

use job::Build;

pub struct Client;

impl job::Client for Client {
    fn open(_: &str, _: &Path) -> Self {
        Self
    }

    fn record(&self, _: Build) {}

    fn settle(&self) {}

    fn close(self) {}
}
