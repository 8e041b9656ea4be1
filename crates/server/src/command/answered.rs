//! An answer of `/v1/query` as it comes over the wire, made into a table to be drawn. It knows no more than any other
//! reader of that.

use serde::Deserialize;

use crate::chart::{Cell, Line, Sheet, Unit, Value};

/// Names that stand beside each other over time; the rest is in the CSV.
const NAMES_MAX: usize = 16;

/// An answer, as far as a drawing needs it.
#[derive(Debug, Deserialize)]
pub(super) struct Answered {
    tool: String,
    question: Question,
    minimum: u64,
    columns: Vec<Column>,
    rows: Vec<Row>,
    notes: Vec<Note>,
}

#[derive(Debug, Deserialize)]
struct Question {
    measure: String,
    by: Vec<String>,
    from: String,
    to: String,
    bucket: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Column {
    name: String,
    unit: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Row {
    bucket: Option<String>,
    #[serde(default)]
    key: Vec<String>,
    value: Option<f64>,
    n: Option<u64>,
}

#[derive(Debug, Deserialize)]
struct Note {
    code: String,
}

impl Answered {
    /// One row for each name; over time, one for each span, and the names beside each other.
    pub(super) fn sheet(&self) -> Sheet {
        let (head, rows) = if self.question.bucket.is_some() { self.over_time() } else { self.by_name() };
        Sheet { caption: self.caption(), head, rows }
    }

    /// What a reader must know, a line each.
    pub(super) fn notes(&self) -> String {
        let minimum = self.minimum;
        let said = |note: &Note| match note.code.as_str() {
            "folded" => format!("small groups stand together: none of fewer than {minimum} is shown"),
            "withheld" => format!("a value is not shown that would tell of a group of fewer than {minimum}"),
            "incomplete" => "the first or the last span is not whole".to_owned(),
            "horizon" => "days were asked for that are older than the tool keeps".to_owned(),
            "whole" => "the days were narrowed to whole spans".to_owned(),
            other => other.to_owned(),
        };
        self.notes.iter().map(|note| format!("note: {}\n", said(note))).collect()
    }

    fn caption(&self) -> String {
        let Question { measure, by, from, to, bucket } = &self.question;
        let by = if by.is_empty() { String::new() } else { format!(" by {}", by.join(" and ")) };
        let each = bucket.as_ref().map_or(String::new(), |bucket| format!(", each {bucket}"));
        format!("{}: {measure}{by}, {from} to {to}{each}", self.tool)
    }

    fn by_name(&self) -> (Vec<String>, Vec<Line>) {
        // Cells of a percentile say their unit, which differs.
        let value = if self.is_percentile() { &self.question.measure } else { self.unit_name() };
        let head = [self.question.by.join(" · "), value.to_owned(), "n".to_owned()];
        let line = |row: &Row| {
            // As words, so that the bars are of the value.
            let n = row.n.map_or("not shown".to_owned(), |n| Unit::Count.full(n as f64));
            Line { name: name(row), cells: vec![self.cell(row.value), Cell { text: n, value: Value::Missing }] }
        };
        let mut rows: Vec<Line> = self.rows.iter().map(line).collect();
        // Where `n` is the value, it is said once.
        let same = self.rows.iter().all(|row| row.value == row.n.map(|n| n as f64));
        rows.iter_mut().filter(|_| same).for_each(|line| line.cells.truncate(1));
        (head[..if same { 2 } else { 3 }].to_vec(), rows)
    }

    fn over_time(&self) -> (Vec<String>, Vec<Line>) {
        let mut names: Vec<(String, u64)> = Vec::new();
        for row in &self.rows {
            let name = name(row);
            match names.iter_mut().find(|(known, _)| *known == name) {
                Some((_, n)) => *n += row.n.unwrap_or(0),
                None => names.push((name, row.n.unwrap_or(0))),
            }
        }
        names.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
        names.truncate(NAMES_MAX);
        let mut spans: Vec<&str> = self.rows.iter().filter_map(|row| row.bucket.as_deref()).collect();
        spans.sort_unstable();
        spans.dedup();
        let rows = spans.into_iter().map(|span| self.span(span, &names)).collect();
        let head = [self.question.bucket.clone().unwrap_or_default()].into_iter();
        (head.chain(names.into_iter().map(|(name, _)| name)).collect(), rows)
    }

    /// A span of time, with the value of each name; one that has none was not there.
    fn span(&self, span: &str, names: &[(String, u64)]) -> Line {
        let there: Vec<&Row> = self.rows.iter().filter(|row| row.bucket.as_deref() == Some(span)).collect();
        let value = |name: &str| match there.iter().find(|row| self::name(row) == name) {
            Some(row) => self.cell(row.value),
            None => Cell { text: String::new(), value: Value::Missing },
        };
        Line { name: span.to_owned(), cells: names.iter().map(|(name, _)| value(name)).collect() }
    }

    fn cell(&self, value: Option<f64>) -> Cell {
        let unit = match self.question.measure.as_str() {
            "share" => Unit::Share,
            _ if self.is_percentile() => Unit::of(self.unit_name()),
            _ => Unit::Count,
        };
        cell(&unit, value.map_or(Value::Few, Value::Known))
    }

    /// `p50:event.field` and the like.
    fn is_percentile(&self) -> bool {
        self.question.measure.starts_with('p')
    }

    fn unit_name(&self) -> &str {
        let value = self.columns.iter().find(|column| column.name == "value");
        value.and_then(|column| column.unit.as_deref()).unwrap_or("")
    }
}

fn name(row: &Row) -> String {
    if row.key.is_empty() { "all".to_owned() } else { row.key.join(" · ") }
}

fn cell(unit: &Unit, value: Value) -> Cell {
    let text = if let Value::Known(number) = value { unit.full(number) } else { "not shown".to_owned() };
    Cell { text, value }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::terminal;

    #[track_caller]
    fn check(bucket: &str, rows: &[(&str, &str, &str)], expected: &str) {
        let row = |(bucket, key, value): &(&str, &str, &str)| {
            let n = if *value == "null" { "null" } else { "9" };
            format!(r#"{{"bucket":{bucket},"key":["{key}"],"value":{value},"n":{n},"folded":false}}"#)
        };
        let rows: Vec<String> = rows.iter().map(row).collect();
        let json = format!(
            r#"{{"tool":"acme","view":"operator","question":{{"measure":"p75:a.b","by":["os"],"where":[],
                "from":"2026-11-02","to":"2026-11-22","bucket":{bucket}}},"minimum":20,
                "columns":[{{"name":"os"}},{{"name":"value","unit":"ms"}}],"rows":[{}],"notes":[{{"code":"folded"}}]}}"#,
            rows.join(",")
        );
        let answered: Answered = serde_json::from_str(&json).expect("an answer");
        let drawn = terminal(&answered.sheet(), 60).replace('\u{202f}', " ") + &answered.notes();
        assert_eq!(drawn, expected, "\n{drawn}");
    }

    #[test]
    fn an_answer_is_a_table_of_names() {
        check(
            "null",
            &[("null", "linux", "8000"), ("null", "macos", "375"), ("null", "other", "null")],
            "acme: p75:a.b by os, 2026-11-02 to 2026-11-22

  os                                     p75:a.b          n
  linux █████████████████████████████        8 s          9
  macos █▍                                375 ms          9
  other ░                              not shown  not shown
note: small groups stand together: none of fewer than 20 is shown
",
        );
    }

    #[test]
    fn over_time_names_stand_beside_each_other() {
        let weeks =
            [("\"2026-11-02\"", "linux", "1"), ("\"2026-11-09\"", "macos", "40"), ("\"2026-11-09\"", "linux", "2")];
        check(
            "\"week\"",
            &weeks,
            "acme: p75:a.b by os, 2026-11-02 to 2026-11-22, each week

  week        linux  macos
  2026-11-02   1 ms
  2026-11-09   2 ms  40 ms
note: small groups stand together: none of fewer than 20 is shown
",
        );
    }
}
