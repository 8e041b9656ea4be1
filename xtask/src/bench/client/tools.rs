//! The tools of `bench/`: which there are, and how they are built. Each is built by itself, because cargo would otherwise
//! give all of them the features that any of them asks for.

use std::fs;
use std::path::{Path, PathBuf};

use crate::shell::{command, root, run};

/// The tool without telemetry.
pub(super) const NONE: &str = "none";
/// Ours, as it comes.
pub(super) const OURS: &str = "ours";
/// Ours without the feature `https`.
pub(super) const OURS_WITHOUT_TLS: &str = "ours-without-tls";

/// Somebody else's client.
pub(super) struct Peer {
    pub(super) name: &'static str,
    pub(super) package: &'static str,
    /// Whether its tool can send over TLS.
    pub(super) tls: bool,
}

pub(super) const PEERS: [Peer; 4] = [
    Peer { name: "OpenTelemetry", package: "otel", tls: true },
    Peer { name: "Glean", package: "glean", tls: false },
    Peer { name: "Sentry", package: "sentry", tls: true },
    Peer { name: "PostHog", package: "posthog", tls: true },
];

/// How a tool is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Profile {
    /// For speed: `release`.
    Release,
    /// For size.
    Small,
}

impl Profile {
    fn name(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Small => "small",
        }
    }
}

/// The tools that could be built.
pub(super) struct Built {
    pub(super) gaps: Vec<String>,
}

impl Built {
    /// The names of the clients, ours first.
    pub(super) fn clients(&self) -> Vec<&'static str> {
        std::iter::once("aboveboard").chain(PEERS.iter().map(|peer| peer.name)).collect()
    }

    /// The packages behind [`Built::clients`].
    pub(super) fn packages(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(OURS).chain(PEERS.iter().map(|peer| peer.package))
    }

    /// A program, if it was built.
    pub(super) fn program(&self, name: &str, profile: Profile) -> Option<PathBuf> {
        Some(place(name, profile)).filter(|path| path.exists())
    }
}

/// Builds every tool in both ways. Without ours there is nothing to compare; a peer may be missing.
pub(super) fn build() -> Result<Built, String> {
    for (name, package, features) in
        [(NONE, NONE, ""), (OURS_WITHOUT_TLS, "ours", ""), (OURS, "ours", "--features https")]
    {
        build_tool(name, package, features)?;
    }
    let gap = |peer: &Peer| Some(format!("{}: {}", peer.name, build_tool(peer.package, peer.package, "").err()?));
    Ok(Built { gaps: PEERS.iter().filter_map(gap).collect() })
}

fn build_tool(name: &str, package: &str, features: &str) -> Result<(), String> {
    for profile in [Profile::Release, Profile::Small] {
        for place in [place(name, profile), place(&format!("{name}-cost"), profile)] {
            let _ = fs::remove_file(place);
        }
        let line =
            format!("cargo build --profile {} --package bench-{package} {features} --target-dir", profile.name());
        let heard = run(command(&line).arg(target()).current_dir(root().join("bench")));
        if !heard.success {
            return Err(format!("`bench-{package}` cannot be built here"));
        }
        keep(package, name, profile)?;
        keep(&format!("{package}-cost"), &format!("{name}-cost"), profile)?;
    }
    Ok(())
}

/// Copies a program to a name of its own, for the next build with other features takes its place.
fn keep(program: &str, name: &str, profile: Profile) -> Result<(), String> {
    let (from, to) = (target().join(profile.name()).join(program), place(name, profile));
    let made = fs::create_dir_all(to.parent().unwrap_or(Path::new("."))).and_then(|()| fs::copy(&from, &to));
    made.map(|_| ()).map_err(|error| format!("cannot copy `{}`: {error}", from.display()))
}

fn place(name: &str, profile: Profile) -> PathBuf {
    target().join("tools").join(profile.name()).join(name)
}

fn target() -> PathBuf {
    root().join("target/bench-clients")
}
