//! The parsers that are fed, by area.
//!
//! A target names a parser (`area/tool/what`), calls it with bytes, and has seeds: short, well-formed inputs of its format
//! that reach most of its branches, from which the damaged ones are made. A file an area, listed in [`AREAS`].

mod archives;
mod devices;
mod dmi;
pub(crate) mod files;
mod legacy;
mod macos_windows;
mod neighbours;
mod servers;
mod services;
mod snmp;
mod software;
mod storages;
mod systems;
mod unix;

/// One parser.
pub(crate) struct Target {
    pub(crate) name: &'static str,
    /// Parses the bytes; what comes of it does not matter here.
    pub(crate) run: fn(&[u8]),
    pub(crate) seeds: &'static [&'static [u8]],
}

const AREAS: &[&[Target]] = &[
    archives::TARGETS,
    devices::TARGETS,
    dmi::TARGETS,
    files::TARGETS,
    legacy::TARGETS,
    macos_windows::TARGETS,
    neighbours::TARGETS,
    servers::TARGETS,
    services::TARGETS,
    snmp::TARGETS,
    software::TARGETS,
    storages::TARGETS,
    systems::TARGETS,
    unix::TARGETS,
];

pub(crate) fn all() -> impl Iterator<Item = &'static Target> {
    AREAS.iter().flat_map(|area| area.iter())
}

/// Input as the parsers of text get it.
pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
