//! Telemetry that a tool's own users would agree to.

pub mod environment;
mod rules;
