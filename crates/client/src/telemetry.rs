//! What a tool holds while it runs: [`Telemetry::open`], [`Telemetry::record`], [`Telemetry::close`].
//!
//! Nothing here returns an error, panics, writes to stdout, touches the network or changes how the tool ends.

use std::borrow::Cow;
use std::ffi::OsString;
use std::io::{BufReader, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use aboveboard_catalog::wire::WireBatch;
use aboveboard_catalog::{Day, Mode as DefaultMode, RawEvent};

use crate::child::{self, Early};
use crate::clock;
use crate::consent::{Mode, Rule};
use crate::declared;
use crate::environment::{self, Environment, Machine};
use crate::errors::said::Said;
use crate::errors::{self, Code, ErrorCode, explain, last};
use crate::install::{Install, NO_URL};
use crate::memory::Memory;
use crate::notice;
use crate::origin;
use crate::record::{Record, Rows};
use crate::spool::{Queue, Sealer, Spool};
use crate::testing::Caught;
use crate::upload;
use crate::vocabulary::Vocabulary;

/// What a tool says about itself when it opens telemetry.
#[derive(Debug)]
pub struct Config {
    vocabulary: &'static Vocabulary,
    version: Cow<'static, str>,
    command: Option<String>,
    child_arguments: Vec<OsString>,
    distributor: Option<DefaultMode>,
    environment: Option<Environment>,
    pub(crate) pages: &'static [(&'static str, &'static str)],
}

impl Config {
    /// The generated vocabulary, and the version of the tool: `env!("CARGO_PKG_VERSION")`.
    #[must_use]
    pub fn new(vocabulary: &'static Vocabulary, version: impl Into<Cow<'static, str>>) -> Self {
        let version = version.into();
        let child_arguments = Vec::new();
        Self { vocabulary, version, command: None, child_arguments, distributor: None, environment: None, pages: &[] }
    }

    /// The default of whoever packages the tool. It can make the catalogue's default stricter, and nothing else.
    #[must_use]
    pub fn distributor_default(self, mode: DefaultMode) -> Self {
        Self { distributor: Some(mode), ..self }
    }

    /// What a person types for `mytool telemetry`, where it is something else.
    #[must_use]
    pub fn command(self, command: impl Into<String>) -> Self {
        Self { command: Some(command.into()), ..self }
    }

    /// What the child that sends is told after [`crate::SEND`], for a program that has to be told which telemetry to open.
    #[must_use]
    pub fn child_arguments(self, arguments: impl IntoIterator<Item = OsString>) -> Self {
        Self { child_arguments: arguments.into_iter().collect(), ..self }
    }

    /// The pages of the tool's error codes, `aboveboard::pages!("errors")`, for [`crate::errors::explain`].
    #[must_use]
    pub fn pages(self, pages: &'static [(&'static str, &'static str)]) -> Self {
        Self { pages, ..self }
    }

    /// Takes this for the environment instead of looking around. For tests.
    #[must_use]
    pub fn environment(self, environment: Environment) -> Self {
        Self { environment: Some(environment), ..self }
    }

    pub(crate) fn install(self) -> Install {
        let environment = self.environment.unwrap_or_else(Environment::read);
        let install = Install::new(self.vocabulary, self.version, self.distributor, environment);
        let command = self.command.unwrap_or(install.command);
        Install { command, child_arguments: self.child_arguments, ..install }
    }
}

/// Telemetry of one run of a tool. Closed when it is dropped, also by a panic.
///
/// ```no_run
/// use aboveboard::example::{ACME, CommandFinished, command_finished::{Command, Outcome}};
/// use aboveboard::{Config, Telemetry};
///
/// let telemetry = Telemetry::open(Config::new(&ACME, env!("CARGO_PKG_VERSION")));
/// // … the tool does its work …
/// telemetry.record(CommandFinished::new().command(Command::Build).outcome(Outcome::Ok).duration(1234.0));
/// telemetry.close();
/// ```
#[derive(Debug)]
pub struct Telemetry {
    recording: AtomicBool,
    vocabulary: &'static Vocabulary,
    run: Mutex<Option<Run>>,
}

/// A run that records.
struct Run {
    install: Install,
    machine: Machine,
    keeps: Keeps,
    rows: Rows,
    /// The codes of errors that were shown and are not in memory any more, in the order of time.
    shown: Vec<String>,
    early: Option<Early>,
}

/// What becomes of what is recorded.
#[derive(Debug)]
enum Keeps {
    Printed,
    Here,
    Sent,
    /// It was switched off while the run was under way.
    Nowhere,
    /// For a test.
    Caught(Caught),
}

impl std::fmt::Debug for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Run").field("keeps", &self.keeps).finish_non_exhaustive()
    }
}

impl Telemetry {
    /// Opens telemetry. Call it first thing in `main`: in the child that sends, it does not return.
    ///
    /// Decides whether anything is recorded in this run; tells or asks the user when that is due, and then records
    /// nothing in this run.
    #[must_use]
    pub fn open(config: Config) -> Self {
        let argument = environment::first_argument();
        let vocabulary = config.vocabulary;
        // Whoever asks about telemetry is not told about it, and leaves no trace by asking.
        let asks = |word: &str| argument.as_ref().is_some_and(|argument| argument == word);
        if asks(crate::command::NAME) || asks(explain::NAME) && !config.pages.is_empty() {
            return Self::off(vocabulary);
        }
        let install = config.install();
        if argument.is_some_and(|argument| argument == child::SEND) {
            child::live(&install);
        }
        let run = Run::begin(install);
        Self { recording: AtomicBool::new(run.is_some()), vocabulary, run: Mutex::new(run) }
    }

    /// Telemetry that is off, whatever anybody chose.
    #[must_use]
    pub fn off(vocabulary: &'static Vocabulary) -> Self {
        Self { recording: AtomicBool::new(false), vocabulary, run: Mutex::new(None) }
    }

    /// Telemetry whose events end in this list.
    pub(crate) fn caught(vocabulary: &'static Vocabulary, caught: Caught) -> Self {
        let install = Install::new(vocabulary, "0.0.0", None, Environment::default());
        let run = Run::new(install, Keeps::Caught(caught));
        Self { recording: AtomicBool::new(true), vocabulary, run: Mutex::new(Some(run)) }
    }

    /// Records that something happened. A few nanoseconds; no clock, no allocation, no disk. Records of another
    /// tool's vocabulary are not recorded.
    #[expect(clippy::needless_pass_by_value, reason = "a record is built for this call, and said once")]
    pub fn record(&self, record: impl Record) {
        if !self.recording.load(Ordering::Relaxed) || !std::ptr::eq(record.vocabulary(), self.vocabulary) {
            return;
        }
        if let Some(run) = self.run().as_mut() {
            if !run.rows.has_room() {
                run.flush();
            }
            run.rows.push(&record);
        }
    }

    /// Records that an error with this code was shown, where the catalogue has an event for that. What it says beside
    /// the code can be said by that event's own record instead.
    pub fn error(&self, code: Code) {
        let shown = || self.vocabulary.errors.as_ref().and_then(|errors| errors.shown);
        let recording = self.recording.load(Ordering::Relaxed);
        if let Some(said) = recording.then(|| Said::about(self.vocabulary, shown(), code.name())).flatten() {
            self.record(said);
        }
    }

    /// Writes the last line of an error to stderr, see [`crate::errors::line`], and records its code.
    pub fn report<E: ErrorCode + std::fmt::Display + ?Sized>(&self, error: &E) {
        errors::report(self.vocabulary.name, error);
        if let Some(code) = error.code() {
            self.error(code);
        }
    }

    /// Writes what was recorded so far to the queue. A command that runs for hours does this now and then; nobody else
    /// needs to.
    ///
    /// What holds is looked up anew: whoever switched telemetry off since the run began is obeyed.
    pub fn flush(&self) {
        if let Some(run) = self.run().as_mut() {
            run.flush();
        }
    }

    /// Ends telemetry of this run: one append to a file, and once in a while the start of the child that sends.
    /// Needed before `std::process::exit`, which drops nothing.
    pub fn close(self) {}

    fn end(&self) {
        self.recording.store(false, Ordering::Relaxed);
        if let Some(run) = self.run().take() {
            run.end();
        }
    }

    #[inline]
    fn run(&self) -> MutexGuard<'_, Option<Run>> {
        // Nothing is half done when a thread panics with the lock held: a row that is not finished is not read.
        self.run.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Telemetry {
    fn drop(&mut self) {
        self.end();
    }
}

impl Run {
    fn begin(install: Install) -> Option<Self> {
        let decision = install.decision();
        let keeps = match (decision.mode, decision.rule) {
            (Mode::On, _) => Keeps::Sent,
            (Mode::Local, _) => Keeps::Here,
            (Mode::Off, Rule::Debug) => Keeps::Printed,
            (Mode::Off, rule) => {
                stay_off(&install, rule);
                return None;
            }
        };
        let run = Self::new(install, keeps);
        let early = (run.is_short_lived() && run.has_to_send()).then(|| Early::start(run.install.clone())).flatten();
        Some(Self { early, ..run })
    }

    fn new(install: Install, keeps: Keeps) -> Self {
        let machine = Machine::read(|name| name == "container" || install.vocabulary.declares(name));
        Self { install, machine, keeps, rows: Rows::new(), shown: Vec::new(), early: None }
    }

    /// Whether nothing that is left behind lives on: no child, and perhaps no disk.
    fn is_short_lived(&self) -> bool {
        let environment = &self.install.environment;
        environment::ci(environment).is_some() || environment::container(environment, &self.machine).is_some()
    }

    /// Whether this run is to see to it that what waits is sent.
    fn has_to_send(&self) -> bool {
        let due = |spool: &Spool| upload::is_due(spool, clock::now());
        matches!(self.keeps, Keeps::Sent) && self.install.spool().as_ref().is_some_and(due)
    }

    /// Looks again at what holds, and obeys whoever switched it off, or lower, since this run began. Nobody is taken at
    /// more than held then.
    fn obey(&mut self) {
        if !matches!(self.keeps, Keeps::Here | Keeps::Sent) {
            return;
        }
        let decision = self.install.decision();
        match decision.mode {
            Mode::On => {}
            Mode::Local => self.keeps = Keeps::Here,
            Mode::Off => {
                self.keeps = Keeps::Nowhere;
                empty_after(&self.install, decision.rule);
            }
        }
    }

    /// Remembers which errors were shown, before the rows that say so are taken.
    fn note_errors(&mut self) {
        let vocabulary = self.install.vocabulary;
        if let Some(position) = last::shown(vocabulary) {
            let rows = self.rows.of_event(position, vocabulary);
            self.shown.extend(rows.iter().filter_map(|event| last::code(&vocabulary.events[position], event)));
        }
    }

    /// Says what came after the error of the run before. Nothing is remembered of what is only printed or caught.
    fn follow(&mut self) {
        self.note_errors();
        if let (Keeps::Here | Keeps::Sent, Some(spool)) = (&self.keeps, self.install.spool()) {
            let said = last::follow(&spool, self.install.vocabulary, &self.shown, clock::now());
            said.iter().for_each(|said| self.rows.push(said));
        }
    }

    fn flush(&mut self) {
        self.obey();
        self.write();
    }

    /// Writes what was recorded to where it is kept.
    fn write(&mut self) {
        self.note_errors();
        let events = self.rows.take(self.install.vocabulary);
        if events.is_empty() {
            return;
        }
        let install = &self.install;
        let line = line(install, &self.machine, events);
        match (&self.keeps, install.spool()) {
            (Keeps::Caught(caught), _) => caught.lock().unwrap_or_else(PoisonError::into_inner).push(line),
            (Keeps::Printed, spool) => print(install, spool.as_ref(), &line),
            (Keeps::Here, Some(spool)) => spool.append(Queue::Local, &line, child::random),
            (Keeps::Sent, Some(spool)) => spool.append(Queue::Sent, &line, child::random),
            (Keeps::Nowhere, _) | (_, None) => {}
        }
    }

    fn end(mut self) {
        self.obey();
        self.follow();
        self.finish();
    }

    /// Writes what is left, and sends what is due.
    fn finish(mut self) {
        self.write();
        let Some(spool) = self.install.spool() else { return };
        if !self.has_to_send() || spool.waiting_bytes() == 0 {
            return;
        }
        let short_lived = self.is_short_lived();
        match (self.early, &self.install.environment.program) {
            (Some(early), _) => early.finish(),
            // Whoever cannot write down that a child was started would start one in every run.
            (None, Some(program)) if !short_lived && upload::claim(&spool, clock::now()).is_ok() => {
                child::start(program, &self.install.child_arguments);
            }
            (None, _) => {}
        }
    }
}

/// What a run has to say, as the queue takes it.
fn line(install: &Install, machine: &Machine, events: Vec<RawEvent<'static>>) -> WireBatch<'static> {
    // A line like no other, so that its writer finds it again; see `docs/formats/spool.md`.
    let mut line = WireBatch::new(child::random(), install.vocabulary.name, Day::of_unix_seconds(clock::now()));
    line.origin = origin::facts(install.vocabulary, &install.version, &install.environment, machine);
    line.events = events;
    line
}

/// What one record would say, exactly, as people are shown it before.
pub(crate) fn shown(install: &Install, record: &impl Record) -> String {
    let catalog = install.vocabulary.catalog();
    let mut rows = Rows::new();
    rows.push(record);
    let machine = Machine::read(|name| install.vocabulary.declares(name));
    let mut line = line(install, &machine, rows.take(install.vocabulary));
    line.origin = declared::origin(&catalog, &line.origin);
    line.events = line.events.iter().filter_map(|event| declared::event(&catalog, event, line.day)).collect();
    let text = String::from_utf8(line.encode()).unwrap_or_default();
    // Its number is made for the queue and stays there.
    text.split_once("\"tool\"").map_or_else(String::new, |(_, rest)| format!("{{\"tool\"{rest}"))
}

/// Records one thing outside of a run.
pub(crate) fn say(install: Install, record: &impl Record) {
    if let Some(mut run) = Run::begin(install) {
        run.rows.push(record);
        run.finish();
    }
}

/// Does what a rule that says off asks for: tell, ask, or delete what waits.
fn stay_off(install: &Install, rule: Rule) {
    match rule {
        Rule::NoticeDue => tell(install),
        Rule::QuestionDue => ask(install),
        rule => empty_after(install, rule),
    }
}

/// Deletes what waits, where a rule says so.
fn empty_after(install: &Install, rule: Rule) {
    if let Some(spool) = install.spool().filter(|_| rule.empties_the_queue()) {
        spool.empty();
    }
}

/// Shows the notice once. Where that cannot be remembered it is not shown: it would come in every run.
fn tell(install: &Install) {
    if install.save_choice(None).is_ok() {
        let _ = std::io::stderr().write_all(notice::notice(install.vocabulary, &install.command).as_bytes());
    }
}

/// Asks once. Where the answer cannot be remembered nobody is asked.
fn ask(install: &Install) {
    if !install.environment.stdin_terminal || install.save_choice(Some(Mode::Off)).is_err() {
        return;
    }
    let mut input = BufReader::new(std::io::stdin());
    if notice::ask(install.vocabulary, &install.command, &mut input, &mut std::io::stderr()) {
        let _ = install.save_choice(Some(Mode::On));
    }
}

/// Prints to stderr what would go over the wire, byte for byte, and what would become of it.
fn print(install: &Install, spool: Option<&Spool>, line: &WireBatch<'_>) {
    let mut memory = spool.map_or_else(Memory::default, Spool::memory);
    let batches = sealed(install, line, &mut memory);
    let mut lines: Vec<String> =
        batches.iter().map(|batch| String::from_utf8_lossy(&batch.encode()).into_owned()).collect();
    lines.push(fate(install, !batches.is_empty()));
    let text: String = lines.iter().map(|line| format!("[telemetry] {line}\n")).collect();
    let _ = std::io::stderr().write_all(text.as_bytes());
}

/// What would become of what was said, if nobody had asked to see it.
fn fate(install: &Install, anything: bool) -> String {
    let decision = install.decision_without_debug();
    match install.endpoint() {
        _ if !anything => "nothing is left to send: the catalogue does not want it any more".to_owned(),
        _ if decision.mode != Mode::On => format!("would not be sent: {}", install.reason(decision.rule)),
        None => format!("would not be sent: {NO_URL}"),
        Some(endpoint) => format!("would be sent to {} when it is due", endpoint.name()),
    }
}

/// A line as the batches that would be sent, without remembering anything.
fn sealed(install: &Install, line: &WireBatch<'_>, memory: &mut Memory) -> Vec<WireBatch<'static>> {
    let catalog = install.vocabulary.catalog();
    let sealer = Sealer {
        catalog: &catalog,
        hash: install.vocabulary.hash,
        ci: environment::ci(&install.environment).is_some(),
        today: line.day,
        random: child::random(),
    };
    sealer.seal(&line.encode(), memory, child::random())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::{ACME, CommandFinished};

    fn config(home: &std::path::Path) -> Config {
        let variables = [("HOME", home.display().to_string()), ("ACME_TELEMETRY", "1".to_owned())];
        let variables = variables.map(|(name, value)| (name.to_owned(), value)).into();
        let state = home.join(".local/state/acme/telemetry/next");
        // Not due before tomorrow, so that no test starts a child.
        crate::disk::replace(&state, format!("next = \"{}\"\n", clock::now() + 86_400).as_bytes()).expect("written");
        Config::new(&ACME, "1.0.0").environment(Environment { variables, ..Environment::default() })
    }

    fn spool(home: &std::path::Path) -> Spool {
        config(home).install().spool().expect("a home")
    }

    fn waiting(home: &std::path::Path) -> u64 {
        crate::spool::count(&spool(home).waiting())
    }

    /// Records while something is chosen beside the run, and looks at what is kept: what waits, and what stays here.
    #[track_caller]
    fn check_choice(mode: Mode, expected: (u64, u64)) {
        let home = tempfile::tempdir().expect("a folder");
        let telemetry = Telemetry::open(config(home.path()));
        telemetry.record(CommandFinished::new());
        telemetry.flush();
        assert_eq!(waiting(home.path()), 1, "nothing was chosen yet");
        telemetry.record(CommandFinished::new());
        config(home.path()).install().save_choice(Some(mode)).expect("saved");
        telemetry.close();
        let local = crate::spool::count(&spool(home.path()).local());
        assert_eq!((waiting(home.path()), local), expected, "{mode:?}");
    }

    #[test]
    fn whoever_switches_it_off_is_obeyed_by_a_run_under_way() {
        check_choice(Mode::On, (2, 0));
        check_choice(Mode::Local, (1, 1));
        check_choice(Mode::Off, (0, 0));
    }

    #[test]
    fn what_was_recorded_outlives_a_panic() {
        let home = tempfile::tempdir().expect("a folder");
        let path = home.path().to_owned();
        let tool = std::thread::spawn(move || {
            let telemetry = Telemetry::open(config(&path));
            telemetry.record(CommandFinished::new());
            panic!("the tool has a bug");
        });
        assert!(tool.join().is_err());
        assert_eq!(waiting(home.path()), 1);
    }

    #[test]
    fn threads_record_side_by_side() {
        let home = tempfile::tempdir().expect("a folder");
        let telemetry = Telemetry::open(config(home.path()));
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..500).for_each(|_| telemetry.record(CommandFinished::new().cached(true))));
            }
        });
        telemetry.close();
        assert_eq!(waiting(home.path()), 2_000);
    }
}
