//! The fuzz targets.
use crate::steps::Steps;
pub(crate) const SECONDS_IN_TEST: u64 = 20;
pub(crate) const SECONDS: u64 = 300;
pub(crate) fn run(_: &mut Steps, _: u64) {}
