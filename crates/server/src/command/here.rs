//! Where a command serves whoever sits at this machine, and nobody else.

use std::net::{SocketAddr, TcpListener};

use clap::{Arg, ArgMatches, value_parser};

use super::Failure;
use crate::config::Config;
use crate::serve::bind;

/// Ports that are tried after the usual one, when that is taken.
const PORTS_TRIED: u16 = 20;

pub(super) fn flag() -> Arg {
    Arg::new("listen")
        .long("listen")
        .value_name("ADDRESS:PORT")
        .value_parser(value_parser!(SocketAddr))
        .help("Where to serve, on this machine only [the usual port, or the next that is free]")
}

/// The address that was asked for; else the usual port, or the next that is free.
pub(super) fn listener(matches: &ArgMatches) -> Result<TcpListener, Failure> {
    if let Some(address) = matches.get_one::<SocketAddr>("listen") {
        if !address.ip().is_loopback() {
            return Err(Failure::Usage(format!("`{address}` is not on this machine; this is served on loopback only")));
        }
        return bind(*address).map_err(Failure::Problems);
    }
    let usual = Config::default().listen;
    let mut near = (0..PORTS_TRIED).map(|further| SocketAddr::new(usual.ip(), usual.port() + further));
    let any = SocketAddr::new(usual.ip(), 0);
    near.find_map(|address| bind(address).ok()).map_or_else(|| bind(any).map_err(Failure::Problems), Ok)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_served() {
        let ask = |address: &str| {
            let command = clap::Command::new("demo").arg(flag());
            listener(&command.get_matches_from(["demo", "--listen", address]))
        };
        let taken = ask("127.0.0.1:0").ok().expect("a port");
        let address = taken.local_addr().expect("an address").to_string();
        assert!(matches!(ask(&address), Err(Failure::Problems(said)) if said.contains("--listen")));
        assert!(matches!(ask("0.0.0.0:0"), Err(Failure::Usage(said)) if said.contains("loopback only")));
    }
}
