//! What a store promises, tried on a disk that fails. One file a promise; here is what they share.

mod fixture;
mod life;
