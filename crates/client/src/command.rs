//! `mytool telemetry`: what holds, what was sent, and how to change it. From arguments, an input and an output.
//!
//! Data goes to the output, everything else to stderr. Nothing here claims what it has not done.

mod explain;
mod export;
mod feedback;
mod forget;
mod inspect;
mod status;

use std::io::{self, BufRead, BufReader, Write};

use aboveboard_catalog::Day;

use crate::child;
use crate::clock;
use crate::consent::{Decision, Mode};
use crate::environment;
use crate::install::{Install, NO_URL};
use crate::memory::Memory;
use crate::spool::Emptied;
use crate::telemetry::Config;

/// The word after the tool's name.
pub const NAME: &str = "telemetry";

/// A subcommand: its name, what comes after it, and what it does.
pub struct Subcommand {
    /// The word that calls it.
    pub name: &'static str,
    /// Its options and arguments, as usage lines write them.
    pub arguments: &'static str,
    /// What it does, for people.
    pub about: &'static str,
    run: fn(&mut Session<'_>, &[&str]) -> io::Result<u8>,
}

/// Every subcommand, in the order in which they are shown. Without one, `status` runs.
pub const SUBCOMMANDS: [Subcommand; 9] = [
    Subcommand {
        name: "status",
        arguments: "[--json | --quiet]",
        about: "what holds, why, and where the files are",
        run: status::run,
    },
    Subcommand {
        name: "enable",
        arguments: "",
        about: "record and send",
        run: |session, arguments| session.choose(Mode::On, arguments),
    },
    Subcommand {
        name: "disable",
        arguments: "",
        about: "neither record nor send, and delete what waits",
        run: |session, arguments| session.choose(Mode::Off, arguments),
    },
    Subcommand {
        name: "local",
        arguments: "",
        about: "record on this machine, and never send",
        run: |session, arguments| session.choose(Mode::Local, arguments),
    },
    Subcommand {
        name: "inspect",
        arguments: "[NUMBER] [--last N | --next] [--raw] [--explain]",
        about: "what was sent, or would be sent next",
        run: inspect::run,
    },
    Subcommand {
        name: "explain",
        arguments: "[FIELD]",
        about: "what may be sent, from the catalogue",
        run: explain::run,
    },
    Subcommand {
        name: "feedback",
        arguments: "[on | off]",
        about: "whether you are asked if the page of an error helped",
        run: feedback::run,
    },
    Subcommand {
        name: "forget",
        arguments: "[--yes | --check RECEIPT]",
        about: "delete what is kept here, and ask the collector to delete what was sent",
        run: forget::run,
    },
    Subcommand { name: "export", arguments: "", about: "everything that is kept here, as JSON", run: export::run },
];

/// Runs `arguments`, those after `telemetry`; answers the exit code: 0 done, 1 not done, 2 not understood.
pub fn run(config: Config, arguments: &[String], input: &mut dyn BufRead, output: &mut dyn Write) -> u8 {
    let install = config.install();
    let (now, random) = (clock::now(), child::random());
    let mut session = Session { colour: has_colour(&install), install, input, output, now, random };
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    session.run(&arguments).unwrap_or(1)
}

/// Runs `mytool telemetry …` when that is what the arguments of this process say, and answers its exit code.
#[must_use]
pub fn from_arguments(config: Config) -> Option<u8> {
    let mut arguments = environment::arguments();
    if arguments.next().as_deref() != Some(NAME) {
        return None;
    }
    let arguments: Vec<String> = arguments.collect();
    Some(run(config, &arguments, &mut BufReader::new(io::stdin()), &mut io::stdout()))
}

/// The `telemetry` subcommand for a host's clap command line, so that it stands in the help, the completions and the
/// man page: `Command::new("acme").subcommand(aboveboard::command::clap())`. Running it stays with
/// [`from_arguments`], which is called before the host parses its own.
#[cfg(feature = "clap")]
#[must_use]
pub fn clap() -> clap::Command {
    let arguments =
        || clap::Arg::new("arguments").num_args(0..).allow_hyphen_values(true).trailing_var_arg(true).hide(true);
    let subcommand = |it: &Subcommand| {
        let command = clap::Command::new(it.name).about(it.about).args(options(it.arguments)).arg(arguments());
        command.override_usage(format!("{NAME} {} {}", it.name, it.arguments).trim().to_owned())
    };
    let about = "What this tool tells its makers, and how to change it";
    clap::Command::new(NAME).about(about).subcommands(SUBCOMMANDS.iter().map(subcommand))
}

/// The options in a usage line, for completions; what they mean is for the subcommand to say.
#[cfg(feature = "clap")]
fn options(usage: &'static str) -> Vec<clap::Arg> {
    let mut words = usage.split([' ', '|', '[', ']']).filter(|word| !word.is_empty()).peekable();
    let mut options = Vec::new();
    while let Some(word) = words.next() {
        let Some(name) = word.strip_prefix("--") else { continue };
        let option = clap::Arg::new(name).long(name);
        options.push(match words.next_if(|next| !next.starts_with("--")) {
            Some(value) => option.value_name(value),
            None => option.action(clap::ArgAction::SetTrue),
        });
    }
    options
}

/// One call of the command.
struct Session<'s> {
    install: Install,
    colour: bool,
    input: &'s mut dyn BufRead,
    output: &'s mut dyn Write,
    now: i64,
    random: u128,
}

impl Session<'_> {
    fn run(&mut self, arguments: &[&str]) -> io::Result<u8> {
        let (name, rest) = arguments.split_first().map_or(("status", [].as_slice()), |(name, rest)| (*name, rest));
        if asks_for_help(&name) || name == "help" {
            self.output.write_all(self.usage().as_bytes())?;
            return Ok(0);
        }
        match SUBCOMMANDS.iter().find(|subcommand| subcommand.name == name) {
            // Whoever asks what a word does has not said it.
            Some(subcommand) if rest.iter().any(asks_for_help) => {
                let usage = format!("Usage: {} {name} {}", self.install.command, subcommand.arguments);
                writeln!(self.output, "{name}: {}\n\n{}", subcommand.about, usage.trim_end())?;
                Ok(0)
            }
            Some(subcommand) => (subcommand.run)(self, rest),
            None => self.misunderstood(name),
        }
    }

    fn usage(&self) -> String {
        let tool = self.install.vocabulary.name;
        let head = format!(
            "What {tool} tells its makers, and how to change it.\n\nUsage: {} [COMMAND]\n\nCommands:\n",
            self.install.command
        );
        let lines = SUBCOMMANDS.iter().map(|it| format!("  {:<9}{}\n", it.name, it.about));
        lines.fold(head, |text, line| text + &line)
    }

    /// Says that an argument makes no sense here.
    fn misunderstood(&self, argument: &str) -> io::Result<u8> {
        let command = &self.install.command;
        writeln!(io::stderr(), "error: `{argument}` is not understood; `{command} help` shows what is")?;
        Ok(2)
    }

    /// Saves a choice, and says what holds now.
    fn choose(&mut self, mode: Mode, arguments: &[&str]) -> io::Result<u8> {
        if let Some(first) = arguments.first() {
            return self.misunderstood(first);
        }
        if let Err(error) = self.install.save_choice(Some(mode)) {
            return self.not_saved(&error);
        }
        if mode == Mode::Off {
            return self.left();
        }
        let text = self.chosen(mode, self.install.decision());
        writeln!(self.output, "{text}")?;
        Ok(0)
    }

    /// Does what follows from an off that was saved, and says what became of what was recorded before.
    fn left(&mut self) -> io::Result<u8> {
        let emptied = self.part();
        let sent = self.of_what_was_sent();
        writeln!(
            self.output,
            "Telemetry is off for you on this machine. {} deleted.\n{sent}",
            waiting(emptied.deleted)
        )?;
        if emptied.left == 0 { Ok(0) } else { self.not_deleted() }
    }

    /// What can be done about what was sent.
    fn of_what_was_sent(&self) -> String {
        let memory = self.install.spool().map_or_else(Memory::default, |spool| spool.memory());
        match (memory.identifiers().as_slice(), memory.0.number("sent")) {
            ([], None) => "Nothing was sent before.".to_owned(),
            ([], Some(_)) => {
                "What was already sent carries no id: nobody can tell it from what others sent.".to_owned()
            }
            (_, _) => format!("To delete what was already sent: {} forget", self.install.command),
        }
    }

    /// Empties the queue, and sees to it that nothing sent later has to do with what was sent before.
    fn part(&self) -> Emptied {
        let Some(spool) = self.install.spool() else { return Emptied::default() };
        let mut memory = spool.memory();
        let before = memory.clone();
        memory.part();
        if memory != before {
            let _ = spool.remember(&memory);
        }
        spool.empty()
    }

    fn chosen(&self, mode: Mode, decision: Decision) -> String {
        let command = &self.install.command;
        let reason = self.install.reason(decision.rule);
        if decision.mode < mode {
            return format!("Saved: {}. But telemetry is {}: {reason}.", mode.name(), decision.mode.name());
        }
        if mode == Mode::Local {
            return format!(
                "Telemetry is local for you on this machine: recorded, and never sent.\nSee it: {command} export"
            );
        }
        match self.install.endpoint() {
            Some(_) => format!("Telemetry is on for you on this machine.\nSee it: {command} inspect"),
            None => format!("Saved: on. But nothing is sent: {NO_URL}."),
        }
    }

    fn not_saved(&self, error: &io::Error) -> io::Result<u8> {
        let (_, disabled) = crate::consent::variables(self.install.vocabulary.name);
        let path = self
            .install
            .folders
            .as_ref()
            .map_or("a home folder".to_owned(), |folders| folders.choice.display().to_string());
        writeln!(
            io::stderr(),
            "error: `{path}` could not be written ({error}), so nothing was changed; `{disabled}=1` switches it off without a file"
        )?;
        Ok(1)
    }

    /// Says that a file of the state folder could not be written.
    fn not_written(&self, path: &std::path::Path, error: &io::Error) -> io::Result<u8> {
        writeln!(io::stderr(), "error: `{}` could not be written ({error}), so nothing was changed", path.display())?;
        Ok(1)
    }

    /// Says that something in the state folder is still there.
    fn not_deleted(&self) -> io::Result<u8> {
        let folder = self.install.folders.as_ref().map(|folders| folders.state.display().to_string());
        writeln!(io::stderr(), "error: not everything in `{}` could be deleted", folder.unwrap_or_default())?;
        Ok(1)
    }

    /// A path as people write it.
    fn path(&self, path: &std::path::Path) -> String {
        let home = self.install.environment.variable("HOME").unwrap_or_default();
        let text = path.display().to_string();
        match text.strip_prefix(home).filter(|rest| !home.is_empty() && rest.starts_with('/')) {
            Some(rest) => format!("~{rest}"),
            None => text,
        }
    }

    /// A word in colour, where there is colour: green for on, yellow for local, red for off.
    fn coloured(&self, mode: Mode) -> String {
        let code = match mode {
            Mode::On => 32,
            Mode::Local => 33,
            Mode::Off => 31,
        };
        if self.colour { format!("\x1b[{code}m{}\x1b[0m", mode.name()) } else { mode.name().to_owned() }
    }
}

/// Colour only on a terminal that has it and for people who want it (no-color.org).
pub(crate) fn has_colour(install: &Install) -> bool {
    let environment = &install.environment;
    let unwanted = environment.variable("NO_COLOR").is_some_and(|value| !value.is_empty());
    environment.stdout_terminal && !unwanted && environment.variable("TERM") != Some("dumb")
}

fn asks_for_help(argument: &&str) -> bool {
    matches!(*argument, "--help" | "-h")
}

fn waiting(events: u64) -> String {
    let were = if events == 1 { "was" } else { "were" };
    format!("{} {were}", counted(events, "waiting event", "waiting events"))
}

/// `1 batch`, `2 batches`.
fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// A day as people write it: `3 Sep 2026`.
fn day(day: Day) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (year, month, day) = day.date();
    format!("{day} {} {year}", MONTHS[month as usize - 1])
}

/// A minute as people write it: `20 Nov 2026 14:02 UTC`.
fn minute(seconds: i64) -> String {
    let minutes = seconds.div_euclid(60).rem_euclid(1_440);
    format!("{} {:02}:{:02} UTC", day(Day::of_unix_seconds(seconds)), minutes / 60, minutes % 60)
}

/// A moment as programs read it (RFC 3339): `2026-11-20T14:02:00Z`.
fn stamp(seconds: i64) -> String {
    let second = seconds.rem_euclid(86_400);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{}T{hour:02}:{minute:02}:{second:02}Z", Day::of_unix_seconds(seconds))
}

#[cfg(test)]
mod tests;
