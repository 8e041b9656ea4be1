//! The little of Markdown that pages of error codes need, as HTML: paragraphs, lists, headings, blocks of code; in a
//! line code, strong words and links. All else is text. Everything is escaped, and a link leads to the web only.

use std::fmt::{self, Write};

use askama::filters::{Html, HtmlSafe, escape};

/// A text in Markdown. It escapes itself.
#[derive(Clone, Debug)]
pub(crate) struct Markdown(pub(crate) String);

impl HtmlSafe for Markdown {}

impl fmt::Display for Markdown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut writer = Writer { out: f, open: Open::Nothing, text: String::new() };
        let mut fence: Option<usize> = None;
        for line in self.0.lines() {
            let ticks = line.bytes().take_while(|byte| *byte == b'`').count();
            match fence {
                Some(open) if ticks >= open && ticks == line.trim_end().len() => {
                    fence = None;
                    writer.out.write_str("</code></pre>\n")?;
                }
                Some(_) => writeln!(writer.out, "{}", escaped(line)?)?,
                None if ticks >= 3 => {
                    writer.close()?;
                    fence = Some(ticks);
                    writer.out.write_str("<pre tabindex=\"0\"><code>")?;
                }
                None => writer.line(line)?,
            }
        }
        if fence.is_some() {
            writer.out.write_str("</code></pre>\n")?;
        }
        writer.close()
    }
}

/// What is open while lines are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Open {
    Nothing,
    Paragraph,
    Items,
    Steps,
}

impl Open {
    fn is_list(self) -> bool {
        matches!(self, Self::Items | Self::Steps)
    }

    fn tag(self) -> &'static str {
        if self == Self::Items { "ul" } else { "ol" }
    }
}

struct Writer<'w, 'f> {
    out: &'w mut fmt::Formatter<'f>,
    open: Open,
    /// The paragraph or the item that is not written yet.
    text: String,
}

impl Writer<'_, '_> {
    fn line(&mut self, line: &str) -> fmt::Result {
        let text = line.trim();
        if text.is_empty() {
            return if self.open == Open::Paragraph { self.close() } else { Ok(()) };
        }
        if let Some((list, item)) = item(text) {
            return self.item(list, item);
        }
        if let Some(heading) = text.strip_prefix("### ") {
            self.close()?;
            return writeln!(self.out, "<h3>{}</h3>", inline(heading)?);
        }
        if self.open == Open::Nothing || (self.open.is_list() && !line.starts_with(' ')) {
            self.close()?;
            self.open = Open::Paragraph;
        }
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(text);
        Ok(())
    }

    fn item(&mut self, list: Open, item: &str) -> fmt::Result {
        if self.open == list {
            self.end_item()?;
        } else {
            self.close()?;
            self.open = list;
            writeln!(self.out, "<{}>", list.tag())?;
        }
        item.clone_into(&mut self.text);
        Ok(())
    }

    fn end_item(&mut self) -> fmt::Result {
        let text = inline(&std::mem::take(&mut self.text))?;
        writeln!(self.out, "<li>{text}</li>")
    }

    fn close(&mut self) -> fmt::Result {
        match self.open {
            Open::Nothing => {}
            Open::Paragraph => {
                let text = inline(&std::mem::take(&mut self.text))?;
                writeln!(self.out, "<p>{text}</p>")?;
            }
            list => {
                self.end_item()?;
                writeln!(self.out, "</{}>", list.tag())?;
            }
        }
        self.open = Open::Nothing;
        Ok(())
    }
}

/// The list that a line belongs to, and its text.
fn item(text: &str) -> Option<(Open, &str)> {
    if let Some(item) = text.strip_prefix("- ").or_else(|| text.strip_prefix("* ")) {
        return Some((Open::Items, item));
    }
    let (number, item) = text.split_once(". ")?;
    let is_number = !number.is_empty() && number.len() <= 3 && number.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then_some((Open::Steps, item))
}

/// A line: code first, because nothing in it means anything.
fn inline(text: &str) -> Result<String, fmt::Error> {
    let mut out = String::new();
    let parts: Vec<&str> = text.split('`').collect();
    for (place, part) in parts.iter().enumerate() {
        match place % 2 {
            1 if place + 1 < parts.len() => write!(out, "<code>{}</code>", escaped(part)?)?,
            1 => write!(out, "`{}", linked(part)?)?,
            _ => out.push_str(&linked(part)?),
        }
    }
    Ok(out)
}

/// Links, and strong words around and in them.
fn linked(text: &str) -> Result<String, fmt::Error> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, name, address, after)) = link(rest) {
        out.push_str(&strong(before)?);
        write!(out, "<a href=\"{}\" rel=\"noreferrer\">{}</a>", escaped(address)?, strong(name)?)?;
        rest = after;
    }
    out.push_str(&strong(rest)?);
    Ok(out)
}

/// What stands before the first link, its name, its address, and what stands after it.
fn link(text: &str) -> Option<(&str, &str, &str, &str)> {
    let mut from = 0;
    loop {
        let open = from + text.get(from..)?.find('[')?;
        let found = text[open + 1..].split_once("](").and_then(|(name, rest)| {
            let (address, after) = rest.split_once(')')?;
            let leads_out = address.starts_with("https://") || address.starts_with("http://");
            (leads_out && !name.contains('[')).then_some((&text[..open], name, address, after))
        });
        match found {
            Some(found) => return Some(found),
            None => from = open + 1,
        }
    }
}

fn strong(text: &str) -> Result<String, fmt::Error> {
    let parts: Vec<&str> = text.split("**").collect();
    let mut out = String::new();
    for (place, part) in parts.iter().enumerate() {
        match place % 2 {
            1 if place + 1 < parts.len() => write!(out, "<strong>{}</strong>", escaped(part)?)?,
            1 => write!(out, "**{}", escaped(part)?)?,
            _ => out.push_str(&escaped(part)?),
        }
    }
    Ok(out)
}

fn escaped(text: &str) -> Result<String, fmt::Error> {
    escape(text, Html).map(|text| text.to_string()).map_err(|_| fmt::Error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, html: &str) {
        assert_eq!(Markdown(text.to_owned()).to_string().trim_end(), html);
    }

    #[test]
    fn blocks() {
        check("a\nb\n\nc", "<p>a\nb</p>\n<p>c</p>");
        check(
            "Do:\n\n1. one\n2. two\n   more\n\nthen",
            "<p>Do:</p>\n<ol>\n<li>one</li>\n<li>two\nmore</li>\n</ol>\n<p>then</p>",
        );
        check("- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>");
        check("### More\ntext", "<h3>More</h3>\n<p>text</p>");
        check(
            "```console\n$ a < b\n\n# no heading\n```\nend",
            "<pre tabindex=\"0\"><code>$ a &#60; b\n\n# no heading\n</code></pre>\n<p>end</p>",
        );
        check("````\n```\n````", "<pre tabindex=\"0\"><code>```\n</code></pre>");
        check("```\nnot closed", "<pre tabindex=\"0\"><code>not closed\n</code></pre>");
    }

    #[test]
    fn lines() {
        check("`a*b**` and **strong**", "<p><code>a*b**</code> and <strong>strong</strong></p>");
        check(
            "see [the **manual**](https://a.example/?a&b)",
            "<p>see <a href=\"https://a.example/?a&#38;b\" rel=\"noreferrer\">the <strong>manual</strong></a></p>",
        );
        check("a ` b ** c", "<p>a ` b ** c</p>");
    }

    #[test]
    fn nothing_else_becomes_markup() {
        check("<b>&\"'", "<p>&#60;b&#62;&#38;&#34;&#39;</p>");
        check("[x](javascript:alert(1)) [y](//z.example)", "<p>[x](javascript:alert(1)) [y](//z.example)</p>");
        check(
            "[<i>](https://a.example/\"x)",
            "<p><a href=\"https://a.example/&#34;x\" rel=\"noreferrer\">&#60;i&#62;</a></p>",
        );
        check("```\n</code><script>\n```", "<pre tabindex=\"0\"><code>&#60;/code&#62;&#60;script&#62;\n</code></pre>");
    }
}
