//! Whole runs of the tools, as their users see them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};

use super::super::fresh_folder;
use super::Cell;
use super::tools::{self, Built, Profile};

/// Runs of each tool.
pub(super) const ROUNDS: usize = 100;
/// How long one run may take.
pub(super) const SECONDS_MAX: u64 = 20;
/// A tool that lets its user wait this long is not run again.
const PATIENCE: Duration = Duration::from_millis(250);
/// Runs before the first that counts: caches fill, and whoever has something to send sends it.
const ROUNDS_TO_WARM_UP: usize = 5;
/// Runs in which our client has something to send.
const ROUNDS_OF_SENDING: usize = 20;

/// What the runs of one tool took.
#[derive(Default)]
pub(super) struct Runs {
    wall_ms: Vec<f64>,
    cpu_ms: f64,
    /// It took too long to be run again; `wall_ms` is that one run, or what it was allowed.
    once: bool,
    ended: bool,
}

impl Runs {
    pub(super) fn wall_over(&self, none: &Self) -> Cell {
        self.over(none, median)
    }

    pub(super) fn shortest_over(&self, none: &Self) -> Cell {
        self.over(none, |numbers| numbers.iter().copied().fold(f64::INFINITY, f64::min))
    }

    fn over(&self, none: &Self, of: impl Fn(&[f64]) -> f64) -> Cell {
        let value = of(&self.wall_ms) - of(&none.wall_ms);
        if self.ended { Cell::Over(of(&self.wall_ms)) } else { Cell::Measured(value) }
    }

    pub(super) fn cpu_over(&self, none: &Self) -> Cell {
        let mean = |runs: &Self| runs.cpu_ms / runs.wall_ms.len() as f64;
        if self.once { Cell::Nothing } else { Cell::Measured(mean(self) - mean(none)) }
    }
}

/// The command line of a tool: nothing of this machine's environment but what is given here.
pub(super) fn command(program: &Path, collector: &str, home: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("HOME", home).env("BENCH_COLLECTOR", collector);
    command.env("BENCH_TELEMETRY", "1").env("BENCH_TELEMETRY_ENDPOINT", collector);
    command.stdin(Stdio::null()).stderr(Stdio::null()).current_dir(home);
    command
}

/// A tool in one network, with a home of its own.
struct Place {
    program: PathBuf,
    home: PathBuf,
}

impl Place {
    fn new(built: &Built, name: &str) -> Result<Option<Self>, String> {
        let Some(program) = built.program(name, Profile::Release) else { return Ok(None) };
        Ok(Some(Self { program, home: fresh_folder(&format!("clients/{name}"))? }))
    }

    fn command(&self, collector: &str) -> Command {
        let mut command = command(&self.program, collector, &self.home);
        command.stdout(Stdio::null());
        command
    }

    /// Runs it; answers milliseconds of waiting and of processor time.
    fn run(&self, command: &mut Command) -> Result<(f64, f64), String> {
        let before = cpu_ms();
        let start = Instant::now();
        let ended = command.status();
        let wall_ms = start.elapsed().as_secs_f64() * 1e3;
        match ended {
            Ok(status) if status.success() => Ok((wall_ms, cpu_ms() - before)),
            _ => Err(format!("`{}` failed", self.program.display())),
        }
    }
}

/// Runs the tool without telemetry, each client's, and last ours without TLS, in turns. `None` where there is no tool.
pub(super) fn all(built: &Built, collector: &str) -> Result<Vec<Option<Runs>>, String> {
    let names = std::iter::once(tools::NONE).chain(built.packages()).chain([tools::OURS_WITHOUT_TLS]);
    let places = names.map(|name| Place::new(built, name)).collect::<Result<Vec<_>, _>>()?;
    let mut runs = first(&places, collector);
    for round in 0..ROUNDS_TO_WARM_UP + ROUNDS {
        for (place, runs) in
            places.iter().zip(&mut runs).filter_map(|(place, runs)| Some((place.as_ref()?, runs.as_mut()?)))
        {
            if runs.once {
                continue;
            }
            let (wall_ms, cpu_ms) = place.run(&mut place.command(collector))?;
            if round >= ROUNDS_TO_WARM_UP {
                runs.wall_ms.push(wall_ms);
                runs.cpu_ms += cpu_ms;
            }
        }
    }
    Ok(runs)
}

/// One run of each, side by side, to find those that are not worth waiting for again.
fn first(places: &[Option<Place>], collector: &str) -> Vec<Option<Runs>> {
    thread::scope(|scope| {
        let try_out = |place: &Place| {
            let command = place.command(collector);
            scope.spawn(move || try_out(command))
        };
        let running: Vec<_> = places.iter().map(|place| place.as_ref().map(try_out)).collect();
        running.into_iter().map(|runs| runs?.join().ok()).collect()
    })
}

fn try_out(mut command: Command) -> Runs {
    let start = Instant::now();
    let Ok(mut child) = command.spawn() else { return Runs::default() };
    while matches!(child.try_wait(), Ok(None)) {
        if start.elapsed() > Duration::from_secs(SECONDS_MAX) {
            let _ = child.kill();
            let _ = child.wait();
            return Runs { wall_ms: vec![SECONDS_MAX as f64 * 1e3], once: true, ended: true, ..Runs::default() };
        }
        thread::sleep(Duration::from_millis(2));
    }
    match start.elapsed() {
        took if took > PATIENCE => Runs { wall_ms: vec![took.as_secs_f64() * 1e3], once: true, ..Runs::default() },
        _ => Runs::default(),
    }
}

/// How our client sends what waits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sending {
    /// From a child that outlives the run.
    ByChild,
    /// At the end of the run, because nothing outlives it.
    InCi,
    /// The child itself.
    AsTheChild,
}

/// What runs took in which our client has something to send.
pub(super) struct Took {
    pub(super) wall_ms: f64,
    pub(super) shortest_ms: f64,
    pub(super) cpu_ms: f64,
}

/// Runs our client when sending is due, over the tool without telemetry.
pub(super) fn sending(built: &Built, collector: &str, sending: Sending) -> Result<Took, String> {
    let place = |name| Place::new(built, name)?.ok_or_else(|| format!("`{name}` is not built"));
    let (none, ours) = (place(tools::NONE)?, place(tools::OURS)?);
    let state = ours.home.join(".local/state/bench/telemetry");
    let (mut without, mut with) = (Runs::default(), Runs::default());
    for _ in 0..ROUNDS_OF_SENDING {
        without.wall_ms.push(none.run(&mut none.command(collector))?.0);
        let mut command = ours.command(collector);
        if sending == Sending::InCi {
            command.env("CI", "1");
        }
        if sending == Sending::AsTheChild {
            // Leaves something to send, and nobody who sends it.
            ours.run(
                ours.command(collector).env("CI", "1").env("BENCH_TELEMETRY_ENDPOINT", "http://collector.invalid"),
            )?;
            command.arg("__aboveboard-send");
        }
        let _ = fs::remove_file(state.join("next"));
        let (wall_ms, cpu_ms) = ours.run(&mut command)?;
        with.wall_ms.push(wall_ms);
        with.cpu_ms += cpu_ms;
        settle(&state);
    }
    let over = |of: fn(&[f64]) -> f64| of(&with.wall_ms) - of(&without.wall_ms);
    let shortest = |numbers: &[f64]| numbers.iter().copied().fold(f64::INFINITY, f64::min);
    Ok(Took { wall_ms: over(median), shortest_ms: over(shortest), cpu_ms: with.cpu_ms / ROUNDS_OF_SENDING as f64 })
}

/// Waits until a child that was started has said when to send again, so that it does not run beside the next run.
fn settle(state: &Path) {
    let deadline = Instant::now() + Duration::from_secs(2);
    while fs::read_to_string(state.join("next")).is_err() && Instant::now() < deadline {
        thread::sleep(Duration::from_millis(5));
    }
    thread::sleep(Duration::from_millis(100));
}

/// Processor time of all processes that this one waited for, in milliseconds.
fn cpu_ms() -> f64 {
    let Ok(usage) = getrusage(UsageWho::RUSAGE_CHILDREN) else { return 0.0 };
    let milliseconds = |time: nix::sys::time::TimeVal| time.tv_sec() as f64 * 1e3 + time.tv_usec() as f64 / 1e3;
    milliseconds(usage.user_time()) + milliseconds(usage.system_time())
}

fn median(numbers: &[f64]) -> f64 {
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}
