//! For the tests of a tool: what it would have sent, without a home folder, a child or a network.
//!
//! ```
//! use aboveboard::example::{ACME, CommandFinished, command_finished::Command};
//! use aboveboard::testing::Trial;
//!
//! let trial = Trial::new(&ACME);
//! trial.telemetry().record(CommandFinished::new().command(Command::Build));
//! assert_eq!(trial.events(), [r#"{"event":"command_finished","fields":{"command":"build"}}"#]);
//! ```

use std::sync::{Arc, Mutex, PoisonError};

use aboveboard_catalog::Day;
use aboveboard_catalog::wire::WireBatch;

use crate::declared;
use crate::telemetry::Telemetry;
use crate::vocabulary::Vocabulary;

/// Where a trial's events go.
pub(crate) type Caught = Arc<Mutex<Vec<WireBatch<'static>>>>;

/// Telemetry that only its test sees.
#[derive(Debug)]
pub struct Trial {
    vocabulary: &'static Vocabulary,
    telemetry: Telemetry,
    caught: Caught,
}

impl Trial {
    /// Telemetry that records, whatever surrounds the test.
    #[must_use]
    pub fn new(vocabulary: &'static Vocabulary) -> Self {
        let caught = Caught::default();
        let telemetry = Telemetry::caught(vocabulary, Arc::clone(&caught));
        Self { vocabulary, telemetry, caught }
    }

    /// What the tool records with.
    #[must_use]
    pub fn telemetry(&self) -> &Telemetry {
        &self.telemetry
    }

    /// The events recorded so far, each as it would go over the wire, and in the order of the wire, which is not that
    /// of time. Equal ones are one, with a count.
    #[must_use]
    pub fn events(&self) -> Vec<String> {
        self.telemetry.flush();
        let catalog = self.vocabulary.catalog();
        let caught = self.caught.lock().unwrap_or_else(PoisonError::into_inner);
        let events = caught.iter().flat_map(|batch| batch.events.iter().map(|event| (batch.day, event)));
        events.filter_map(|(day, event)| Some(json(declared::event(&catalog, event, day)?, day))).collect()
    }
}

/// An event as it stands in a batch.
fn json(event: aboveboard_catalog::RawEvent<'static>, day: Day) -> String {
    let mut batch = WireBatch::new(0, "", day);
    batch.events = vec![event];
    let text = String::from_utf8(batch.encode()).unwrap_or_default();
    let events = text.split_once("\"events\":[").map_or("", |(_, events)| events);
    events.strip_suffix("]}").unwrap_or(events).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::plugin_loaded::Plugin;
    use crate::example::{ACME, CommandFinished, PluginLoaded, command_finished::Flags};

    #[test]
    fn a_test_sees_what_would_be_sent() {
        let trial = Trial::new(&ACME);
        assert_eq!(trial.events(), [""; 0]);
        for _ in 0..3 {
            trial
                .telemetry()
                .record(CommandFinished::new().flags(&[Flags::Watch, Flags::of("--token")]).duration(1234.5));
        }
        trial.telemetry().record(PluginLoaded::new().plugin(Plugin::of("the-plugin-of-my-company")));
        assert_eq!(
            trial.events(),
            [
                r#"{"event":"command_finished","n":3,"fields":{"duration":1280,"flags":["watch","other"]}}"#,
                r#"{"event":"plugin_loaded","fields":{"plugin":"other"}}"#,
            ]
        );
    }

    #[test]
    fn more_than_memory_holds_is_flushed_and_nothing_is_lost() {
        let trial = Trial::new(&ACME);
        for pages in 0..5_000 {
            trial.telemetry().record(CommandFinished::new().pages(f64::from(pages % 7)).cached(true));
        }
        let caught = trial.events();
        assert!(caught.len() > 7, "several flushes");
        let count = |event: &String| {
            event
                .split_once("\"n\":")
                .map_or(1, |(_, rest)| rest.split(',').next().and_then(|n| n.parse().ok()).unwrap_or(0))
        };
        assert_eq!(caught.iter().map(count).sum::<u64>(), 5_000);
    }
}
