//! Time, memory, tables, stack, calls.

use airlock_task::run;
use std::hint::black_box;

pub(crate) fn spin(turns: u64) {
    for turn in 0..turns {
        black_box(turn);
    }
}

pub(crate) fn calls(number: usize) {
    for _ in 0..number {
        let _ = black_box(run::now());
    }
}

/// Deaf to "exhausted", as to everything else.
pub(crate) fn calls_for_ever() {
    loop {
        let _ = black_box(run::now());
    }
}

/// Takes memory, a megabyte at a time, and holds it.
pub(crate) fn memory(megabytes: usize) {
    let mut held: Vec<Vec<u8>> = Vec::new();
    for _ in 0..megabytes {
        held.push(black_box(vec![1; 1 << 20]));
    }
    black_box(&held);
}

/// Rust has no word for growing a table. The test replaces the instruction below (`memory.grow` by a number that occurs
/// nowhere else) in the component's bytes by one that grows the table of functions.
pub(crate) fn table(times: usize) {
    for _ in 0..times {
        black_box(grow());
    }
}

#[cfg(target_arch = "wasm32")]
#[inline(never)]
fn grow() -> usize {
    core::arch::wasm32::memory_grow::<0>(0x0bad_f00d)
}

#[cfg(not(target_arch = "wasm32"))]
fn grow() -> usize {
    0
}

pub(crate) fn recursion(depth: usize) {
    black_box(descend(depth));
}

#[inline(never)]
fn descend(depth: usize) -> usize {
    let here = black_box([depth; 16]);
    if depth == 0 { 0 } else { descend(depth - 1) + here.first().copied().unwrap_or_default() }
}

#[allow(clippy::panic, reason = "what it is asked for")]
pub(crate) fn give_up() {
    panic!("this task gives up");
}

pub(crate) fn log(lines: usize) {
    for line in 0..lines {
        run::log(run::Level::Info, &format!("line {line}"));
    }
}
