//! Telemetry that a tool's own users would agree to.

pub mod consent;
pub mod environment;
mod rules;
