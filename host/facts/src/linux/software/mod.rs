//! Installed software, from every package manager of the machine: each has a file of its own here.

mod dpkg;
mod flatpak;
mod folder;
mod rpm;

use crate::Scan;

pub(super) fn collect(scan: &Scan<'_>) {
    dpkg::collect(scan);
    rpm::collect(scan);
    flatpak::collect(scan);
}
