//! `aboveboard doctor`: everything that a collector needs, looked at before it is needed: each with its fix.
//!
//! It changes nothing: a folder that is missing stays missing.

use std::net::SocketAddr;
use std::path::Path;

use clap::{ArgMatches, Command};

use aboveboard_catalog::{Day, lint};
use aboveboard_store::disk::{Disk, Folder};

use super::Failure;
use super::remote::Asking;
use crate::config::Config;
use crate::files::{is_folder, is_writable, space};
use crate::serve::bind;
use crate::{catalogs, clock};

/// When this was written. A clock that stands before it is wrong.
const WRITTEN: Day = Day(20_779);
/// Space under which it is time to make some.
const SPACE_MIN: u64 = 1 << 30;

/// What was found: fine, or a problem with its fix.
type Finding = Result<String, String>;

pub(super) fn word() -> Command {
    Command::new("doctor")
        .about("Check everything that a collector with these settings needs, and say how to fix it")
        .args(Config::flags())
}

pub(super) fn run(matches: &ArgMatches) -> Result<String, Failure> {
    let version = format!("aboveboard {}", env!("CARGO_PKG_VERSION"));
    let findings = match Config::read(matches) {
        Err(problem) => vec![("settings", Err(problem))],
        Ok(config) => examine(&config, clock::now().day()),
    };
    let line = |(what, finding): &(&str, Finding)| match finding {
        Ok(said) => format!("ok       {what}: {said}\n"),
        Err(said) => format!("problem  {what}: {}\n", said.replace('\n', "\n         ")),
    };
    let told: String = findings.iter().map(line).collect();
    let problems = findings.iter().filter(|(_, finding)| finding.is_err()).count();
    match problems {
        0 => Ok(format!("{version}\n{told}all is well")),
        _ => Err(Failure::Problems(format!("{version}\n{told}{problems} to look at"))),
    }
}

fn examine(config: &Config, today: Day) -> Vec<(&'static str, Finding)> {
    let mut findings = vec![("settings", Ok("they can be read".to_owned())), ("clock", at_the_clock(today))];
    findings.push(("catalogues", at_catalogues(config.catalogs.as_deref(), today)));
    findings.push(("data", at_data(&config.data)));
    findings.push(("space", at_space(&config.data)));
    findings.push(("address", at_address(config.listen)));
    findings
}

fn at_the_clock(today: Day) -> Finding {
    match today >= WRITTEN {
        true => Ok(format!("today is {today}")),
        false => Err(format!("today is {today}, before this program was written; set the clock")),
    }
}

fn at_catalogues(folder: Option<&Path>, today: Day) -> Finding {
    let written = catalogs::load_written(folder)?;
    let found = written.iter().flat_map(|written| lint(&written.catalog, today));
    let found: Vec<String> = found.map(|problem| problem.to_string()).collect();
    let names: Vec<&str> = written.iter().map(|written| written.catalog.tool.name.as_str()).collect();
    if found.is_empty() { Ok(format!("sound: {}", names.join(", "))) } else { Err(found.join("\n")) }
}

fn at_data(path: &Path) -> Finding {
    let shown = path.display();
    if !is_folder(path) {
        let above = path.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
        return match is_writable(above) {
            true => Ok(format!("`{shown}` is made at the first start")),
            false => Err(format!("`{shown}` is not there, and `{}` cannot be written to", above.display())),
        };
    }
    let disk = Folder::new(path).map_err(|error| error.to_string())?;
    match disk.lock().map_err(|error| error.to_string())? {
        None => Ok(format!("a collector has `{shown}` open")),
        Some(_) if is_writable(path) => Ok(format!("`{shown}` can be written to, and no collector has it open")),
        Some(_) => Err(format!("`{shown}` cannot be written to; give it to the user that runs the collector")),
    }
}

fn at_space(path: &Path) -> Finding {
    let there = path.ancestors().find(|there| is_folder(there)).unwrap_or(Path::new("."));
    match space(there) {
        None => Ok("this system does not say".to_owned()),
        Some(bytes) if bytes < SPACE_MIN => {
            let free = bytes >> 20;
            Err(format!(
                "{free} MiB are free in `{}`; a full disk hands batches back until there is space",
                there.display()
            ))
        }
        Some(bytes) => Ok(format!("{} GiB are free in `{}`", bytes >> 30, there.display())),
    }
}

/// Free, or held by a collector that is well.
fn at_address(address: SocketAddr) -> Finding {
    let Err(taken) = bind(address) else { return Ok(format!("`{address}` is free")) };
    let url = format!("http://{address}");
    let ask = |path| {
        let asking = Asking { url: &url, path, parameters: Vec::new(), token: None, variable: "ABOVEBOARD_TOKEN" };
        asking.text().ok()
    };
    let Some(about) = ask("/openapi.json") else { return Err(taken) };
    let about: serde_json::Value = serde_json::from_str(&about).unwrap_or_default();
    let version = about["info"]["version"].as_str().unwrap_or("of an unknown version");
    match (ask("/readyz"), version == env!("CARGO_PKG_VERSION")) {
        (None, _) => Err(format!("a collector runs at `{address}` and is not ready; its log says why")),
        (_, false) => Err(format!("the collector at `{address}` is {version}, this program another; restart it")),
        _ => Ok(format!("a collector of this version runs at `{address}`, and is ready")),
    }
}
