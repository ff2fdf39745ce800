//! Who gives a command, and whether a policy lets that person approve.

use crate::system;
use nix::unistd::{Gid, Group, Uid, User, getgid, getgroups};

/// The person at the keyboard, by name: for root, the one who became it where that is known.
pub fn who() -> String {
    let uid = Uid::from_raw(system::user_id());
    let name = User::from_uid(uid).ok().flatten().map_or_else(|| format!("uid {uid}"), |user| user.name);
    let before = system::variable("SUDO_USER").and_then(|name| name.into_string().ok());
    match before.filter(|before| uid.is_root() && is_name(before)) {
        Some(before) => format!("{before} as {name}"),
        None => name,
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= 64 && name.chars().all(|c| c.is_ascii_alphanumeric() || "._-@$".contains(c))
}

/// Whether this person is one of `by` (`user:NAME`, `group:NAME`). Root is.
pub fn may_approve(by: &[String]) -> bool {
    by_whom(by, system::is_root(), &groups(), system::user_id())
}

fn groups() -> Vec<Gid> {
    let mut groups = getgroups().unwrap_or_default();
    groups.push(getgid());
    groups
}

fn by_whom(by: &[String], is_root: bool, groups: &[Gid], uid: u32) -> bool {
    let is_one = |who: &String| match who.split_once(':') {
        Some(("user", name)) => User::from_name(name).ok().flatten().is_some_and(|user| user.uid.as_raw() == uid),
        Some(("group", name)) => Group::from_name(name).ok().flatten().is_some_and(|group| groups.contains(&group.gid)),
        _ => false,
    };
    is_root || by.iter().any(is_one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_those_who_are_named_may() {
        let named = |by: &str, groups: &[u32], uid| {
            let groups: Vec<Gid> = groups.iter().map(|g| Gid::from_raw(*g)).collect();
            by_whom(&[by.to_owned()], false, &groups, uid)
        };
        assert!(named("user:root", &[], 0) && !named("user:root", &[], 4711));
        assert!(named("group:root", &[5, 0], 4711) && !named("group:root", &[5], 4711));
        assert!(!named("root", &[0], 0) && !named("", &[0], 0) && !named("group:no-such-group", &[0], 0));
        assert!(!by_whom(&[], false, &[], 4711));
        assert!(by_whom(&[], true, &[], 0));
    }
}
