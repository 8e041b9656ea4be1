//! A collector that only listens.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

/// What it does with a request.
#[derive(Clone, Copy)]
pub(crate) enum Answer {
    Status(u16),
    /// 503, to be asked again after so many seconds.
    Later(u32),
    /// Takes the request and never says a word.
    Silence,
}

pub(crate) struct Collector {
    address: SocketAddr,
    bodies: Receiver<Vec<u8>>,
}

/// Long enough for a machine under load; only a test that fails waits for it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

impl Collector {
    pub(crate) fn new(answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let (sender, bodies) = channel();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let sender = sender.clone();
                std::thread::spawn(move || serve(stream, answer, &sender));
            }
        });
        Self { address, bodies }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The next body; waits for it.
    pub(crate) fn body(&self) -> Vec<u8> {
        self.bodies.recv_timeout(PATIENCE).expect("a batch within the patience of the test")
    }

    /// What came so far.
    pub(crate) fn so_far(&self) -> Vec<Vec<u8>> {
        self.bodies.try_iter().collect()
    }
}

fn serve(stream: TcpStream, answer: Answer, bodies: &Sender<Vec<u8>>) {
    let mut reader = BufReader::new(&stream);
    while let Some(body) = read(&mut reader) {
        let _ = bodies.send(body);
        match answer {
            Answer::Silence => std::thread::park(),
            Answer::Status(status) => say(&stream, status, ""),
            Answer::Later(seconds) => say(&stream, 503, &format!("retry-after: {seconds}\r\n")),
        }
    }
}

fn say(mut stream: &TcpStream, status: u16, headers: &str) {
    let _ = write!(stream, "HTTP/1.1 {status} Said\r\n{headers}content-length: 2\r\n\r\n{{}}");
}

fn read(reader: &mut impl BufRead) -> Option<Vec<u8>> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line == "\r\n" {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(body)
}
