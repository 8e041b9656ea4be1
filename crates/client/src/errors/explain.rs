//! `mytool explain CODE`: the page of a code, as the tool carries it. From arguments, an input and two outputs.
//!
//! Works with telemetry off, and says nothing about its use: [`crate::Telemetry::open`] keeps out of a run that explains.

use std::io::{self, BufRead, BufReader, Write};

use aboveboard_catalog::similar::near;

use super::page::{Page, Shown};
use super::vote;
use crate::clock;
use crate::command::has_colour;
use crate::environment;
use crate::install::Install;
use crate::limits::ANSWER_MAX;
use crate::telemetry::Config;

/// The word after the tool's name.
pub const NAME: &str = "explain";

/// Runs `arguments`, those after `explain`; answers the exit code: 0 explained, 1 not written, 2 not understood. The page
/// goes to `output`, everything else to `errors`. `input` is read only where somebody is asked whether the page helped.
pub fn run(
    config: Config,
    arguments: &[String],
    input: impl BufRead + Send + 'static,
    output: &mut dyn Write,
    errors: &mut dyn Write,
) -> u8 {
    let pages = config.pages;
    let explanation = Explanation { pages, install: config.install(), output, errors };
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    explanation.run(&arguments, input).unwrap_or(1)
}

/// Runs `mytool explain …` when that is what the arguments of this process say, and answers its exit code.
#[must_use]
pub fn from_arguments(config: Config) -> Option<u8> {
    let mut arguments = environment::arguments();
    if arguments.next().as_deref() != Some(NAME) {
        return None;
    }
    let arguments: Vec<String> = arguments.collect();
    Some(run(config, &arguments, BufReader::new(io::stdin()), &mut io::stdout(), &mut io::stderr()))
}

/// The `explain` subcommand for a host's clap command line, as [`crate::command::clap`] is for `telemetry`.
#[cfg(feature = "clap")]
#[must_use]
pub fn clap() -> clap::Command {
    let code = clap::Arg::new("code").value_name("CODE").help("The code in the last line of an error");
    clap::Command::new(NAME).about("What an error means, and how to fix it").arg(code)
}

/// One call of the command.
struct Explanation<'s> {
    pages: &'static [(&'static str, &'static str)],
    install: Install,
    output: &'s mut dyn Write,
    errors: &'s mut dyn Write,
}

impl Explanation<'_> {
    fn run(mut self, arguments: &[&str], input: impl BufRead + Send + 'static) -> io::Result<u8> {
        let code = match arguments {
            [] | ["help" | "--help" | "-h"] => return self.list(),
            [code] => code.to_ascii_uppercase().replace('-', "_"),
            [_, second, ..] => return self.misunderstood(&format!("`{}` is one word too many", plain(second))),
        };
        match self.pages.iter().find(|(known, _)| *known == code) {
            Some((code, text)) => self.explain(code, text, input),
            None => self.unknown(&code),
        }
    }

    fn explain(&mut self, code: &str, text: &str, input: impl BufRead + Send + 'static) -> io::Result<u8> {
        let docs = self.install.vocabulary.errors.as_ref().and_then(|errors| errors.docs);
        let command = self.install.word(NAME);
        let shown = Shown { bold: has_colour(&self.install), command: &command, docs };
        self.output.write_all(Page::read(text).render(code, shown).as_bytes())?;
        self.output.flush()?;
        let ballot = vote::Ballot { install: &self.install, now: clock::now(), limit: ANSWER_MAX };
        // Whoever asked for a page has it; what becomes of a question does not change how the command ends.
        let _ = ballot.hold(code, input, self.errors);
        Ok(0)
    }

    /// Every code with its title.
    fn list(&mut self) -> io::Result<u8> {
        let (tool, command) = (self.install.vocabulary.name, self.install.word(NAME));
        writeln!(self.output, "The errors of {tool}. {command} CODE tells what one means, and how to fix it.\n")?;
        let width = self.pages.iter().map(|(code, _)| code.len()).max().unwrap_or(0);
        for (code, text) in self.pages {
            writeln!(self.output, "  {code:<width$}  {}", Page::read(text).title())?;
        }
        Ok(0)
    }

    fn unknown(&mut self, code: &str) -> io::Result<u8> {
        let near = near(code, self.pages.iter().map(|(code, _)| *code));
        let hint = match near.as_slice() {
            [] => format!("`{}` lists all", self.install.word(NAME)),
            near => format!("near it: {}", near.join(", ")),
        };
        self.misunderstood(&format!("`{}` is no error code of {}; {hint}", plain(code), self.install.vocabulary.name))
    }

    fn misunderstood(&mut self, why: &str) -> io::Result<u8> {
        writeln!(self.errors, "error: {why}")?;
        Ok(2)
    }
}

/// What somebody typed, as it may stand in a line.
fn plain(text: &str) -> String {
    text.replace(char::is_control, " ")
}
