//! Who else could have written, or read, a file of the owner's: its folders and itself, as they are on the disk.

use crate::system;
use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};

/// The bits of a file that everybody may read.
pub(crate) const OWNERS: u32 = 0o644;

fn is_ours(uid: u32) -> bool {
    uid == 0 || uid == system::user_id()
}

/// What is wrong with a file that has been opened; no more than the bits of `most` may be set in its mode.
pub(crate) fn file(path: &Path, opened: &Metadata, most: u32) -> Vec<String> {
    let mut why = Vec::new();
    if fs::symlink_metadata(path).is_ok_and(|m| m.is_symlink()) {
        why.push("is a link".to_owned());
    }
    if !is_ours(opened.uid()) {
        why.push(format!("belongs to user {}", opened.uid()));
    }
    if opened.mode() & 0o7777 & !most != 0 {
        why.push(format!("has mode {:o}, more than {most:o}", opened.mode() & 0o7777));
    }
    if opened.nlink() > 1 {
        why.push("has another name as well (a hard link)".to_owned());
    }
    why.iter().map(|why| at(path, why)).collect()
}

/// Who else could have written a file that the owner alone is to write: a line each; none when it is not there.
pub fn others_could_write(path: &Path) -> Vec<String> {
    let Ok(metadata) = fs::metadata(path) else { return Vec::new() };
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut found = ways(&absolute);
    found.extend(file(path, &metadata, OWNERS));
    found
}

/// What is wrong with the folders on the way to a file, or to a folder and it included.
pub(crate) fn ways(path: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut way = PathBuf::new();
    for part in path.components() {
        if part == Component::ParentDir {
            // `std::path::absolute` leaves them: a folder above may be another one than it looks.
            found.push(at(path, &"leads over '..'"));
            return found;
        }
        way.push(part);
        let Ok(metadata) = fs::symlink_metadata(&way) else { continue };
        if metadata.is_symlink() {
            found.push(at(&way, &"is a link"));
        } else if metadata.is_dir() {
            if !is_ours(metadata.uid()) {
                found.push(at(&way, &format!("belongs to user {}", metadata.uid())));
            }
            // Where only owners may rename and remove (/tmp), what is below is as safe as it is itself.
            let kept = metadata.mode() & 0o1000 != 0 && way != path;
            if metadata.mode() & 0o022 != 0 && !kept {
                found.push(at(&way, &format!("can be written by others (mode {:o})", metadata.mode() & 0o7777)));
            }
        }
    }
    found
}

pub(crate) fn at(path: &Path, why: &dyn std::fmt::Display) -> String {
    format!("{}: {why}", path.display())
}
