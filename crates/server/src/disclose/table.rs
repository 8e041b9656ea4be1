//! What is answered: rows of figures with their notes. Only [`super`] makes one.

use serde::{Serialize, Serializer};

use aboveboard_catalog::{Asked, Bucket, Day};

/// An answer: what was asked, the rows, and what a reader must know about them.
///
/// Nothing else leaves the collector, and only disclosure makes one:
///
/// ```
/// fn shown(table: &aboveboard_server::Table) -> String {
///     table.csv()
/// }
/// ```
///
/// ```compile_fail,E0451
/// // A table that nobody folded cannot be written down.
/// fn forged(table: aboveboard_server::Table) -> aboveboard_server::Table {
///     aboveboard_server::Table { rows: Vec::new(), ..table }
/// }
/// ```
#[derive(Clone, Debug, Serialize)]
pub struct Table {
    #[serde(flatten)]
    echo: Echo,
    /// Groups of fewer are not shown.
    minimum: u64,
    columns: Vec<Column>,
    rows: Vec<Row>,
    notes: Vec<Note>,
}

/// The question as it was understood.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Echo {
    pub(crate) tool: String,
    pub(crate) view: View,
    pub(crate) question: Question,
    /// What values count.
    #[serde(skip)]
    pub(crate) unit: String,
    /// What `n` counts.
    #[serde(skip)]
    pub(crate) unit_of_n: String,
}

/// The parameters with their defaults filled in.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Question {
    pub(crate) measure: String,
    pub(crate) by: Vec<String>,
    pub(crate) r#where: Vec<String>,
    #[serde(serialize_with = "as_text")]
    pub(crate) from: Day,
    #[serde(serialize_with = "as_text")]
    pub(crate) to: Day,
    #[serde(serialize_with = "as_name")]
    pub(crate) bucket: Option<Bucket>,
}

/// Whose eyes the answer is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum View {
    Operator,
    Public,
}

/// A column of the table.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Column {
    pub(crate) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) unit: Option<String>,
}

/// One group of one bucket.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Row {
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "as_some_text")]
    bucket: Option<Day>,
    key: Vec<String>,
    /// `None` where it is withheld.
    value: Option<Figure>,
    n: Option<u64>,
    /// Whether it stands for several groups.
    folded: bool,
}

/// A value.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub(crate) enum Figure {
    Count(u64),
    Ratio(f64),
}

/// Something a reader must know, with a stable code.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Note {
    code: &'static str,
    text: String,
}

impl Table {
    pub(super) fn new(echo: Echo, minimum: u64, mut rows: Vec<Row>, notes: Vec<Note>) -> Self {
        let columns = echo.columns();
        let dimensions = echo.question.by.len();
        rows.iter_mut().filter(|row| row.key.is_empty()).for_each(|row| {
            row.key = vec![format!("fewer than {minimum}"); dimensions];
        });
        Self { echo, minimum, columns, rows, notes }
    }

    /// The same table with a further note.
    pub(crate) fn with_note(mut self, note: Option<Note>) -> Self {
        self.notes.extend(note);
        self
    }

    /// The rows, as RFC 4180 writes them.
    #[must_use]
    pub fn csv(&self) -> String {
        let mut page = crate::csv::Page::default();
        page.line(self.columns.iter().map(|column| column.name.as_str()));
        for row in &self.rows {
            page.line(self.cells(row).iter().map(String::as_str));
        }
        page.into_text()
    }

    /// The rows.
    pub(crate) fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The question as it was understood.
    pub(crate) fn echo(&self) -> &Echo {
        &self.echo
    }

    /// Groups of fewer are not shown.
    pub(crate) fn minimum(&self) -> u64 {
        self.minimum
    }

    /// The columns, with their units.
    pub(crate) fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// What a reader must know.
    pub(crate) fn notes(&self) -> impl Iterator<Item = &Note> {
        self.notes.iter()
    }

    /// The texts of a row, one for each column.
    pub(crate) fn cells(&self, row: &Row) -> Vec<String> {
        let bucket = self.echo.bucket().map(|_| row.bucket.map(|day| day.to_string()).unwrap_or_default());
        let value = row.value.map(|value| value.to_string()).unwrap_or_default();
        let n = row.n.map(|n| n.to_string()).unwrap_or_default();
        let figures = [value, n, row.folded.to_string()];
        bucket.into_iter().chain(row.key.iter().cloned()).chain(figures).collect()
    }
}

impl Echo {
    /// The question as it was asked; [`Echo::over`] fills in what was left open.
    pub(crate) fn new(tool: &str, view: View, asked: &Asked<'_>, unit: String, unit_of_n: &str) -> Self {
        let texts = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
        let question = Question {
            measure: asked.measure.to_owned(),
            by: texts(&asked.by),
            r#where: texts(&asked.filters),
            from: Day(0),
            to: Day(0),
            bucket: None,
        };
        Self { tool: tool.to_owned(), view, question, unit, unit_of_n: unit_of_n.to_owned() }
    }

    /// With the days and the bucket as they were understood.
    pub(crate) fn over(mut self, question: &aboveboard_catalog::Question) -> Self {
        (self.question.from, self.question.to) = (question.from, question.to);
        self.question.bucket = question.bucket;
        self
    }

    /// With other columns than dimensions.
    pub(crate) fn by(mut self, columns: Vec<String>) -> Self {
        self.question.by = columns;
        self
    }

    pub(crate) fn from(&self) -> Day {
        self.question.from
    }

    pub(crate) fn bucket(&self) -> Option<Bucket> {
        self.question.bucket
    }

    pub(crate) fn to(&self) -> Day {
        self.question.to
    }

    fn columns(&self) -> Vec<Column> {
        let bucket = self.bucket().map(|bucket| Column { name: "bucket".into(), unit: Some(bucket.name().into()) });
        let dimensions = self.question.by.iter().map(|name| Column { name: name.clone(), unit: None });
        let value = Column { name: "value".into(), unit: Some(self.unit.clone()) };
        let n = Column { name: "n".into(), unit: Some(self.unit_of_n.clone()) };
        let folded = Column { name: "folded".into(), unit: None };
        bucket.into_iter().chain(dimensions).chain([value, n, folded]).collect()
    }
}

impl Row {
    pub(super) fn new(bucket: Option<Day>, key: Vec<String>, value: Option<Figure>, n: Option<u64>) -> Self {
        Self { bucket, key, value, n, folded: false }
    }

    /// The only row of a bucket of which nothing is shown.
    pub(super) fn withheld(bucket: Option<Day>) -> Self {
        Self { bucket, key: Vec::new(), value: None, n: None, folded: true }
    }

    pub(super) fn folded(self) -> Self {
        Self { folded: true, ..self }
    }

    /// The first day of its span of time, where there are spans.
    pub(crate) fn bucket(&self) -> Option<Day> {
        self.bucket
    }

    /// What stands behind it, unless that is withheld.
    pub(crate) fn n(&self) -> Option<u64> {
        self.n
    }

    /// Whether it stands for several groups.
    pub(crate) fn is_folded(&self) -> bool {
        self.folded
    }

    /// A text for each column that is not a figure.
    pub(crate) fn key(&self) -> &[String] {
        &self.key
    }

    /// Its value, unless that is withheld.
    pub(crate) fn value(&self) -> Option<Figure> {
        self.value
    }
}

impl Note {
    /// Whether it has this code.
    pub(crate) fn is(&self, code: &str) -> bool {
        self.code == code
    }

    /// Its sentence.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn folded(minimum: u64) -> Self {
        let text = format!("groups of fewer than {minimum}, and one or more larger ones that would give them away");
        Self { code: "folded", text: format!("`fewer than {minimum}` stands for {text}") }
    }

    pub(super) fn withheld(minimum: u64) -> Self {
        Self { code: "withheld", text: format!("a value is missing where it would tell of fewer than {minimum}") }
    }

    pub(super) fn grouped(minimum: u64) -> Self {
        let text =
            format!("a group of versions adds up those that may be shown; the others are in `fewer than {minimum}`");
        Self { code: "grouped", text }
    }

    pub(super) fn incomplete(last: Day) -> Self {
        Self { code: "incomplete", text: format!("the span that begins on {last} is not over, or not all asked for") }
    }

    /// Part of what was asked for has been deleted.
    pub(crate) fn horizon(oldest: Day) -> Self {
        Self { code: "horizon", text: format!("nothing older than {oldest} is kept") }
    }

    /// The days were narrowed or widened to whole spans.
    pub(crate) fn whole(bucket: Bucket) -> Self {
        Self { code: "whole", text: format!("the public view shows each whole {} that is over", bucket.name()) }
    }
}

impl Figure {
    /// As a number to draw.
    pub(crate) fn number(self) -> f64 {
        match self {
            Self::Count(count) => count as f64,
            Self::Ratio(ratio) => ratio,
        }
    }
}

impl std::fmt::Display for Figure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Count(count) => count.fmt(f),
            Self::Ratio(ratio) => ratio.fmt(f),
        }
    }
}

fn as_text<S: Serializer>(day: &Day, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(day)
}

fn as_some_text<S: Serializer>(day: &Option<Day>, serializer: S) -> Result<S::Ok, S::Error> {
    day.map(|day| day.to_string()).serialize(serializer)
}

fn as_name<S: Serializer>(bucket: &Option<Bucket>, serializer: S) -> Result<S::Ok, S::Error> {
    bucket.map(Bucket::name).serialize(serializer)
}
