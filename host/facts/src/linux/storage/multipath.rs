//! Paths to one and the same disk: the device mapper's multipath volumes are made of them.
//!
//! A volume has a UUID that begins with `mpath-`, and its paths below it; the first of them stands for the disk.
//!
//! Source: multipath-tools, libmultipath/defaults.h (UUID_PREFIX); Documentation/ABI/testing/sysfs-block-dm.

use crate::Scan;
use std::collections::BTreeSet;

/// The names of block devices that are a further path to a disk that another one stands for.
pub(super) fn further_paths(scan: &Scan<'_>, blocks: &[String]) -> BTreeSet<String> {
    let volumes = blocks.iter().filter(|name| name.starts_with("dm-"));
    let maps = volumes.filter(|name| {
        scan.roots().text(format!("/sys/block/{name}/dm/uuid")).is_ok_and(|uuid| uuid.starts_with("mpath-"))
    });
    maps.flat_map(|name| scan.names(format!("/sys/block/{name}/slaves")).into_iter().skip(1)).collect()
}
