//! Each number in a sentence of a page follows from the tables beside it, which are held against the answers elsewhere.

use crate::dashboard::{between, unescaped};

/// How far a number may be from what it follows from, in its last digit.
const HALF: f64 = 0.51;

/// Computes every number of every sentence about a drawing anew, and says how many there were.
pub(crate) fn computed(path: &str, body: &str) -> usize {
    let all: Vec<Grid> = between(body, "<figure class=\"chart\">", "</figure>").map(Grid::of).collect();
    let figures = between(body, "<figure class=\"chart\">", "</figure>").zip(&all);
    let captions = figures.map(|(figure, grid)| {
        let caption = between(figure, "<figcaption>", "</figcaption>").next().expect("a sentence");
        let numbers = numbers(&plain(caption));
        numbers.iter().for_each(|number| follows(path, caption, number, &numbers, std::slice::from_ref(grid)));
        numbers.len()
    });
    let captions: usize = captions.sum();
    let leads = between(body, "<p class=\"lead\">", "</p>").filter(|_| !all.is_empty());
    let leads = leads.map(|lead| {
        // When a version came out is told by days, of which the page has no table; `versions.rs` computes it.
        let numbers = if lead.contains(" came out about ") { Vec::new() } else { numbers(&plain(lead)) };
        numbers.iter().for_each(|number| follows(path, lead, number, &numbers, &all));
        numbers.len()
    });
    captions + leads.sum::<usize>()
}

/// A number of a sentence.
#[derive(Debug)]
struct Number {
    text: String,
    value: f64,
    /// The worth of its last digit.
    digit: f64,
    is_part: bool,
}

impl Number {
    /// Whether a cell says the same, to the last digit of either.
    fn is_as(&self, cell: &Self) -> bool {
        self.is_part == cell.is_part && (self.value - cell.value).abs() <= self.digit.max(cell.digit) * HALF
    }
}

/// What a table says, cell by cell.
struct Grid {
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Grid {
    fn of(figure: &str) -> Self {
        let cells = |row: &str| -> Vec<String> {
            let row = row.replace("<th", "<td").replace("</th>", "</td>");
            between(&row, "<td", "</td>").filter_map(|cell| Some(plain(cell.split_once('>')?.1))).collect()
        };
        let head = between(figure, "<thead><tr>", "</tr>").next().map(cells).unwrap_or_default();
        let rows = between(figure, "<tbody>", "</tbody>").flat_map(|body| between(body, "<tr>", "</tr>").map(cells));
        Self { head, rows: rows.collect() }
    }

    fn cells(&self) -> impl Iterator<Item = &String> {
        self.rows.iter().flatten()
    }

    /// The numbers of a column, where all of it are.
    fn column(&self, at: usize) -> Vec<f64> {
        self.rows.iter().filter_map(|row| numbers(row.get(at)?).first().map(|number| number.value)).collect()
    }

    /// The sums of columns.
    fn sums(&self) -> Vec<f64> {
        (1..self.head.len()).map(|at| self.column(at).iter().sum()).collect()
    }

    /// Their sum.
    fn whole(&self) -> Vec<f64> {
        vec![self.sums().iter().sum()]
    }

    /// What part of that each is, in percent.
    fn parts(&self) -> Vec<f64> {
        let whole: f64 = self.sums().iter().sum();
        self.sums().iter().map(|sum| sum / whole * 100.0).collect()
    }

    /// How many rows there are, and how many of them are about nothing.
    fn rows_and_empty_ones(&self) -> Vec<f64> {
        let empty = self.rows.iter().filter(|row| row.iter().any(|cell| cell == "0\u{202f}%"));
        vec![self.rows.len() as f64, empty.count() as f64]
    }

    /// The numbers of the first column, of spans of time that are over.
    fn over(&self) -> impl DoubleEndedIterator<Item = f64> {
        let over = self.rows.iter().filter(|row| !row[0].ends_with("(so far)"));
        over.filter_map(|row| Some(numbers(row.get(1)?).first()?.value))
    }

    /// Whether a word is the name of a row or a column, or of the line of versions that one belongs to.
    fn names(&self, word: &str) -> bool {
        let line = format!("{word}.");
        let mut names = self.head.iter().chain(self.rows.iter().filter_map(|row| row.first()));
        names.any(|name| name == word || name.starts_with(&line))
    }

    /// The part of those at first who were there so many spans later, where this is about cohorts.
    fn back(&self, later: usize) -> f64 {
        let sizes = self.rows.iter().filter_map(|row| {
            let (size, part) = (numbers(row.get(1)?), numbers(row.get(2 + later)?));
            Some((size.first()?.value, part.first()?.value / 100.0))
        });
        let (all, back) = sizes.fold((0.0, 0.0), |(all, back), (size, part)| (all + size, back + size * part));
        back / all
    }
}

/// Text without markup, and with spaces that are spaces.
fn plain(markup: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for letter in markup.chars() {
        match letter {
            '<' => inside = true,
            '>' => inside = false,
            '\u{a0}' if !inside => text.push('\u{a0}'),
            letter if !inside => text.push(letter),
            _ => {}
        }
    }
    unescaped(&text)
}

/// The numbers in a text: no versions, days, names, nor what counts spans of time.
fn numbers(text: &str) -> Vec<Number> {
    let words = text.split([' ', '(', ')', ';', ',']).map(|word| word.trim_end_matches(['.', ':']));
    words.filter_map(number).collect()
}

/// A word as a number: `1 420` with narrow spaces, `61 %`, `1.4 s`, `15.8k`.
fn number(word: &str) -> Option<Number> {
    // Days and months keep their parts together with another space.
    if word.contains(['\u{a0}', '–', '-', '_', '/', '@']) && !word.starts_with('−') {
        return None;
    }
    let joined: String = word.chars().filter(|letter| *letter != '\u{202f}').collect();
    let joined = joined.trim_start_matches(['−', '<']);
    let end = joined.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(joined.len());
    let (digits, unit) = joined.split_at(end);
    let scale = match unit {
        "" | "%" | "ms" => 1.0,
        "s" | "k" => 1_000.0,
        "min" => 60_000.0,
        "h" => 3_600_000.0,
        _ => return None,
    };
    let value: f64 = digits.parse().ok()?;
    let digit = digits.split_once('.').map_or(1.0, |(_, after)| 0.1_f64.powi(after.len() as i32));
    Some(Number { text: word.to_owned(), value: value * scale, digit: digit * scale, is_part: unit == "%" })
}

/// Finds out what a number of a sentence follows from.
#[track_caller]
fn follows(path: &str, sentence: &str, number: &Number, others: &[Number], grids: &[Grid]) {
    let told = plain(sentence);
    let near = |value: f64| (value - number.value).abs() <= number.digit * HALF;
    let any = |of: fn(&Grid) -> Vec<f64>| grids.iter().flat_map(of).any(near);
    let known = if told.contains(" back one ") {
        near(grids[0].back(1) * 100.0) || near(grids[0].back(4) * 100.0)
    } else if told.starts_with("An average day sees ") {
        near(average_day(grids) * 100.0)
    } else {
        grids.iter().any(|grid| grid.names(&number.text))
            || grids.iter().flat_map(Grid::cells).flat_map(|cell| numbers(cell)).any(|cell| number.is_as(&cell))
            || any(Grid::sums)
            || any(Grid::whole)
            || any(Grid::rows_and_empty_ones)
            || number.is_part && any(Grid::parts)
            || any_pair(others, |a, b| near((a - b).abs()) || near(a / b) || near((a - b).abs() / b * 100.0))
            || told.contains("(between ") && any_pair(others, |share, n| wilson(share, n).into_iter().any(near))
    };
    assert!(known, "{path}: `{}` in: {told}", number.text);
}

fn any_pair(numbers: &[Number], follows: impl Fn(f64, f64) -> bool) -> bool {
    numbers.iter().any(|a| numbers.iter().any(|b| follows(a.value, b.value)))
}

/// The ends of Wilson's interval at 95 %, in percent, of a share in percent.
fn wilson(share: f64, n: f64) -> [f64; 2] {
    let (z, share) = (1.959_964_f64, (share / 100.0 * n).round() / n);
    let middle = share + z * z / (2.0 * n);
    let wide = z * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    [middle - wide, middle + wide].map(|end| end / (1.0 + z * z / n) * 100.0)
}

/// What part of the machines of the last whole month an average one of the last 28 days sees: from the tables of days,
/// weeks and months after the one that has all three.
fn average_day(grids: &[Grid]) -> f64 {
    let [_, days, _, months] = grids else { return f64::NAN };
    let days: Vec<f64> = days.over().rev().take(28).collect();
    days.iter().sum::<f64>() / days.len() as f64 / months.over().next_back().unwrap_or(f64::NAN)
}
