//! The tool with Glean: <https://mozilla.github.io/glean/>. A custom ping with one event, submitted at the end, then
//! `shutdown`. What `glean_parser` would generate is written by hand, and HTTP, which Glean leaves to its host, is a
//! bare connection with a limit of ten seconds.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::path::Path;
use std::sync::LazyLock;
use std::time::Duration;

use glean::net::{CapablePingUploadRequest, PingUploader, UploadResult};
use glean::private::{EventMetric, PingType};
use glean::{ClientInfoMetrics, CommonMetricData, ConfigurationBuilder, traits};
use job::Build;

const REQUEST_MAX: Duration = Duration::from_secs(10);

static PING: LazyLock<PingType> =
    LazyLock::new(|| PingType::new("usage", true, true, true, true, true, vec![], vec![], true, vec![]));

static BUILD_FINISHED: LazyLock<EventMetric<Extra>> = LazyLock::new(|| {
    EventMetric::new(CommonMetricData {
        name: "finished".into(),
        category: "build".into(),
        send_in_pings: vec!["usage".into()],
        ..CommonMetricData::default()
    })
});

struct Extra(Build);

impl traits::ExtraKeys for Extra {
    const ALLOWED_KEYS: &'static [&'static str] =
        &["cached", "command", "duration", "outcome", "pages", "target", "warnings", "watch"];

    fn into_ffi_extra(self) -> HashMap<String, String> {
        let Self(build) = self;
        HashMap::from([
            ("command".to_owned(), "build".to_owned()),
            ("outcome".to_owned(), "ok".to_owned()),
            ("target".to_owned(), "release".to_owned()),
            ("watch".to_owned(), false.to_string()),
            ("duration".to_owned(), build.duration_ms.to_string()),
            ("pages".to_owned(), build.pages.to_string()),
            ("warnings".to_owned(), build.warnings.to_string()),
            ("cached".to_owned(), build.cached.to_string()),
        ])
    }
}

pub struct Client;

impl job::Client for Client {
    fn open(collector: &str, folder: &Path) -> Self {
        let configuration = ConfigurationBuilder::new(true, folder.join("glean"), "bench")
            .with_server_endpoint(collector)
            .with_uploader(Uploader)
            .build();
        LazyLock::force(&PING);
        glean::initialize(configuration, ClientInfoMetrics::unknown());
        Self
    }

    fn record(&self, build: Build) {
        BUILD_FINISHED.record(Extra(build));
    }

    /// Reading the count waits for everything that was queued before; by then it is on disk.
    fn settle(&self) {
        BUILD_FINISHED.test_get_num_recorded_errors(glean::ErrorType::InvalidValue);
    }

    fn close(self) {
        PING.submit(None);
        glean::shutdown();
    }
}

#[derive(Debug)]
struct Uploader;

impl PingUploader for Uploader {
    fn upload(&self, request: CapablePingUploadRequest) -> UploadResult {
        let request = request.capable(|_| true).expect("this ping asks for no capability");
        match post(&request.url, &request.headers, &request.body) {
            Some(status) => UploadResult::http_status(status),
            None => UploadResult::recoverable_failure(),
        }
    }
}

fn post(url: &str, headers: &[(String, String)], body: &[u8]) -> Option<i32> {
    let (host, path) = url.strip_prefix("http://")?.split_once('/')?;
    let address = host.to_socket_addrs().ok()?.next()?;
    let mut stream = TcpStream::connect_timeout(&address, REQUEST_MAX).ok()?;
    stream.set_read_timeout(Some(REQUEST_MAX)).ok()?;
    let mut head =
        format!("POST /{path} HTTP/1.1\r\nhost: {host}\r\ncontent-length: {}\r\nconnection: close\r\n", body.len());
    headers.iter().for_each(|(name, value)| head += &format!("{name}: {value}\r\n"));
    stream.write_all(&[head.as_bytes(), b"\r\n", body].concat()).ok()?;
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).ok()?;
    std::str::from_utf8(answer.get(9..12)?).ok()?.parse().ok()
}
