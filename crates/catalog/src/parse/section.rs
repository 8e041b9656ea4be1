//! Reading one TOML table key by key. What is wrong is reported and replaced by an empty value, so that one run finds
//! everything. A key nobody asked for is a problem too.

use std::cell::RefCell;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::day::Day;
use crate::problem::{Problem, Problems};
use crate::similar::nearest;
use crate::source::Source;

type Value<'d> = Spanned<DeValue<'d>>;

/// The problems of one catalogue as they are found, and where its parts stand.
pub(crate) struct Report<'d> {
    file: &'d str,
    /// What the file is in sentences: `the catalogue`, `the front matter`.
    whole: &'static str,
    /// The offset of every line's first byte.
    line_starts: Vec<usize>,
    /// Lines that are not TOML; what else seems wrong there follows from that.
    broken_lines: Vec<usize>,
    found: RefCell<Vec<Problem>>,
    source: RefCell<Source>,
}

impl<'d> Report<'d> {
    pub(crate) fn new(file: &'d str, whole: &'static str, toml: &str) -> Self {
        let breaks = toml.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let line_starts = std::iter::once(0).chain(breaks.map(|(offset, _)| offset + 1)).collect();
        let source = RefCell::new(Source::new(file));
        Self { file, whole, line_starts, broken_lines: Vec::new(), found: RefCell::default(), source }
    }

    pub(crate) fn not_toml(&mut self, error: &toml::de::Error) {
        let line = self.line_of(error.span().map_or(0, |span| span.start));
        self.problem(line, format!("not TOML: {}", error.message().replace('\n', ", ")));
        self.broken_lines.push(line);
    }

    pub(crate) fn line_of(&self, offset: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= offset).max(1)
    }

    pub(crate) fn problem(&self, line: usize, message: impl Into<String>) {
        if !self.broken_lines.contains(&line) {
            self.problem_in(self.file, line, message);
        }
    }

    pub(crate) fn problem_in(&self, file: &str, line: usize, message: impl Into<String>) {
        self.found.borrow_mut().push(Problem { file: file.to_owned(), line, message: message.into() });
    }

    pub(crate) fn remember_list(&self, list: &str, lines: Vec<usize>) {
        self.source.borrow_mut().remember_list(list, lines);
    }

    fn remember(&self, path: String, line: usize) {
        self.source.borrow_mut().remember(path, line);
    }

    /// Where everything stands, or everything that is wrong.
    pub(crate) fn finish(self) -> Result<Source, Problems> {
        match Problems::sorted(self.found.into_inner()) {
            Some(problems) => Err(problems),
            None => Ok(self.source.into_inner()),
        }
    }
}

/// One table of the catalogue. Call [`Section::finish`] when all its keys were asked for.
pub(crate) struct Section<'r, 'd> {
    pub(crate) report: &'r Report<'d>,
    /// Its dotted path, such as `event.command_finished`; empty for the whole file.
    pub(crate) path: String,
    /// The line where it begins.
    pub(crate) line: usize,
    /// `None` when the table is missing, which was reported already.
    table: Option<&'r DeTable<'d>>,
    asked: RefCell<Vec<&'static str>>,
}

impl<'r, 'd> Section<'r, 'd> {
    pub(crate) fn whole_file(report: &'r Report<'d>, table: &'r DeTable<'d>) -> Self {
        Self { report, path: String::new(), line: 1, table: Some(table), asked: RefCell::default() }
    }

    /// Reports the keys that nobody asked for.
    pub(crate) fn finish(&self) {
        let asked = self.asked.borrow();
        let Some(table) = self.table else { return };
        for key in table.keys().filter(|key| !asked.contains(&key.get_ref().as_ref())) {
            let fix = match nearest(key.get_ref(), asked.iter().copied()) {
                Some(known) => format!("did you mean `{known}`?"),
                None => format!("known keys are {}", quoted(&asked)),
            };
            self.report.problem(
                self.report.line_of(key.span().start),
                format!("unknown key `{}` in {}; {fix}", key.get_ref(), self.title()),
            );
        }
    }

    pub(crate) fn problem(&self, key: &'static str, message: impl Into<String>) {
        self.report.problem(self.line_of(key), message);
    }

    pub(crate) fn has(&self, key: &'static str) -> bool {
        self.optional(key).is_some()
    }

    /// A text that must be there and say something.
    pub(crate) fn text(&self, key: &'static str) -> String {
        let text = self.required(key).and_then(|value| self.read_text(key, value)).unwrap_or_default();
        self.no_blank(key, text)
    }

    pub(crate) fn optional_text(&self, key: &'static str) -> Option<String> {
        let text = self.optional(key).and_then(|value| self.read_text(key, value))?;
        Some(self.no_blank(key, text))
    }

    /// One of a few words, or `default`; without a default it must be there.
    pub(crate) fn word<T: Copy>(&self, key: &'static str, words: &[(&str, T)], default: Option<T>) -> Option<T> {
        let value = if default.is_some() { self.optional(key) } else { self.required(key) };
        let Some(value) = value else { return default };
        let text = self.read_text(key, value)?;
        let found = words.iter().find(|(word, _)| *word == text);
        if found.is_none() {
            let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            self.problem(key, format!("`{text}` is not a known `{key}`; take one of {}", quoted(&words)));
        }
        found.map(|(_, meaning)| *meaning)
    }

    /// A whole number within a range, or `default`; without a default it must be there.
    pub(crate) fn count(&self, key: &'static str, range: std::ops::RangeInclusive<u32>, default: Option<u32>) -> u32 {
        let value = if default.is_some() { self.optional(key) } else { self.required(key) };
        let Some(value) = value else { return default.unwrap_or(*range.start()) };
        let read = value.get_ref().as_integer().and_then(|i| u32::from_str_radix(i.as_str(), i.radix()).ok());
        let count = read.filter(|count| range.contains(count));
        if count.is_none() {
            let (low, high) = (range.start(), range.end());
            self.problem(key, format!("`{key}` must be a whole number from {low} to {high}, not {}", shown(value)));
        }
        count.unwrap_or(*range.start())
    }

    pub(crate) fn number(&self, key: &'static str) -> f64 {
        let Some(value) = self.required(key) else { return f64::NAN };
        number(value).unwrap_or_else(|| {
            self.problem(key, format!("`{key}` must be a number, not {}", shown(value)));
            f64::NAN
        })
    }

    /// `true` or `false`; `false` when it is not there.
    pub(crate) fn flag(&self, key: &'static str) -> bool {
        let Some(value) = self.optional(key) else { return false };
        value.get_ref().as_bool().unwrap_or_else(|| {
            self.problem(key, format!("`{key}` must be true or false, not {}", shown(value)));
            false
        })
    }

    pub(crate) fn day(&self, key: &'static str) -> Option<Day> {
        self.required(key)?;
        self.optional_day(key)
    }

    pub(crate) fn optional_day(&self, key: &'static str) -> Option<Day> {
        let value = self.optional(key)?;
        let text = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Datetime(datetime) => datetime.to_string(),
            _ => String::new(),
        };
        let day = Day::parse(&text);
        if day.is_none() {
            self.problem(key, format!("`{key}` must be a day such as \"2026-11-01\", not {}", shown(value)));
        }
        day
    }

    /// A list of texts, each with its line; it must be there.
    pub(crate) fn texts(&self, key: &'static str) -> Vec<(usize, String)> {
        let Some(value) = self.required(key) else { return Vec::new() };
        let Some(items) = value.get_ref().as_array() else {
            self.problem(key, format!("`{key}` must be a list of texts, not {}", shown(value)));
            return Vec::new();
        };
        items.iter().filter_map(|item| self.item(key, item)).collect()
    }

    fn item(&self, key: &str, item: &Value<'d>) -> Option<(usize, String)> {
        let line = self.report.line_of(item.span().start);
        let text = item.get_ref().as_str();
        if text.is_none() {
            self.report.problem(line, format!("`{key}` must hold texts only, not {}", shown(item)));
        }
        Some((line, text?.to_owned()))
    }

    /// A list of numbers, or `None` when the value is no list.
    pub(crate) fn numbers(&self, key: &'static str) -> Option<Vec<f64>> {
        let items = self.optional(key)?.get_ref().as_array()?;
        let numbers = items.iter().map(|item| {
            number(item).unwrap_or_else(|| {
                self.problem(key, format!("`{key}` must hold numbers only, not {}", shown(item)));
                f64::NAN
            })
        });
        Some(numbers.collect())
    }

    /// The table under a key, which must be there.
    pub(crate) fn section(&self, key: &'static str) -> Section<'r, 'd> {
        let value = self.required(key);
        self.open(key, value, self.line_of(key))
    }

    /// The tables under a key, by name, in the order of the file.
    pub(crate) fn sections(&self, key: &'static str) -> Vec<(String, Section<'r, 'd>)> {
        let around = self.open(key, self.optional(key), self.line_of(key));
        around
            .entries()
            .into_iter()
            .map(|(line, name, value)| (name.into(), around.open(name, Some(value), line)))
            .collect()
    }

    /// The tables `[[key]]`, in their order.
    pub(crate) fn tables(&self, key: &'static str) -> Vec<Section<'r, 'd>> {
        let Some(value) = self.optional(key) else { return Vec::new() };
        let Some(items) = value.get_ref().as_array() else {
            self.problem(key, format!("`{key}` must be tables `[[{key}]]`, not {}", shown(value)));
            return Vec::new();
        };
        items.iter().map(|item| self.open(key, Some(item), self.report.line_of(item.span().start))).collect()
    }

    /// The texts under a key, by name, in the order of the file.
    pub(crate) fn named_texts(&self, key: &'static str) -> Vec<(String, String)> {
        let around = self.open(key, self.optional(key), self.line_of(key));
        let items = around.entries().into_iter();
        items.filter_map(|(_, name, value)| Some((name.to_owned(), around.item(name, value)?.1))).collect()
    }

    /// Lines, names and values in the order of the file; the map sorts them by name.
    fn entries(&self) -> Vec<(usize, &'r str, &'r Value<'d>)> {
        let Some(table) = self.table else { return Vec::new() };
        let mut entries: Vec<_> = table.iter().collect();
        entries.sort_by_key(|(name, _)| name.span().start);
        let place = |name: &Spanned<_>| self.report.line_of(name.span().start);
        entries.into_iter().map(|(name, value)| (place(name), name.get_ref().as_ref(), value)).collect()
    }

    /// The table that a value is; a value of another type is reported.
    fn open(&self, name: &str, value: Option<&'r Value<'d>>, line: usize) -> Section<'r, 'd> {
        let path = if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) };
        self.report.remember(path.clone(), line);
        let table = value.and_then(|value| value.get_ref().as_table());
        if let (Some(value), None) = (value, table) {
            self.report.problem(line, format!("`{path}` must be a table, not {}", shown(value)));
        }
        Section { report: self.report, path, line, table, asked: RefCell::default() }
    }

    fn required(&self, key: &'static str) -> Option<&'r Value<'d>> {
        let value = self.optional(key);
        if value.is_none() && self.table.is_some() {
            self.report.problem(self.line, format!("`{key}` is missing in {}; add it", self.title()));
        }
        value
    }

    pub(crate) fn optional(&self, key: &'static str) -> Option<&'r Value<'d>> {
        if !self.asked.borrow().contains(&key) {
            self.asked.borrow_mut().push(key);
        }
        let (name, value) = self.table?.get_key_value(key)?;
        let path = if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) };
        self.report.remember(path, self.report.line_of(name.span().start));
        Some(value)
    }

    fn read_text(&self, key: &'static str, value: &'r Value<'d>) -> Option<String> {
        let text = value.get_ref().as_str();
        if text.is_none() {
            self.problem(key, format!("`{key}` must be a text, not {}", shown(value)));
        }
        text.map(str::to_owned)
    }

    fn no_blank(&self, key: &'static str, text: String) -> String {
        let given = self.table.is_some_and(|table| table.get(key).is_some_and(|value| value.get_ref().is_str()));
        if given && text.trim().is_empty() {
            self.problem(key, format!("`{key}` is empty in {}; say it in a few words", self.title()));
        }
        text
    }

    fn line_of(&self, key: &str) -> usize {
        let entry = self.table.and_then(|table| table.get_key_value(key));
        entry.map_or(self.line, |(name, _)| self.report.line_of(name.span().start))
    }

    fn title(&self) -> String {
        if self.path.is_empty() { self.report.whole.to_owned() } else { format!("`[{}]`", self.path) }
    }
}

/// Names in backticks, as messages list them.
pub(crate) fn quoted(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn number(value: &Value<'_>) -> Option<f64> {
    match value.get_ref() {
        DeValue::Integer(integer) if integer.radix() == 10 => integer.as_str().parse().ok(),
        DeValue::Float(float) => float.as_str().parse().ok(),
        _ => None,
    }
}

/// A value as messages show it.
fn shown(value: &Value<'_>) -> String {
    match value.get_ref() {
        DeValue::String(text) => format!("`\"{text}\"`"),
        DeValue::Integer(integer) => format!("`{integer}`"),
        DeValue::Float(float) => format!("`{float}`"),
        DeValue::Boolean(flag) => format!("`{flag}`"),
        DeValue::Datetime(datetime) => format!("`{datetime}`"),
        DeValue::Array(_) => "a list".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}
