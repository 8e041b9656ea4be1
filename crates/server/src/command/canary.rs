//! `aboveboard canary -- mytool build`: proves on this machine that a tool keeps and sends nothing private, or shows
//! what it does.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use aboveboard::environment::Environment;

use super::{Failure, counted};
use crate::canary::{self, FORMS, Heard, Place, Ran, SENT};
use crate::keys;

/// What a program needs of its surroundings to start at all, and no more.
const KEPT: [&str; 6] = ["PATH", "LANG", "LC_ALL", "TERM", "SystemRoot", "LD_LIBRARY_PATH"];

pub(super) fn word() -> Command {
    let flag = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(value).help(help)
    };
    Command::new("canary")
        .about("Run a tool among planted private words, and look for them in all that it keeps and sends")
        .args([
            flag("tool", "NAME", "The tool's name in its catalogue; without it, that of the program"),
            flag("project", "DIR", "A project to run it in; its files are copied").value_parser(value_parser!(PathBuf)),
            flag("keep", "VARIABLE", "A variable of this environment that the tool needs").action(ArgAction::Append),
            flag("except", "PATH", "A file or folder below `~` that may hold private words").action(ArgAction::Append),
            Arg::new("program")
                .value_name("PROGRAM")
                .help("The program and its arguments")
                .required(true)
                .num_args(1..)
                .last(true)
                .value_parser(value_parser!(OsString)),
        ])
        .after_help(
            "Exit codes: 0 nothing was found in what was kept and sent; 1 something was, or there was nothing to look \
             at; 2 usage.",
        )
}

pub(super) fn run(matches: &ArgMatches) -> Result<String, Failure> {
    let program: Vec<OsString> = matches.get_many("program").expect("clap requires it").cloned().collect();
    let tool = matches.get_one::<String>("tool").cloned().unwrap_or_else(|| name_of(&program[0]));
    let failed = |error| Failure::Problems(format!("cannot make a place for `{tool}`: {error}"));
    let random = keys::random().map_err(Failure::Problems)?;
    let seed = random.iter().take(8).fold(0, |seed, byte| seed << 8 | u64::from(*byte));
    let place = Place::new(seed, matches.get_one::<PathBuf>("project").map(PathBuf::as_path)).map_err(failed)?;
    let program = [vec![resolved(&program[0])], program[1..].to_vec()].concat();
    let ran = place.run(&tool, &program, &kept(matches)).map_err(failed)?;
    let excepted: Vec<String> =
        texts(matches, "except").map(|path| format!("`~/{}", path.trim_end_matches('/'))).collect();
    let excepted = |heard: &Heard| excepted.iter().any(|path| heard.place.starts_with(path));
    let heard: Vec<Heard> = place.heard().into_iter().filter(|heard| !excepted(heard)).collect();
    report(&tool, &ran, &heard, &canary::found(&place.canaries(), &heard))
}

fn report(tool: &str, ran: &Ran, heard: &[Heard], found: &[String]) -> Result<String, Failure> {
    let amount = |sent: bool| {
        let these = heard.iter().filter(|heard| (heard.place == SENT) == sent);
        these.fold((0, 0), |(count, bytes), heard| (count + 1, bytes + heard.bytes.len()))
    };
    let ((files, kept), (connections, sent)) = (amount(false), amount(true));
    let looked =
        format!("{} ({kept} bytes) and {} ({sent} bytes)", counted(files, "file"), counted(connections, "connection"));
    let mut notes = String::new();
    if ran.code != Some(0) {
        let code = ran.code.map_or("a signal".to_owned(), |code| format!("exit code {code}"));
        notes += &format!("note: `{tool}` ended with {code}\n");
    }
    if ran.waiting {
        notes += "note: something still waited to be sent; it was looked at where it waits\n";
    }
    if !ran.renamed {
        notes += "note: the host name could not be planted here; the real one was looked for\n";
    }
    match (heard.is_empty(), found) {
        (true, _) => Err(Failure::Problems(format!(
            "{notes}`{tool}` kept nothing and sent nothing, so this shows nothing; is `{tool}` its name (`--tool`)?"
        ))),
        (false, []) => Ok(format!(
            "{notes}no canary in {looked}\nlooked for {FORMS}\nsalted and keyed hashes cannot be seen by anybody"
        )),
        (false, found) => Err(Failure::Problems(format!("{notes}{}\nlooked at {looked}", found.join("\n")))),
    }
}

/// The name of a tool, from that of its program.
fn name_of(program: &OsString) -> String {
    Path::new(program).file_stem().unwrap_or(program).to_string_lossy().to_lowercase()
}

/// A program that is named by a path is found from another folder, too.
fn resolved(program: &OsString) -> OsString {
    let path = Path::new(program);
    let absolute = path.components().count() > 1;
    absolute.then(|| std::path::absolute(path).ok()).flatten().map_or_else(|| program.clone(), PathBuf::into_os_string)
}

fn kept(matches: &ArgMatches) -> Vec<(String, String)> {
    let environment = Environment::read();
    let names = KEPT.into_iter().map(str::to_owned).chain(texts(matches, "keep").cloned());
    names
        .filter_map(|name| Some((environment.variable(&name)?.to_owned(), name)))
        .map(|(value, name)| (name, value))
        .collect()
}

fn texts<'m>(matches: &'m ArgMatches, name: &str) -> impl Iterator<Item = &'m String> {
    matches.get_many(name).unwrap_or_default()
}
