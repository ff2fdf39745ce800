//! DE-07 to DE-11: archives that a job brings and has unpacked in its folder. They go the whole way: into the store by their
//! digest, put together in the job's folder, unpacked by the gate's call.

use super::machine::{Job, Packed, tree};
use airlock_gate::CallError;
use tar::EntryType;

/// Refused as a whole, with one record that has the code and names the entry; nothing of it stands anywhere.
fn refused(bytes: &[u8], says: &str) {
    for name in ["a.tar", "a.tar.gz"] {
        let job = Job::new();
        let bytes = if name.ends_with(".gz") { Packed::gzip(bytes) } else { bytes.to_vec() };
        job.bring(name, &bytes);
        let before = tree(job.outside());
        let error = job.unpack(name).unwrap_err();
        assert!(matches!(&error, CallError::Failed(why) if why.contains(says)), "{error}");
        assert_eq!(job.refused(), ["ARCHIVE"], "{error}");
        assert!(job.unpacked().is_empty(), "{error}");
        assert_eq!(tree(job.outside()), before, "{error}");
        job.goes_on();
    }
}

#[test]
fn de_07_names_that_lead_outside_refuse_the_archive() {
    for name in ["../../x", "/etc/x", "a/b/../../../x", "..", "./../x", "a\\..\\x", "C:\\x", "a\nb"] {
        refused(&Packed::tar().file("good", 0o644, b"x").file(name, 0o644, b"x").end(), "refused as a whole");
        refused(&Packed::tar().file("good", 0o644, b"x").long("b", name).end(), "refused as a whole");
    }
    let zip = Packed::zip(&[("good", 0o100_644, b"x"), ("../../x", 0o100_644, b"x")]);
    let job = Job::new();
    job.bring("a.zip", &zip);
    assert!(job.unpack("a.zip").is_err());
    assert_eq!(job.refused(), ["ARCHIVE"]);
    assert!(job.unpacked().is_empty());
}

#[test]
fn de_07_twin_a_clean_archive_is_unpacked() {
    let tar = Packed::tar().folder("./bin/").file("./bin/agentd", 0o755, b"#!").file("share/a..b", 0o640, b"x").end();
    let zip = Packed::zip(&[("bin/agentd", 0o100_755, b"#!"), ("share/a..b", 0, b"x")]);
    for (name, bytes) in [("a.tar", tar.clone()), ("a.tar.gz", Packed::gzip(&tar)), ("a.zip", zip)] {
        let job = Job::new();
        job.bring(name, &bytes);
        assert_eq!(job.unpack(name), Ok(2), "{name}");
        assert_eq!(job.unpacked(), ["bin 755", "bin/agentd 755", "share 755", "share/a..b 644"], "{name}");
        assert!(job.refused().is_empty());
    }
}

#[test]
fn de_08_nothing_is_written_through_a_link() {
    let outside = Job::new();
    let target = outside.outside().display().to_string();
    refused(&Packed::tar().link("d", &target).file("d/passwd", 0o644, b"x").end(), "symbolic link");
    refused(&Packed::tar().entry("d", EntryType::Link, 0o644, b"").end(), "hard link");
    let job = Job::new();
    job.bring("a.zip", &Packed::zip(&[("d", 0o120_777, target.as_bytes()), ("d/passwd", 0, b"x")]));
    assert!(job.unpack("a.zip").is_err());
    assert_eq!(job.refused(), ["ARCHIVE"]);
    // A link that stands in the folder already is none to go through either.
    let job = Job::new();
    job.plant_link("into", outside.outside());
    job.bring("a.tar", &Packed::tar().file("x", 0o644, b"x").end());
    assert!(job.unpack("a.tar").is_err());
    assert_eq!(tree(outside.outside()), ["canary 644"]);
}

#[test]
fn de_08_twin_the_same_names_as_a_folder_and_a_file_are_unpacked() {
    let job = Job::new();
    job.bring("a.tar", &Packed::tar().folder("d").file("d/passwd", 0o644, b"x").end());
    assert_eq!(job.unpack("a.tar"), Ok(1));
    assert_eq!(job.unpacked(), ["d 755", "d/passwd 644"]);
}

#[test]
fn de_09_what_is_neither_file_nor_folder_refuses_the_archive() {
    for (kind, says) in [
        (EntryType::Char, "device"),
        (EntryType::Block, "device"),
        (EntryType::Fifo, "pipe"),
        (EntryType::GNUSparse, "holes"),
        (EntryType::Continuous, "neither"),
    ] {
        refused(&Packed::tar().file("good", 0o644, b"x").entry("odd", kind, 0o777, b"").end(), says);
    }
    // A terabyte that is only said.
    refused(&Packed::tar().stating("large", 1 << 40).end(), "bytes");
}

#[test]
fn de_09_twin_rights_and_owners_become_plain_ones() {
    let job = Job::new();
    let tar = Packed::tar().file("setuid", 0o6755, b"x").file("all", 0o1666, b"x").folder("open/").end();
    job.bring("a.tar", &tar);
    assert_eq!(job.unpack("a.tar"), Ok(2));
    assert_eq!(job.unpacked(), ["all 644", "open 755", "setuid 755"]);
    job.is_all_ours();
}

#[test]
fn de_10_floods_of_entries_and_folders_end_at_a_bound() {
    // 200,000 empty entries are 100 MB that pack to less than a megabyte.
    let flood = Packed::flood(200_000);
    let job = Job::new();
    job.bring("a.tar.gz", &flood);
    let started = std::time::Instant::now();
    let error = job.unpack("a.tar.gz").unwrap_err();
    assert!(error.to_string().contains("entries"), "{error}");
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
    assert_eq!(job.refused(), ["ARCHIVE"]);
    assert!(job.unpacked().is_empty());
    refused(&Packed::tar().long("b", &"d/".repeat(100_000)).end(), "header of");
    refused(&Packed::tar().long("b", &["d"; 40].join("/")).end(), "deep");
}

#[test]
fn de_10_twin_a_thousand_entries_ten_deep_are_unpacked() {
    let job = Job::new();
    job.bring("a.tar.gz", &Packed::flood(1000));
    assert_eq!(job.unpack("a.tar.gz"), Ok(1000));
    let job = Job::new();
    job.bring("a.tar", &Packed::tar().long("b", &["d"; 10].join("/")).end());
    assert_eq!(job.unpack("a.tar"), Ok(1));
}

#[test]
fn de_11_a_bomb_is_refused_and_one_inside_stays_a_file() {
    // 300 MB of zeros in 300 kB.
    let bomb = Packed::gzip(&vec![0; 300 << 20]);
    assert!(bomb.len() < 400_000);
    let job = Job::new();
    job.bring("a.gz", &bomb);
    let error = job.unpack("a.gz").unwrap_err();
    assert!(error.to_string().contains("times as many bytes"), "{error}");
    assert_eq!(job.refused(), ["ARCHIVE"]);
    assert!(job.unpacked().is_empty());
    // One level, and no more.
    let job = Job::new();
    let inner = Packed::tar().file("bomb.gz", 0o644, &bomb).end();
    job.bring("a.tar", &Packed::tar().file("inner.tar", 0o644, &inner).end());
    assert_eq!(job.unpack("a.tar"), Ok(1));
    assert_eq!(job.unpacked(), ["inner.tar 644"]);
}

#[test]
fn de_11_twin_what_packs_well_is_unpacked() {
    let job = Job::new();
    job.bring("a.txt.gz", &Packed::gzip(&b"a line like any other\n".repeat(200_000)));
    assert_eq!(job.unpack("a.txt.gz"), Ok(1));
    assert_eq!(job.unpacked(), ["a.txt 644"]);
}

#[test]
fn de_06_what_comes_out_of_archives_counts_as_what_a_run_writes() {
    let job = Job::granted("min_version = { \"acme-agentd\" = \"1.0.0\" }\n[limits]\ndisk_mb = 1");
    // Each below the limit, and the last of them over what is left of it.
    for (name, fits) in [("a", true), ("b", true), ("c", false)] {
        let archive = format!("{name}.tar.gz");
        job.bring(&archive, &Packed::gzip(&Packed::tar().file(name, 0o644, &vec![0; 400_000]).end()));
        let unpacked = job.unpack(&archive);
        assert_eq!(unpacked.is_ok(), fits, "{name}: {unpacked:?}");
    }
    assert_eq!(job.unpacked(), ["a 644", "b 644"]);
}
