//! What one call costs within a process: time and allocations of the call alone, processor time and allocations with
//! everything that follows from it on any thread.

use std::alloc::System;
use std::hint::black_box;
use std::time::{Duration, Instant};

use nix::time::{ClockId, clock_gettime};
use stats_alloc::{Region, StatsAlloc};

use crate::{Build, Client, open};

/// Calls in a row: fewer than any client keeps in memory, so that none has to wait or to drop.
const CALLS: u32 = 25;
const ROUNDS: usize = 400;
const ROUNDS_TO_WARM_UP: usize = 20;

/// Measures a client, and prints one `key value` a line.
pub fn cost<C: Client>(allocations: &StatsAlloc<System>) {
    let client = open::<C>();
    (0..ROUNDS_TO_WARM_UP).for_each(|_| round(&client));

    let nothing = median(&mut times(|| {}, || {}));
    let call = median(&mut times(|| calls(&client), || client.settle()));
    println!("record_ns {}", (call - nothing).max(0.0) / f64::from(CALLS));

    let mut alone = 0;
    (0..ROUNDS).for_each(|_| {
        let region = Region::new(allocations);
        calls(&client);
        alone += region.change().allocations;
        client.settle();
    });
    println!("allocations_call {}", per_event(alone as f64));

    let (region, before) = (Region::new(allocations), cpu_time());
    (0..ROUNDS).for_each(|_| round(&client));
    client.close();
    println!("cpu_ns {}", per_event((cpu_time() - before).as_nanos() as f64));
    println!("allocations_all {}", per_event(region.change().allocations as f64));
}

fn per_event(sum: f64) -> f64 {
    sum / (ROUNDS as f64 * f64::from(CALLS))
}

fn round(client: &impl Client) {
    calls(client);
    client.settle();
}

#[inline(always)]
fn calls(client: &impl Client) {
    for call in 0..CALLS {
        let build =
            Build { duration_ms: 1000.0 + f64::from(call), pages: call, warnings: call / 8, cached: call % 2 == 0 };
        client.record(black_box(build));
    }
}

/// The nanoseconds of each round of `work`; what is done between rounds is not in them.
fn times(work: impl Fn(), between: impl Fn()) -> Vec<f64> {
    let one = |_| {
        let start = Instant::now();
        work();
        let nanoseconds = start.elapsed().as_nanos() as f64;
        between();
        nanoseconds
    };
    (0..ROUNDS).map(one).collect()
}

fn median(numbers: &mut [f64]) -> f64 {
    numbers.sort_unstable_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

/// Of all threads of this process, in user and kernel mode.
fn cpu_time() -> Duration {
    clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID).expect("every Linux has this clock").into()
}
