//! What `megasasctl -v` (and megarc's successor megactl) says about the disks behind a MegaRAID controller.
//!
//! A line a disk: place, maker, model, size, the array and its state. The maker and model are columns of 8 and 16
//! characters, but some versions trim them.
//!
//! Source: megactl's README.

use super::disk::Disk;
use crate::units::{Base, megabytes};

/// More disks than any controller has.
const MOST: usize = 4096;

/// The physical disks.
pub fn disks(text: &str) -> Vec<Disk> {
    text.lines().filter_map(disk).take(MOST).collect()
}

/// `a0e32s0   MAKER MODEL         558GiB  a0d0  online`
fn disk(line: &str) -> Option<Disk> {
    let mut words = line.split_whitespace();
    let place = words.next().filter(|place| is_place(place))?;
    let words: Vec<&str> = words.take(32).collect();
    let size = words.iter().position(|word| word.starts_with(|c: char| c.is_ascii_digit()) && word.ends_with("iB"))?;
    let (maker, model) = match words.get(..size)? {
        [] => return None,
        [model] => (None, (*model).to_owned()),
        [maker, model @ ..] => (Some((*maker).to_owned()), model.join(" ")),
    };
    let mebibytes = megabytes(words.get(size)?, Base::Binary)?.whole();
    Some(Disk {
        name: Some(place.to_owned()),
        maker: maker.filter(|maker| maker != "ATA"),
        model: Some(model),
        kind: Some("disk".to_owned()),
        description: Some("SAS".to_owned()),
        megabytes: mebibytes,
        bytes: mebibytes.and_then(|size| size.checked_mul(1 << 20)),
        ..Disk::default()
    })
}

/// Adapter, enclosure or channel, and slot: `a0e32s0`, `a0c1t2`, `a0e*s0`.
fn is_place(word: &str) -> bool {
    let mut letters = word.chars().filter(|c| c.is_ascii_alphabetic());
    letters.next() == Some('a')
        && matches!(
            (letters.next(), letters.next(), letters.next()),
            (Some('e'), Some('s'), None) | (Some('c'), Some('t'), None)
        )
        && word.len() < 32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn disks_but_not_arrays() {
        let text = "a0       PERC    bios:1 fw:2 encl:1 ldrv:1\na0d0      1675GiB RAID 10  3x2  optimal\n\
            \x20     row  0:  a0e32s0   a0e32s1 \na0e32s0   ACME DISK 600SS         558GiB  a0d0  online  \n\
            a0e32s1   DISK 600GiB x\n";
        let disks = disks(text);
        let [one, other] = disks.as_slice() else { panic!("{disks:?}") };
        assert_eq!((one.name.as_deref(), one.maker.as_deref()), (Some("a0e32s0"), Some("ACME")));
        assert_eq!((one.model.as_deref(), one.megabytes), (Some("DISK 600SS"), Some(558 * 1024)));
        assert_eq!((other.maker.as_deref(), other.model.as_deref()), (None, Some("DISK")));
        assert!(super::disks("a0e1s1 1GiB\na0e1s1\n\u{e9}").is_empty());
    }
}
