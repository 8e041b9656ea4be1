//! The yardstick of `cargo xtask bench`: takes any request, reads its body, answers 200, keeps nothing.

use axum::Router;
use axum::body::Bytes;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let address = std::env::args().nth(1).expect("usage: body_only ADDRESS:PORT");
    let routes = Router::new().fallback(async |body: Bytes| drop(body));
    axum::serve(TcpListener::bind(address).await?, routes).await
}
