//! The tool with OpenTelemetry: <https://docs.rs/opentelemetry-otlp>, a log record through the batch processor and the
//! OTLP exporter over HTTP, closed by `shutdown`.

use std::path::Path;

use job::Build;
use opentelemetry::logs::{LogRecord, Logger, LoggerProvider};
use opentelemetry_otlp::{LogExporter, Protocol, WithExportConfig};
use opentelemetry_sdk::logs::{SdkLogger, SdkLoggerProvider};

pub struct Client {
    provider: SdkLoggerProvider,
    logger: SdkLogger,
}

impl job::Client for Client {
    fn open(collector: &str, _: &Path) -> Self {
        let exporter = LogExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(format!("{collector}/v1/logs"))
            .build()
            .expect("a sound endpoint");
        let provider = SdkLoggerProvider::builder().with_batch_exporter(exporter).build();
        let logger = provider.logger("bench");
        Self { provider, logger }
    }

    fn record(&self, build: Build) {
        let mut record = self.logger.create_log_record();
        record.set_event_name("build_finished");
        record.add_attribute("command", "build");
        record.add_attribute("outcome", "ok");
        record.add_attribute("target", "release");
        record.add_attribute("watch", false);
        record.add_attribute("duration", build.duration_ms);
        record.add_attribute("pages", i64::from(build.pages));
        record.add_attribute("warnings", i64::from(build.warnings));
        record.add_attribute("cached", build.cached);
        self.logger.emit(record);
    }

    fn settle(&self) {
        let _ = self.provider.force_flush();
    }

    fn close(self) {
        let _ = self.provider.shutdown();
    }
}
