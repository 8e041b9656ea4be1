//! A synthetic year of the Next.js stream through the store: how small it gets, and how fast questions about it are.
//!
//! `year EVENTS FOLDER` (`year EVENTS FOLDER fill` asks nothing, and leaves the data there; `ask` only asks what was left)
//! writes to the folder and prints one `key value` a line. Every event is checked, committed,
//! sealed and compacted the way the server does it; the store is maintained once a week of the year. Sizes are all files
//! of the data folder once it is closed, also those that hold the words. Times are CPU milliseconds of one thread, warm.
#![expect(clippy::print_stdout, reason = "what it prints is what it is for")]
#![expect(clippy::disallowed_methods, reason = "a measurement needs its folder's bytes and the time of its thread")]

mod stream;

use std::error::Error;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::channel;

use aboveboard_catalog::{Asked, Bucket, Catalog, Day, Kind, Question};
use aboveboard_store::disk::Folder;
use aboveboard_store::scan::{answer, funnel, retention};
use aboveboard_store::{Options, Snapshot, Store};

use crate::stream::{DAYS, FIRST_DAY, Stream};

type Failed = Box<dyn Error>;

const LAST_DAY: Day = Day(FIRST_DAY.0 + DAYS - 1);
/// CPU time over which the runs of a question are averaged: the scheduler counts in steps of milliseconds.
const MEASURED_MS: f64 = 200.0;
const RUNS_MAX: u32 = 2_000;
/// A whole day may wait, for it is handed over as fast as it is made up.
const OPTIONS: Options = Options { queue_bytes_max: 1 << 30, seal_log_bytes: 32 << 20, seal_age_seconds: 3_600 };

/// The questions of a dashboard: name, measure, dimensions, filters, days back, span.
type Asks = (&'static str, &'static str, &'static [&'static str], &'static [&'static str], i32, Option<Bucket>);
const QUESTIONS: [Asks; 10] = [
    ("events_by_day_and_event", "events", &["event"], &[], DAYS, Some(Bucket::Day)),
    ("machines_by_week_and_version", "machines", &["version"], &[], DAYS, Some(Bucket::Week)),
    ("packages_of_30_days", "events", &["NEXT_PACKAGE_DETECTED.packageName"], &[], 30, None),
    ("build_p90_by_version", "p90:NEXT_BUILD_COMPLETED.durationInSeconds", &["version"], &[], DAYS, None),
    ("os_and_arch_outside_ci", "events", &["os", "arch"], &["ci:false"], DAYS, None),
    ("machines_by_os_and_arch", "machines", &["os", "arch"], &["ci:false"], 30, None),
    ("errors_by_vote", "events", &["NEXT_ERROR_FEEDBACK.errorCode", "wasHelpful"], &[], DAYS, None),
    ("features_by_version", "events", &["featureName", "version"], &["event:NEXT_BUILD_FEATURE_USAGE"], DAYS, None),
    ("bundlers_by_week", "share", &["bundler"], &["event:NEXT_BUILD_COMPLETED"], DAYS, Some(Bucket::Week)),
    ("machines_by_month_and_agent", "machines", &["agent"], &[], DAYS, Some(Bucket::Month)),
];

fn main() -> Result<(), Failed> {
    let mut arguments = std::env::args().skip(1);
    let usage = "usage: year EVENTS FOLDER";
    let events: u64 = arguments.next().ok_or(usage)?.parse()?;
    let folder = arguments.next().ok_or(usage)?;
    let folder = Path::new(&folder);

    let only = arguments.next();

    let catalog = catalog()?;
    if only.as_deref() == Some("ask") {
        return ask(&open(&folder.join("ids"), &catalog)?.snapshot(), &catalog);
    }
    let cpu = cpu_ms();
    let kept = fill(&folder.join("ids"), &catalog, events)?;
    println!("events {kept}");
    println!("fill_cpu_seconds {:.1}", (cpu_ms() - cpu) / 1e3);
    let with_ids = report_bytes(&folder.join("ids"), "", kept)?;
    println!("bytes_per_event_with_ids {:.3}", with_ids as f64 / kept as f64);
    if only.as_deref() == Some("fill") {
        return Ok(());
    }

    let store = open(&folder.join("ids"), &catalog)?;
    println!("resident_mb_open {:.0}", resident_mb());
    ask(&store.snapshot(), &catalog)?;
    println!("resident_mb_asked {:.0}", resident_mb());
    drop(store);

    let anonymous = without_ids(&catalog);
    let kept = fill(&folder.join("no_ids"), &anonymous, events)?;
    let without_ids = report_bytes(&folder.join("no_ids"), "without_ids_", kept)?;
    println!("bytes_per_event_without_ids {:.3}", without_ids as f64 / kept as f64);
    Ok(())
}

fn catalog() -> Result<Catalog, Failed> {
    let list = |path: &str| {
        let text = match path {
            "lists/error-codes.txt" => include_str!("../../../../catalogs/nextjs/lists/error-codes.txt"),
            "lists/features.txt" => include_str!("../../../../catalogs/nextjs/lists/features.txt"),
            "lists/packages.txt" => include_str!("../../../../catalogs/nextjs/lists/packages.txt"),
            "lists/swc-load-codes.txt" => include_str!("../../../../catalogs/nextjs/lists/swc-load-codes.txt"),
            "lists/swc-plugins.txt" => include_str!("../../../../catalogs/nextjs/lists/swc-plugins.txt"),
            _ => return None,
        };
        Some(text.to_owned())
    };
    let toml = include_str!("../../../../catalogs/nextjs/catalog.toml");
    Catalog::parse("catalog.toml", toml, &list).map_err(|problems| format!("{problems:?}").into())
}

/// The same catalogue without ids of machines and projects.
fn without_ids(catalog: &Catalog) -> Catalog {
    let origin = catalog.origin.iter().filter(|field| field.kind != Kind::Id).cloned().collect();
    Catalog::new(catalog.tool.clone(), origin, catalog.events.clone(), catalog.charts.clone())
}

fn open(folder: &Path, catalog: &Catalog) -> Result<Store, Failed> {
    Ok(Store::open(Arc::new(Folder::new(folder)?), vec![catalog.clone()].into(), OPTIONS)?)
}

/// Commits a year, and answers how many events were kept.
fn fill(folder: &Path, catalog: &Catalog, events: u64) -> Result<u64, Failed> {
    let store = open(folder, catalog)?;
    let mut stream = Stream::new(catalog, events);
    for day in (0..DAYS).map(|day| FIRST_DAY.plus(day)) {
        commit_day(&store, &mut stream, day)?;
        if (day.0 - FIRST_DAY.0) % 7 == 6 {
            store.maintain(i64::from(day.0 + 1) * 86_400)?;
        }
    }
    store.maintain(i64::from(LAST_DAY.0 + 1) * 86_400)?;
    let totals = store.totals(0);
    if !totals.rejected.is_empty() {
        return Err(format!("events were turned away: {:?}", totals.rejected).into());
    }
    store.close()?;
    Ok(totals.kept)
}

/// Commits the batches of a day, and waits until the last is on disk.
fn commit_day(store: &Store, stream: &mut Stream<'_>, day: Day) -> Result<(), Failed> {
    let (answer, answered) = channel();
    stream.day(day, |batch| {
        let answer = answer.clone();
        store.commit(batch, move |outcome| {
            let _ = answer.send(outcome);
        });
    });
    drop(answer);
    answered.iter().try_for_each(|outcome| outcome.map(drop)).map_err(Into::into)
}

fn ask(snapshot: &Snapshot, catalog: &Catalog) -> Result<(), Failed> {
    for (name, measure, by, filters, days, bucket) in QUESTIONS {
        let asked = Asked {
            measure,
            by: by.to_vec(),
            filters: filters.to_vec(),
            from: Some(LAST_DAY.plus(1 - days)),
            to: Some(LAST_DAY),
            bucket,
        };
        let question = Question::resolve(catalog, &asked, LAST_DAY).map_err(|error| error.message)?;
        measure_one(name, || Ok(answer(snapshot, 0, &question, LAST_DAY, false)?.into_rows().len()))?;
        if ["events", "p90:NEXT_BUILD_COMPLETED.durationInSeconds"].contains(&measure) {
            measure_one(&format!("{name}_with_support"), || {
                Ok(answer(snapshot, 0, &question, LAST_DAY, true)?.into_rows().len())
            })?;
        }
    }
    let month = LAST_DAY.plus(-29);
    measure_one(
        "retention_by_week",
        || Ok(retention(snapshot, 0, Bucket::Week, FIRST_DAY, LAST_DAY, LAST_DAY)?.len()),
    )?;
    let named = |name: &str| catalog.events.iter().position(|event| event.name == name).ok_or("no such event");
    let steps = [named("NEXT_CLI_SESSION_STARTED")?, named("NEXT_BUILD_COMPLETED")?, named("NEXT_BUILD_OPTIMIZED")?];
    measure_one("funnel_of_30_days", || Ok(funnel(snapshot, 0, &steps, &[], month, LAST_DAY, LAST_DAY)?.len()))
}

/// Prints the time of the first answer, its rows, and the time of a warm one.
fn measure_one(name: &str, mut answer: impl FnMut() -> Result<usize, Failed>) -> Result<(), Failed> {
    let start = cpu_ms();
    let rows = answer()?;
    println!("{name}_rows {rows}");
    println!("{name}_cold {:.0}", cpu_ms() - start);
    let start = cpu_ms();
    let mut runs = 0;
    while runs < RUNS_MAX && cpu_ms() - start < MEASURED_MS {
        answer()?;
        runs += 1;
    }
    println!("{name}_ms {:.2}", (cpu_ms() - start) / f64::from(runs));
    Ok(())
}

/// Prints the bytes of each part of a data folder, and answers their sum. The log is empty once it is closed.
fn report_bytes(folder: &Path, prefix: &str, events: u64) -> Result<u64, Failed> {
    let mut sum = 0;
    let segments = folder.join("segments/nextjs");
    for part in fs::read_dir(&segments)? {
        let part = part?;
        let bytes = bytes_below(&part.path())?;
        let name = part.file_name().to_string_lossy().replace('.', "_");
        println!("{prefix}bytes_{name} {:.3}", bytes as f64 / events as f64);
        sum += bytes;
    }
    let words = bytes_below(folder)? - sum;
    println!("{prefix}bytes_words_and_manifest {:.3}", words as f64 / events as f64);
    Ok(sum + words)
}

fn bytes_below(path: &Path) -> Result<u64, Failed> {
    if !path.is_dir() {
        return Ok(path.metadata()?.len());
    }
    fs::read_dir(path)?.map(|entry| bytes_below(&entry?.path())).sum()
}

/// CPU time of this thread so far, from the scheduler's own count (Linux); 0 elsewhere.
fn cpu_ms() -> f64 {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|nanoseconds| nanoseconds.parse::<f64>().ok()).unwrap_or(0.0) / 1e6
}

fn resident_mb() -> f64 {
    let text = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap_or(0.0) / 1024.0
}
