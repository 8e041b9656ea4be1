//! Small files of settings: lines of `key = "text"`, comments and blank lines, a part of TOML that needs no parser of
//! its own crate. Anything else makes the file unreadable, and an unreadable file means off.

use std::fmt;

use crate::consent::{Mode, Says};
use crate::order::Named;

/// The settings of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Settings(Named<String>);

impl Settings {
    /// Reads them; `None` when a line is none of the three.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        lines.map(entry).collect::<Option<_>>().map(Self)
    }

    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    pub(crate) fn number(&self, key: &str) -> Option<i64> {
        self.get(key)?.parse().ok()
    }

    /// Sets a key; what a line cannot hold is left out.
    pub(crate) fn set(&mut self, key: &str, value: impl fmt::Display) {
        let value: String = value.to_string().chars().filter(|c| !c.is_control() && !matches!(c, '"' | '\\')).collect();
        self.0.insert(key.to_owned(), value);
    }

    pub(crate) fn remove(&mut self, key: &str) {
        self.0.remove(key);
    }

    /// Each key with its value, in the order of the keys.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&str, &String)> {
        self.0.iter()
    }

    /// What it says about the mode.
    pub(crate) fn says(&self) -> Says {
        match self.get("mode") {
            None => Says::Nothing,
            Some(word) => Mode::parse(word).map_or(Says::Unreadable, Says::Mode),
        }
    }
}

impl fmt::Display for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.entries().try_for_each(|(key, value)| writeln!(f, "{key} = \"{value}\""))
    }
}

/// One line; a comment may follow the value.
fn entry(line: &str) -> Option<(String, String)> {
    let (key, value) = line.split_once('=')?;
    let key = key.trim();
    let plain = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let (value, rest) = value.trim().strip_prefix('"')?.split_once('"')?;
    let rest = rest.trim();
    let whole = (rest.is_empty() || rest.starts_with('#')) && !value.contains('\\');
    (plain && whole).then(|| (key.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, expected: Option<Says>) {
        assert_eq!(Settings::parse(text).map(|settings| settings.says()), expected, "{text:?}");
    }

    #[test]
    fn a_mode_is_read_and_nonsense_is_not_guessed_at() {
        check("", Some(Says::Nothing));
        check("# only a comment\n\n", Some(Says::Nothing));
        check("mode = \"off\"", Some(Says::Mode(Mode::Off)));
        check("  mode=\"local\"  # for now\nendpoint = \"https://x\"\n", Some(Says::Mode(Mode::Local)));
        check("mode = \"Off\"", Some(Says::Unreadable));
        check("mode = \"\"", Some(Says::Unreadable));
        check("mode = off", None);
        check("mode = \"off", None);
        check("mode = \"off\" and more", None);
        check("[telemetry]\nmode = \"off\"", None);
        check("mode", None);
        check("\0\0\0", None);
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(entries in proptest::collection::btree_map("[a-z_]{1,8}", "\\PC{0,20}", 0..5)) {
            let mut settings = Settings::default();
            entries.iter().for_each(|(key, value)| settings.set(key, value));
            prop_assert_eq!(Settings::parse(&settings.to_string()), Some(settings));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,60}") {
            let _ = Settings::parse(&text);
        }
    }
}
