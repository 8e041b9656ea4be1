//! `aboveboard catalog …`: what can be said about catalogues without a collector.

use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgGroup, ArgMatches, Command, value_parser};

use aboveboard_catalog::{Catalog, Verdict, compare, generate, lint};

use super::{Failure, counted};
use crate::catalogs;
use crate::clock;
use crate::pages::transparency_file;

pub(super) fn word() -> Command {
    let folder = |name: &'static str, help: &'static str| {
        Arg::new(name).required(true).value_name(name).help(help).value_parser(value_parser!(PathBuf))
    };
    let language =
        |name: &'static str, help: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue).help(help);
    Command::new("catalog")
        .about("Check, compare and publish catalogues, and generate code from them")
        .subcommand_required(true)
        .subcommands([
            Command::new("check")
                .about("List every problem of a catalogue")
                .arg(folder("DIR", "Folder of one catalogue")),
            Command::new("diff")
                .about("List what changed between two catalogues, and what of it needs a review")
                .args([folder("OLD", "Folder of the old catalogue"), folder("NEW", "Folder of the new one")]),
            Command::new("page").about("Print the page for a tool's users, to be put on the tool's own site").args([
                Arg::new("html")
                    .long("html")
                    .action(ArgAction::SetTrue)
                    .conflicts_with("markdown")
                    .help("One HTML file that needs nothing else"),
                Arg::new("markdown").long("markdown").action(ArgAction::SetTrue).help("Markdown; the default"),
                folder("DIR", "Folder of one catalogue"),
            ]),
            Command::new("generate")
                .about("Print the code with which a tool says what its catalogue declares")
                .args([
                    language("rust", "For the crate aboveboard"),
                    language("typescript", "For the npm package aboveboard"),
                    Arg::new("pages").long("pages").value_name("PATH").requires("rust").help(
                        "Folder of the error pages, seen from the tool's Cargo.toml; as in the catalogue if not given",
                    ),
                    folder("DIR", "Folder of one catalogue"),
                ])
                .group(ArgGroup::new("language").args(["rust", "typescript"]).required(true)),
        ])
}

pub(super) fn run(matches: &ArgMatches) -> Result<String, Failure> {
    match matches.subcommand() {
        Some(("check", matches)) => check(&catalog_in(matches, "DIR")?),
        Some(("diff", matches)) => diff(&catalog_in(matches, "OLD")?, &catalog_in(matches, "NEW")?),
        Some(("page", matches)) if matches.get_flag("html") => {
            transparency_file(&catalog_in(matches, "DIR")?).map_err(Failure::Problems)
        }
        Some(("page", matches)) => Ok(generate::markdown(&catalog_in(matches, "DIR")?)),
        Some(("generate", matches)) => generated(matches),
        _ => Err(Failure::Usage("clap requires a command".to_owned())),
    }
}

fn catalog_in(matches: &ArgMatches, name: &str) -> Result<Catalog, Failure> {
    let folder = matches.get_one::<PathBuf>(name).expect("clap requires it");
    catalogs::read(folder).map_err(Failure::Problems)
}

fn generated(matches: &ArgMatches) -> Result<String, Failure> {
    let catalog = catalog_in(matches, "DIR")?;
    Ok(match (matches.get_flag("rust"), matches.get_one::<String>("pages")) {
        (true, Some(folder)) => catalog.rust_with_pages(folder),
        (true, None) => catalog.rust(),
        (false, _) => catalog.typescript(),
    })
}

fn check(catalog: &Catalog) -> Result<String, Failure> {
    let problems = lint(catalog, clock::now().day());
    if problems.is_empty() {
        let Catalog { tool, events, charts, .. } = catalog;
        return Ok(format!(
            "`{}` is sound: {}, {}",
            tool.name,
            counted(events.len(), "event"),
            counted(charts.len(), "chart")
        ));
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
