//! The networks in which the tools run: one that works, and the ways in which it does not.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream, UdpSocket};
use std::path::Path;
use std::thread;

use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};

/// What is the matter with the collector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Network {
    /// It answers at once.
    Healthy,
    /// Nobody listens on its port.
    Refusing,
    /// It takes connections, and never answers.
    Hanging,
    /// Its name does not exist (RFC 6761: nothing ends in `.invalid`).
    Nameless,
    /// Whoever would know its name does not answer.
    Unresolved,
}

impl Network {
    pub(super) const ALL: [Self; 5] = [Self::Healthy, Self::Refusing, Self::Hanging, Self::Nameless, Self::Unresolved];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Healthy => "collector answers",
            Self::Refusing => "collector refuses",
            Self::Hanging => "collector hangs",
            Self::Nameless => "its name does not exist",
            Self::Unresolved => "the name server is silent",
        }
    }
}

/// Does something within a network; it is given the base URL of the collector.
pub(super) fn within<T: Send>(network: Network, work: impl FnOnce(&str) -> T + Send) -> Result<T, String> {
    let listen = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(|error| format!("no port is free: {error}"));
    match network {
        Network::Healthy => {
            let listener = listen()?;
            let url = url(&listener)?;
            thread::spawn(move || {
                listener.incoming().flatten().for_each(|stream| drop(thread::spawn(|| answer(stream))))
            });
            Ok(work(&url))
        }
        Network::Hanging => {
            let listener = listen()?;
            let url = url(&listener)?;
            // Connections are held, so that nobody is told that nothing will come.
            thread::spawn(move || listener.incoming().flatten().collect::<Vec<TcpStream>>());
            Ok(work(&url))
        }
        Network::Refusing => {
            let url = url(&listen()?)?;
            Ok(work(&url))
        }
        Network::Nameless => Ok(work("http://collector.invalid:4318")),
        Network::Unresolved => unresolved(work),
    }
}

fn url(listener: &TcpListener) -> Result<String, String> {
    listener.local_addr().map(|address| format!("http://{address}")).map_err(|error| format!("no address: {error}"))
}

/// Answers every request of a connection with an empty 200.
fn answer(stream: TcpStream) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut writer = stream;
    loop {
        let body_bytes = head(&mut reader)?;
        std::io::copy(&mut reader.by_ref().take(body_bytes), &mut std::io::sink()).ok()?;
        writer.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").ok()?;
    }
}

/// Reads the head of a request; answers how many bytes its body has.
fn head(reader: &mut impl BufRead) -> Option<u64> {
    let (mut body_bytes, mut line) = (0, String::new());
    loop {
        line.clear();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim().to_ascii_lowercase();
        if line.is_empty() {
            return Some(body_bytes);
        }
        if let Some(length) = line.strip_prefix("content-length:") {
            body_bytes = length.trim().parse().ok()?;
        }
    }
}

const NAME_SERVER: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 153);

/// Works on a thread that sees another `/etc/resolv.conf`, and so do the processes it starts. Needs to be root.
fn unresolved<T: Send>(work: impl FnOnce(&str) -> T + Send) -> Result<T, String> {
    let _silent =
        UdpSocket::bind((NAME_SERVER, 53)).map_err(|error| format!("no name server can be started: {error}"))?;
    let folder = super::super::fresh_folder("clients/resolver")?;
    let file = folder.join("resolv.conf");
    fs::write(&file, format!("nameserver {NAME_SERVER}\n")).map_err(|error| format!("cannot write a file: {error}"))?;
    thread::scope(|scope| {
        let worker = scope.spawn(|| {
            resolve_by(&file).map_err(|error| format!("the name server cannot be replaced: {error}"))?;
            Ok(work("http://collector.example:4318"))
        });
        worker.join().unwrap_or_else(|_| Err("the measurement failed".to_owned()))
    })
}

fn resolve_by(file: &Path) -> nix::Result<()> {
    const NOTHING: Option<&str> = None;
    unshare(CloneFlags::CLONE_NEWNS)?;
    mount(NOTHING, "/", NOTHING, MsFlags::MS_REC | MsFlags::MS_PRIVATE, NOTHING)?;
    mount(Some(file), "/etc/resolv.conf", NOTHING, MsFlags::MS_BIND, NOTHING)
}
