//! Installed software, from every package manager of the machine: each has a file of its own here.

mod apk;
mod days;
mod distributor;
mod dpkg;
mod flatpak;
mod folder;
mod gentoo;
mod nix;
mod pacman;
mod rpm;
mod slackware;
mod snap;

use crate::Scan;

pub(super) fn collect(scan: &Scan<'_>) {
    dpkg::collect(scan);
    rpm::collect(scan);
    pacman::collect(scan);
    apk::collect(scan);
    gentoo::collect(scan);
    slackware::collect(scan);
    nix::collect(scan);
    snap::collect(scan);
    flatpak::collect(scan);
}
