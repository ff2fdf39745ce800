//! Small archives that hold much: each limit, from both sides.

use super::make::{Odd, Tar, Zip, gz, xz, zst};
use super::*;
use ::tar::EntryType;

fn over(bytes: &[u8], limits: &Limits, says: &str) {
    let (folder, result) = unpacked_as(bytes, "a.gz", limits);
    let error = result.unwrap_err().to_string();
    assert!(error.contains(says), "{error}");
    assert!(tree(folder.path()).is_empty());
}

#[test]
fn entries_are_counted_with_the_folders_on_the_way() {
    let limits = Limits { entries: 5, ..Limits::default() };
    let many = |count: usize| (0..count).fold(Tar::new(), |tar, n| tar.file(&format!("d/{n}"), 0o644, b"")).end();
    assert_eq!(unpacked_as(&many(4), "a", &limits).1.unwrap().files, 4);
    over(&many(5), &limits, "more than 5 entries");
    let zip = (0..6).fold(Zip::new(), |zip, n| zip.file(&n.to_string(), 0, b"")).end();
    over(&zip, &limits, "more than 5 entries");
    // Headers that are about no entry of their own, and the same folder again and again.
    let headers = (0..16).fold(Tar::new(), |tar, _| tar.entry(b"g", EntryType::XGlobalHeader, 0, b""));
    over(&headers.end(), &limits, "more than 5 entries");
    over(&(0..16).fold(Tar::new(), |tar, _| tar.folder("d/")).end(), &limits, "more than 5 entries");
}

#[test]
fn a_flood_of_empty_entries_ends_early() {
    let limits = Limits { entries: 1000, ..Limits::default() };
    let flood = (0..50_000).fold(Tar::new(), |tar, n| tar.file(&n.to_string(), 0o644, b"")).end();
    let before = std::time::Instant::now();
    over(&gz(&flood), &limits, "more than 1000 entries");
    assert!(before.elapsed().as_secs() < 5);
}

#[test]
fn depth_and_length_of_names_are_bounded() {
    let deep = |depth: usize| Tar::new().long_name(&"d/".repeat(depth)).folder("d/").end();
    assert_eq!(unpacked_as(&deep(32), "a", &Limits::default()).1.unwrap().folders, 32);
    over(&deep(33), &Limits::default(), "33 deep");
    over(&deep(100_000), &Limits::default(), "header of");
    over(&Tar::new().pax(&[("comment", &"x".repeat(70_000))]).file("a", 0, b"").end(), &Limits::default(), "header of");
}

#[test]
fn bytes_are_bounded_by_what_is_said_and_by_what_comes() {
    let limits = Limits { bytes: 10_000, ..Limits::default() };
    let tar = Tar::new().file("a", 0o644, &[7; 6000]).file("b", 0o644, &[7; 6000]).end();
    for bytes in [tar.clone(), gz(&tar), xz(&tar), zst(&tar), gz(&[7; 10_001]), gz(&[0; 20_000])] {
        over(&bytes, &limits, "more than 10000 bytes");
    }
    // A terabyte that is only said: nothing is made room for.
    let said = Tar::new().stating(b"a", EntryType::Regular, 0o644, 1 << 40, b"x").end();
    over(&said, &Limits::default(), "bytes");
    // What follows the last entry came out of the archive too.
    let behind = [Tar::new().file("a", 0o644, b"x").end(), vec![0; 20_000]].concat();
    over(&gz(&behind), &limits, "more than 10000 bytes");
    assert_eq!(unpacked_as(&gz(&[7; 10_000]), "a.gz", &limits).1.unwrap().bytes, 10_000);
}

#[test]
fn the_ratio_is_bounded() {
    let limits = Limits { ratio: 100, ratio_from: 10_000, ..Limits::default() };
    over(&gz(&vec![7; 1 << 20]), &limits, "100 times");
    over(&Zip::new().file("a", 0, &vec![7; 1 << 20]).end(), &limits, "100 times");
    // A few bytes may be packed as well as they can be.
    assert!(unpacked_as(&gz(&[7; 9_000]), "a.gz", &limits).1.is_ok());
    assert!(unpacked_as(&gz(&make::noise(1 << 20)), "a.gz", &limits).1.is_ok());
}

#[test]
fn dictionaries_are_bounded() {
    let small = Limits { dictionary: 1 << 20, ..Limits::default() };
    // The writer's ordinary settings ask for 8 MiB.
    assert!(unpacked_as(&xz(b"hello"), "a.xz", &small).1.is_err());
    assert!(unpacked_as(&xz(b"hello"), "a.xz", &Limits::default()).1.is_ok());
    // A frame that says that it looks back 2 GiB (RFC 8878, 3.1.1.1.2), with one raw block.
    let far = [&[0x28, 0xb5, 0x2f, 0xfd, 0, 21 << 3][..], &[0x29, 0, 0], b"hello"].concat();
    over(&far, &Limits::default(), "damaged");
    let near = [&[0x28, 0xb5, 0x2f, 0xfd, 0, 10 << 3][..], &[0x29, 0, 0], b"hello"].concat();
    assert_eq!(unpacked_as(&near, "a.zst", &Limits::default()).1.unwrap().bytes, 5);
}

#[test]
fn an_archive_in_an_archive_stays_a_file() {
    let bomb = gz(&vec![0; 5 << 20]);
    let inner = Zip::new().odd("bomb.gz", 0, &bomb, &Odd { method: Some(0), ..Odd::default() }).end();
    let bytes = Zip::new().odd("inner.zip", 0, &inner, &Odd { method: Some(0), ..Odd::default() }).end();
    let (folder, result) = unpacked_as(&bytes, "a.zip", &Limits::default());
    assert_eq!(result.unwrap(), Unpacked { files: 1, folders: 0, bytes: inner.len() as u64 });
    assert_eq!(fs::read(folder.path().join("inner.zip")).unwrap(), inner);
}
