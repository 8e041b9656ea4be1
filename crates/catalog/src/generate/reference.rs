//! The tables of the reference pages that come from code.

use crate::lint::RULES;
use crate::parse::KINDS;

/// The kinds of fields, as a Markdown table.
#[must_use]
pub fn kinds_table() -> String {
    let rows = KINDS.iter().map(|kind| format!("| `{}` | {} | {} |\n", kind.name, kind.says, kind.keys));
    format!("| `type` | what it says | keys of its own |\n|---|---|---|\n{}", rows.collect::<String>())
}

/// The lints, as a Markdown table.
#[must_use]
pub fn lints_table() -> String {
    let rows = RULES.iter().map(|rule| format!("| `{}` | {} |\n", rule.name, rule.sentence));
    format!("| rule | what it asks |\n|---|---|\n{}", rows.collect::<String>())
}

#[cfg(test)]
mod tests {
    use crate::golden;

    // One test, because two would write the same file at once.
    #[test]
    fn the_tables_of_the_reference_are_fresh() {
        golden::check_part("docs/reference/catalogue.md", "kinds", &super::kinds_table());
        golden::check_part("docs/reference/catalogue.md", "lints", &super::lints_table());
    }
}
