//! The door: how much may come in, how often, and in which form. What passes is bytes.
//!
//! The sender's address is read here and ends here. It is an argument of no function beyond [`Admitted`], which has
//! no field for it.

use std::io::Read;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, FromRequest, FromRequestParts, Request};
use axum::http::{HeaderMap, HeaderName, header, request::Parts};

use aboveboard_catalog::limits::BATCH_EVENTS_MAX;
use aboveboard_catalog::{Catalog, RawBatch};

use crate::app::Shared;
use crate::clock;
use crate::config::Config;
use crate::operator::{is_operator, is_own_page};
use crate::problem::{Code, Problem};
use crate::rate::Rates;

/// How long a body may take to arrive; real clients give up after five seconds.
const BODY_SECONDS_MAX: u64 = 10;
/// The largest window of a zstd frame, as RFC 8878 recommends decoders to support: 8 MiB.
const ZSTD_WINDOW_LOG_MAX: u32 = 23;
/// Requests a second about single persons that one source may make, whatever else it may: identifiers are not to be
/// guessed. Twenty may come at once, which is more than a client has identifiers.
const PERSONAL_PER_SECOND: u32 = 2;

/// What guards the way in.
pub(crate) struct Door {
    rates: Option<Rates>,
    personal: Rates,
    proxy_header: Option<HeaderName>,
    body_bytes_max: usize,
    body_inflated_bytes_max: usize,
}

/// Proof that a source does not ask too often about single persons. The operator may ask as often as they like.
pub(crate) struct Paced(());

/// A body that came in: bounded and decompressed. Who sent it is not known any more, but what kind of sender it was.
pub(crate) struct Admitted {
    body: Bytes,
    sender: Sender,
}

/// What kind of sender a request has. Of the header `origin` this is all that goes further.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Sender {
    /// No page in a browser.
    Tool,
    /// A page of this collector.
    OwnPage,
    /// A page that the reader's own machine serves, such as one under development.
    LoopbackPage,
    /// Any other page: the tools, by position, whose catalogues name its site.
    Page(Vec<usize>),
}

/// The form of a body, from `content-encoding`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Plain,
    Gzip,
    Zstd,
}

impl Door {
    /// The door as it was configured; `key` hides addresses and is different at every start.
    pub(crate) fn new(config: &Config, key: [u8; 32]) -> Self {
        Self {
            rates: (config.rate_per_second > 0).then(|| Rates::new(config.rate_per_second, key)),
            personal: Rates::new(PERSONAL_PER_SECOND, key),
            proxy_header: config.proxy_header.clone(),
            body_bytes_max: config.body_bytes_max,
            body_inflated_bytes_max: config.body_inflated_bytes_max,
        }
    }

    fn check_rate(&self, parts: &Parts) -> Result<(), Problem> {
        let Some(rates) = &self.rates else { return Ok(()) };
        self.take_turn(rates, parts, "more requests came from this source than the operator allows")
    }

    fn take_turn(&self, rates: &Rates, parts: &Parts, refusal: &'static str) -> Result<(), Problem> {
        match self.source(parts) {
            Some(source) if !rates.take(source, clock::now()) => Err(Problem::new(Code::TooManyRequests, refusal)),
            _ => Ok(()),
        }
    }

    /// The address of the sender: what the trusted proxy appended last, else the peer of the connection.
    fn source(&self, parts: &Parts) -> Option<IpAddr> {
        let forwarded = self.proxy_header.as_ref().and_then(|name| last_address(&parts.headers, name));
        let peer = || parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        forwarded.or_else(peer)
    }

    async fn read(&self, headers: &HeaderMap, body: Body) -> Result<Bytes, Problem> {
        let encoding = Encoding::of(headers)?;
        if content_length(headers).is_some_and(|length| length > self.body_bytes_max) {
            return Err(too_large(self.body_bytes_max));
        }
        let reading = to_bytes(body, self.body_bytes_max);
        let body = tokio::time::timeout(Duration::from_secs(BODY_SECONDS_MAX), reading)
            .await
            .map_err(|_| Problem::new(Code::BodyTooSlow, format!("a body may take {BODY_SECONDS_MAX} seconds")))?
            .map_err(|error| self.why_unread(&error))?;
        self.inflate(encoding, body)
    }

    /// Either the bound was met or the connection broke, in which case nobody reads this answer.
    fn why_unread(&self, error: &axum::Error) -> Problem {
        let bound = std::error::Error::source(error).is_some_and(|source| source.to_string().contains("length limit"));
        if bound {
            return too_large(self.body_bytes_max);
        }
        Problem::new(Code::BodyMalformed, "the body ended before it was complete")
    }

    fn inflate(&self, encoding: Encoding, body: Bytes) -> Result<Bytes, Problem> {
        match encoding {
            Encoding::Plain => Ok(body),
            Encoding::Gzip => self.drain(flate2::read::MultiGzDecoder::new(&*body)),
            Encoding::Zstd => {
                let mut frames = zstd::stream::read::Decoder::new(&*body).map_err(|_| broken())?;
                frames.window_log_max(ZSTD_WINDOW_LOG_MAX).map_err(|_| broken())?;
                self.drain(frames)
            }
        }
    }

    /// Reads one byte more than is allowed, so that a bomb is found before it has gone off.
    fn drain(&self, inflated: impl Read) -> Result<Bytes, Problem> {
        let max = self.body_inflated_bytes_max;
        let mut bytes = Vec::new();
        inflated.take(max as u64 + 1).read_to_end(&mut bytes).map_err(|_| broken())?;
        if bytes.len() > max { Err(too_large(max)) } else { Ok(bytes.into()) }
    }
}

impl FromRequest<Shared> for Admitted {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &Shared) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        app.door.check_rate(&parts)?;
        let body = app.door.read(&parts.headers, body).await?;
        Ok(Self { body, sender: Sender::of(&parts.headers, &app.catalogs) })
    }
}

impl FromRequestParts<Shared> for Paced {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Problem> {
        if is_operator(&parts.headers, app.config.token.as_ref()) {
            return Ok(Self(()));
        }
        let refusal = "this source asks too often about single persons";
        app.door.take_turn(&app.door.personal, parts, refusal).map(|()| Self(()))
    }
}

impl Admitted {
    /// A body that tests say came in.
    #[cfg(test)]
    pub(crate) fn for_test(body: &[u8]) -> Self {
        Self { body: Bytes::copy_from_slice(body), sender: Sender::Tool }
    }

    /// The bytes of the body.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.body
    }

    /// What kind of sender it has.
    pub(crate) fn sender(&self) -> &Sender {
        &self.sender
    }

    /// The same sender, who said it in another format.
    pub(crate) fn translated(&self, body: Vec<u8>) -> Self {
        Self { body: body.into(), sender: self.sender.clone() }
    }
}

impl Sender {
    fn of(headers: &HeaderMap, catalogs: &[Catalog]) -> Self {
        let Some(origin) = headers.get(header::ORIGIN) else { return Self::Tool };
        let origin = origin.to_str().unwrap_or_default();
        if is_own_page(headers) {
            return Self::OwnPage;
        }
        if is_loopback(origin) {
            return Self::LoopbackPage;
        }
        let names = |catalog: &Catalog| {
            let sites = catalog.errors.iter().flat_map(|errors| &errors.sites);
            sites.into_iter().any(|site| site.trim_end_matches('/').eq_ignore_ascii_case(origin))
        };
        Self::Page((0..).zip(catalogs).filter(|(_, catalog)| names(catalog)).map(|(tool, _)| tool).collect())
    }

    /// Whether it may vote on the texts of a tool's errors.
    pub(crate) fn may_vote(&self, tool: usize) -> bool {
        match self {
            Self::Tool | Self::OwnPage | Self::LoopbackPage => true,
            Self::Page(tools) => tools.contains(&tool),
        }
    }
}

/// Whether a page's origin is the machine of its reader.
fn is_loopback(origin: &str) -> bool {
    let Some((_, authority)) = origin.split_once("://") else { return false };
    let host = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, _)) => host,
        None => authority.split(':').next().unwrap_or_default(),
    };
    let host = host.to_ascii_lowercase();
    host == "localhost" || host.ends_with(".localhost") || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

impl Encoding {
    fn of(headers: &HeaderMap) -> Result<Self, Problem> {
        let Some(value) = headers.get(header::CONTENT_ENCODING) else { return Ok(Self::Plain) };
        match value.as_bytes().to_ascii_lowercase().as_slice() {
            b"" | b"identity" => Ok(Self::Plain),
            b"gzip" | b"x-gzip" => Ok(Self::Gzip),
            b"zstd" => Ok(Self::Zstd),
            _ => Err(Problem::new(Code::BodyEncoding, "`content-encoding` must be `gzip`, `zstd` or absent")),
        }
    }
}

/// Refuses a batch with more events than one may have.
pub(crate) fn check_size(batch: &RawBatch<'_>) -> Result<(), Problem> {
    match batch.events.len() {
        0..=BATCH_EVENTS_MAX => Ok(()),
        events => Err(Problem::new(
            Code::BatchTooLarge,
            format!("a batch may have {BATCH_EVENTS_MAX} events, this one has {events}"),
        )),
    }
}

fn content_length(headers: &HeaderMap) -> Option<usize> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Proxies append, so what stands last is what our own proxy saw; what stands before it anybody can write.
fn last_address(headers: &HeaderMap, name: &HeaderName) -> Option<IpAddr> {
    let value = headers.get_all(name).iter().next_back()?.to_str().ok()?;
    value.rsplit(',').next()?.trim().parse().ok()
}

fn too_large(max: usize) -> Problem {
    Problem::new(Code::BodyTooLarge, format!("a body may have {max} bytes here"))
}

fn broken() -> Problem {
    Problem::new(Code::BodyMalformed, "the body is not what its `content-encoding` says")
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn door() -> Door {
        Door::new(&Config { body_inflated_bytes_max: 1000, ..Config::default() }, [7; 32])
    }

    fn gzip(bytes: &[u8]) -> Bytes {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).expect("memory");
        encoder.finish().expect("memory").into()
    }

    fn zstd(bytes: &[u8]) -> Bytes {
        zstd::encode_all(bytes, 3).expect("memory").into()
    }

    #[test]
    fn bodies_inflate_up_to_the_bound() {
        for (encoding, pack) in [(Encoding::Gzip, gzip as fn(&[u8]) -> Bytes), (Encoding::Zstd, zstd)] {
            let inflate = |bytes: &[u8]| door().inflate(encoding, pack(bytes)).map_err(|problem| problem.code());
            assert_eq!(inflate(b"{}").as_deref(), Ok(&b"{}"[..]));
            assert_eq!(inflate(&[b' '; 1000]).map(|bytes| bytes.len()), Ok(1000));
            assert_eq!(inflate(&[b' '; 1001]), Err(Code::BodyTooLarge));
            assert_eq!(inflate(&vec![b' '; 10_000_000]), Err(Code::BodyTooLarge));
            let torn = pack(b"{\"events\":[]}");
            let torn = door().inflate(encoding, torn.slice(..torn.len() - 5));
            assert_eq!(torn.map_err(|problem| problem.code()), Err(Code::BodyMalformed));
        }
    }

    #[test]
    fn of_the_origin_of_a_page_only_its_kind_goes_further() {
        let mut catalog = crate::sample::sample();
        let errors =
            aboveboard_catalog::errors::Errors { sites: vec!["https://acme.example".into()], ..Default::default() };
        catalog.errors = Some(errors);
        let catalogs = [crate::sample::sample(), catalog];
        let of = |origin: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, "collector.example".parse().expect("a value"));
            if !origin.is_empty() {
                headers.insert(header::ORIGIN, origin.parse().expect("a value"));
            }
            Sender::of(&headers, &catalogs)
        };
        assert_eq!((of(""), of("https://collector.example")), (Sender::Tool, Sender::OwnPage));
        for page in ["http://localhost:3000", "http://app.localhost", "http://127.8.0.1:80", "http://[::1]:3000"] {
            assert_eq!(of(page), Sender::LoopbackPage, "{page}");
        }
        assert_eq!(of("https://acme.example"), Sender::Page(vec![1]));
        for page in [
            "null",
            "http://acme.example",
            "https://acme.example.evil",
            "https://localhost.evil",
            "https://collector.example.evil",
        ] {
            assert_eq!(of(page), Sender::Page(Vec::new()), "{page}");
            assert!(!of(page).may_vote(1));
        }
        assert_eq!([of("https://acme.example").may_vote(0), of("https://acme.example").may_vote(1)], [false, true]);
    }

    #[test]
    fn a_proxy_is_believed_only_about_the_last_hop() {
        let name = HeaderName::from_static("x-forwarded-for");
        let mut headers = HeaderMap::new();
        headers.append(&name, "192.0.2.66, 192.0.2.7".parse().expect("a value"));
        headers.append(&name, "198.51.100.1 , 203.0.113.9".parse().expect("a value"));
        assert_eq!(last_address(&headers, &name), "203.0.113.9".parse().ok());
        assert_eq!(last_address(&HeaderMap::new(), &name), None);
    }
}
