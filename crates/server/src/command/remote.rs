//! A running collector, asked over HTTP by commands.

use std::io::{self, Read, Write};
use std::time::Duration;

use clap::Arg;
use serde::Deserialize;

use super::Failure;

/// For a connection, and for the beginning of an answer.
const PATIENCE: Duration = Duration::from_secs(10);
const CHUNK_BYTES: usize = 64 * 1024;
/// Bytes of an answer that is held as a whole.
const ANSWER_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// The flag that names the collector; `help` says where its token is read.
pub(super) fn flag(help: &'static str) -> Arg {
    Arg::new("url").long("url").value_name("URL").default_value("http://127.0.0.1:7300").help(help)
}

/// A question to a collector.
pub(super) struct Asking<'a> {
    pub(super) url: &'a str,
    pub(super) path: &'a str,
    pub(super) parameters: Vec<(&'static str, String)>,
    pub(super) token: Option<String>,
    /// What the token is called, to say which one is missing.
    pub(super) variable: &'static str,
}

/// What a problem says.
#[derive(Deserialize)]
struct Said {
    code: String,
    #[serde(default)]
    detail: String,
}

impl Asking<'_> {
    /// The whole answer.
    pub(super) fn text(self) -> Result<String, Failure> {
        let url = self.url.to_owned();
        let mut text = String::new();
        let read = self.open()?.take(ANSWER_BYTES_MAX).read_to_string(&mut text);
        read.map_err(|error| broken(&url, &error)).map(|_| text)
    }

    /// The answer, handed on as it comes. Says how many bytes it has.
    pub(super) fn pour(self, into: &mut impl Write) -> Result<u64, Failure> {
        let url = self.url.to_owned();
        let (mut from, mut chunk, mut bytes) = (self.open()?, vec![0; CHUNK_BYTES], 0);
        loop {
            let read = from.read(&mut chunk).map_err(|error| broken(&url, &error))?;
            if read == 0 {
                return Ok(bytes);
            }
            into.write_all(&chunk[..read]).map_err(|error| Failure::Problems(format!("cannot write: {error}")))?;
            bytes += read as u64;
        }
    }

    fn open(self) -> Result<impl Read, Failure> {
        let base = self.url.trim_end_matches('/');
        let settings = ureq::Agent::config_builder().http_status_as_error(false);
        let settings = settings.timeout_connect(Some(PATIENCE)).timeout_recv_response(Some(PATIENCE));
        let agent = ureq::Agent::new_with_config(settings.build());
        let mut request = agent.get(format!("{base}{}", self.path)).query_pairs(self.parameters);
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let answer = request.call().map_err(|error| {
            let said = format!("cannot ask `{base}`: {error}; is a collector running there? `--url` names another");
            Failure::Problems(said)
        })?;
        let status = answer.status().as_u16();
        let mut body = answer.into_body();
        if status < 400 {
            return Ok(body.into_reader());
        }
        let text = body.read_to_string().unwrap_or_default();
        Err(refused(status, &text, base, self.variable))
    }
}

fn refused(status: u16, text: &str, base: &str, variable: &str) -> Failure {
    let said = match serde_json::from_str::<Said>(text) {
        Err(_) => format!("`{base}` answered {status}, and not as a collector does"),
        Ok(said) if matches!(status, 401 | 403) => {
            format!("{}: {}; a token is taken from `{variable}`", said.code, said.detail)
        }
        Ok(said) => format!("{}: {}", said.code, said.detail),
    };
    if status == 400 || status == 422 { Failure::Usage(said) } else { Failure::Problems(said) }
}

fn broken(url: &str, error: &io::Error) -> Failure {
    Failure::Problems(format!("the answer of `{url}` broke off: {error}"))
}
