//! The tool itself.

fn main() {
    job::tool::<bench_otel::Client>();
}
