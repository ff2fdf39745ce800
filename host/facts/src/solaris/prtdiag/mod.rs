//! Memory and cards, from `prtdiag` (prtdiag(1M)): a report for people, whose tables each platform draws its own way.
//!
//! What is read of them: the sockets of x86, the segments of sun4v, the logical banks of Sun Fire and of the M series, the
//! bank table of the small Sun Fire machines. A platform whose tables are drawn otherwise gives no rows.

mod memory;
mod slots;
mod table;

pub use memory::memories;
pub use slots::slots;

/// The parts of a report: title, and lines up to the next title. A title stands between equals signs.
fn parts(text: &str) -> Vec<(&str, Vec<&str>)> {
    let mut parts: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in text.lines() {
        let line = line.trim_end();
        if line.starts_with("==") {
            parts.push((line.trim_matches(['=', ' ']), Vec::new()));
        } else if let Some((_, lines)) = parts.last_mut() {
            lines.push(line);
        }
    }
    parts
}

#[cfg(test)]
mod tests;
