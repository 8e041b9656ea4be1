//! `PRIVACY.md` against the tests: a promise without a test is a wish.
//!
//! The page has tables whose last column names tests: `name_of_function`, the title of a test in JavaScript as it stands
//! there, or `path/to/file.rs` for a documentation test that must not compile. Tables below the heading "Not built yet" promise nothing.

use super::settings::Settings;
use super::tree::{File, Tree};

/// Every row of every table of promises names a test, and every named test exists.
pub(crate) fn kept(tree: &Tree, _: &Settings) -> Vec<String> {
    let Some(page) = tree.file("PRIVACY.md") else { return vec!["PRIVACY.md is missing".to_owned()] };
    let promises = promises(&page.text);
    if promises.is_empty() {
        return vec!["PRIVACY.md promises nothing".to_owned()];
    }
    promises.iter().flat_map(|(line, row)| broken(tree, *line, row)).collect()
}

/// The rows of the tables, without their heads, each with its line.
fn promises(page: &str) -> Vec<(usize, &str)> {
    let lines = page.lines().zip(1..).take_while(|(line, _)| !line.starts_with("## Not built yet"));
    let rows: Vec<(usize, &str)> =
        lines.filter(|(line, _)| line.starts_with('|')).map(|(line, at)| (at, line)).collect();
    let rules: Vec<usize> = rows.iter().filter(|(_, row)| row.starts_with("|--")).map(|(at, _)| *at).collect();
    rows.into_iter().filter(|(at, _)| !rules.contains(at) && !rules.contains(&(at + 1))).collect()
}

fn broken(tree: &Tree, line: usize, row: &str) -> Vec<String> {
    let cell = row.trim().trim_end_matches('|').rsplit('|').next().unwrap_or("");
    let tests: Vec<&str> = cell.split('`').skip(1).step_by(2).collect();
    if tests.is_empty() {
        return vec![format!("PRIVACY.md:{line} names no test")];
    }
    let unknown = tests.into_iter().filter(|test| !exists(tree, test));
    unknown.map(|test| format!("PRIVACY.md:{line} names `{test}`, and there is no such test")).collect()
}

fn exists(tree: &Tree, test: &str) -> bool {
    match test.ends_with(".rs") {
        true => tree.file(test).is_some_and(|file| file.text.contains("```compile_fail")),
        false => tree.rust().any(|file| has_test(file, test)) || tree.files.iter().any(|file| has_title(file, test)),
    }
}

/// Whether a suite in JavaScript has a test of that title.
fn has_title(file: &File, title: &str) -> bool {
    let is_suite = file.path.ends_with(".test.mjs") || file.path.ends_with(".test.js");
    is_suite && ["'", "`", "\""].iter().any(|quote| file.text.contains(&format!("test({quote}{title}{quote},")))
}

/// Whether a function of that name stands under an attribute that makes it a test.
fn has_test(file: &File, name: &str) -> bool {
    if !file.code.contains(name) {
        return false;
    }
    let lines: Vec<&str> = file.code.lines().collect();
    file.functions.iter().filter(|function| function.name == name).any(|function| {
        let above = lines[..function.line - 1].iter().rev().map(|line| line.trim());
        above
            .take_while(|line| line.starts_with("#[") || line.is_empty())
            .any(|line| line.starts_with("#[") && line.contains("test"))
            || in_property_tests(&file.code, name)
    })
}

/// Functions inside `proptest! { … }` carry their attribute too, but with other tokens between.
fn in_property_tests(code: &str, name: &str) -> bool {
    code.split("proptest!").skip(1).any(|body| body.contains(&format!("fn {name}(")))
}

#[cfg(test)]
mod tests {
    use super::super::expect;
    use super::*;

    #[test]
    fn promises_need_tests_that_exist() {
        let source = "#[test]\nfn nothing_undeclared() {}\nfn plain() {}\n#[tokio::test]\nasync fn off() {}\n";
        let lock = "//! ```compile_fail\n//! x\n//! ```\n";
        let check = |row: &str, expected: &[&str]| {
            let page = format!("# Privacy\n\n| promise | test |\n|---|---|\n{row}\n\n## Not built yet\n\n| x | |\n");
            expect(
                kept,
                "",
                &[
                    ("PRIVACY.md", &page),
                    ("a.rs", source),
                    ("lock.rs", lock),
                    ("a.test.mjs", "test('off, too', () => {});\n"),
                ],
                expected,
            );
        };
        check("| No more. | `nothing_undeclared` |", &[]);
        check("| No more. | `nothing_undeclared`, `off`, `lock.rs` |", &[]);
        check("| No more. | `off, too` |", &[]);
        check("| No more. | `off, three` |", &["names `off, three`"]);
        check("| No more. | `plain` |", &["PRIVACY.md:5 names `plain`"]);
        check("| No more. | `a.rs` |", &["`a.rs`"]);
        check("| No more, by `nothing_undeclared`. | soon |", &["names no test"]);
        check("", &["promises nothing"]);
    }

    #[test]
    fn property_tests_count() {
        let source = "proptest! {\n#[test]\nfn law(x in 0..5) { }\n}";
        let page = "| p | t |\n|---|---|\n| a | `law` |\n";
        expect(kept, "", &[("PRIVACY.md", page), ("a.rs", source)], &[]);
        expect(kept, "", &[("a.rs", source)], &["missing"]);
    }
}
