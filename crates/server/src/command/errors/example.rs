//! `errors check --run`: the examples of pages, run for real.

use std::path::Path;

use aboveboard_catalog::errors::Page;

use super::pages::File;
use crate::files::Scratch;
use crate::programs::shell;

/// Lines of an output that a problem repeats.
const SHOWN_LINES_MAX: usize = 5;

/// Runs each example of a page in an empty folder of its own, and says what does not end in the error.
///
/// # Errors
/// A sentence, when there is no place to run it in.
pub(super) fn run(file: &File, page: &Page, programs: &Path) -> Result<Vec<String>, String> {
    let mut problems = Vec::new();
    let wanted = format!("error[{}]", page.code);
    for (number, example) in page.examples().iter().enumerate().filter(|(_, example)| !example.commands.is_empty()) {
        let folder = Scratch::new("aboveboard-example")?;
        let line = line_of(&file.text, number);
        match shell(&example.commands.join("\n"), folder.path(), programs) {
            Ok(said) if said.contains(&wanted) => {}
            Ok(said) => {
                let end = said.lines().rev().take(SHOWN_LINES_MAX).collect::<Vec<_>>();
                let end = end.into_iter().rev().map(|line| format!("\n    {line}")).collect::<String>();
                problems.push(file.problem(line, &format!("the example does not print `{wanted}`; it prints:{end}")));
            }
            Err(why) => problems.push(file.problem(line, &format!("the example cannot be run: {why}"))),
        }
    }
    Ok(problems)
}

/// The line of a block `console` of the section *Example*, counted from 0.
fn line_of(text: &str, number: usize) -> usize {
    let lines = text.lines().enumerate().skip_while(|(_, line)| line.trim_end() != "## Example");
    let mut blocks = lines.filter(|(_, line)| line.trim_end() == "```console");
    blocks.nth(number).map_or(1, |(position, _)| position + 1)
}
