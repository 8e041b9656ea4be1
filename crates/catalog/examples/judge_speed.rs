//! How long decoding and judging take: `cargo run --release -p aboveboard-catalog --example judge_speed`.

#![expect(clippy::disallowed_methods, clippy::print_stdout, reason = "a measurement reads the clock and prints")]

use std::hint::black_box;
use std::time::Instant;

use aboveboard_catalog::{Catalog, Day, IdHash, wire};

const SAMPLES: u32 = 200;
const ROUNDS: u32 = 500;
const EVENTS: u32 = 10;

fn main() {
    let toml = include_str!("../../../conformance/catalog/catalog.toml");
    let catalog = Catalog::parse("catalog.toml", toml, &|_: &str| Some("eslint\nprettier\n".to_owned()));
    let catalog = catalog.unwrap_or_else(|problems| panic!("{problems}"));
    let body = body();
    let decode = nanoseconds(|| drop(black_box(wire::decode(black_box(body.as_bytes())))));
    let both = nanoseconds(|| judge(&catalog, body.as_bytes()));
    println!("{} bytes, {EVENTS} events; an event: decode {decode} ns, decode and judge {both} ns", body.len());
}

fn judge(catalog: &Catalog, body: &[u8]) {
    let hash = |_: &str, _: &str| IdHash(0);
    let batch = wire::decode(black_box(body)).expect("a batch");
    black_box(catalog.check_origin(&batch.origins[0], &hash));
    for event in &batch.events {
        black_box(catalog.check(event, Day(20_779), &hash)).expect("kept");
    }
}

fn body() -> String {
    let event = r#"{"event":"command_finished","fields":{"command":"build","features":["cache","watch"],"result":{"ok":true},"duration":1234.5,"plugin":"eslint"}}"#;
    let events = vec![event; EVENTS as usize].join(",");
    let head = r#""v":1,"id":"000102030405060708090a0b0c0d0e0f","tool":"acme","day":"2026-11-22""#;
    format!(r#"{{{head},"origin":{{"version":"1.4.2","os":"linux","stage":"development"}},"events":[{events}]}}"#)
}

/// The best of many samples, because the machine has other things to do.
fn nanoseconds(run: impl Fn()) -> u128 {
    let sample = |_| {
        let start = Instant::now();
        (0..ROUNDS).for_each(|_| run());
        start.elapsed().as_nanos() / u128::from(ROUNDS * EVENTS)
    };
    (0..SAMPLES).map(sample).min().unwrap_or(0)
}
