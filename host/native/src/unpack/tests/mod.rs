//! Archives as they should be and as they should not, made here byte by byte: what makes ordinary archives refuses to make
//! the others.

mod bounds;
mod make;
mod special;

use super::*;
use make::{Tar, Zip, gz, xz, zst};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Unpacks bytes into a new folder.
fn unpacked_as(bytes: &[u8], name: &str, limits: &Limits) -> (tempfile::TempDir, Result<Unpacked, UnpackError>) {
    let folder = tempfile::tempdir().unwrap();
    let result = into(folder.path(), bytes, name, limits);
    (folder, result)
}

fn into(folder: &Path, bytes: &[u8], name: &str, limits: &Limits) -> Result<Unpacked, UnpackError> {
    let mut archive = tempfile::tempfile().unwrap();
    std::io::Write::write_all(&mut archive, bytes).unwrap();
    unpack(archive, name, &OwnedFd::from(File::open(folder).unwrap()), limits)
}

fn tree(folder: &Path) -> BTreeMap<String, String> {
    fn add(root: &Path, folder: &Path, into: &mut BTreeMap<String, String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let meta = fs::symlink_metadata(&path).unwrap();
            let mode = meta.permissions().mode() & 0o7777;
            let what = if meta.is_dir() {
                add(root, &path, into);
                "folder".to_owned()
            } else {
                fs::read_to_string(&path).unwrap()
            };
            into.insert(path.strip_prefix(root).unwrap().display().to_string(), format!("{mode:o} {what}"));
        }
    }
    let mut all = BTreeMap::new();
    add(folder, folder, &mut all);
    all
}

fn plain() -> Tar {
    Tar::new().folder("./").folder("./bin/").file("./bin/agentd", 0o4755, b"#!").file(
        "share/doc/a.txt",
        0o664,
        b"hello",
    )
}

const PLAIN: &[(&str, &str)] = &[
    ("bin", "755 folder"),
    ("bin/agentd", "755 #!"),
    ("share", "755 folder"),
    ("share/doc", "755 folder"),
    ("share/doc/a.txt", "644 hello"),
];

fn expected(entries: &[(&str, &str)]) -> BTreeMap<String, String> {
    entries.iter().map(|(path, what)| ((*path).to_owned(), (*what).to_owned())).collect()
}

#[test]
fn every_kind_is_told_by_its_content_and_unpacked() {
    let tar = plain().end();
    let zip = Zip::new().folder("bin/").file("bin/agentd", 0o104_755, b"#!").file("share/doc/a.txt", 0, b"hello").end();
    for (what, bytes) in [("tar", tar.clone()), ("gz", gz(&tar)), ("xz", xz(&tar)), ("zst", zst(&tar)), ("zip", zip)] {
        let (folder, result) = unpacked_as(&bytes, "a.bin", &Limits::default());
        assert_eq!(result.unwrap(), Unpacked { files: 2, folders: 3, bytes: 7 }, "{what}");
        assert_eq!(tree(folder.path()), expected(PLAIN), "{what}");
    }
}

#[test]
fn a_single_packed_file_is_called_as_the_archive_without_its_ending() {
    for (name, bytes) in [("a.txt.gz", gz(b"hello")), ("a.txt.XZ", xz(b"hello")), ("a.txt.zst", zst(b"hello"))] {
        let (folder, result) = unpacked_as(&bytes, name, &Limits::default());
        assert_eq!(result.unwrap(), Unpacked { files: 1, folders: 0, bytes: 5 });
        assert_eq!(tree(folder.path()), expected(&[("a.txt", "644 hello")]), "{name}");
    }
    for name in ["a", ".gz", "../b.gz", "...gz"] {
        assert!(unpacked_as(&gz(b"hello"), name, &Limits::default()).1.is_err(), "{name}");
    }
}

#[test]
fn several_streams_one_after_the_other_are_one() {
    let tar = plain().end();
    let (first, second) = tar.split_at(700);
    let skipped = [&[0x52, 0x2a, 0x4d, 0x18, 3, 0, 0, 0][..], b"abc"].concat();
    for bytes in [
        [gz(first), gz(second)].concat(),
        [xz(first), xz(second)].concat(),
        [skipped, zst(first), zst(b""), zst(second)].concat(),
    ] {
        let (folder, result) = unpacked_as(&bytes, "a", &Limits::default());
        result.unwrap();
        assert_eq!(tree(folder.path()), expected(PLAIN));
    }
}

#[test]
fn long_names_of_both_kinds_are_names() {
    let long = ["d".repeat(120), "e".repeat(120)].join("/");
    let gnu = Tar::new().long_name(&long).file("short", 0o644, b"1").end();
    let pax = Tar::new().pax(&[("path", &long), ("mtime", "1.5")]).file("short", 0o644, b"1").end();
    for bytes in [gnu, pax] {
        let (folder, result) = unpacked_as(&bytes, "a", &Limits::default());
        result.unwrap();
        assert_eq!(fs::read(folder.path().join(&long)).unwrap(), b"1");
    }
}

#[test]
fn a_plain_file_gives_way_and_nothing_else_does() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let elsewhere = tempfile::tempdir().unwrap();
    fs::write(elsewhere.path().join("kept"), "kept").unwrap();
    fs::write(at("a"), "old").unwrap();
    fs::hard_link(at("a"), at("other-name")).unwrap();
    into(folder.path(), &Tar::new().file("a", 0o644, b"new").end(), "t", &Limits::default()).unwrap();
    assert_eq!((fs::read(at("a")).unwrap(), fs::read(at("other-name")).unwrap()), (b"new".to_vec(), b"old".to_vec()));

    std::os::unix::fs::symlink(elsewhere.path(), at("link")).unwrap();
    std::os::unix::fs::symlink(elsewhere.path().join("kept"), at("link-to-file")).unwrap();
    fs::create_dir(at("folder")).unwrap();
    for bytes in [
        Tar::new().file("link/x", 0o644, b"x").end(),
        Tar::new().folder("link/").end(),
        Tar::new().file("link-to-file", 0o644, b"x").end(),
        Tar::new().file("folder", 0o644, b"x").end(),
        Tar::new().file("a/x", 0o644, b"x").end(),
    ] {
        let error = into(folder.path(), &bytes, "t", &Limits::default()).unwrap_err();
        assert!(error.to_string().contains("already"), "{error}");
    }
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 1);
    assert_eq!(fs::read(elsewhere.path().join("kept")).unwrap(), b"kept");
}

#[test]
fn what_is_no_archive_is_said_with_what_is() {
    for (bytes, says) in [
        (&b"#!/bin/sh\n"[..], "no archive"),
        (b"", "no archive"),
        (&[0; 1024], "no archive"),
        (b"BZh91AY&SY", "bzip2"),
        (b"7z\xbc\xaf\x27\x1c\0\0", "7-Zip"),
        (b"Rar!\x1a\x07\x01\0", "RAR"),
    ] {
        let (folder, result) = unpacked_as(bytes, "a.tar", &Limits::default());
        let error = result.unwrap_err().to_string();
        assert!(error.contains(says) && error.contains("tar.gz"), "{error}");
        assert!(tree(folder.path()).is_empty());
    }
}

#[test]
fn damage_is_found_before_anything_is_written() {
    let tar = plain().file("big", 0o644, &make::noise(200_000)).end();
    let zip = Zip::new().file("big", 0, &make::noise(200_000)).end();
    for (what, bytes) in [("gz", gz(&tar)), ("xz", xz(&tar)), ("zst", zst(&tar)), ("zip", zip), ("tar", tar)] {
        let mut flipped = bytes.clone();
        let middle = bytes.len() / 2;
        flipped[middle] ^= 0x10;
        let (folder, result) = unpacked_as(&bytes[..middle], "a", &Limits::default());
        assert!(result.is_err(), "{what} cut off");
        assert!(tree(folder.path()).is_empty(), "{what}");
        if what != "tar" {
            let (folder, result) = unpacked_as(&flipped, "a", &Limits::default());
            assert!(result.is_err(), "{what} damaged");
            assert!(tree(folder.path()).is_empty(), "{what}");
        }
    }
}

#[test]
fn nobody_waiting_ends_it() {
    let limits = Limits::default();
    limits.stopped.stop();
    let (folder, result) = unpacked_as(&plain().end(), "a", &limits);
    assert!(matches!(result, Err(UnpackError::Stopped)));
    assert!(tree(folder.path()).is_empty());
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(300))]

    /// Whatever an entry is called: it stands below the folder or nothing does.
    #[test]
    fn nothing_ever_stands_outside(names in proptest::collection::vec("(\\.\\./|/|\\./|a/|b|\\.\\.|\\\\|C:|é|\u{0}){1,6}", 1..5)) {
        let outer = tempfile::tempdir().unwrap();
        let inner = outer.path().join("inner");
        fs::create_dir(&inner).unwrap();
        let (mut tar, mut zip) = (Tar::new(), Zip::new());
        for name in &names {
            (tar, zip) = (tar.file(name, 0o644, b"x"), zip.file(name, 0, b"x"));
        }
        for bytes in [tar.end(), zip.end()] {
            let result = into(&inner, &bytes, "a", &Limits::default());
            proptest::prop_assert_eq!(fs::read_dir(outer.path()).unwrap().count(), 1);
            proptest::prop_assert_eq!(result.is_err(), fs::read_dir(&inner).unwrap().count() == 0);
            fs::remove_dir_all(&inner).unwrap();
            fs::create_dir(&inner).unwrap();
        }
    }
}
