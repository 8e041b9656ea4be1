//! The command line: which words it knows, what each does, and the exit codes: 0 fine, 1 problems, 2 usage.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use aboveboard_catalog::{Catalog, Verdict, compare, generate, lint};

use crate::catalogs;
use crate::clock;
use crate::config::Config;
use crate::serve::serve;

/// Why a command ended without success.
enum Failure {
    /// Something is wrong with what the command was about.
    Problems(String),
    /// The command was not understood, or its settings.
    Usage(String),
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
    }
}

/// All words of the command line.
fn words() -> Command {
    let folder = |name: &'static str, help: &'static str| {
        Arg::new(name).required(true).value_name(name).help(help).value_parser(value_parser!(PathBuf))
    };
    let catalog = Command::new("catalog").about("Look at catalogues").subcommand_required(true).subcommands([
        Command::new("check")
            .about("Say all that is wrong with a catalogue")
            .arg(folder("DIR", "Folder of one catalogue")),
        Command::new("diff")
            .about("Say what changed between two catalogues, and what of it needs a review")
            .args([folder("OLD", "Folder of the old catalogue"), folder("NEW", "Folder of the new one")]),
        Command::new("docs")
            .about("Print a catalogue's public page, as Markdown")
            .arg(folder("DIR", "Folder of one catalogue")),
        Command::new("generate").about("Print the code with which a tool says what its catalogue declares").args([
            Arg::new("rust").long("rust").required(true).action(ArgAction::SetTrue).help("For the crate aboveboard"),
            folder("DIR", "Folder of one catalogue"),
        ]),
    ]);
    Command::new("aboveboard")
        .about("Collects telemetry that the users of a tool would agree to. Without a command, it serves.")
        .args(Config::flags())
        .args_conflicts_with_subcommands(true)
        .subcommands([Command::new("serve").about("Take, keep and answer; the default").args(Config::flags()), catalog])
}

fn dispatch(matches: &ArgMatches) -> Result<String, Failure> {
    match matches.subcommand() {
        Some(("catalog", matches)) => dispatch_catalog(matches),
        Some(("serve", matches)) => serve_with(matches),
        _ => serve_with(matches),
    }
}

fn serve_with(matches: &ArgMatches) -> Result<String, Failure> {
    let config = Config::read(matches).map_err(Failure::Usage)?;
    serve(config).map_err(Failure::Problems)?;
    Ok(String::new())
}

fn dispatch_catalog(matches: &ArgMatches) -> Result<String, Failure> {
    match matches.subcommand() {
        Some(("check", matches)) => check(&catalog_in(matches, "DIR")?),
        Some(("diff", matches)) => diff(&catalog_in(matches, "OLD")?, &catalog_in(matches, "NEW")?),
        Some(("docs", matches)) => Ok(generate::markdown(&catalog_in(matches, "DIR")?)),
        Some(("generate", matches)) => Ok(catalog_in(matches, "DIR")?.rust()),
        _ => Err(Failure::Usage("clap requires a command".to_owned())),
    }
}

fn catalog_in(matches: &ArgMatches, name: &str) -> Result<Catalog, Failure> {
    let folder = matches.get_one::<PathBuf>(name).expect("clap requires it");
    catalogs::read(folder).map_err(Failure::Problems)
}

fn check(catalog: &Catalog) -> Result<String, Failure> {
    let problems = lint(catalog, clock::now().day());
    if problems.is_empty() {
        let Catalog { tool, events, charts, .. } = catalog;
        return Ok(format!("`{}` is sound: {} events, {} charts", tool.name, events.len(), charts.len()));
    }
    Err(Failure::Problems(problems.iter().map(|problem| format!("{problem}\n")).collect()))
}

/// A change that breaks what is stored is a problem; one that needs a review is for people to decide.
fn diff(old: &Catalog, new: &Catalog) -> Result<String, Failure> {
    let changes = compare(old, new);
    let said: String = changes.iter().map(|change| format!("{change}\n")).collect();
    match changes.iter().map(|change| change.verdict).max() {
        None => Ok("nothing changed".to_owned()),
        Some(Verdict::BreaksStoredData) => Err(Failure::Problems(said)),
        Some(_) => Ok(said),
    }
}

/// Says something and ends. A reader that went away (`| head`) is no error.
fn finish(place: &mut dyn Write, said: &str, code: u8) -> ExitCode {
    if !said.is_empty() {
        let _ = writeln!(place, "{}", said.trim_end());
    }
    ExitCode::from(code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden;

    #[test]
    fn the_help_is_as_it_was() {
        words().debug_assert();
        let mut pages = String::new();
        let catalog = [&["catalog", "check"][..], &["catalog", "diff"], &["catalog", "docs"], &["catalog", "generate"]];
        for path in [&[][..], &["serve"], &["catalog"]].iter().chain(&catalog) {
            let mut command = path.iter().fold(words(), |mut command, name| {
                command.build();
                command.find_subcommand(name).expect("a command").clone()
            });
            pages.push_str(&format!("$ {}\n{}\n", [&["aboveboard"], *path].concat().join(" "), command.render_help()));
        }
        golden::check("crates/server/tests/golden/help.txt", &pages);
    }
}
