//! The configuration file: TOML to (key, place, value) texts.

use std::path::Path;

use toml::de::{DeTable, DeValue};

/// The settings of a file, each with its place as `FILE:LINE`.
pub(super) fn settings(path: &str) -> Result<Vec<(String, String, String)>, String> {
    let text = read(path)?;
    let place = |offset: usize| format!("{path}:{}", 1 + text[..offset].matches('\n').count());
    let table = DeTable::parse(&text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start.min(text.len()));
        format!("{}: not TOML: {}", place(offset), error.message())
    })?;
    let mut settings = Vec::new();
    for (key, value) in table.get_ref() {
        let place = place(key.span().start);
        let key = key.get_ref().to_string();
        match scalar(value.get_ref()) {
            Some(value) => settings.push((key, place, value)),
            None => return Err(format!("{place}: `{key}` takes a text, a number or a flag")),
        }
    }
    Ok(settings)
}

/// The first line of a file.
pub(super) fn first_line(path: &str) -> Result<String, String> {
    Ok(read(path)?.lines().next().unwrap_or_default().to_owned())
}

fn scalar(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.as_str().to_owned()),
        DeValue::Boolean(flag) => Some(flag.to_string()),
        _ => None,
    }
}

#[allow(clippy::disallowed_methods, reason = "configuration is read once, before anything runs")]
fn read(path: &str) -> Result<String, String> {
    std::fs::read_to_string(Path::new(path)).map_err(|error| format!("cannot read `{path}`: {error}"))
}
