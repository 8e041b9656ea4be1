//! As much of HTTP as the journeys need: one request, one answer, one connection.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
}

pub(crate) fn get(server: SocketAddr, path: &str) -> io::Result<Answer> {
    exchange(server, &format!("GET {path} HTTP/1.0\r\nhost: {server}\r\n\r\n"), b"")
}

pub(crate) fn post(server: SocketAddr, path: &str, json: &[u8]) -> io::Result<Answer> {
    let length = json.len();
    let kind = "content-type: application/json";
    exchange(
        server,
        &format!("POST {path} HTTP/1.0\r\nhost: {server}\r\n{kind}\r\ncontent-length: {length}\r\n\r\n"),
        json,
    )
}

/// An answer that was cut off is an error, as for any client.
fn exchange(server: SocketAddr, head: &str, body: &[u8]) -> io::Result<Answer> {
    let mut connection = TcpStream::connect(server)?;
    connection.write_all(&[head.as_bytes(), body].concat())?;
    let mut bytes = Vec::new();
    connection.read_to_end(&mut bytes)?;
    let text = String::from_utf8(bytes).map_err(io::Error::other)?;
    let (head, body) = text.split_once("\r\n\r\n").ok_or(io::ErrorKind::UnexpectedEof)?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or(io::ErrorKind::InvalidData)?;
    let length = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
    if length.is_some_and(|length: usize| length != body.len()) {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Answer { status, body: body.to_owned() })
}
