//! `aboveboard init`: a first catalogue from at most five answers, and the lines that adopt it.
//!
//! An answer that is not given as a flag is asked for on a terminal; without one its default counts.

use std::io::{self, BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches, Command, value_parser};

use aboveboard_catalog::{Catalog, Day, lint};

use super::Failure;
use super::dev::CATALOGS;
use crate::catalogs::FILE;
use crate::clock;
use crate::config::file;
use crate::files::{create, is_file};

/// A question: the flag that answers it, its text, and the placeholder that counts without an answer.
struct Question {
    name: &'static str,
    value: &'static str,
    asked: &'static str,
    default: &'static str,
}

const QUESTIONS: [Question; 5] = [
    Question { name: "name", value: "NAME", asked: "Name of the tool, in lower case", default: "" },
    Question { name: "controller", value: "WHO", asked: "Who is responsible for the data", default: "" },
    Question { name: "contact", value: "ADDRESS", asked: "Where people can ask about it", default: "" },
    Question { name: "endpoint", value: "URL", asked: "Where your collector will be", default: "" },
    Question { name: "commands", value: "LIST", asked: "Its commands, with commas", default: "build,check,init" },
];

/// What the answers are.
struct Answers {
    name: String,
    controller: String,
    contact: String,
    endpoint: String,
    commands: Vec<String>,
}

/// What kind of project this is, by the file that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Project {
    Rust,
    Node,
    Shell,
}

pub(super) fn word() -> Command {
    let questions = QUESTIONS.map(|Question { name, value, asked, default }| {
        let default = if default.is_empty() { String::new() } else { format!(" [{default}]") };
        Arg::new(name).long(name).value_name(value).help(format!("{asked}{default}"))
    });
    Command::new("init")
        .about("Write a first catalogue, and print the lines that adopt it")
        .arg(
            Arg::new("DIR")
                .value_name("DIR")
                .value_parser(value_parser!(PathBuf))
                .default_value(".")
                .help("Folder of the project"),
        )
        .args(questions)
}

pub(super) fn run(matches: &ArgMatches) -> Result<String, Failure> {
    let folder = matches.get_one::<PathBuf>("DIR").expect("it has a default");
    let project = Project::of(folder);
    let answers = Answers::gather(matches, &project.name(folder))?;
    let path = folder.join(CATALOGS).join(&answers.name).join(FILE);
    if is_file(&path) {
        let said =
            format!("there is `{}` already, and nothing is overwritten; `aboveboard dev` serves it", path.display());
        return Err(Failure::Problems(said));
    }
    let toml = answers.catalogue(clock::now().day());
    check(&path, &toml, clock::now().day())?;
    create(&path, &toml).map_err(Failure::Problems)?;
    Ok(format!("wrote {}\n\n{}", path.display(), snippet(project, &answers.name)))
}

/// What does not pass `catalog check` is not written.
fn check(path: &Path, toml: &str, today: Day) -> Result<(), Failure> {
    let catalog = Catalog::parse(&path.display().to_string(), toml, &|_: &str| None);
    let catalog = catalog.map_err(|problems| Failure::Usage(problems.to_string()))?;
    let problems: String = lint(&catalog, today).iter().map(|problem| format!("{problem}\n")).collect();
    if problems.is_empty() { Ok(()) } else { Err(Failure::Usage(problems)) }
}

impl Answers {
    fn gather(matches: &ArgMatches, project: &str) -> Result<Self, Failure> {
        let name = tool_name(&answer(matches, &QUESTIONS[0], project)?);
        let site = format!("https://{name}.example");
        let controller = answer(matches, &QUESTIONS[1], &format!("the makers of {name}"))?;
        let contact = answer(matches, &QUESTIONS[2], &format!("privacy@{name}.example"))?;
        let endpoint = answer(matches, &QUESTIONS[3], &site.replace("//", "//telemetry."))?;
        let commands = answer(matches, &QUESTIONS[4], QUESTIONS[4].default)?;
        let mut commands: Vec<String> = commands.split(',').map(|each| each.trim().to_owned()).collect();
        commands.retain(|command| !command.is_empty());
        commands.sort();
        commands.dedup();
        Ok(Self { name, controller, contact, endpoint, commands })
    }

    fn catalogue(&self, today: Day) -> String {
        let members: Vec<String> = self.commands.iter().map(|command| quoted(command)).collect();
        let filled = [
            ("{name}", quoted(&self.name)),
            ("{controller}", quoted(&self.controller)),
            ("{contact}", quoted(&self.contact)),
            ("{endpoint}", quoted(&self.endpoint)),
            ("{commands}", members.join(", ")),
            ("{today}", quoted(&today.to_string())),
        ];
        let toml = include_str!("../../templates/init.toml").to_owned();
        filled.iter().fold(toml, |toml, (placeholder, value)| toml.replace(placeholder, value))
    }
}

/// The answer of a flag, of whoever sits at the terminal, or the default.
fn answer(matches: &ArgMatches, question: &Question, default: &str) -> Result<String, Failure> {
    if let Some(given) = matches.get_one::<String>(question.name) {
        return Ok(given.clone());
    }
    if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
        return Ok(default.to_owned());
    }
    eprint!("{} [{default}]: ", question.asked);
    let mut line = String::new();
    let read = io::stderr().flush().and_then(|()| io::stdin().lock().read_line(&mut line));
    match read {
        Ok(1..) if line.trim().is_empty() => Ok(default.to_owned()),
        Ok(1..) => Ok(line.trim().to_owned()),
        _ => Err(Failure::Problems("nothing was written".to_owned())),
    }
}

/// As TOML writes a text.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

impl Project {
    fn of(folder: &Path) -> Self {
        match () {
            () if is_file(&folder.join("Cargo.toml")) => Self::Rust,
            () if is_file(&folder.join("package.json")) => Self::Node,
            () => Self::Shell,
        }
    }

    /// The name that the project has already.
    fn name(self, folder: &Path) -> String {
        let text = |file: &str| file::read_if_there(&folder.join(file)).unwrap_or_default();
        let named = match self {
            Self::Rust => toml::from_str::<toml::Table>(&text("Cargo.toml"))
                .ok()
                .and_then(|table| Some(table.get("package")?.get("name")?.as_str()?.to_owned())),
            Self::Node => serde_json::from_str::<serde_json::Value>(&text("package.json"))
                .ok()
                .and_then(|package| Some(package.get("name")?.as_str()?.to_owned())),
            Self::Shell => None,
        };
        tool_name(&named.unwrap_or_else(|| "mytool".to_owned()))
    }
}

fn snippet(project: Project, name: &str) -> String {
    let snippet = match project {
        Project::Rust => include_str!("../../templates/init-rust.txt"),
        Project::Node => include_str!("../../templates/init-node.txt"),
        Project::Shell => include_str!("../../templates/init-shell.txt"),
    };
    let (constant, module) = (name.to_uppercase().replace('-', "_"), name.replace('-', "_"));
    let filled = [("{name}", name), ("{NAME}", &constant), ("{module}", &module), ("{camel}", &camel(name))];
    filled.iter().fold(snippet.to_owned(), |text, (placeholder, value)| text.replace(placeholder, value))
}

/// `my-tool` as JavaScript names it: `myTool`.
fn camel(name: &str) -> String {
    let mut words = name.split('-');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |camel, word| camel + &word[..1].to_uppercase() + &word[1..])
}

/// A name that a catalogue may have, made from the name of a project: `@scope/My_Tool` is `my-tool`.
fn tool_name(project: &str) -> String {
    let own = project.rsplit('/').next().unwrap_or_default().to_lowercase();
    let letters = own.replace(|c: char| !c.is_ascii_alphanumeric(), "-");
    letters.split('-').filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_projects_become_names_of_tools() {
        for (project, name) in [("@scope/My_Tool", "my-tool"), ("acme", "acme"), ("a--b.c", "a-b-c")] {
            assert_eq!(tool_name(project), name);
        }
        assert_eq!(camel("my-long-tool"), "myLongTool");
    }

    #[test]
    fn whatever_is_answered_is_one_value() {
        let answers = Answers {
            name: "acme".into(),
            controller: "\"Acme\"\nmode = \"off\"".into(),
            contact: "a@b.example".into(),
            endpoint: "https://t.example".into(),
            commands: vec!["build".into()],
        };
        let today = Day::parse("2026-11-22").expect("a day");
        let catalog = Catalog::parse("a", &answers.catalogue(today), &|_: &str| None).expect("a catalogue");
        assert_eq!(catalog.tool.controller, answers.controller);
        assert_eq!(catalog.events[0].fields.len(), 3);
        assert_eq!(lint(&catalog, today), []);
    }
}
