//! `kill -9` under load, twenty times: what was acknowledged is there, and nothing is there twice.
//!
//! Several clients send without pause. A client that gets no receipt cannot know whether its batch was kept, so it
//! sends the same batch again after the restart, with the same id, as every client of ours does.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use serde_json::{Value, json};

use crate::collector::Collector;
use crate::http;

const KILLS: u64 = 20;
const CLIENTS: u64 = 4;
/// Most batches that are acknowledged in one life of the collector; the kill comes before or after any of them.
const ACKNOWLEDGED_MAX: u64 = 60;
/// Most time between the last of these receipts and the kill, so that it can fall within a write.
const FURTHER_MICROS_MAX: u64 = 3_000;

const COMMANDS: [&str; 6] = ["build", "check", "clean", "dev", "init", "serve"];

#[test]
fn what_was_acknowledged_outlives_twenty_kills_and_nothing_counts_twice() {
    let folder = tempfile::tempdir().expect("a folder");
    let seed = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("a clock").as_nanos() as u64;
    eprintln!("seed {seed}");
    let mut dice = Dice(seed);
    let mut clients: Vec<Client> = (0..CLIENTS).map(Client::new).collect();
    for _ in 0..KILLS {
        let collector = Collector::start(folder.path());
        live(collector, &mut clients, &mut dice);
        check_all(&Collector::start(folder.path()), &clients, Unacknowledged::MayBeThere);
    }
    let collector = Collector::start(folder.path());
    clients.iter_mut().for_each(|client| assert!(client.resend(collector.address)));
    check_all(&collector, &clients, Unacknowledged::None);
    collector.stop();
    check_all(&Collector::start(folder.path()), &clients, Unacknowledged::None);
}

/// One life: every client sends until the collector is killed, which happens at no particular moment.
fn live(collector: Collector, clients: &mut [Client], dice: &mut Dice) {
    let acknowledged = AtomicU64::new(0);
    let address = collector.address;
    let (receipts, further) = (dice.below(ACKNOWLEDGED_MAX), Duration::from_micros(dice.below(FURTHER_MICROS_MAX)));
    thread::scope(|scope| {
        let acknowledged = &acknowledged;
        let clients: Vec<_> = clients
            .iter_mut()
            .map(|client| scope.spawn(move || client.send_until_refused(address, acknowledged)))
            .collect();
        let given_up = || clients.iter().all(|client| client.is_finished());
        while acknowledged.load(Ordering::Acquire) < receipts && !given_up() {
            thread::yield_now();
        }
        let reached = Instant::now();
        while reached.elapsed() < further {
            std::hint::spin_loop();
        }
        collector.kill();
    });
}

/// Whether batches without a receipt are still about.
#[derive(Clone, Copy, PartialEq)]
enum Unacknowledged {
    None,
    MayBeThere,
}

/// Holds the collector's figures against what the clients know: never less than was acknowledged, never more than was
/// sent, each of it once.
#[track_caller]
fn check_all(collector: &Collector, clients: &[Client], unacknowledged: Unacknowledged) {
    let mut sent: BTreeMap<String, [u64; 2]> = BTreeMap::new();
    for batch in clients.iter().flat_map(|client| &client.batches) {
        for command in &batch.commands {
            let [least, most] = sent.entry((*command).to_owned()).or_default();
            *least += u64::from(batch.acknowledged);
            *most += 1;
        }
    }
    let account = collector.account("acme");
    assert_eq!((account.rejected.len(), account.unsettled, account.dropped), (0, 0, 0), "{account:?}");
    let counts = collector.counts("tool=acme&measure=events&by=command_finished.command");
    assert_eq!(counts.values().sum::<u64>(), account.kept, "the ledger and the answers agree");
    for (command, [least, most]) in sent {
        let counted = counts.get(&command).copied().unwrap_or(0);
        assert!((least..=most).contains(&counted), "{command}: {counted}, acknowledged {least}, sent {most}");
        assert!(unacknowledged == Unacknowledged::MayBeThere || least == most, "all has a receipt now");
    }
}

/// A client, and all it ever sent.
struct Client {
    name: u64,
    batches: Vec<Batch>,
}

struct Batch {
    body: Vec<u8>,
    commands: Vec<&'static str>,
    acknowledged: bool,
}

impl Client {
    fn new(name: u64) -> Self {
        Self { name, batches: Vec::new() }
    }

    fn send_until_refused(&mut self, server: SocketAddr, acknowledged: &AtomicU64) {
        let mut alive = self.resend(server);
        while alive {
            let batch = self.next_batch();
            self.batches.push(batch);
            alive = self.resend(server);
            acknowledged.fetch_add(u64::from(alive), Ordering::AcqRel);
        }
    }

    /// Sends what has no receipt yet. Answers whether the collector is still there.
    fn resend(&mut self, server: SocketAddr) -> bool {
        self.batches.iter_mut().filter(|batch| !batch.acknowledged).all(|batch| batch.send(server))
    }

    /// A batch as no client sent before: its id says who and which.
    fn next_batch(&self) -> Batch {
        let number = self.batches.len() as u64;
        let length = 1 + (number % 5) as usize;
        let commands: Vec<&str> =
            (0..length).map(|i| COMMANDS[(self.name as usize + number as usize + i) % COMMANDS.len()]).collect();
        let event = |command: &&str| json!({"event": "command_finished", "fields": {"command": command}});
        let events: Vec<Value> = commands.iter().map(event).collect();
        let id = format!("{:032x}", u128::from(self.name) << 64 | u128::from(number));
        let origin = json!({"version": "1.4.2", "os": "linux"});
        let body = json!({"v": 1, "id": id, "tool": "acme", "day": today(), "origin": origin, "events": events});
        Batch { body: body.to_string().into_bytes(), commands, acknowledged: false }
    }
}

impl Batch {
    /// Answers whether there was a receipt. Anything but success or silence fails the test.
    fn send(&mut self, server: SocketAddr) -> bool {
        let Ok(answer) = http::post(server, "/v1/batches", &self.body) else { return false };
        assert_eq!(answer.status, 200, "{}", answer.body);
        let receipt: Value = serde_json::from_str(&answer.body).expect("a receipt");
        let settled = receipt["kept"].as_u64().unwrap_or(0) + receipt["repeated"].as_u64().unwrap_or(0);
        assert_eq!(settled, self.commands.len() as u64, "{receipt}");
        self.acknowledged = true;
        true
    }
}

fn today() -> String {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("a clock");
    aboveboard_catalog::Day::of_unix_seconds(now.as_secs() as i64).to_string()
}

/// Pseudo-random numbers (Knuth's linear congruential generator), so that a seed tells a run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}
