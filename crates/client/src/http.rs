//! The only opener of a socket. Sends one batch, and says what came back.
//!
//! With the feature `https`: TLS with the certificates of the operating system, and the proxy variables (`HTTPS_PROXY`,
//! `ALL_PROXY`, `NO_PROXY`). Without it: plain HTTP/1.1 to `http://` endpoints, for collectors on the same machine.

use std::path::PathBuf;
use std::time::Duration;

use crate::disk;

/// Where batches go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Endpoint {
    /// The base URL of a collector.
    Url(String),
    /// A file to which each batch is appended as a line.
    File(PathBuf),
}

/// What a collector answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Seconds of `Retry-After`.
    pub(crate) retry_after: Option<i64>,
    /// The beginning of what it said.
    pub(crate) body: String,
}

/// Bytes of an answer's body that are read. Ours are shorter.
const BODY_BYTES_MAX: u64 = 16 * 1024;

impl Endpoint {
    /// Reads `https://…`, `http://…` or `file:///…`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_end_matches('/');
        if let Some(path) = text.strip_prefix("file://") {
            return Some(Self::File(PathBuf::from(path))).filter(|_| path.starts_with('/') || cfg!(windows));
        }
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
        let plain = rest.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '@' | '?' | '#'));
        (plain && !rest.is_empty()).then(|| Self::Url(text.to_owned()))
    }

    /// How texts name it.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Url(url) => url.clone(),
            Self::File(path) => path.display().to_string(),
        }
    }
}

/// What sends, with everything prepared that can be prepared before there is something to send.
pub(crate) struct Sender {
    endpoint: Endpoint,
    wire: wire::Wire,
}

impl Sender {
    pub(crate) fn new(endpoint: Endpoint, at_most: Duration) -> Self {
        Self { endpoint, wire: wire::Wire::new(at_most) }
    }

    /// Sends a batch. `None` when nothing came back.
    pub(crate) fn batch(&self, bytes: &[u8]) -> Option<Answer> {
        self.post("/v1/batches", bytes)
    }

    /// Asks for the deletion of what was sent under an identifier. A file cannot be asked.
    pub(crate) fn forget(&self, tool: &str, identifier: &str) -> Option<Answer> {
        let Endpoint::Url(url) = &self.endpoint else { return None };
        let body = format!(r#"{{"tool":"{tool}","id":"{identifier}"}}"#);
        self.wire.send("POST", &format!("{url}/v1/forget"), body.as_bytes())
    }

    /// Asks how far a deletion is.
    pub(crate) fn forgotten(&self, receipt: &str) -> Option<Answer> {
        let Endpoint::Url(url) = &self.endpoint else { return None };
        self.wire.send("GET", &format!("{url}/v1/forget/{receipt}"), b"")
    }

    fn post(&self, path: &str, bytes: &[u8]) -> Option<Answer> {
        match &self.endpoint {
            Endpoint::Url(url) => self.wire.send("POST", &format!("{url}{path}"), bytes),
            Endpoint::File(file) => {
                let appended = disk::append(file, bytes, u64::MAX).ok()?;
                (appended == disk::Appended::Written).then(|| Answer { status: 200, ..Answer::default() })
            }
        }
    }
}

#[cfg(feature = "https")]
mod wire {
    use std::time::Duration;

    use ureq::Agent;
    use ureq::tls::{RootCerts, TlsConfig};

    use super::{Answer, BODY_BYTES_MAX};

    pub(super) struct Wire(Agent);

    impl Wire {
        pub(super) fn new(at_most: Duration) -> Self {
            let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
            let config = Agent::config_builder()
                .timeout_global(Some(at_most))
                .http_status_as_error(false)
                .max_redirects(0)
                .user_agent("aboveboard")
                .tls_config(tls);
            // Unit tests speak with this machine only, whichever proxy surrounds them.
            let config = if cfg!(test) { config.proxy(None) } else { config };
            Self(config.build().new_agent())
        }

        pub(super) fn send(&self, method: &str, url: &str, bytes: &[u8]) -> Option<Answer> {
            let mut response = match method {
                "GET" => self.0.get(url).call().ok()?,
                _ => self.0.post(url).header("content-type", "application/json").send(bytes).ok()?,
            };
            let retry_after = response.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
            // A status that came counts, whatever becomes of the rest.
            let body = response.body_mut().with_config().limit(BODY_BYTES_MAX).read_to_string().unwrap_or_default();
            Some(Answer { status: response.status().as_u16(), retry_after, body })
        }
    }
}

#[cfg(not(feature = "https"))]
mod wire {
    use std::io::{Read, Write};
    use std::net::{TcpStream, ToSocketAddrs};
    use std::time::Duration;

    use super::{Answer, BODY_BYTES_MAX};

    pub(super) struct Wire(Duration);

    /// Bytes of an answer that are read, with its head.
    const ANSWER_BYTES_MAX: u64 = 16 * 1024 + BODY_BYTES_MAX;

    impl Wire {
        pub(super) fn new(at_most: Duration) -> Self {
            Self(at_most)
        }

        /// Speaks just enough HTTP/1.1 (RFC 9112): one request on a connection of its own, and the head of the answer.
        pub(super) fn send(&self, method: &str, url: &str, bytes: &[u8]) -> Option<Answer> {
            let (host, path) = url.strip_prefix("http://")?.split_once('/')?;
            let authority = if host.contains(':') { host.to_owned() } else { format!("{host}:80") };
            let address = authority.to_socket_addrs().ok()?.next()?;
            let mut stream = TcpStream::connect_timeout(&address, self.0).ok()?;
            stream.set_read_timeout(Some(self.0)).ok()?;
            stream.set_write_timeout(Some(self.0)).ok()?;
            let head = format!(
                "{method} /{path} HTTP/1.1\r\nhost: {host}\r\nuser-agent: aboveboard\r\ncontent-type: application/json\r\n\
                 content-length: {}\r\nconnection: close\r\n\r\n",
                bytes.len()
            );
            stream.write_all(&[head.as_bytes(), bytes].concat()).ok()?;
            let mut answer = Vec::new();
            // A status that came counts, whatever becomes of the rest.
            let _ = stream.take(ANSWER_BYTES_MAX).read_to_end(&mut answer);
            read(&String::from_utf8_lossy(&answer))
        }
    }

    fn read(answer: &str) -> Option<Answer> {
        let (head, body) = answer.split_once("\r\n\r\n")?;
        let (first, headers) = head.split_once("\r\n").unwrap_or((head, ""));
        let status = first.strip_prefix("HTTP/1.")?.split(' ').nth(1)?.parse().ok()?;
        let header = |line: &str| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("retry-after").then(|| value.trim().parse().ok())?
        };
        Some(Answer { status, retry_after: headers.lines().find_map(header), body: body.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_a_collector_or_a_file() {
        let url = |text: &str| Some(Endpoint::Url(text.to_owned()));
        let check = |text: &str, expected: Option<Endpoint>| assert_eq!(Endpoint::parse(text), expected, "{text}");
        check("https://t.acme.example/", url("https://t.acme.example"));
        check(" http://127.0.0.1:4318 ", url("http://127.0.0.1:4318"));
        check("file:///var/log/acme.ndjson", Some(Endpoint::File("/var/log/acme.ndjson".into())));
        for bad in
            ["", "t.acme.example", "ftp://x", "https://", "https://user:pass@x", "https://x y", "file://relative"]
        {
            check(bad, None);
        }
    }
}
