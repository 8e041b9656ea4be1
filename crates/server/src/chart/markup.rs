//! Markup as it is written: every text escaped, every number short.

use std::fmt::{self, Write};

/// The place of a legend's line.
pub(super) const KEY: &str = "<svg class=\"key\" width=\"24\" height=\"12\" aria-hidden=\"true\">";

/// Markup.
#[derive(Default)]
pub(super) struct Markup(String);

impl Markup {
    /// Writes what is markup already; texts in it are [`Text`].
    pub(super) fn push(&mut self, parts: fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.0.write_fmt(parts);
    }

    /// Writes a name that leads somewhere, or does not.
    pub(super) fn linked(&mut self, name: &str, link: Option<&str>) {
        match link {
            Some(link) => self.push(format_args!("<a href=\"{}\">{}</a>", Text(link), Text(name))),
            None => self.push(format_args!("{}", Text(name))),
        }
    }

    /// What was written.
    pub(super) fn into_text(self) -> String {
        self.0
    }
}

/// A text, written so that no character of it is markup.
pub(super) struct Text<'t>(pub(super) &'t str);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|character| match character {
            '&' => f.write_str("&amp;"),
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            '"' => f.write_str("&quot;"),
            '\'' => f.write_str("&#39;"),
            other => f.write_char(other),
        })
    }
}

/// A coordinate, to a tenth.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Px(pub(super) f64);

impl fmt::Display for Px {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenths = (self.0 * 10.0).round() as i64;
        match (tenths / 10, tenths.abs() % 10) {
            (whole, 0) => write!(f, "{whole}"),
            (0, tenth) if tenths < 0 => write!(f, "-.{tenth}"),
            (0, tenth) => write!(f, ".{tenth}"),
            (whole, tenth) => write!(f, "{whole}.{tenth}"),
        }
    }
}

/// The steps of a path through places of the plane, the first as a move.
#[derive(Default)]
pub(super) struct Path {
    text: String,
    at: Option<(i64, i64)>,
}

impl Path {
    /// Goes on to a place; a path that is empty or was lifted begins there.
    ///
    /// Steps are relative, in tenths that never add up an error: at equal distances they pack to a third.
    pub(super) fn to(&mut self, x: f64, y: f64) {
        let place = ((x * 10.0).round() as i64, (y * 10.0).round() as i64);
        let _ = match self.at {
            None => write!(self.text, "M{} {}", tenths(place.0), tenths(place.1)),
            Some((x, y)) => write!(self.text, "l{} {}", tenths(place.0 - x), tenths(place.1 - y)),
        };
        self.at = Some(place);
    }

    /// A line of its own.
    pub(super) fn step(&mut self, from: (f64, f64), to: (f64, f64)) {
        self.lift();
        self.to(from.0, from.1);
        self.to(to.0, to.1);
    }

    /// A bar from `left` to `right`.
    pub(super) fn bar(&mut self, left: f64, right: f64, top: f64, foot: f64) {
        self.lift();
        for (x, y) in [(left, foot), (left, top), (right, top), (right, foot)] {
            self.to(x, y);
        }
        self.close();
    }

    /// A line of no length, which round ends make a dot at any stretch.
    pub(super) fn dot(&mut self, x: f64, y: f64) {
        self.lift();
        self.to(x, y);
        self.text.push_str("h0");
        self.lift();
    }

    /// The next place begins a new line.
    pub(super) fn lift(&mut self) {
        self.at = None;
    }

    /// Closes the line to where it began.
    pub(super) fn close(&mut self) {
        self.text.push('z');
        self.at = None;
    }

    /// Whether nothing was drawn.
    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn tenths(tenths: i64) -> Px {
    Px(tenths as f64 / 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_markup() {
        assert_eq!(Text("<b a='1' c=\"2\">&").to_string(), "&lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;");
    }

    #[test]
    fn coordinates_are_short() {
        let written = [0.0, 0.04, 0.5, -0.5, 12.0, 12.34, -3.15].map(|number| Px(number).to_string());
        assert_eq!(written, ["0", "0", ".5", "-.5", "12", "12.3", "-3.2"]);
    }

    #[test]
    fn steps_add_up_to_where_they_lead() {
        let mut path = Path::default();
        (0..=3).for_each(|step| path.to(f64::from(step) * 100.0 / 3.0, 7.0));
        assert_eq!(path.to_string(), "M0 7l33.3 0l33.4 0l33.3 0");
    }
}
