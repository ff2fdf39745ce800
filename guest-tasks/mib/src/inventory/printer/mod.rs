//! What a printer has printed, and what it prints with.

pub mod counters;
pub mod supplies;
