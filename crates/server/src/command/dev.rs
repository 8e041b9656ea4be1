//! `aboveboard dev`: a collector for whoever makes a tool send, which says of each request whether it was taken, and
//! why not.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use clap::{Arg, ArgMatches, Command, value_parser};
use tracing::Level;

use aboveboard_catalog::wire::WireBatch;
use aboveboard_catalog::{Catalog, Day, Dialect, RawEvent};

use super::{Failure, here};
use crate::app::App;
use crate::clock;
use crate::config::{Config, LogForm};
use crate::files::{Scratch, is_folder};
use crate::logs;
use crate::serve::until_stopped;
use crate::tail::{Seen, Tail};

/// Where `aboveboard init` puts catalogues.
pub(super) const CATALOGS: &str = "catalogs";

pub(super) fn word() -> Command {
    let folder = |name: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name("FOLDER").value_parser(value_parser!(PathBuf)).help(help)
    };
    Command::new("dev").about("Show each request as it arrives: what was taken, what was not, and why").args([
        folder(
            "catalogs",
            "Folder of catalogues, one folder a tool [`catalogs` when it is there, else the built-in ones]",
        ),
        folder("data", "Folder to keep what arrives in [one that is deleted at the end]"),
        here::flag(),
        Arg::new("patience")
            .long("patience")
            .value_name("SECONDS")
            .value_parser(value_parser!(u64).range(1..))
            .default_value("60")
            .help("Silence after which it lists what may be wrong"),
    ])
}

pub(super) fn run(matches: &ArgMatches) -> Result<String, Failure> {
    let listener = here::listener(matches)?;
    let address = listener.local_addr().map_err(|error| Failure::Problems(error.to_string()))?;
    let scratch = Scratch::new("aboveboard-dev").map_err(Failure::Problems)?;
    let given = |name| matches.get_one::<PathBuf>(name).cloned();
    let here = PathBuf::from(CATALOGS);
    let config = Config {
        catalogs: given("catalogs").or_else(|| is_folder(&here).then_some(here)),
        data: given("data").unwrap_or_else(|| scratch.path().to_owned()),
        ..Config::default()
    };
    logs::start(LogForm::Text, Level::WARN);
    let mut app = App::open(config, clock::now()).map_err(Failure::Problems)?;
    let (tell, told) = channel();
    app.tail = Some(Tail::new(tell));
    let app = Arc::new(app);
    let hints = Hints::new(&app.catalogs, address, clock::now().day());
    let patience = Duration::from_secs(*matches.get_one("patience").expect("it has a default"));
    say(&hints.welcome());
    let shown = std::thread::spawn(move || show(&told, &hints, patience));
    let served = until_stopped(app, listener, |_| {}).map_err(Failure::Problems);
    // The tail went with the app, which ends what is shown.
    let _ = shown.join();
    served.map(|()| String::new())
}

/// Shows requests as they come, until there will be no more.
fn show(told: &Receiver<Seen>, hints: &Hints, patience: Duration) {
    let (mut came, mut kept, mut reminded) = (false, false, false);
    loop {
        match told.recv_timeout(patience) {
            Ok(seen) => {
                came = true;
                say(&shown(&seen));
                if let Some(tool) = seen.tool.as_deref().filter(|_| !kept) {
                    kept = true;
                    say(&hints.first(&seen, tool));
                }
            }
            Err(RecvTimeoutError::Timeout) if !came && !reminded => {
                reminded = true;
                say(&hints.checklist(patience));
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

fn shown(seen: &Seen) -> String {
    let time = seen.at.to_string();
    let mut text = format!("{} {}: {}\n", time.get(11..19).unwrap_or(&time), seen.what, seen.outcome);
    for finding in &seen.findings {
        let _ = writeln!(text, "         {finding}");
    }
    text
}

/// Says something. A reader that went away does not end the collector.
fn say(text: &str) {
    let mut stdout = io::stdout();
    let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
}

/// What is said about where to send.
struct Hints {
    address: SocketAddr,
    tools: String,
    /// How a tool of ours is told where to send: the variable, and how it is called.
    native: Option<(String, String)>,
    /// A command that sends a first event.
    sample: String,
}

impl Hints {
    fn new(catalogs: &[Catalog], address: SocketAddr, today: Day) -> Self {
        let names: Vec<&str> = catalogs.iter().map(|catalog| catalog.tool.name.as_str()).collect();
        let ours =
            catalogs.iter().find(|catalog| catalog.tool.dialect == Dialect::Native && !catalog.events.is_empty());
        let variable = |name: &str| format!("{}_TELEMETRY", name.to_uppercase().replace('-', "_"));
        let native = ours.map(|catalog| (variable(&catalog.tool.name), catalog.tool.name.clone()));
        let sample = ours.map_or(String::new(), |catalog| sample(catalog, address, today));
        Self { address, tools: names.join("`, `"), native, sample }
    }

    fn welcome(&self) -> String {
        let Self { address, tools, sample, .. } = self;
        let mut text = format!("Waiting for what `{tools}` may say.\n\n");
        if let Some((variable, name)) = &self.native {
            let _ = writeln!(text, "  Your tool   {variable}_ENDPOINT=http://{address} {name} …");
            let _ = writeln!(text, "  By hand     {sample}");
        }
        let _ = writeln!(text, "  Page        http://{address}/dev");
        text + "\nEach request is shown here as it comes. Ctrl-C ends this.\n\n"
    }

    fn first(&self, seen: &Seen, tool: &str) -> String {
        let (address, from) = (self.address, seen.what.split(',').next().unwrap_or(tool));
        format!(
            "\nFirst event, {} bytes, from {from}.
  Dashboard              http://{address}/t/{tool}
  What your users see    http://{address}/transparency/{tool}
  As it was sent         http://{address}/dev\n\n",
            seen.bytes
        )
    }

    fn checklist(&self, patience: Duration) -> String {
        let fallback = ("NAME_TELEMETRY".to_owned(), "your tool".to_owned());
        let (variable, name) = self.native.as_ref().unwrap_or(&fallback);
        let (address, seconds, sample) = (self.address, patience.as_secs(), &self.sample);
        format!(
            "Nothing has come for {seconds} s. What keeps a tool silent:
  - `DO_NOT_TRACK` or `{variable}=0` is set where it runs: `env | grep -i -e do_not_track -e telemetry`
  - the notice was not shown yet: run it once in a terminal, where nothing is sent; the next run records
  - it runs in CI, by a coding agent or without a terminal, where nobody can have seen the notice
  - its batch is not due: it sends once in ten to twenty minutes; `{name} telemetry status` says when
  - it sends elsewhere: this is http://{address}, so `{variable}_ENDPOINT=http://{address}`
To see that this end works: {sample}\n\n"
        )
    }
}

/// A command that sends the first declared event, for this day.
fn sample(catalog: &Catalog, address: SocketAddr, today: Day) -> String {
    let mut batch = WireBatch::new(u128::from(address.port()), catalog.tool.name.as_str(), today);
    batch.events = vec![RawEvent { name: catalog.events[0].name.as_str().into(), n: 1, ..RawEvent::default() }];
    let body = String::from_utf8(batch.encode()).expect("JSON is UTF-8");
    format!("curl -d '{body}' http://{address}/v1/batches")
}
