//! TLS as it is in companies: somebody in between with a certificate that nobody trusts, and proxies.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use super::collector::PATIENCE;
use super::tool::{Machine, events, plain};

/// The name in the certificate.
const NAME: &str = "telemetry.acme.example";

/// OpenSSL's own server, and a certificate made for this test by an authority that nobody knows.
struct Tls {
    folder: tempfile::TempDir,
    process: Child,
    address: SocketAddr,
    answers: ChildStdin,
    heard: Receiver<String>,
}

impl Tls {
    fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let openssl = |line: &str| {
            let mut openssl = Command::new("openssl");
            let output = openssl.args(line.split(' ')).current_dir(folder.path()).output().expect("openssl runs");
            assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        };
        std::fs::write(folder.path().join("names"), format!("subjectAltName=DNS:{NAME},IP:127.0.0.1\n"))
            .expect("written");
        let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -batch";
        openssl(&format!("req -x509 {key} -subj /CN=nobody -days 2 -keyout authority.key -out authority.pem"));
        openssl(&format!("req {key} -subj /CN=acme -keyout server.key -out server.csr"));
        openssl(
            "x509 -req -in server.csr -CA authority.pem -CAkey authority.key -CAcreateserial -days 2 -extfile names -out server.pem",
        );
        let mut server = Command::new("openssl");
        server.args(["s_server", "-accept", "127.0.0.1:0", "-cert", "server.pem", "-key", "server.key", "-ign_eof"]);
        server.current_dir(folder.path()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = server.spawn().expect("openssl runs");
        let mut output = BufReader::new(process.stdout.take().expect("an output"));
        let accepts =
            output.by_ref().lines().map_while(Result::ok).find_map(|line| line.strip_prefix("ACCEPT ")?.parse().ok());
        let answers = process.stdin.take().expect("an input");
        let (sender, heard) = channel();
        thread::spawn(move || {
            let mut buffer = [0; 8192];
            while let Ok(length @ 1..) = output.read(&mut buffer) {
                let _ = sender.send(String::from_utf8_lossy(&buffer[..length]).into_owned());
            }
        });
        Self { folder, process, address: accepts.expect("an address"), answers, heard }
    }

    /// The file with the certificate of its authority.
    fn authority(&self) -> String {
        self.folder.path().join("authority.pem").display().to_string()
    }

    /// Lets a machine send, and takes the batch.
    fn batch_of(&mut self, machine: &Machine) -> Vec<u8> {
        thread::scope(|scope| {
            let sender = scope.spawn(|| machine.send());
            let batch = self.batch();
            sender.join().expect("sent");
            batch
        })
    }

    /// Takes one batch as it came through the encryption, and says that it was taken.
    fn batch(&mut self) -> Vec<u8> {
        let mut heard = String::new();
        let body = loop {
            heard += &self.heard.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("no batch in {heard}"));
            if let Some(body) = body(&heard) {
                break body;
            }
        };
        self.answers.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}\n").expect("answered");
        body
    }
}

/// The body of the request in these words, once all of it is there.
fn body(heard: &str) -> Option<Vec<u8>> {
    let (head, body) = heard[heard.find("POST ")?..].split_once("\r\n\r\n")?;
    let length =
        head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length:")?.trim().parse().ok())?;
    Some(body.as_bytes().get(..length)?.to_vec())
}

impl Drop for Tls {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn a_certificate_that_nobody_trusts_gets_nothing_and_nobody_notices() {
    let mut server = Tls::start();
    let url = format!("https://{}", server.address);
    let machine = Machine::that_sends_to(&url).quiet();
    assert_eq!(machine.build(), plain());
    machine.send();
    assert_eq!(machine.export()["sealed"].as_array().map(Vec::len), Some(1), "it waits");
    assert_eq!(machine.status()["sent"]["count"], 0);

    // The same server gets it as soon as it is trusted, so the certificate was the reason.
    let machine = machine.with("SSL_CERT_FILE", &server.authority());
    assert_eq!(events(&[server.batch_of(&machine)]), 1);
    assert_eq!(machine.status()["sent"]["count"], 1);
}

/// What a proxy does with whoever asks for a tunnel.
#[derive(Clone, Copy)]
enum Proxy {
    To(SocketAddr),
    Refuses,
    Hangs,
}

impl Proxy {
    /// Starts it; answers where it is, and the first line of each request.
    fn start(self) -> (String, Receiver<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let (sender, asked) = channel();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let sender = sender.clone();
                thread::spawn(move || self.serve(client, &sender));
            }
        });
        (url, asked)
    }

    fn serve(self, mut client: TcpStream, asked: &Sender<String>) {
        let head = head(&mut client);
        let _ = asked.send(head.lines().next().unwrap_or_default().to_owned());
        match self {
            Self::Hangs => thread::park(),
            Self::Refuses => {
                let _ = client.write_all(b"HTTP/1.1 407 Who are you?\r\ncontent-length: 0\r\n\r\n");
            }
            Self::To(address) => {
                let server = TcpStream::connect(address).expect("the server listens");
                client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").expect("answered");
                let (mut back, mut there) =
                    (server.try_clone().expect("a socket"), client.try_clone().expect("a socket"));
                thread::spawn(move || std::io::copy(&mut back, &mut there));
                let _ = std::io::copy(&mut client, &mut &server);
            }
        }
    }
}

fn head(client: &mut TcpStream) -> String {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") && client.read(&mut byte).is_ok_and(|length| length == 1) {
        head.push(byte[0]);
    }
    String::from_utf8_lossy(&head).into_owned()
}

#[test]
fn a_batch_goes_through_the_proxy_of_the_environment() {
    let mut server = Tls::start();
    let (proxy, asked) = Proxy::To(server.address).start();
    let machine = Machine::that_sends_to(&format!("https://{NAME}")).quiet().with("HTTPS_PROXY", &proxy);
    let machine = machine.with("SSL_CERT_FILE", &server.authority());
    assert_eq!(machine.build(), plain());
    assert_eq!(events(&[server.batch_of(&machine)]), 1);
    assert_eq!(asked.recv_timeout(PATIENCE).as_deref(), Ok(format!("CONNECT {NAME}:443 HTTP/1.1").as_str()));
}

#[test]
fn a_proxy_that_refuses_or_hangs_is_not_noticed_by_the_user() {
    for proxy in [Proxy::Refuses, Proxy::Hangs] {
        let (url, asked) = proxy.start();
        let machine = Machine::that_sends_to(&format!("https://{NAME}")).with("HTTPS_PROXY", &url);
        assert_eq!(machine.build(), plain());
        assert!(asked.recv_timeout(PATIENCE).is_ok_and(|line| line.starts_with("CONNECT ")));
        assert_eq!(machine.build(), plain(), "while the child still waits");
        assert_eq!(machine.status()["sent"]["count"], 0);
    }
}

#[test]
fn a_collector_that_needs_no_proxy_is_reached_without() {
    let collector = super::collector::Collector::new(super::collector::Answer::Status(200));
    let (proxy, asked) = Proxy::Refuses.start();
    let machine = Machine::that_sends_to(&collector.url()).quiet();
    let machine = machine.with("HTTP_PROXY", &proxy).with("NO_PROXY", "127.0.0.1");
    assert_eq!(machine.build(), plain());
    machine.send();
    assert_eq!(events(&[collector.body()]), 1);
    assert!(asked.try_recv().is_err());
}
