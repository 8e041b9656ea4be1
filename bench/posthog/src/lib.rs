//! The tool with PostHog: <https://posthog.com/docs/libraries/rust>, the blocking client, closed by `shutdown`.

use std::path::Path;

use job::Build;
use posthog_rs::{ClientOptionsBuilder, Event};

pub struct Client(posthog_rs::Client);

impl job::Client for Client {
    fn open(collector: &str, _: &Path) -> Self {
        let options = ClientOptionsBuilder::default().api_key("phc_bench".to_owned()).host(collector).build();
        Self(posthog_rs::client(options.expect("sound options")))
    }

    fn record(&self, build: Build) {
        let mut event = Event::new("build_finished", "a-machine");
        let properties = [
            event.insert_prop("command", "build"),
            event.insert_prop("outcome", "ok"),
            event.insert_prop("target", "release"),
            event.insert_prop("watch", false),
            event.insert_prop("duration", build.duration_ms),
            event.insert_prop("pages", build.pages),
            event.insert_prop("warnings", build.warnings),
            event.insert_prop("cached", build.cached),
        ];
        debug_assert!(properties.iter().all(Result::is_ok));
        self.0.capture(event);
    }

    fn settle(&self) {
        self.0.flush();
    }

    fn close(self) {
        self.0.shutdown();
    }
}
