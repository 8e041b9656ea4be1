//! The tool, measuring its own telemetry.

#[global_allocator]
static ALLOCATIONS: &job::StatsAlloc<std::alloc::System> = &job::INSTRUMENTED_SYSTEM;

fn main() {
    job::cost::<bench_sentry::Client>(ALLOCATIONS);
}
