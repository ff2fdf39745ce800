//! What is in the root of a container, which its owner writes as they like.
//!
//! Symbolic links of the container are followed inside of its root and never out of it (openat2(2), RESOLVE_IN_ROOT):
//! a container must not have files of its host read.

use crate::Scan;
use nix::fcntl::{OFlag, OpenHow, ResolveFlag, openat2};
use sha1::{Digest, Sha1};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// More than a name or an id takes.
const LINE: u64 = 1024;

/// What a container says of itself to servers: SHA-1 of its machine id and its host name, as the agent inside makes it.
pub(super) fn identity(scan: &Scan<'_>, root: &str, host_name: Option<&str>) -> Option<String> {
    let id = line(scan, root, "etc/machine-id")?;
    let name = line(scan, root, "etc/hostname").or_else(|| host_name.map(str::to_owned)).unwrap_or_default();
    let digest = Sha1::new().chain_update(id).chain_update(name).finalize();
    Some(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The first line of a file in a container.
fn line(scan: &Scan<'_>, root: &str, path: &str) -> Option<String> {
    let folder = scan.roots().open_folder(root).ok()?;
    // A pipe in the place of a file would be waited for.
    let how = OpenHow::new()
        .flags(OFlag::O_RDONLY | OFlag::O_NONBLOCK | OFlag::O_CLOEXEC | OFlag::O_NOCTTY)
        .resolve(ResolveFlag::RESOLVE_IN_ROOT | ResolveFlag::RESOLVE_NO_MAGICLINKS);
    let file = File::from(openat2(&folder, path, how).ok()?);
    if !file.metadata().ok()?.is_file() {
        return None;
    }
    let mut text = String::new();
    file.take(LINE).read_to_string(&mut text).ok()?;
    if let Some(recorder) = scan.roots().recorder() {
        recorder.file(Path::new(&format!("{root}/{path}")), text.as_bytes());
    }
    text.lines().next().map(str::to_owned).filter(|line| !line.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestMachine;

    #[test]
    fn links_stay_inside() {
        let machine =
            TestMachine::of(&[("c/etc/real", "inside\n"), ("etc/hostname", "host\n"), ("c/etc/hostname", "c1\n")]);
        machine.link("c/etc/machine-id", "/etc/real");
        machine.collect(|scan| {
            assert_eq!(line(scan, "/c", "etc/machine-id").as_deref(), Some("inside"));
            assert_eq!(identity(scan, "/c", None).map(|id| id.len()), Some(40));
        });
        machine.link("d/etc/machine-id", "../../etc/hostname");
        machine.collect(|scan| assert_eq!(identity(scan, "/d", None), None));
    }
}
