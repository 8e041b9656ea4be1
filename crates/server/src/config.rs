//! Every knob, declared once: its name, default and sentence give the flag, the environment variable, the key in the
//! configuration file, `--help` and `docs/reference/configuration.md`. The only reader of arguments and environment.
//!
//! A flag wins over the environment, that over the file, that over the default.

pub(crate) mod file;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use axum::http::HeaderName;
use clap::ArgMatches;

use aboveboard_catalog::limits::{BODY_BYTES_MAX, BODY_INFLATED_BYTES_MAX};

/// What the operator decided.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Config {
    /// The folder that everything is kept in.
    pub(crate) data: PathBuf,
    /// Where requests are taken.
    pub(crate) listen: SocketAddr,
    /// The folder of catalogues; `None` for the built-in ones.
    pub(crate) catalogs: Option<PathBuf>,
    /// What the operator shows to be known.
    pub(crate) token: Option<Token>,
    /// Who may take raw rows out.
    pub(crate) exporters: Vec<Exporter>,
    /// The smallest group that the operator sees.
    pub(crate) operator_minimum: u64,
    /// Requests a second that one source may send; 0 for any number.
    pub(crate) rate_per_second: u32,
    /// The header in which a trusted proxy names the source.
    pub(crate) proxy_header: Option<HeaderName>,
    /// Bytes of a body as it arrives.
    pub(crate) body_bytes_max: usize,
    /// Bytes of a body after decompression.
    pub(crate) body_inflated_bytes_max: usize,
    /// Bytes of batches that may wait for the disk.
    pub(crate) queue_bytes_max: usize,
    /// Where the data are kept, for privacy statements.
    pub(crate) region: Option<String>,
    /// Where to report weaknesses, for `security.txt`.
    pub(crate) security_contact: Option<String>,
    /// The form of the log.
    pub(crate) log: LogForm,
    /// Whether everything here is made up, which each page then says. No knob: only `aboveboard demo` sets it.
    pub(crate) demo: bool,
}

/// The operator's secret. It has no `Display`, and its `Debug` says nothing.
#[derive(Clone, PartialEq)]
pub(crate) struct Token(blake3::Hash);

/// Somebody who may take raw rows out.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Exporter {
    /// As the audit log calls them.
    pub(crate) name: String,
    pub(crate) token: Token,
}

/// The form of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogForm {
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
}

/// One knob.
struct Knob {
    /// Its name, with dashes.
    name: &'static str,
    /// What its value looks like, for `--help`.
    value: &'static str,
    default: &'static str,
    about: &'static str,
    /// Whether there is a flag. Secrets have none: every user of a machine can read the command lines on it.
    flag: bool,
    set: fn(&mut Config, &str) -> Result<(), String>,
}

const KNOBS: &[Knob] = &[
    Knob {
        name: "data",
        value: "FOLDER",
        default: "./aboveboard-data",
        about: "Folder in which everything is kept; one collector at a time uses it",
        flag: true,
        set: |config, text| read(&mut config.data, text, "a path"),
    },
    Knob {
        name: "listen",
        value: "ADDRESS:PORT",
        default: "127.0.0.1:7300",
        about: "Address to listen on; beyond loopback only with an operator token",
        flag: true,
        set: |config, text| read(&mut config.listen, text, "an address with a port, such as `127.0.0.1:7300`"),
    },
    Knob {
        name: "catalogs",
        value: "FOLDER",
        default: "",
        about: "Folder of catalogues, one folder a tool; the built-in ones when absent",
        flag: true,
        set: |config, text| read_some(&mut config.catalogs, text, "a path"),
    },
    Knob {
        name: "token",
        value: "TOKEN",
        default: "",
        about: "The operator's token, at least 16 characters; without one, only this machine is served",
        flag: false,
        set: |config, text| Token::new(text).map(|token| config.token = Some(token)),
    },
    Knob {
        name: "token-file",
        value: "FILE",
        default: "",
        about: "File whose first line is the operator's token",
        flag: true,
        set: |config, path| {
            file::first_line(path).and_then(|text| Token::new(&text)).map(|token| config.token = Some(token))
        },
    },
    Knob {
        name: "export-token-file",
        value: "FILE",
        default: "",
        about: "File with a line `NAME TOKEN` for each person who may take raw rows out; nobody may when absent",
        flag: true,
        set: |config, path| set_exporters(&mut config.exporters, &file::read(Path::new(path))?),
    },
    Knob {
        name: "operator-minimum",
        value: "N",
        default: "1",
        about: "Smallest group that the operator sees; the public minimum is in each catalogue",
        flag: true,
        set: |config, text| read(&mut config.operator_minimum, text, "a whole number"),
    },
    Knob {
        name: "rate-per-second",
        value: "N",
        default: "0",
        about: "Requests a second that one source may send, with bursts of ten times as many; 0 for any number",
        flag: true,
        set: |config, text| read(&mut config.rate_per_second, text, "a whole number"),
    },
    Knob {
        name: "proxy-header",
        value: "NAME",
        default: "",
        about: "Header in which your own proxy names the source, such as `x-forwarded-for`; its last address counts",
        flag: true,
        set: |config, text| read_some(&mut config.proxy_header, text, "the name of a header"),
    },
    Knob {
        name: "body-bytes-max",
        value: "N",
        default: "262144",
        about: "Bytes of a request body as it arrives",
        flag: true,
        set: |config, text| read_at_most(&mut config.body_bytes_max, text, BODY_BYTES_MAX),
    },
    Knob {
        name: "body-inflated-bytes-max",
        value: "N",
        default: "1048576",
        about: "Bytes of a request body after decompression",
        flag: true,
        set: |config, text| read_at_most(&mut config.body_inflated_bytes_max, text, BODY_INFLATED_BYTES_MAX),
    },
    Knob {
        name: "queue-bytes-max",
        value: "N",
        default: "16777216",
        about: "Bytes of batches that may wait for the disk before others are told to come back",
        flag: true,
        set: |config, text| read(&mut config.queue_bytes_max, text, "a whole number"),
    },
    Knob {
        name: "region",
        value: "TEXT",
        default: "",
        about: "Where the data are kept, such as `Frankfurt, Germany (EU)`; each tool's public page says it",
        flag: true,
        set: |config, text| read_some(&mut config.region, text, "a text"),
    },
    Knob {
        name: "security-contact",
        value: "URI",
        default: "",
        about: "Where to report weaknesses, as `mailto:` or `https:`; `/.well-known/security.txt` says it",
        flag: true,
        set: |config, text| set_contact(&mut config.security_contact, text),
    },
    Knob {
        name: "log",
        value: "FORM",
        default: "text",
        about: "Form of the log on standard error: `text` or `json`",
        flag: true,
        set: |config, text| read(&mut config.log, text, "`text` or `json`"),
    },
];

const FILE_ABOUT: &str = "Configuration file in TOML; its keys are the names of these flags with `_` for `-`";

impl Config {
    /// Puts arguments, environment, file and defaults together.
    ///
    /// # Errors
    /// A sentence that names the knob, where it was set, and what would do.
    pub(crate) fn read(arguments: &ArgMatches) -> Result<Self, String> {
        let path = arguments.get_one::<String>("config").cloned().or_else(|| environment("ABOVEBOARD_CONFIG"));
        let settings = path.map_or(Ok(Vec::new()), |path| file::settings(&path))?;
        let flags = KNOBS.iter().filter(|knob| knob.flag);
        let mut config = Self::default();
        for (key, line, value) in &settings {
            let knob = KNOBS.iter().find(|knob| knob.key() == *key);
            let knob = knob.ok_or_else(|| format!("{line}: there is no knob `{key}`; there are {}", keys()))?;
            knob.set(&mut config, value, line)?;
        }
        for knob in KNOBS {
            let variable = knob.variable();
            environment(&variable).map_or(Ok(()), |value| knob.set(&mut config, &value, &variable))?;
        }
        for knob in flags {
            let value = arguments.get_one::<String>(knob.name);
            value.map_or(Ok(()), |value| knob.set(&mut config, value, &format!("--{}", knob.name)))?;
        }
        config.check()?;
        Ok(config)
    }

    /// The flags, for `clap`.
    pub(crate) fn flags() -> Vec<clap::Arg> {
        let file = clap::Arg::new("config").long("config").value_name("FILE").help(FILE_ABOUT);
        let knobs = KNOBS.iter().filter(|knob| knob.flag).map(|knob| {
            let default = if knob.default.is_empty() { String::new() } else { format!(" [{}]", knob.default) };
            clap::Arg::new(knob.name).long(knob.name).value_name(knob.value).help(format!("{}{default}", knob.about))
        });
        std::iter::once(file).chain(knobs).collect()
    }

    fn check(&self) -> Result<(), String> {
        if self.listen.ip().is_loopback() || self.token.is_some() {
            return Ok(());
        }
        Err(format!(
            "`{}` can be reached from other machines, and without an operator token whoever reaches it could read \
             and delete everything; make one with `openssl rand -hex 32 > token` and add `--token-file token`",
            self.listen
        ))
    }
}

impl Default for Config {
    fn default() -> Self {
        let mut config = Self {
            data: PathBuf::new(),
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            catalogs: None,
            token: None,
            exporters: Vec::new(),
            operator_minimum: 0,
            rate_per_second: 0,
            proxy_header: None,
            body_bytes_max: 0,
            body_inflated_bytes_max: 0,
            queue_bytes_max: 0,
            region: None,
            security_contact: None,
            log: LogForm::Text,
            demo: false,
        };
        for knob in KNOBS.iter().filter(|knob| !knob.default.is_empty()) {
            knob.set(&mut config, knob.default, "default").expect("a test sets every default");
        }
        config
    }
}

impl Knob {
    fn key(&self) -> String {
        self.name.replace('-', "_")
    }

    fn variable(&self) -> String {
        format!("ABOVEBOARD_{}", self.key().to_uppercase())
    }

    fn set(&self, config: &mut Config, value: &str, place: &str) -> Result<(), String> {
        (self.set)(config, value).map_err(|problem| format!("{place}: {problem}"))
    }
}

impl Token {
    const CHARS_MIN: usize = 16;

    /// A token, when it is long enough.
    pub(crate) fn new(text: &str) -> Result<Self, String> {
        let long = text.trim().len() >= Self::CHARS_MIN;
        long.then(|| Self(blake3::hash(text.trim().as_bytes()))).ok_or_else(|| {
            format!("a token needs at least {} characters; `openssl rand -hex 32` makes one", Self::CHARS_MIN)
        })
    }

    /// Whether this is the token. Hashes are compared in constant time.
    pub(crate) fn is(&self, text: &str) -> bool {
        self.0 == blake3::hash(text.as_bytes())
    }

    /// A seal on a text that only this token makes.
    pub(crate) fn seal(&self, text: &str) -> String {
        self.seal_as_hash(text).to_hex().to_string()
    }

    /// Whether this token made a seal. Hashes are compared in constant time.
    pub(crate) fn is_seal(&self, text: &str, seal: &str) -> bool {
        blake3::Hash::from_hex(seal).is_ok_and(|seal| seal == self.seal_as_hash(text))
    }

    fn seal_as_hash(&self, text: &str) -> blake3::Hash {
        let key = blake3::derive_key("aboveboard 2026-11 seals of signed-in operators", self.0.as_bytes());
        blake3::keyed_hash(&key, text.as_bytes())
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(..)")
    }
}

impl FromStr for LogForm {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err(()),
        }
    }
}

fn read<T: FromStr>(place: &mut T, text: &str, wanted: &str) -> Result<(), String> {
    *place = text.parse().map_err(|_| format!("`{text}` is not {wanted}"))?;
    Ok(())
}

fn read_some<T: FromStr>(place: &mut Option<T>, text: &str, wanted: &str) -> Result<(), String> {
    *place = Some(text.parse().map_err(|_| format!("`{text}` is not {wanted}"))?);
    Ok(())
}

/// One line each; what begins with `#` is a comment.
fn set_exporters(place: &mut Vec<Exporter>, text: &str) -> Result<(), String> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    let exporter = |(number, line): (usize, &str)| {
        let (name, token) = line.split_once(' ').ok_or_else(|| format!("line {}: write `NAME TOKEN`", number + 1))?;
        let token = Token::new(token).map_err(|problem| format!("line {}: {problem}", number + 1))?;
        Ok(Exporter { name: name.to_owned(), token })
    };
    *place = lines.map(exporter).collect::<Result<_, String>>()?;
    Ok(())
}

/// RFC 9116, section 2.5.3: a contact is a URI, and a web page is only served over TLS.
fn set_contact(place: &mut Option<String>, text: &str) -> Result<(), String> {
    let is_uri = ["mailto:", "https://", "tel:"].iter().any(|scheme| text.starts_with(scheme));
    if !is_uri || text.chars().any(char::is_whitespace) {
        return Err(format!("`{text}` is not a URI such as `mailto:security@example.com` or `https://…`"));
    }
    *place = Some(text.to_owned());
    Ok(())
}

fn read_at_most(place: &mut usize, text: &str, max: usize) -> Result<(), String> {
    let number = text.parse().ok().filter(|number| (1..=max).contains(number));
    *place = number.ok_or_else(|| format!("`{text}` is not a whole number from 1 to {max}"))?;
    Ok(())
}

/// The operator's token in clear, for commands that show it to a collector.
pub(crate) fn token_to_show() -> Option<String> {
    environment("ABOVEBOARD_TOKEN")
}

/// The token that lets raw rows out, in clear, for the command that shows it to a collector.
pub(crate) fn export_token_to_show() -> Option<String> {
    environment("ABOVEBOARD_EXPORT_TOKEN")
}

#[expect(clippy::disallowed_methods, reason = "this file is the one that reads the environment")]
fn environment(variable: &str) -> Option<String> {
    std::env::var(variable).ok().filter(|value| !value.is_empty())
}

fn keys() -> String {
    KNOBS.iter().map(|knob| format!("`{}`", knob.key())).collect::<Vec<_>>().join(", ")
}

/// The reference page, in Markdown.
#[cfg(test)]
fn reference() -> String {
    let mut page = String::from(PAGE_HEAD);
    for knob in KNOBS {
        let flag = if knob.flag { format!("`--{}`", knob.name) } else { "none".to_owned() };
        let default = if knob.default.is_empty() { "none".to_owned() } else { format!("`{}`", knob.default) };
        let (variable, key, about) = (knob.variable(), knob.key(), knob.about);
        page.push_str(&format!("| {flag} | `{variable}` | `{key}` | {default} | {about} |\n"));
    }
    page
}

#[cfg(test)]
const PAGE_HEAD: &str = "<!-- generated from crates/server/src/config.rs -->
# Configuration

`aboveboard serve` runs without any. A flag wins over the environment, the environment over the file, the file over
the default. `--config FILE` (or `ABOVEBOARD_CONFIG`) names a TOML file.

| flag | environment | key in the file | default | what it does |
|---|---|---|---|---|
";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden;

    fn parse(arguments: &[&str]) -> Result<Config, String> {
        let command = clap::Command::new("serve").no_binary_name(true).args(Config::flags());
        Config::read(&command.try_get_matches_from(arguments).expect("known flags"))
    }

    fn with_file(toml: &str, arguments: &[&str]) -> Result<Config, String> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.toml");
        std::fs::write(&path, toml).expect("a file");
        let path = path.to_str().expect("a path in UTF-8");
        parse(&[&["--config", path], arguments].concat())
    }

    #[test]
    fn the_reference_page_is_fresh() {
        golden::check("docs/reference/configuration.md", &reference());
    }

    #[test]
    fn defaults_need_no_configuration() {
        let config = parse(&[]).expect("a configuration");
        assert_eq!(config, Config::default());
        assert_eq!(config.listen.to_string(), "127.0.0.1:7300");
        assert_eq!(config.body_bytes_max, BODY_BYTES_MAX);
        assert_eq!(config.body_inflated_bytes_max, BODY_INFLATED_BYTES_MAX);
    }

    #[test]
    fn a_flag_wins_over_the_file() {
        let toml = "operator_minimum = 5\nrate_per_second = 7\n";
        let config = with_file(toml, &["--rate-per-second", "9"]).expect("a configuration");
        assert_eq!((config.operator_minimum, config.rate_per_second), (5, 9));
    }

    #[test]
    fn problems_name_the_place_and_the_fix() {
        let check = |toml: &str, arguments: &[&str], said: &str| {
            let problem = with_file(toml, arguments).expect_err("a problem");
            assert!(problem.contains(said), "{problem}");
        };
        check("log = \"json\"\n\nlisten_to = 3\n", &[], "a.toml:3: there is no knob `listen_to`");
        check("listen = \"here\"", &[], "a.toml:1: `here` is not an address with a port");
        check("log = [1]", &[], "a.toml:1: `log` takes a text, a number or a flag");
        check("log = ", &[], "a.toml:1: not TOML");
        check("", &["--listen", "0.0.0.0:80"], "openssl rand -hex 32 > token");
        check("token = \"short\"", &[], "at least 16 characters");
        check("", &["--body-bytes-max", "1000000000"], "from 1 to 262144");
        check("", &["--security-contact", "me@example.com"], "is not a URI");
    }

    #[test]
    fn a_token_opens_the_port_and_is_never_shown() {
        let toml = "token = \"0123456789abcdef\"\nlisten = \"0.0.0.0:80\"";
        let token = with_file(toml, &[]).expect("a configuration").token.expect("a token");
        assert!(token.is("0123456789abcdef") && !token.is("0123456789abcdeg"));
        assert_eq!(format!("{token:?}"), "Token(..)");
    }

    #[test]
    fn each_who_may_export_has_a_name_and_a_token() {
        let read = |text: &str| {
            let mut exporters = Vec::new();
            set_exporters(&mut exporters, text).map(|()| exporters)
        };
        let two = read("# names\nada 0123456789abcdef\n\nbob fedcba9876543210\n").expect("two people");
        assert_eq!(two.iter().map(|exporter| exporter.name.as_str()).collect::<Vec<_>>(), ["ada", "bob"]);
        assert!(two[1].token.is("fedcba9876543210"));
        assert!(read("ada\n").expect_err("a problem").contains("line 1: write `NAME TOKEN`"));
        assert!(read("ada 0123456789abcdef\nbob short\n").expect_err("a problem").contains("line 2: a token needs"));
    }
}
