//! The tool itself.

fn main() {
    job::tool::<bench_none::Client>();
}
