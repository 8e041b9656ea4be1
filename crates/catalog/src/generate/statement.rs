//! What a tool's users are told beside the list of fields, in plain words: what is not collected, how to switch it off,
//! what the terms are. The public page and its Markdown say the same, because both read it here.
//!
//! Between backticks stands code.

use crate::spec::{Catalog, Dialect, Field, Identity, Kind, Mode, Sensitivity, Tool};

/// Something that is not collected, and why that is so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absent {
    /// What.
    pub what: String,
    /// Why not, or what happens to it.
    pub why: String,
}

/// One way to switch it off, or to see what it would say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// For whom, or for what.
    pub whom: &'static str,
    /// What to type or to write into a file.
    pub lines: Vec<String>,
    /// What else one must know.
    pub note: &'static str,
}

/// What is not collected, whatever a client sends. It follows from the kinds of fields that there are.
#[must_use]
pub fn absent(catalog: &Catalog) -> Vec<Absent> {
    let say = |what: &str, why: &str| Absent { what: what.to_owned(), why: why.to_owned() };
    let mut absent = vec![
        say(
            "Anything somebody wrote: code, arguments, messages, file names, paths, addresses of repositories",
            "no kind of field holds text. A value is a yes or no, a range, a version, or a word from a list on this page; \
             any other word becomes `other`",
        ),
        say(
            "Who you are: names, accounts, mail addresses, host names, hardware addresses",
            "no field may be declared for it; the catalogue would not be accepted",
        ),
        say(
            "Your address on the network",
            "it is needed to answer you, and how often it sends is counted in memory. It is written down nowhere, not in a \
             log either",
        ),
        say(
            "The time of day",
            "a row has a day. The hour of arrival is gone when the log is sealed, within about an hour",
        ),
        say("Exact numbers", "durations and sizes become ranges before they are kept"),
    ];
    absent.push(match catalog.tool.identity {
        Identity::None => say("Any identifier of you, your machine or your project", "this tool has none"),
        Identity::Month => say(
            "An identifier that lasts",
            "the random number changes every month, and only a hash of it is kept, under a key that is destroyed",
        ),
        Identity::Install => say(
            "An identifier in clear",
            "only a hash is kept, under a key that never leaves the collector and is destroyed with the data",
        ),
    });
    absent.extend(undeclared());
    absent
}

/// What clients send and the collector throws away or turns away: the field or event, and the reason.
#[must_use]
pub fn thrown_away(catalog: &Catalog) -> Vec<Absent> {
    let of = |place: &str, fields: &[Field]| {
        let dropped = fields.iter().filter_map(|field| match &field.kind {
            Kind::Drop { reason } => Some(Absent { what: format!("`{}`{place}", field.key()), why: reason.clone() }),
            _ => None,
        });
        let refused = fields.iter().flat_map(|field| {
            field.refuse.iter().map(move |(member, refusal)| Absent {
                what: format!("everything where `{}` is `{member}`{place}", field.key()),
                why: refusal.reason.clone(),
            })
        });
        dropped.chain(refused).collect::<Vec<_>>()
    };
    let mut all = of("", &catalog.origin);
    for event in &catalog.events {
        match &event.refused {
            Some(refusal) => {
                all.push(Absent { what: format!("`{}`, all of it", event.name), why: refusal.reason.clone() })
            }
            None => all.extend(of(&format!(" of `{}`", event.name), &event.fields)),
        }
    }
    all
}

fn undeclared() -> [Absent; 2] {
    [
        Absent {
            what: "Anything that is not on this page".to_owned(),
            why:
                "it is not kept. Of an unknown event only its name and the names and types of its fields are counted, \
                  never a value"
                    .to_owned(),
        },
        Absent {
            what: "That somebody switched it off".to_owned(),
            why: "no event for that may be declared; whoever is off is not heard of again".to_owned(),
        },
    ]
}

/// Every way to switch it off.
#[must_use]
pub fn ways_off(tool: &Tool) -> Vec<Way> {
    match tool.dialect {
        Dialect::Native => native(tool),
        Dialect::Nextjs => nextjs(),
        Dialect::Clerk => clerk(),
    }
}

/// How to see what would be sent, without sending it.
#[must_use]
pub fn ways_to_see(tool: &Tool) -> Vec<Way> {
    let (name, variable) = (&tool.name, variable(tool));
    match tool.dialect {
        Dialect::Native => vec![
            way(
                "What one run would send",
                [format!("{variable}=debug {name} …")],
                "prints the bytes and sends nothing",
            ),
            way("What was sent, byte for byte", [format!("{name} telemetry inspect")], ""),
            way("What a field says", [format!("{name} telemetry explain FIELD")], ""),
        ],
        Dialect::Nextjs => vec![way(
            "What one run would send",
            ["NEXT_TELEMETRY_DEBUG=1 npx next build".to_owned()],
            "prints the events and sends nothing; the identifiers are sent too, and are not printed",
        )],
        Dialect::Clerk => vec![
            way(
                "What a server would send",
                ["CLERK_TELEMETRY_DEBUG=1".to_owned()],
                "prints the events and sends nothing",
            ),
            way("What the command line would send", ["clerk --verbose …".to_owned()], ""),
        ],
    }
}

/// Where people find the number of their machine.
#[must_use]
pub fn own_number(tool: &Tool) -> String {
    match tool.dialect {
        Dialect::Native => {
            format!("`{0} telemetry inspect` prints it; `{0} telemetry forget` does all of this for you.", tool.name)
        }
        Dialect::Nextjs => "Next.js keeps it as `anonymousId` in its `config.json`: on Linux in \
                            `~/.config/nextjs-nodejs`, on macOS in `~/Library/Preferences/nextjs-nodejs`, on Windows \
                            in `%APPDATA%\\nextjs-nodejs\\Config`."
            .to_owned(),
        Dialect::Clerk => "Only the command line has one, as `machineUuid` in its configuration; what browsers and \
                           servers send has none."
            .to_owned(),
    }
}

fn way<const N: usize>(whom: &'static str, lines: [String; N], note: &'static str) -> Way {
    Way { whom, lines: lines.into(), note }
}

fn native(tool: &Tool) -> Vec<Way> {
    let (name, variable) = (&tool.name, variable(tool));
    vec![
        way(
            "You, on this machine",
            [format!("{name} telemetry disable")],
            "what waited to be sent is deleted; nothing tells anybody that you did",
        ),
        way("You, in every tool that listens", ["export DO_NOT_TRACK=1".to_owned()], ""),
        way(
            "One shell, script or container",
            [format!("export {variable}_DISABLED=1")],
            "any value but `0`, `false`, `no`, `off` and nothing at all",
        ),
        way("One run", [format!("{variable}=0 {name} …")], ""),
        way(
            "A project, for all who work on it",
            [format!("echo 'mode = \"off\"' > .{name}-telemetry.toml")],
            "a project can only switch it off, never on",
        ),
        way(
            "A machine or a fleet",
            [format!("echo 'mode = \"off\"' | sudo tee /etc/{name}/telemetry.toml")],
            "`mode = \"local\"` counts on the machine and sends nothing",
        ),
    ]
}

fn nextjs() -> Vec<Way> {
    vec![
        way(
            "You, on this machine",
            ["npx next telemetry disable".to_owned()],
            "not in Docker: there the command and the build look for the setting in different places",
        ),
        way(
            "One shell, script, container or CI job",
            ["export NEXT_TELEMETRY_DISABLED=1".to_owned()],
            "any value switches it off, `0` too",
        ),
        way(
            "A project, for all who work on it",
            ["echo 'NEXT_TELEMETRY_DISABLED=1' >> .env".to_owned()],
            "Next.js does not listen to `DO_NOT_TRACK`",
        ),
    ]
}

fn clerk() -> Vec<Way> {
    let line = |text: &str| [text.to_owned()];
    vec![
        way(
            "A server: Express, Fastify, Hono, any other",
            line("CLERK_TELEMETRY_DISABLED=1"),
            "`1` or `true`; `yes` and `on` do not count, and `DO_NOT_TRACK` neither",
        ),
        way("Next.js", line("NEXT_PUBLIC_CLERK_TELEMETRY_DISABLED=1"), "a `telemetry` property overrides it"),
        way("React, Expo, Chrome extensions", line("<ClerkProvider telemetry={false}>"), ""),
        way("JavaScript in a page", line("clerk.load({ telemetry: false })"), ""),
        way("React Router", line("VITE_CLERK_TELEMETRY_DISABLED=1"), ""),
        way("Astro", line("PUBLIC_CLERK_TELEMETRY_DISABLED=1"), "the option of the integration alone does not do it"),
        way("iOS", line("Clerk.Options(telemetryEnabled: false)"), ""),
        way("Android", line("ClerkConfigurationOptions(telemetryEnabled = false)"), ""),
        way(
            "The command line",
            line("clerk telemetry disable"),
            "or `DO_NOT_TRACK=1`, which only the command line hears",
        ),
    ]
}

/// The name from which our own variables are made.
fn variable(tool: &Tool) -> String {
    format!("{}_TELEMETRY", tool.name.to_uppercase().replace('-', "_"))
}

/// What a fresh installation does.
#[must_use]
pub fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::On => "on, after the notice was shown; nothing is sent in the run that shows it",
        Mode::Ask => "off, until you say yes",
        Mode::Off => "off",
    }
}

/// Whether an installation can be recognised.
#[must_use]
pub fn identity(identity: Identity) -> &'static str {
    match identity {
        Identity::None => "none: nothing connects one batch to another",
        Identity::Month => "random, and a new one every month; stored as a keyed hash",
        Identity::Install => "one for each installation; stored as a keyed hash",
    }
}

/// What an event is about.
#[must_use]
pub fn sensitivity(sensitivity: Sensitivity) -> &'static str {
    match sensitivity {
        Sensitivity::Technical => "software and hardware",
        Sensitivity::Interaction => "what was done with the tool",
        Sensitivity::Feedback => "what somebody told us on purpose",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::catalog;

    #[test]
    fn what_is_absent_follows_the_identity() {
        let of = |identity: Identity| {
            let mut catalog = catalog();
            catalog.tool.identity = identity;
            let told = absent(&catalog).into_iter().find(|absent| absent.what.contains("identifier"));
            told.expect("something is said about identifiers").what
        };
        assert!(of(Identity::None).starts_with("Any identifier of you"));
        assert_eq!(of(Identity::Month), "An identifier that lasts");
        assert_eq!(of(Identity::Install), "An identifier in clear");
    }

    #[test]
    fn what_is_thrown_away_is_told_with_its_reason() {
        let told: Vec<String> =
            thrown_away(&catalog()).iter().map(|thrown| format!("{}: {}", thrown.what, thrown.why)).collect();
        assert!(told.contains(&"everything where `stage` is `production`: production is nobody's business".to_owned()));
        assert!(told.contains(&"`result.directory` of `command_finished`: a path names a person's files".to_owned()));
        assert!(told.iter().any(|line| line.starts_with("`log`, all of it")), "{told:#?}");
    }

    #[test]
    fn a_tool_with_a_dash_has_variables_without() {
        let mut tool = catalog().tool;
        tool.name = "my-tool".into();
        let lines: Vec<String> = ways_off(&tool).into_iter().flat_map(|way| way.lines).collect();
        assert!(lines.contains(&"export MY_TOOL_TELEMETRY_DISABLED=1".to_owned()), "{lines:#?}");
        assert!(lines.contains(&"my-tool telemetry disable".to_owned()));
        assert!(own_number(&tool).starts_with("`my-tool telemetry inspect`"));
    }
}
