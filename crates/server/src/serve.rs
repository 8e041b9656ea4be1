//! `aboveboard serve`: from a configuration to a collector that runs until it is told to stop, and loses nothing then.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::signal;
use tokio::sync::watch;

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
    logs::start(config.log);
    let app = Arc::new(App::open(config, clock::now())?);
    let upkeep = Upkeep::start(Arc::clone(&app))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| format!("cannot start the threads that serve: {error}"))?;
    let served = runtime.block_on(answer(Arc::clone(&app)));
    runtime.shutdown_timeout(FAREWELL);
    drop(upkeep);
    close(app)?;
    served
}

async fn answer(app: Shared) -> Result<(), String> {
    let address = app.config.listen;
    let unusable = |error| format!("cannot listen on `{address}`: {error}; choose another with `--listen`");
    let listener = TcpListener::bind(address).await.map_err(unusable)?;
    let bound = listener.local_addr().map_err(unusable)?;
    let (stop, stopping) = watch::channel(());
    let service = routes(app).into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(listener, service).with_graceful_shutdown(until_told(stop));
    tracing::info!("listening on http://{bound}");
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

#[cfg(unix)]
async fn interrupted() {
    match signal::unix::signal(signal::unix::SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            _ = terminate.recv() => {}
            _ = signal::ctrl_c() => {}
        },
        Err(_) => drop(signal::ctrl_c().await),
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
