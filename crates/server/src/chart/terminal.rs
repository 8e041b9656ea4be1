//! A drawing's table as text for a terminal: bars beside names, a sparkline for each of several columns.

use super::Value;
use super::axis::shortened;
use super::sheet::{Line, Sheet};

/// Eighths of a character, as a bar from the left and as one from the foot.
const ACROSS: [char; 8] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];
const UP: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// What is not shown: never as low as zero.
const FEW: char = '░';
/// Names longer than this are cut.
const NAME_MAX: usize = 32;
/// Tables of fewer rows are written as tables.
const SPARK_ROWS_MIN: usize = 6;
/// How long bars are.
const BAR_MIN: usize = 8;
const BAR_MAX: usize = 48;
/// Heads of columns longer than this are cut.
const HEAD_MAX: usize = 20;

/// Draws a table within so many columns of a terminal.
pub(crate) fn terminal(sheet: &Sheet, columns: usize) -> String {
    let is_number = |column: &usize| sheet.rows.iter().any(|line| has_number(line, *column));
    let numbers: Vec<usize> = (0..sheet.head.len().saturating_sub(1)).filter(is_number).collect();
    let body = match numbers.as_slice() {
        [] => table(sheet),
        [one] => bars(sheet, *one, columns),
        several if sheet.rows.len() >= SPARK_ROWS_MIN => sparks(sheet, several, columns),
        _ => table(sheet),
    };
    let lines = body.lines().map(|line| format!("  {}\n", line.trim_end()));
    plain(&format!("{}\n\n{}", sheet.caption, lines.collect::<String>()))
}

fn has_number(line: &Line, column: usize) -> bool {
    line.cells.get(column).is_some_and(|cell| cell.value != Value::Missing)
}

/// A bar for each row, then its number, then as many of the other columns as there is room for.
fn bars(sheet: &Sheet, column: usize, columns: usize) -> String {
    let names = width(sheet.rows.iter().map(|line| line.name.as_str())).min(NAME_MAX);
    let heads: Vec<String> = heads(sheet, column).map(|head| shortened(head, HEAD_MAX)).collect();
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let rows: Vec<Vec<&str>> = sheet.rows.iter().map(|line| texts(line, column)).collect();
    let mut widths = widths(&[&rows[..], std::slice::from_ref(&heads)].concat());
    let left =
        |widths: &[usize]| columns.saturating_sub(names + widths.iter().map(|width| width + 2).sum::<usize>() + 4);
    while left(&widths) < BAR_MIN && widths.len() > 1 {
        widths.pop();
    }
    let room = left(&widths).clamp(BAR_MIN, BAR_MAX);
    let most = most(sheet, column);
    let line = |(line, texts): (&Line, &Vec<&str>)| {
        let bar = match line.cells.get(column).map(|cell| cell.value) {
            Some(Value::Known(number)) => bar(number, most, room),
            Some(Value::Few) => FEW.to_string(),
            _ => String::new(),
        };
        format!("{} {}{}\n", left_aligned(&line.name, names), left_aligned(&bar, room), right_aligned(texts, &widths))
    };
    let head = format!("{}{}\n", left_aligned(&sheet.head[0], names + room + 1), right_aligned(&heads, &widths));
    [head].into_iter().chain(sheet.rows.iter().zip(&rows).map(line)).collect()
}

/// The head of the number, then of what stands beside it.
fn heads(sheet: &Sheet, column: usize) -> impl Iterator<Item = &str> {
    let others = (1..sheet.head.len()).filter(move |head| *head != column + 1);
    [column + 1].into_iter().chain(others).map(|head| sheet.head[head].as_str())
}

/// The number, then what stands beside it.
fn texts(line: &Line, column: usize) -> Vec<&str> {
    let own = line.cells.get(column).map(|cell| cell.text.as_str());
    let others = line.cells.iter().enumerate().filter(|(place, _)| *place != column);
    own.into_iter().chain(others.map(|(_, cell)| cell.text.as_str())).collect()
}

/// A line for each column: how it went from the first row to the last, and its last number.
fn sparks(sheet: &Sheet, numbers: &[usize], columns: usize) -> String {
    let heads: Vec<&str> = numbers.iter().map(|column| sheet.head[column + 1].as_str()).collect();
    let names = width(heads.iter().copied()).min(NAME_MAX);
    let room = columns.saturating_sub(names + 20).max(8);
    let shown = &sheet.rows[sheet.rows.len().saturating_sub(room)..];
    let line = |(column, head): (&usize, &&str)| {
        let cells = || shown.iter().filter_map(|line| line.cells.get(*column));
        let most = cells().filter_map(|cell| cell.value.known()).fold(0.0, f64::max);
        let drawn: String = cells().map(|cell| mark(cell.value, most)).collect();
        let last = cells().next_back().map_or("", |cell| cell.text.as_str());
        format!("{} {drawn}  {last}\n", left_aligned(head, names))
    };
    let ends = match shown {
        [first, .., last] => format!("{} {} … {}\n", " ".repeat(names), first.name, last.name),
        _ => String::new(),
    };
    numbers.iter().zip(&heads).map(line).chain([ends]).collect()
}

fn mark(value: Value, most: f64) -> char {
    match value {
        Value::Known(number) => UP[eighths(number, most, 7)],
        Value::Few => FEW,
        Value::Missing => ' ',
    }
}

/// The table as it is, its columns under each other.
fn table(sheet: &Sheet) -> String {
    let row = |line: &'_ Line| -> Vec<String> { line.cells.iter().map(|cell| cell.text.clone()).collect() };
    let rows: Vec<(String, Vec<String>)> = sheet.rows.iter().map(|line| (line.name.clone(), row(line))).collect();
    let head = (sheet.head.first().cloned().unwrap_or_default(), sheet.head.iter().skip(1).cloned().collect());
    let rows: Vec<(String, Vec<String>)> = [head].into_iter().chain(rows).collect();
    let texts: Vec<Vec<&str>> = rows.iter().map(|(_, cells)| cells.iter().map(String::as_str).collect()).collect();
    let widths = widths(&texts);
    let names = width(rows.iter().map(|(name, _)| name.as_str())).min(NAME_MAX);
    let line = |((name, _), texts): (&(String, Vec<String>), &Vec<&str>)| {
        format!("{}{}\n", left_aligned(name, names), right_aligned(texts, &widths))
    };
    rows.iter().zip(&texts).map(line).collect()
}

fn most(sheet: &Sheet, column: usize) -> f64 {
    let known = sheet.rows.iter().filter_map(|line| line.cells.get(column)?.value.known());
    known.fold(0.0, f64::max)
}

fn bar(number: f64, most: f64, room: usize) -> String {
    let eighths = eighths(number, most, room * 8);
    let rest = (eighths % 8).checked_sub(1).map(|rest| ACROSS[rest]);
    let drawn: String = std::iter::repeat_n(ACROSS[7], eighths / 8).chain(rest).collect();
    // What is there is seen.
    if drawn.is_empty() && number > 0.0 { ACROSS[0].to_string() } else { drawn }
}

fn eighths(number: f64, most: f64, full: usize) -> usize {
    if most > 0.0 { (number / most * full as f64).round().clamp(0.0, full as f64) as usize } else { 0 }
}

fn width<'t>(texts: impl Iterator<Item = &'t str>) -> usize {
    texts.map(|text| text.chars().count()).max().unwrap_or_default()
}

fn widths(rows: &[Vec<&str>]) -> Vec<usize> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    (0..columns).map(|column| width(rows.iter().filter_map(|row| row.get(column).copied()))).collect()
}

fn left_aligned(text: &str, width: usize) -> String {
    let text = shortened(text, width.max(2));
    format!("{text:<width$}")
}

fn right_aligned(texts: &[&str], widths: &[usize]) -> String {
    texts.iter().zip(widths).map(|(text, &width)| format!("  {text:>width$}")).collect()
}

/// Terminals have one kind of space.
fn plain(text: &str) -> String {
    text.replace(['\u{202f}', '\u{a0}'], " ")
}

#[cfg(test)]
mod tests {
    use super::super::gallery;
    use super::*;
    use crate::chart::Form;

    #[test]
    fn drawings_are_written_as_they_were_looked_at() {
        let sheets = [
            gallery::commands().draw().sheet,
            gallery::helpful().draw().sheet,
            gallery::adoption(Form::Lines).draw().sheet,
            gallery::some_few().draw().sheet,
            gallery::systems().draw().sheet,
        ];
        let written: Vec<String> = sheets.iter().map(|sheet| terminal(sheet, 80)).collect();
        crate::golden::check("crates/server/tests/golden/terminal.txt", &written.join("\n"));
    }

    #[test]
    fn a_bar_is_as_long_as_its_number() {
        let drawn = [0.0, 0.01, 0.5, 0.99, 1.0].map(|number| bar(number, 1.0, 4));
        assert_eq!(drawn, ["", "▏", "██", "████", "████"]);
        assert_eq!(bar(3.0, 0.0, 4), "▏");
    }

    #[test]
    fn what_is_hidden_is_neither_zero_nor_missing() {
        let marks = [Value::Known(0.0), Value::Few, Value::Missing, Value::Known(4.0)].map(|value| mark(value, 4.0));
        assert_eq!(marks, ['▁', '░', ' ', '█']);
    }

    #[test]
    fn lines_fit_the_terminal() {
        for columns in [60, 80, 120] {
            for sheet in [gallery::commands().draw().sheet, gallery::daily().draw().sheet] {
                let written = terminal(&sheet, columns);
                let longest = written.lines().map(|line| line.chars().count()).max().unwrap_or_default();
                assert!(longest <= columns, "{longest} of {columns}\n{written}");
            }
        }
    }
}
