//! Lays out expressions as rustfmt does with the settings of this workspace: on one line while it fits, else one item
//! a line. Generated code is committed, and must not change when somebody formats it.

const WIDTH: usize = 120;
const INDENT: usize = 4;
/// rustfmt puts several items of an array on a line when none is wider (`short_array_element_width_threshold`).
const SHORT: usize = 10;

/// An expression.
#[derive(Clone, Debug)]
pub(crate) enum Layout {
    /// Written as it is.
    Text(String),
    /// `open item, item close`, such as a struct with its name and braces. A struct has blanks inside its braces.
    Items { open: String, items: Vec<(String, Layout)>, close: &'static str, blanks: bool },
}

impl Layout {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A string literal.
    pub(crate) fn string(text: &str) -> Self {
        Self::Text(format!("{text:?}"))
    }

    /// `&[a, b]`.
    pub(crate) fn slice(items: impl Iterator<Item = Self>) -> Self {
        let items = items.map(|item| (String::new(), item)).collect();
        Self::Items { open: "&[".into(), items, close: "]", blanks: false }
    }

    /// `name(a, b)`.
    pub(crate) fn call(name: &str, items: impl IntoIterator<Item = Self>) -> Self {
        let items = items.into_iter().map(|item| (String::new(), item)).collect();
        Self::Items { open: format!("{name}("), items, close: ")", blanks: false }
    }

    /// `Name { a: 1, b: 2 }`.
    pub(crate) fn object<const N: usize>(name: &str, fields: [(&str, Self); N]) -> Self {
        let items = fields.into_iter().map(|(field, value)| (format!("{field}: "), value)).collect();
        Self::Items { open: format!("{name} {{"), items, close: "}", blanks: true }
    }

    /// The text, where `column` characters stand before it on its line, `depth` levels deep, and `after` behind it.
    pub(crate) fn render(&self, depth: usize, column: usize, after: usize) -> String {
        let flat = self.flat();
        match self {
            Self::Items { open, items, close, .. } if column + flat.len() + after > WIDTH => {
                if let [(_, only)] = items.as_slice()
                    && open.ends_with('(')
                {
                    // rustfmt keeps the only argument of a call on the line of the call.
                    return format!("{open}{}{close}", only.render(depth, column + open.len(), after + 1));
                }
                let lines = if Self::is_short(items) { packed(items, depth + 1) } else { stacked(items, depth + 1) };
                format!("{open}\n{lines}{}{close}", " ".repeat(depth * INDENT))
            }
            _ => flat,
        }
    }

    fn flat(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Items { open, items, close, blanks } => {
                let items: Vec<String> = items.iter().map(|(name, item)| format!("{name}{}", item.flat())).collect();
                let blank = if *blanks { " " } else { "" };
                format!("{open}{blank}{}{blank}{close}", items.join(", "))
            }
        }
    }

    fn is_short(items: &[(String, Self)]) -> bool {
        items.iter().all(|(name, item)| name.is_empty() && matches!(item, Self::Text(text) if text.len() <= SHORT))
    }
}

/// One item a line.
fn stacked(items: &[(String, Layout)], depth: usize) -> String {
    let pad = " ".repeat(depth * INDENT);
    let line =
        |(name, item): &(String, Layout)| format!("{pad}{name}{},\n", item.render(depth, pad.len() + name.len(), 1));
    items.iter().map(line).collect()
}

/// As many items on a line as fit.
fn packed(items: &[(String, Layout)], depth: usize) -> String {
    let pad = " ".repeat(depth * INDENT);
    let mut lines = vec![pad.clone()];
    for (_, item) in items {
        let item = format!("{},", item.flat());
        let line = lines.last_mut().expect("there is a first line");
        let blank = usize::from(line.len() > pad.len());
        if line.len() + blank + item.len() > WIDTH {
            lines.push(format!("{pad}{item}"));
        } else {
            line.push_str(&" ".repeat(blank));
            line.push_str(&item);
        }
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}
