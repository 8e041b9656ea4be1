//! The command line: which words it knows, and the exit codes: 0 fine, 1 problems, 2 usage. What a word does is in the
//! file of its name.

mod answered;
mod canary;
mod catalog;
mod demo;
mod dev;
mod doctor;
mod errors;
mod export;
mod here;
mod init;
mod query;
mod record;
mod remote;
mod serve;
mod telemetry;
mod tool;

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::{ArgMatches, Command};

use crate::config::Config;

/// Why a command ended without success.
enum Failure {
    /// Something is wrong with what the command was about.
    Problems(String),
    /// The command was not understood, or its settings.
    Usage(String),
    /// The command has said itself what there is to say, and ends with this code.
    Told(u8),
}

impl From<String> for Failure {
    fn from(problems: String) -> Self {
        Self::Problems(problems)
    }
}

/// Runs the command that these arguments say.
pub(crate) fn run(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let matches = match words().try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(said) => {
            let _ = said.print();
            return ExitCode::from(said.exit_code() as u8);
        }
    };
    match dispatch(&matches) {
        Ok(said) => finish(&mut io::stdout(), &said, 0),
        Err(Failure::Problems(said)) => finish(&mut io::stderr(), &said, 1),
        Err(Failure::Usage(said)) => finish(&mut io::stderr(), &said, 2),
        Err(Failure::Told(code)) => ExitCode::from(code),
    }
}

/// All words of the command line.
fn words() -> Command {
    Command::new("aboveboard")
        .about("Telemetry for developer tools that the tools' own users would agree to. Without a command, it serves.")
        .args(Config::flags())
        .args_conflicts_with_subcommands(true)
        .subcommands([
            demo::word(),
            init::word(),
            dev::word(),
            serve::word(),
            doctor::word(),
            query::word(),
            export::word(),
            catalog::word(),
            errors::word(),
            canary::word(),
            record::word(),
            record::hidden_word(),
            telemetry::word(),
        ])
}

/// What the command has to say at its end.
fn dispatch(matches: &ArgMatches) -> Result<String, Failure> {
    match matches.subcommand() {
        Some(("catalog", matches)) => catalog::run(matches),
        Some(("errors", matches)) => errors::run(matches),
        Some(("canary", matches)) => canary::run(matches),
        Some(("record", matches)) => record::run(matches),
        Some((aboveboard::SEND, matches)) => record::send(matches),
        Some(("telemetry", matches)) => telemetry::run(matches),
        Some(("demo", matches)) => demo::run(matches),
        Some(("dev", matches)) => dev::run(matches),
        Some(("doctor", matches)) => doctor::run(matches),
        Some(("export", matches)) => export::run(matches),
        Some(("query", matches)) => query::run(matches),
        Some(("init", matches)) => init::run(matches),
        Some(("serve", matches)) => serve::run(matches),
        _ => serve::run(matches),
    }
}

/// Says something and ends. A reader that went away (`| head`) is no error.
fn finish(place: &mut dyn Write, said: &str, code: u8) -> ExitCode {
    if !said.is_empty() {
        let _ = writeln!(place, "{}", said.trim_end());
    }
    ExitCode::from(code)
}

/// How many of something, as people say it: `1 event`, `2 events`.
fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden;

    #[test]
    fn the_help_is_as_it_was() {
        words().debug_assert();
        let mut pages = String::new();
        let paths: [&[&str]; 21] = [
            &[],
            &["demo"],
            &["init"],
            &["dev"],
            &["serve"],
            &["doctor"],
            &["query"],
            &["export"],
            &["record"],
            &["telemetry"],
            &["canary"],
            &["catalog"],
            &["catalog", "check"],
            &["catalog", "diff"],
            &["catalog", "page"],
            &["catalog", "generate"],
            &["errors"],
            &["errors", "new"],
            &["errors", "check"],
            &["errors", "extract"],
            &["errors", "docs"],
        ];
        for path in paths {
            let mut command = path.iter().fold(words(), |mut command, name| {
                command.build();
                command.find_subcommand(name).expect("a command").clone()
            });
            pages.push_str(&format!("$ {}\n{}\n", [&["aboveboard"], path].concat().join(" "), command.render_help()));
        }
        golden::check("crates/server/tests/golden/help.txt", &pages);
    }
}
