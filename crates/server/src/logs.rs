//! The log on standard error: what the collector does, never what was sent or who sent it.

use std::fmt;
use std::io;

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use crate::clock;
use crate::config::LogForm;

/// Starts the log, from a level on. A second start changes nothing.
pub(crate) fn start(form: LogForm, from: Level) {
    let log = tracing_subscriber::fmt().with_max_level(from).with_writer(io::stderr);
    let _ = log.event_format(Line(form)).try_init();
}

/// Writes one event as one line.
struct Line(LogForm);

impl<S, N> FormatEvent<S, N> for Line
where
    S: Subscriber + for<'s> LookupSpan<'s>,
    N: for<'w> FormatFields<'w> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let mut said = Said::default();
        event.record(&mut said);
        let (time, level) = (clock::now(), event.metadata().level());
        match self.0 {
            LogForm::Text => writeln!(writer, "{time} {level:<5} {}{}", said.message, said.text()),
            LogForm::Json => writeln!(writer, "{}", said.json(&time.to_string(), level.as_str())),
        }
    }
}

/// The message of an event, and its fields.
#[derive(Default)]
struct Said {
    message: String,
    fields: Vec<(&'static str, String)>,
}

impl Visit for Said {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        match field.name() {
            "message" => self.message = format!("{value:?}"),
            name => self.fields.push((name, format!("{value:?}"))),
        }
    }
}

impl Said {
    fn text(&self) -> String {
        self.fields.iter().map(|(name, value)| format!(" {name}={value}")).collect()
    }

    fn json(self, time: &str, level: &str) -> String {
        let head = [("time", time.to_owned()), ("level", level.to_lowercase()), ("message", self.message)];
        let all: serde_json::Map<String, serde_json::Value> =
            head.into_iter().chain(self.fields).map(|(name, value)| (name.to_owned(), value.into())).collect();
        serde_json::Value::Object(all).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_text_or_json() {
        let said = Said { message: "kept".into(), fields: vec![("error", "a \"b\"".into())] };
        assert_eq!(said.text(), " error=a \"b\"");
        assert_eq!(said.json("T", "INFO"), r#"{"error":"a \"b\"","level":"info","message":"kept","time":"T"}"#);
    }
}
