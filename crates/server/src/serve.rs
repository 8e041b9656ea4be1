//! `aboveboard serve`: from a configuration to a collector that runs until it is told to stop, and loses nothing then.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::signal;
use tokio::sync::watch;
use tracing::Level;

use crate::app::{App, Shared, routes};
use crate::clock;
use crate::config::Config;
use crate::logs;
use crate::upkeep::Upkeep;

/// How long requests that are under way may take after the signal to stop.
const FAREWELL: Duration = Duration::from_secs(10);

/// Serves until a signal, then closes everything.
///
/// # Errors
/// A sentence with the fix.
pub(crate) fn serve(config: Config) -> Result<(), String> {
    logs::start(config.log, Level::INFO);
    let listener = bind(config.listen)?;
    let app = Arc::new(App::open(config, clock::now())?);
    until_stopped(app, listener, |bound| tracing::info!("listening on http://{bound}"))
}

/// Takes an address, so that connections wait there until they are answered.
///
/// # Errors
/// A sentence with the fix.
pub(crate) fn bind(address: SocketAddr) -> Result<TcpListener, String> {
    let unusable = |error| format!("cannot listen on `{address}`: {error}; choose another with `--listen`");
    let listener = TcpListener::bind(address).map_err(unusable)?;
    listener.set_nonblocking(true).map_err(unusable)?;
    Ok(listener)
}

/// Answers until a signal, then closes everything. `started` is told where.
///
/// # Errors
/// A sentence with the fix.
pub(crate) fn until_stopped(
    app: Shared,
    listener: TcpListener,
    started: impl FnOnce(SocketAddr),
) -> Result<(), String> {
    let upkeep = Upkeep::start(Arc::clone(&app))?;
    let served = {
        let runtime = runtime()?;
        let served = runtime.block_on(answer(Arc::clone(&app), listener, started));
        runtime.shutdown_timeout(FAREWELL);
        served
    };
    drop(upkeep);
    close(app)?;
    served
}

/// Raises the flag at the signal to stop, for work that has no requests to finish.
///
/// # Errors
/// A sentence, when the system gives no thread.
pub(crate) fn watch_for_stop() -> Result<Arc<AtomicBool>, String> {
    let stopped = Arc::new(AtomicBool::new(false));
    let (runtime, raised) = (runtime()?, Arc::clone(&stopped));
    let interrupted = {
        let _entered = runtime.enter();
        interrupted()
    };
    let watch = move || {
        runtime.block_on(interrupted);
        raised.store(true, Ordering::Relaxed);
    };
    std::thread::Builder::new().name("stop".into()).spawn(watch).map_err(no_thread)?;
    Ok(stopped)
}

fn runtime() -> Result<Runtime, String> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(no_thread)
}

fn no_thread(error: std::io::Error) -> String {
    format!("cannot start a thread: {error}")
}

async fn answer(app: Shared, listener: TcpListener, started: impl FnOnce(SocketAddr)) -> Result<(), String> {
    let unusable = |error| format!("cannot listen: {error}");
    let listener = tokio::net::TcpListener::from_std(listener).map_err(unusable)?;
    started(listener.local_addr().map_err(unusable)?);
    let (stop, stopping) = watch::channel(());
    let service = routes(app).into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(listener, service).with_graceful_shutdown(until_told(stop));
    tokio::select! {
        served = serving => served.map_err(unusable),
        () = farewell_over(stopping) => {
            tracing::warn!("requests were still under way after {} s; their senders will try again", FAREWELL.as_secs());
            Ok(())
        }
    }
}

/// Ends at the signal to stop, and drops `stop`.
async fn until_told(stop: watch::Sender<()>) {
    interrupted().await;
    tracing::info!("stopping: finishing what is under way");
    drop(stop);
}

async fn farewell_over(mut stopping: watch::Receiver<()>) {
    while stopping.changed().await.is_ok() {}
    tokio::time::sleep(FAREWELL).await;
}

/// Waits for the signal to stop. It counts from this call on, not from when somebody waits.
#[cfg(unix)]
fn interrupted() -> impl Future<Output = ()> {
    use signal::unix::{SignalKind, signal};
    let [terminate, interrupt] = [SignalKind::terminate(), SignalKind::interrupt()].map(signal);
    let told = async |signal: std::io::Result<signal::unix::Signal>| match signal {
        Ok(mut signal) => drop(signal.recv().await),
        Err(_) => std::future::pending().await,
    };
    async move {
        tokio::select! {
            () = told(terminate) => {}
            () = told(interrupt) => {}
        }
    }
}

#[cfg(not(unix))]
async fn interrupted() {
    drop(signal::ctrl_c().await);
}

/// By now nobody else holds the app, unless a request outlived the farewell; what it wrote is on disk all the same.
fn close(app: Shared) -> Result<(), String> {
    let Some(app) = Arc::into_inner(app) else { return Ok(()) };
    app.store.close().map_err(|error| error.to_string())?;
    tracing::info!("closed");
    Ok(())
}
