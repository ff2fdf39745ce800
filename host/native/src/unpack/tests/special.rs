//! What is neither a plain file nor a folder, and what says two things at once: nothing stands afterwards.

use super::make::{Odd, Tar, Zip, pax};
use super::*;
use ::tar::EntryType;

fn refused(bytes: &[u8], says: &str) {
    let (folder, result) = unpacked_as(bytes, "a.tar", &Limits::default());
    let error = result.unwrap_err();
    assert!(error.is_refused(), "{error}");
    assert!(error.to_string().contains(says), "{error}");
    assert!(tree(folder.path()).is_empty(), "{error}");
}

#[test]
fn types_other_than_files_and_folders_refuse_the_archive() {
    for (kind, says) in [
        (EntryType::Symlink, "symbolic link"),
        (EntryType::Link, "hard link"),
        (EntryType::GNULongLink, "hard link"),
        (EntryType::Char, "device"),
        (EntryType::Block, "device"),
        (EntryType::Fifo, "pipe"),
        (EntryType::GNUSparse, "holes"),
        (EntryType::Continuous, "neither"),
        (EntryType::new(b'V'), "neither"),
    ] {
        refused(&Tar::new().file("good", 0o644, b"x").entry(b"d", kind, 0o777, b"").end(), says);
    }
    for (mode, says) in
        [(0o120_777, "symbolic link"), (0o020_666, "neither"), (0o010_666, "neither"), (0o140_000, "neither")]
    {
        refused(&Zip::new().file("good", 0, b"x").file("d", mode, b"/etc").end(), says);
    }
}

#[test]
fn names_that_lead_elsewhere_refuse_the_archive() {
    for name in ["../x", "/etc/x", "a/b/../../../x", "a\\..\\x", "C:/x", "a\u{7}b"] {
        refused(&Tar::new().file("good", 0o644, b"x").file(name, 0o644, b"x").end(), "entry");
        refused(&Zip::new().file("good", 0, b"x").file(name, 0, b"x").end(), "entry");
        refused(&Tar::new().file("good", 0o644, b"x").long_name(name).file("b", 0o644, b"x").end(), "entry");
        refused(&Tar::new().file("good", 0o644, b"x").pax(&[("path", name)]).file("b", 0o644, b"x").end(), "entry");
    }
}

#[test]
fn a_tar_that_says_two_things_is_refused() {
    let file = |tar: Tar| tar.file("b", 0o644, b"x").end();
    refused(&file(Tar::new().long_name("a").long_name("b")), "two long names");
    refused(&file(Tar::new().long_name("a").pax(&[("path", "b")])), "two long names");
    refused(&file(Tar::new().pax(&[("size", "0")])), "two sizes");
    refused(&file(Tar::new().pax(&[("size", "many")])), "no number");
    refused(&file(Tar::new().pax(&[("linkpath", "/etc")])), "link");
    refused(&file(Tar::new().pax(&[("GNU.sparse.major", "1")])), "holes");
    refused(&file(Tar::new().entry(b"x", EntryType::XHeader, 0, b"99 path=b\n")), "pax");
    refused(&file(Tar::new().entry(b"g", EntryType::XGlobalHeader, 0, &pax(&[("path", "b")]))), "all entries");
    refused(&file(Tar::new().entry(b"d/", EntryType::Directory, 0, b"x")), "content");
    refused(&file(Tar::new().file("b", 0o644, b"x")), "twice");
    refused(&file(Tar::new().folder("b/")), "twice");
    refused(&Tar::new().file("b", 0o644, b"x").file("b/c", 0o644, b"x").end(), "below");
    // What ordinary tools write for all entries says nothing of their names.
    let comment = Tar::new().entry(b"g", EntryType::XGlobalHeader, 0, &pax(&[("comment", "0123")]));
    assert_eq!(unpacked_as(&file(comment), "a", &Limits::default()).1.unwrap().files, 1);
}

#[test]
fn a_zip_that_says_two_things_is_refused() {
    let odd = |odd: Odd| Zip::new().file("good", 0, b"x").odd("b", 0, b"x", &odd).end();
    refused(&odd(Odd { flags: 1, ..Odd::default() }), "encrypted");
    refused(&odd(Odd { local_name: Some("c".to_owned()), ..Odd::default() }), "header");
    refused(&odd(Odd { method: Some(12), ..Odd::default() }), "method 12");
    refused(&Zip::new().file("b", 0o040_755, b"").end(), "do not agree");
    refused(&Zip::new().odd("b/", 0, b"content", &Odd { method: Some(0), ..Odd::default() }).end(), "content");
    refused(&Zip::new().file("b", 0, b"x").file("b", 0, b"x").end(), "twice");
    let shared = (0..9)
        .fold(Zip::new().odd("a", 0, &[7; 500], &Odd { method: Some(0), ..Odd::default() }), |zip, n| {
            zip.again(&format!("b{n}"))
        });
    refused(&shared.end(), "header");
}

#[test]
fn a_zip_that_is_wrong_of_its_bytes_is_damaged() {
    let whole = Zip::new().file("a", 0, b"hello").end();
    let cut_comment = [&whole[..], b"behind"].concat();
    let mut outside = whole.clone();
    let end = outside.len() - 22;
    outside[end + 16..end + 20].copy_from_slice(&u32::MAX.to_le_bytes());
    let mut more = whole.clone();
    more[end + 8..end + 12].copy_from_slice(&[2, 0, 2, 0]);
    let of = |odd: Odd| Zip::new().odd("a", 0, b"hello", &odd).end();
    for bytes in [
        of(Odd { crc: Some(1), ..Odd::default() }),
        of(Odd { size: Some(4), ..Odd::default() }),
        of(Odd { size: Some(6), ..Odd::default() }),
        cut_comment,
        outside,
        more,
        whole[..whole.len() - 1].to_vec(),
    ] {
        let (folder, result) = unpacked_as(&bytes, "a.zip", &Limits::default());
        assert!(matches!(result, Err(UnpackError::Damaged(_))), "{result:?}");
        assert!(tree(folder.path()).is_empty());
    }
    let (folder, result) = unpacked_as(&Zip::new().file("a", 0, b"hello").end64(), "a.zip", &Limits::default());
    assert_eq!(result.unwrap().bytes, 5);
    assert_eq!(tree(folder.path()), expected(&[("a", "644 hello")]));
}
