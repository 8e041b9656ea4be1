//! What a tool under test can reach: a listener on this machine that takes every request for a batch or a proxy's, keeps
//! the bytes, and lets nothing out.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// How long a connection may say nothing.
const SILENCE_MAX: Duration = Duration::from_secs(5);

/// Listens until the program ends.
pub(super) struct Ear {
    pub(super) address: SocketAddr,
    heard: Heard,
}

/// The bytes of each connection.
type Heard = Arc<Mutex<Vec<Vec<u8>>>>;

impl Ear {
    pub(super) fn open() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let (address, heard) = (listener.local_addr()?, Heard::default());
        let kept = Arc::clone(&heard);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let kept = Arc::clone(&kept);
                thread::spawn(move || listen(stream, &kept));
            }
        });
        Ok(Self { address, heard })
    }

    pub(super) fn heard(&self) -> Vec<Vec<u8>> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Keeps all bytes as they come, and says yes after each whole request.
fn listen(mut stream: TcpStream, heard: &Heard) {
    let keep = |bytes: &[u8], place: Option<usize>| {
        let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
        let place = place.unwrap_or_else(|| {
            heard.push(Vec::new());
            heard.len() - 1
        });
        heard[place].extend_from_slice(bytes);
        place
    };
    let (mut place, mut request, mut buffer) = (None, Vec::new(), [0; 8192]);
    if stream.set_read_timeout(Some(SILENCE_MAX)).is_err() {
        return;
    }
    while let Ok(length @ 1..) = stream.read(&mut buffer) {
        place = Some(keep(&buffer[..length], place));
        request.extend_from_slice(&buffer[..length]);
        if let Some(answer) = answer(&request) {
            request.clear();
            if stream.write_all(answer).is_err() {
                return;
            }
        }
    }
}

/// What to say to these bytes, once they are a whole request.
fn answer(request: &[u8]) -> Option<&'static [u8]> {
    let end = request.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let head = String::from_utf8_lossy(&request[..end]).to_ascii_lowercase();
    if head.starts_with("connect ") {
        return Some(b"HTTP/1.1 502 Nothing gets out of here\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    }
    let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim);
    let whole = match header("content-length").and_then(|length| length.parse::<usize>().ok()) {
        Some(length) => request.len() >= end + length,
        None => header("transfer-encoding").is_none() || request.ends_with(b"0\r\n\r\n"),
    };
    whole.then_some(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_request_is_answered_and_all_of_it_is_kept() {
        let ear = Ear::open().expect("a port");
        let mut stream = TcpStream::connect(ear.address).expect("it listens");
        let mut say = |parts: [&str; 2], expected: &str| {
            parts.iter().for_each(|part| stream.write_all(part.as_bytes()).expect("said"));
            let mut answer = vec![0; expected.len()];
            stream.read_exact(&mut answer).expect("an answer");
            assert_eq!(String::from_utf8_lossy(&answer), expected);
        };
        let yes = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";
        say(["POST /x HTTP/1.1\r\nContent-Length: 4\r\n\r\n", "body"], yes);
        say(["POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n0\r\n\r\n"], yes);
        say(["CONNECT host:443 HTTP/1.1\r\n", "\r\n"], "HTTP/1.1 502 ");
        let heard = String::from_utf8(ear.heard().concat()).expect("text");
        assert!(
            heard.contains("body") && heard.contains("1\r\nx\r\n") && heard.contains("CONNECT host:443"),
            "{heard}"
        );
    }
}
