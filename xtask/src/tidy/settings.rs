//! What `xtask/tidy.toml` lists: the edges, the places, and the exceptions with their reasons.

use std::fs;

use toml::{Table, Value};

use crate::shell::root;

/// The exceptions and lists that the rules read.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    pub(crate) crates: Vec<Crate>,
    pub(crate) places: Vec<Place>,
    pub(crate) long_functions: Vec<LongFunction>,
    pub(crate) banned_words: Vec<String>,
}

/// What one crate may depend on.
#[derive(Debug)]
pub(crate) struct Crate {
    /// The name of its folder below `crates/`.
    pub(crate) folder: String,
    /// The folders of the crates it may use.
    pub(crate) uses: Vec<String>,
    /// The folders of the crates that only its tests may use.
    pub(crate) tests_use: Vec<String>,
    /// Packages it must do without.
    pub(crate) without: Vec<String>,
}

/// Words that may stand in some files only.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) words: Vec<String>,
    /// The folder where the rule holds.
    pub(crate) below: String,
    pub(crate) only_in: Vec<String>,
    pub(crate) reason: String,
}

/// A function that may be long.
#[derive(Debug)]
pub(crate) struct LongFunction {
    pub(crate) file: String,
    pub(crate) name: String,
    /// It may not grow beyond this.
    pub(crate) lines: usize,
}

impl Settings {
    pub(crate) fn read() -> Result<Self, String> {
        let path = root().join("xtask/tidy.toml");
        let text = fs::read_to_string(&path).map_err(|error| format!("cannot read `xtask/tidy.toml`: {error}"))?;
        Self::parse(&text)
    }

    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let toml: Table = text.parse().map_err(|error| format!("xtask/tidy.toml: {error}"))?;
        let reasons = ["place", "long_function"].into_iter().flat_map(|key| tables(&toml, key));
        if let Some(unreasoned) = reasons.into_iter().find(|table| string(table, "reason").is_empty()) {
            return Err(format!("xtask/tidy.toml: `{unreasoned:?}` needs a reason"));
        }
        Ok(Self {
            crates: tables(&toml, "crate").map(Crate::from).collect(),
            places: tables(&toml, "place").map(Place::from).collect(),
            long_functions: tables(&toml, "long_function").map(LongFunction::from).collect(),
            banned_words: strings(&toml, "banned_words"),
        })
    }
}

impl From<&Table> for Crate {
    fn from(table: &Table) -> Self {
        let [uses, tests_use, without] = ["uses", "tests_use", "without"].map(|key| strings(table, key));
        Self { folder: string(table, "folder"), uses, tests_use, without }
    }
}

impl From<&Table> for Place {
    fn from(table: &Table) -> Self {
        let [words, only_in] = ["words", "only_in"].map(|key| strings(table, key));
        Self { words, only_in, below: string(table, "below"), reason: string(table, "reason") }
    }
}

impl From<&Table> for LongFunction {
    fn from(table: &Table) -> Self {
        let lines = table.get("lines").and_then(Value::as_integer).unwrap_or(0);
        Self { file: string(table, "file"), name: string(table, "name"), lines: lines as usize }
    }
}

fn tables<'t>(toml: &'t Table, key: &str) -> impl Iterator<Item = &'t Table> {
    toml.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_table)
}

fn strings(table: &Table, key: &str) -> Vec<String> {
    let values = table.get(key).and_then(Value::as_array).into_iter().flatten();
    values.filter_map(Value::as_str).map(str::to_owned).collect()
}

fn string(table: &Table, key: &str) -> String {
    table.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exception_without_a_reason_is_refused() {
        let problem =
            Settings::parse("[[long_function]]\nfile = \"a.rs\"\nname = \"f\"\nlines = 90").expect_err("no reason");
        assert!(problem.contains("needs a reason"), "{problem}");
    }

    #[test]
    fn the_list_in_the_repository_can_be_read() {
        let settings = Settings::read().expect("xtask/tidy.toml");
        assert!(settings.crates.iter().any(|listed| listed.folder == "store" && listed.uses == ["catalog"]));
        assert!(settings.places.iter().all(|place| !place.words.is_empty() && !place.only_in.is_empty()));
    }
}
