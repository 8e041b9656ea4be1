//! What a store promises, tried on a disk that fails. One file a promise; `fixture` and `script` are shared.

mod faults;
mod fixture;
mod life;
mod naive;
mod power;
mod scan;
mod script;
