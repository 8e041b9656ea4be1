//! `aboveboard errors …`: the pages of a tool's error codes, from the first draft to the site that shows them.
//! `docs/formats/errors.md` describes a page.

mod check;
mod docs;
mod example;
mod extract;
mod fresh;
mod history;
mod lex;
mod pages;
mod raised;
mod source;

use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use super::Failure;

pub(super) fn word() -> Command {
    let new = Command::new("new")
        .about("Write the page of a new code, to be filled in")
        .arg(Arg::new("CODE").required(true).value_name("CODE").help("Such as ACME_DISK_FULL"));
    let check =
        Command::new("check").about("Say all that is wrong with the pages, and with the code that raises them").args([
            option("since", "REF", "A commit, tag or branch of git: none of its pages may be gone"),
            path("run", "BIN", "Run the examples of the pages with the programs in this folder"),
            sources(),
        ]);
    let extract = Command::new("extract")
        .about("Write down what messages say now, so that a change of their text is noticed")
        .args([
            option("revise", "WHY", "Take changed texts as revisions that mean the same as before"),
            option("in", "VERSION", "The version of the tool that has the changed texts").requires("revise"),
            sources(),
        ]);
    let docs = Command::new("docs").about("Write the pages for the tool's own site").args([
        path("out", "DIR", "The folder to write to").required(true),
        Arg::new("markdown").long("markdown").action(ArgAction::SetTrue).help("As Markdown, for a generator of sites"),
        option("script", "URL", "Where the site has the script of `<error-feedback>`"),
    ]);
    let words = [new, check, extract, docs].map(|word| word.arg(catalog()));
    Command::new("errors").about("Look after the pages of error codes").subcommand_required(true).subcommands(words)
}

fn option(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value).help(help)
}

fn path(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    option(name, value, help).value_parser(value_parser!(PathBuf))
}

fn catalog() -> Arg {
    path("catalog", "DIR", "Folder of the catalogue").default_value(".")
}

fn sources() -> Arg {
    Arg::new("SOURCE")
        .num_args(0..)
        .value_parser(value_parser!(PathBuf))
        .default_value(".")
        .help("Folders and files with the code that raises them")
}

pub(super) fn run(matches: &ArgMatches) -> Result<String, Failure> {
    match matches.subcommand() {
        Some(("new", matches)) => fresh::run(&folder(matches), text(matches, "CODE").unwrap_or_default()),
        Some(("check", matches)) => check::run(&check::Asked {
            folder: folder(matches),
            since: text(matches, "since"),
            programs: matches.get_one::<PathBuf>("run").cloned(),
            sources: sources_of(matches),
        }),
        Some(("extract", matches)) => {
            let revise = text(matches, "revise").zip(text(matches, "in"));
            if text(matches, "revise").is_some() && revise.is_none() {
                return Err(Failure::Usage(
                    "`--revise` needs `--in VERSION`: which version has the new text?".to_owned(),
                ));
            }
            extract::run(&folder(matches), &sources_of(matches), revise)
        }
        Some(("docs", matches)) => docs::run(&docs::Asked {
            folder: folder(matches),
            out: matches.get_one::<PathBuf>("out").cloned().unwrap_or_default(),
            markdown: matches.get_flag("markdown"),
            script: text(matches, "script"),
        }),
        _ => Err(Failure::Usage("clap requires a command".to_owned())),
    }
}

fn folder(matches: &ArgMatches) -> PathBuf {
    matches.get_one::<PathBuf>("catalog").map_or(Path::new(".").to_owned(), PathBuf::clone)
}

fn text<'m>(matches: &'m ArgMatches, name: &str) -> Option<&'m str> {
    matches.get_one::<String>(name).map(String::as_str)
}

fn sources_of(matches: &ArgMatches) -> Vec<PathBuf> {
    matches.get_many::<PathBuf>("SOURCE").into_iter().flatten().cloned().collect()
}
