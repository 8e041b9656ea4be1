//! JSON as a client needs it: the files it wrote itself, read into [`RawValue`]s, and everything it writes.
//!
//! The collector reads with serde, which is faster on large bodies and says what is wrong with them; in a tool that
//! would weigh fifty kilobytes. The tests hold the two readers against each other.

use std::borrow::Cow;
use std::fmt::Write;

use crate::limits::{KEYS_MAX, NESTING_DEPTH_MAX};
use crate::raw::{RawFields, RawValue, WHOLE_NUMBER_MAX};

/// Reads one value. `None` for what is no JSON, and for what no client writes: too deep, a key said twice.
#[must_use]
pub fn read(text: &str) -> Option<RawValue<'_>> {
    let mut reader = Reader { text, at: 0 };
    let value = reader.value(0)?;
    reader.skip_space();
    (reader.at == text.len()).then_some(value)
}

/// Writes a value without white space.
pub(crate) fn write(value: &RawValue<'_>, out: &mut String) {
    match value {
        RawValue::Null => out.push_str("null"),
        RawValue::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        RawValue::Number(number) => write_number(*number, out),
        RawValue::Text(text) => write_text(text, out),
        RawValue::List(items) => write_all(['[', ']'], items, out, |item, out| write(item, out)),
        RawValue::Map(fields) => write_fields(fields, out),
    }
}

/// Writes a value for people: each item on a line of its own.
pub fn write_wide(value: &RawValue<'_>, indent: usize, out: &mut String) {
    let begin_line = |indent: usize, out: &mut String| {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", indent));
    };
    match value {
        RawValue::List(items) if !items.is_empty() => {
            write_all(['[', ']'], items, out, |item, out| {
                begin_line(indent + 1, out);
                write_wide(item, indent + 1, out);
            });
            out.pop();
            begin_line(indent, out);
            out.push(']');
        }
        RawValue::Map(fields) if !fields.0.is_empty() => {
            write_all(['{', '}'], &fields.0, out, |(key, value), out| {
                begin_line(indent + 1, out);
                write_text(key, out);
                out.push_str(": ");
                write_wide(value, indent + 1, out);
            });
            out.pop();
            begin_line(indent, out);
            out.push('}');
        }
        value => write(value, out),
    }
}

/// Writes an object without white space.
pub(crate) fn write_fields(fields: &RawFields<'_>, out: &mut String) {
    write_all(['{', '}'], &fields.0, out, |(key, value), out| {
        write_text(key, out);
        out.push(':');
        write(value, out);
    });
}

/// Writes a text with its quotation marks.
pub(crate) fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => out.extend(['\\', letter]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\0'..='\u{1f}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(letter));
            }
            letter => out.push(letter),
        }
    }
    out.push('"');
}

/// Writes items between brackets, with commas.
pub(crate) fn write_all<T>([open, close]: [char; 2], items: &[T], out: &mut String, one: impl Fn(&T, &mut String)) {
    out.push(open);
    for (position, item) in items.iter().enumerate() {
        if position > 0 {
            out.push(',');
        }
        one(item, out);
    }
    out.push(close);
}

/// As JSON.stringify writes it, so that both SDKs send the same bytes: 12, not 12.0.
fn write_number(number: f64, out: &mut String) {
    let _ = match number {
        whole if whole.fract() == 0.0 && whole.abs() <= WHOLE_NUMBER_MAX => write!(out, "{}", whole as i64),
        tiny if tiny.abs() < SMALL && tiny != 0.0 => write!(out, "{tiny:e}"),
        number if number.is_finite() => write!(out, "{number}"),
        _ => write!(out, "null"),
    };
}

/// What is smaller is written with an exponent.
const SMALL: f64 = 1e-6;

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    fn value(&mut self, depth: usize) -> Option<RawValue<'t>> {
        self.skip_space();
        match self.peek()? {
            b'{' => self.map(deeper(depth)?),
            b'[' => self.list(deeper(depth)?),
            b'"' => self.text().map(RawValue::Text),
            b't' => self.word("true", RawValue::Bool(true)),
            b'f' => self.word("false", RawValue::Bool(false)),
            b'n' => self.word("null", RawValue::Null),
            _ => self.number(),
        }
    }

    fn map(&mut self, depth: usize) -> Option<RawValue<'t>> {
        let mut fields: Vec<(Cow<'t, str>, RawValue<'t>)> = Vec::new();
        self.items(b'}', |reader| {
            let key = reader.text()?;
            reader.skip_space();
            reader.take(b':')?;
            let new = fields.len() < KEYS_MAX && fields.iter().all(|(earlier, _)| *earlier != key);
            fields.push((key, reader.value(depth).filter(|_| new)?));
            Some(())
        })?;
        Some(RawValue::Map(RawFields(fields)))
    }

    fn list(&mut self, depth: usize) -> Option<RawValue<'t>> {
        let mut items = Vec::new();
        self.items(b']', |reader| {
            items.push(reader.value(depth)?);
            Some(())
        })?;
        Some(RawValue::List(items))
    }

    /// What stands between this bracket and the closing one, with commas.
    fn items(&mut self, close: u8, mut one: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.at += 1;
        self.skip_space();
        if self.take(close).is_some() {
            return Some(());
        }
        loop {
            self.skip_space();
            one(self)?;
            self.skip_space();
            if self.take(close).is_some() {
                return Some(());
            }
            self.take(b',')?;
        }
    }

    /// A text, borrowed when it has no escapes.
    fn text(&mut self) -> Option<Cow<'t, str>> {
        self.take(b'"')?;
        let start = self.at;
        let plain = self.run(|byte| !matches!(byte, b'"' | b'\\' | 0..=0x1f));
        if self.take(b'"').is_some() {
            return Some(Cow::Borrowed(plain));
        }
        self.at = start;
        let mut text = String::new();
        loop {
            text.push_str(self.run(|byte| !matches!(byte, b'"' | b'\\' | 0..=0x1f)));
            match self.next()? {
                b'"' => return Some(Cow::Owned(text)),
                b'\\' => text.push(self.escaped()?),
                _ => return None,
            }
        }
    }

    /// The character after a backslash (RFC 8259, section 7).
    fn escaped(&mut self) -> Option<char> {
        Some(match self.next()? {
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'u' => {
                let first = self.unit()?;
                if !(0xd800..0xdc00).contains(&first) {
                    return char::from_u32(first);
                }
                self.take(b'\\')?;
                self.take(b'u')?;
                let second = self.unit()?.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
                char::from_u32(0x10000 + ((first - 0xd800) << 10) + second)?
            }
            same @ (b'"' | b'\\' | b'/') => char::from(same),
            _ => return None,
        })
    }

    /// Four hexadecimal digits.
    fn unit(&mut self) -> Option<u32> {
        (0..4).try_fold(0, |unit, _| Some(unit << 4 | char::from(self.next()?).to_digit(16)?))
    }

    /// A number, exactly where it has up to 15 digits and is not extreme, as all have that a client writes; within two
    /// units of the last place otherwise, and no bucket is that narrow. Reading every number exactly takes 14
    /// kilobytes of tables.
    fn number(&mut self) -> Option<RawValue<'t>> {
        let negative = self.take(b'-').is_some();
        let whole = self.run(|byte| byte.is_ascii_digit());
        let fraction = match self.take(b'.') {
            Some(()) => Some(self.run(|byte| byte.is_ascii_digit())).filter(|digits| !digits.is_empty())?,
            None => "",
        };
        if whole.is_empty() || (whole.len() > 1 && whole.starts_with('0')) {
            return None;
        }
        let exponent =
            if self.peek().is_some_and(|byte| byte.eq_ignore_ascii_case(&b'e')) { self.exponent()? } else { 0 };
        let number = decimal(whole, fraction, exponent);
        number.is_finite().then_some(RawValue::Number(if negative { -number } else { number }))
    }

    fn exponent(&mut self) -> Option<i32> {
        self.at += 1;
        let negative = self.take(b'-').is_some();
        if !negative {
            let _ = self.take(b'+');
        }
        let digits = self.run(|byte| byte.is_ascii_digit());
        // What has more digits is nothing, or out of range.
        let exponent = digits.bytes().fold(0, |sum: i32, digit| (sum * 10 + i32::from(digit - b'0')).min(10_000));
        (!digits.is_empty()).then_some(if negative { -exponent } else { exponent })
    }

    fn word(&mut self, word: &str, value: RawValue<'t>) -> Option<RawValue<'t>> {
        self.text[self.at..].starts_with(word).then(|| self.at += word.len())?;
        Some(value)
    }

    fn skip_space(&mut self) {
        self.run(|byte| matches!(byte, b' ' | b'\n' | b'\r' | b'\t'));
    }

    /// The bytes from here on for which this holds; where it ends, a character ends.
    fn run(&mut self, holds: impl Fn(u8) -> bool) -> &'t str {
        let rest = &self.text[self.at..];
        let length = rest.bytes().position(|byte| !holds(byte)).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek() == Some(byte)).then(|| self.at += 1)
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }
}

/// A batch lies one deeper than the values that its limit is about.
fn deeper(depth: usize) -> Option<usize> {
    (depth <= NESTING_DEPTH_MAX).then_some(depth + 1)
}

/// `whole.fraction × 10^exponent`.
fn decimal(whole: &str, fraction: &str, exponent: i32) -> f64 {
    /// As many digits as fit; the rest only moves the point.
    const DIGITS_MAX: u64 = 1_000_000_000_000_000_000;
    let mut digits = 0;
    let mut exponent = exponent.saturating_sub(fraction.len() as i32);
    for digit in whole.bytes().chain(fraction.bytes()) {
        match digits < DIGITS_MAX {
            true => digits = digits * 10 + u64::from(digit - b'0'),
            false => exponent = exponent.saturating_add(1),
        }
    }
    // Powers of ten up to the 22nd are exact.
    let mut number = digits as f64;
    while exponent != 0 && number != 0.0 && number.is_finite() {
        let step = exponent.clamp(-22, 22);
        let power = 10_f64.powi(step.abs());
        number = if step < 0 { number / power } else { number * power };
        exponent -= step;
    }
    number
}

#[cfg(all(test, feature = "serde"))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_no_json_is_not_read() {
        for bad in [
            "",
            " ",
            "{",
            "[1,]",
            "{\"a\":1,}",
            "{a:1}",
            "nul",
            "01",
            "1.",
            ".5",
            "-",
            "+1",
            "1e",
            "0x1",
            "\"a",
            "\"\\x\"",
            "\"\\ud800\"",
            "\"\\udc00\"",
            "\"\n\"",
            "1 2",
            "{\"a\":1,\"a\":2}",
            "1e999",
            "[1 2]",
            "{\"a\" 1}",
            "'a'",
        ] {
            assert_eq!(read(bad), None, "{bad}");
            assert!(serde_json::from_str::<RawValue<'_>>(bad).is_err(), "{bad}");
        }
        assert_eq!(read(&"[".repeat(100_000)), None);
    }

    fn value() -> impl Strategy<Value = RawValue<'static>> {
        let leaf = prop_oneof![
            Just(RawValue::Null),
            any::<bool>().prop_map(RawValue::Bool),
            (-1e15..1e15f64).prop_map(|number| RawValue::Number(number.trunc())),
            (0u32..1_000_000, 0..4)
                .prop_map(|(digits, shift)| RawValue::Number(f64::from(digits) / 10_f64.powi(shift))),
            "\\PC{0,8}|[\\x00-\\x20\"\\\\é😀]{0,8}".prop_map(|text| RawValue::Text(text.into())),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            let key = "[a-z\"\\\\é]{0,4}".prop_map(Cow::Owned);
            let map = proptest::collection::btree_map(key, inner.clone(), 0..4);
            prop_oneof![
                proptest::collection::vec(inner, 0..4).prop_map(RawValue::List),
                map.prop_map(|map| RawValue::Map(RawFields(map.into_iter().collect()))),
            ]
        })
    }

    proptest! {
        #[test]
        fn both_readers_read_and_both_writers_write_the_same(value in value()) {
            let text = value.json();
            prop_assert_eq!(&text, &serde_json::to_string(&value).expect("JSON"));
            let mut wide = String::new();
            write_wide(&value, 0, &mut wide);
            prop_assert_eq!(&wide, &serde_json::to_string_pretty(&value).expect("JSON"));
            prop_assert_eq!(read(&wide), Some(value.clone()));
            prop_assert_eq!(read(&text), Some(value));
            let loose = format!(" {} ", text.replace(',', " ,\n\t").replace(':', " : "));
            prop_assert_eq!(read(&loose), serde_json::from_str(&loose).ok());
        }

        #[test]
        fn any_number_is_read_within_two_units_of_the_last_place(number in any::<f64>().prop_filter("finite", |n| n.is_finite())) {
            let Some(RawValue::Number(found)) = read(&format!("{number:e}")) else { panic!("a number") };
            let unit = (number.abs() * f64::EPSILON).max(f64::MIN_POSITIVE);
            prop_assert!((found - number).abs() <= 20.0 * unit, "{} {}", number, found);
        }

        #[test]
        fn no_text_makes_it_panic(text in "[\\[\\]{},:\"\\\\0-9eE+.\\-a-zé ]{0,40}") {
            let ours = read(&text);
            let theirs = serde_json::from_str::<RawValue<'_>>(&text);
            prop_assert_eq!(ours.is_some(), theirs.is_ok());
        }
    }
}
