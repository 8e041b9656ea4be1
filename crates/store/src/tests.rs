//! What a store promises, tried on a disk that fails. One file a promise; `fixture` and `script` are shared.

mod faults;
pub(crate) mod fixture;
mod forget;
mod life;
mod naive;
mod names;
mod power;
mod repeats;
mod replay;
mod scan;
mod script;
mod whence;
