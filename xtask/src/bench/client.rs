//! What a tool pays for its telemetry: our client beside those of others, in the same small tool (`bench/`).

mod cost;
mod networks;
mod runs;
mod tools;

use std::path::Path;

use super::compare::{Cell, Comparison, Row};
use super::figure::{Figure, Section};
use super::machine;
use networks::Network;
use runs::{Runs, Sending};
use tools::{Built, Profile};

const RECORD_NS_MAX: f64 = 20.0;
const WALL_MS_MAX: f64 = 0.15;
const BYTES_WITHOUT_TLS_KIB_MAX: f64 = 80.0;
const BYTES_WITH_TLS_KIB_MAX: f64 = 1_300.0;
/// What the end of a run in CI may wait for the collector, `EXIT_WAIT_MAX` of the client.
const CI_WALL_MS_MAX: f64 = 100.0;

/// Builds the tools, then measures calls, whole runs and bytes.
pub(crate) fn measure() -> Result<Section, String> {
    let built = tools::build()?;
    let load = machine::load();
    let mut gaps = built.gaps.clone();
    let mut rows = cost::rows(&built);
    rows.extend(walls(&built, &mut gaps)?);
    rows.extend(bytes(&built));
    Ok(Section {
        title: "Client",
        how: how(load),
        figures: sending(&built)?,
        comparison: Some(Comparison { clients: built.clients(), rows, gaps }),
    })
}

fn how(load: f64) -> String {
    format!(
        "The same small tool with each client, opened and closed as its documentation says (`bench/`): it prints a line \
         and says one event of eight fields. A call is the median of 400 rounds of 25, without the time of an empty \
         round; what follows from it runs until the event is on disk or sent. A run is the whole process, without \
         that of the tool without telemetry: the difference of the medians of {} rounds, in which the tools take turns, \
         with the \
         networks on this machine; a client that lets its user wait for over a quarter of a second is run once, and ended after \
         {} s. Bytes are those of the stripped program over that of the tool without telemetry \
         (`opt-level = \"z\"`, `lto`, `panic = \"abort\"`). \
         Ours has its command `telemetry` in it, and sends from a child at most once in ten minutes; the last figures are \
         about that. Glean leaves HTTP to its host: here a bare connection without TLS. Load average before: {load:.1}.",
        runs::ROUNDS,
        runs::SECONDS_MAX,
    )
}

/// Whole runs in each network.
fn walls(built: &Built, gaps: &mut Vec<String>) -> Result<Vec<Row>, String> {
    let mut rows = Vec::new();
    for network in Network::ALL {
        let runs = match networks::within(network, |collector| runs::all(built, collector)) {
            Ok(runs) => runs?,
            Err(reason) => {
                gaps.push(format!("{}: {reason}", network.name()));
                continue;
            }
        };
        let (none, rest) = runs.split_first().expect("the tool without telemetry is run first");
        let (without_tls, clients) = rest.split_last().expect("ours without TLS is run last");
        let row = |what: &str, runs: &[Option<Runs>], of: fn(&Runs, &Runs) -> Cell, at_most| {
            let cells =
                runs.iter().map(|runs| runs.as_ref().zip(none.as_ref()).map_or(Cell::Nothing, |(a, b)| of(a, b)));
            Row { what: format!("added wall, {}{what}", network.name()), unit: "ms", cells: cells.collect(), at_most }
        };
        rows.push(row("", clients, Runs::wall_over, Some(WALL_MS_MAX)));
        if network == Network::Healthy {
            rows.push(row(", shortest run", clients, Runs::shortest_over, None));
            let bare = std::slice::from_ref(without_tls);
            rows.push(row(", built without TLS", bare, Runs::wall_over, Some(WALL_MS_MAX)));
            rows.push(row(", built without TLS, shortest run", bare, Runs::shortest_over, None));
            let cpu = row("", clients, Runs::cpu_over, None);
            rows.push(Row { what: "added processor time of a run".to_owned(), ..cpu });
        }
    }
    Ok(rows)
}

/// What the tool grows by.
fn bytes(built: &Built) -> Vec<Row> {
    let size = |path: &Path| std::fs::metadata(path).map_or(0, |metadata| metadata.len()) as f64 / 1024.0;
    let none = built.program(tools::NONE, Profile::Small).map(|path| size(&path));
    let added = |package: &'static str| {
        let size = built.program(package, Profile::Small).map(|path| size(&path));
        size.zip(none).map_or(Cell::Nothing, |(size, none)| Cell::Measured(size - none))
    };
    let row = |what: &str, tls: bool, ours: &'static str, at_most: f64| {
        let peers = tools::PEERS.iter().map(|peer| if peer.tls == tls { added(peer.package) } else { Cell::Nothing });
        let cells = std::iter::once(added(ours)).chain(peers).collect();
        Row { what: what.to_owned(), unit: "KiB", cells, at_most: Some(at_most) }
    };
    vec![
        row("bytes added, without TLS", false, tools::OURS_WITHOUT_TLS, BYTES_WITHOUT_TLS_KIB_MAX),
        row("bytes added, with TLS", true, tools::OURS, BYTES_WITH_TLS_KIB_MAX),
    ]
}

/// The rare runs of our client in which there is something to send.
fn sending(built: &Built) -> Result<Vec<Figure>, String> {
    let run = |sending| networks::within(Network::Healthy, |collector| runs::sending(built, collector, sending))?;
    let hanging = networks::within(Network::Hanging, |collector| runs::sending(built, collector, Sending::InCi))??;
    let (child, in_ci) = (run(Sending::ByChild)?, run(Sending::InCi)?);
    let of_the_child = run(Sending::AsTheChild)?;
    Ok(vec![
        Figure::plain("added wall of a run that starts the child", child.wall_ms, "ms"),
        Figure::plain("shortest added wall of a run that starts the child", child.shortest_ms, "ms"),
        Figure::plain("processor time of the child", of_the_child.cpu_ms, "ms"),
        Figure::at_most("added wall of a run in CI that sends, collector answers", in_ci.wall_ms, "ms", CI_WALL_MS_MAX),
        Figure::plain("added wall of a run in CI that sends, collector hangs", hanging.wall_ms, "ms"),
    ])
}
