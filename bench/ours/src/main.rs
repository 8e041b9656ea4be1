//! The tool itself.

fn main() {
    job::tool::<bench_ours::Client>();
}
