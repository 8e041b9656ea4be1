//! Comma-separated values as RFC 4180 defines them, which are also safe to open in a spreadsheet.
//!
//! Texts are from closed vocabularies, but a public list may hold names such as `@scope/name`. A spreadsheet takes a
//! cell that begins with `=`, `+`, `-`, `@`, a tab or a carriage return for a formula (OWASP, "CSV Injection"), so such
//! a text gets a `'` before it. Numbers are never negative here and stay as they are.

/// A page as it is written.
#[derive(Default)]
pub(crate) struct Page {
    text: String,
}

impl Page {
    /// Writes one line.
    pub(crate) fn line<'a>(&mut self, cells: impl Iterator<Item = &'a str>) {
        for (position, cell) in cells.enumerate() {
            if position > 0 {
                self.text.push(',');
            }
            self.cell(cell);
        }
        self.text.push_str("\r\n");
    }

    /// What was written.
    pub(crate) fn into_text(self) -> String {
        self.text
    }

    fn cell(&mut self, cell: &str) {
        let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
        let quoted = cell.contains([',', '"', '\r', '\n']);
        let quote = if quoted { "\"" } else { "" };
        let guard = if formula { "'" } else { "" };
        self.text.push_str(quote);
        self.text.push_str(guard);
        self.text.push_str(&cell.replace('"', "\"\""));
        self.text.push_str(quote);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(cells: &[&str], line: &str) {
        let mut page = Page::default();
        page.line(cells.iter().copied());
        assert_eq!(page.into_text(), line);
    }

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        check(&["2026-11-16", "linux", "12"], "2026-11-16,linux,12\r\n");
        check(&["a,b", "say \"so\"", "two\nlines"], "\"a,b\",\"say \"\"so\"\"\",\"two\nlines\"\r\n");
        check(&["", ""], ",\r\n");
    }

    #[test]
    fn no_cell_is_a_formula() {
        check(&["@scope/name", "-1", "=A1,B1"], "'@scope/name,'-1,\"'=A1,B1\"\r\n");
    }
}
