//! Prints what the collectors find, and how long each took: `show [--root FOLDER] [SECTION…]`.

use airlock_facts::{Findings, Machine, Roots, collectors};
use std::time::{Duration, Instant};

fn main() {
    let mut sections: Vec<String> = std::env::args().skip(1).collect();
    let mut roots = Roots::live();
    if sections.first().is_some_and(|first| first == "--root") {
        sections.remove(0);
        if !sections.is_empty() {
            roots = Roots::folder(sections.remove(0));
        }
    }
    let machine = Machine::new(roots);
    let started = Instant::now();
    for collector in collectors() {
        if !sections.is_empty() && !sections.iter().any(|section| section == collector.section) {
            continue;
        }
        let findings = Findings::new(Instant::now() + Duration::from_secs(30));
        let began = Instant::now();
        collector.collect(&machine, &findings);
        let took = began.elapsed();
        let (rows, missing) = findings.take();
        println!("== {}: {} rows in {took:.1?}", collector.section, rows.len());
        for row in &rows {
            let fields: Vec<String> = row.iter().map(|(name, value)| format!("{name}={:?}", value.to_text())).collect();
            println!("   {}", fields.join(" "));
        }
        for what in missing {
            println!("   missing: {what}");
        }
    }
    println!("== all in {:.1?}", started.elapsed());
}
