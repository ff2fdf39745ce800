//! Local accounts, from `/etc/passwd` and `/etc/group` (passwd(5), group(5)). No password is in either today, and none
//! would be taken from them.

use crate::Scan;
use airlock_model::Row;
use std::collections::BTreeMap;

/// A line of `/etc/passwd`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Account<'a> {
    pub(super) login: &'a str,
    pub(super) id: u32,
    group: u32,
    name: &'a str,
    pub(super) home: &'a str,
    shell: &'a str,
}

pub(super) fn users(scan: &Scan<'_>) {
    let Some(text) = scan.text("/etc/passwd") else { return };
    for account in accounts(&text) {
        let mut row = Row::new();
        row.set("login", account.login)
            .set("id", account.id.to_string())
            .set("name", account.name)
            .set("home", account.home)
            .set("shell", account.shell);
        scan.row(row);
    }
    say_broken(scan, "/etc/passwd", entries(&text).count(), accounts(&text).count());
}

/// Groups with members, among them the accounts whose primary group one of these is. The group that most accounts have
/// for themselves has none.
pub(super) fn groups(scan: &Scan<'_>) {
    let Some(text) = scan.text("/etc/group") else { return };
    let passwd = scan.text("/etc/passwd").unwrap_or_default();
    let mut primary: BTreeMap<u32, Vec<&str>> = BTreeMap::new();
    for account in accounts(&passwd) {
        primary.entry(account.group).or_default().push(account.login);
    }
    let mut broken = 0;
    for line in entries(&text) {
        let Some((name, id, listed)) = group(line) else {
            broken += 1;
            continue;
        };
        let mut members: Vec<String> = Vec::new();
        for member in listed.split(',').map(str::trim).filter(|member| !member.is_empty()) {
            if !members.iter().any(|known| known == member) {
                members.push(member.to_owned());
            }
        }
        if members.is_empty() {
            continue;
        }
        for login in primary.get(&id).into_iter().flatten() {
            if !members.iter().any(|known| known == login) {
                members.push((*login).to_owned());
            }
        }
        scan.row(Row::new().with("id", id.to_string()).with("name", name).with("members", members));
    }
    say_broken(scan, "/etc/group", broken, 0);
}

/// The accounts of a passwd file; lines that are none are left out.
pub(super) fn accounts(text: &str) -> impl Iterator<Item = Account<'_>> {
    entries(text).filter_map(account)
}

/// Lines that name something: no comments, and none of the `+` and `-` that refer to a directory service.
fn entries(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['#', '+', '-']))
}

fn account(line: &str) -> Option<Account<'_>> {
    let mut fields = line.split(':');
    let login = fields.next().filter(|login| !login.is_empty())?;
    let _password = fields.next()?;
    let (id, group) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    let mut rest = || fields.next().unwrap_or_default();
    Some(Account { login, id, group, name: rest(), home: rest(), shell: rest() })
}

fn group(line: &str) -> Option<(&str, u32, &str)> {
    let mut fields = line.split(':');
    let name = fields.next().filter(|name| !name.is_empty())?;
    let _password = fields.next()?;
    Some((name, fields.next()?.parse().ok()?, fields.next().unwrap_or_default()))
}

fn say_broken(scan: &Scan<'_>, file: &str, lines: usize, good: usize) {
    if lines > good {
        scan.missing(format_args!("{file}: {} lines that make no sense", lines - good));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestMachine;

    const PASSWD: &str = "\
# accounts
root:x:0:0:root:/root:/bin/bash
jane:x:1000:1000:Jane Doe,,,:/home/jane:/bin/zsh
joe:x:1001:100::/home/joe
+@netgroup::::::
-bad
nobody:x:4294967295:65534:nobody:/:
broken:x:one:2
:x:1:1:::
";

    fn read(passwd: &str, group: &str, collector: fn(&Scan<'_>)) -> (Vec<Row>, Vec<String>) {
        TestMachine::of(&[("etc/passwd", passwd), ("etc/group", group)]).collect(collector)
    }

    #[test]
    fn accounts_are_rows_and_broken_lines_are_said() {
        let (rows, missing) = read(PASSWD, "", users);
        let jane = Row::new()
            .with("login", "jane")
            .with("id", "1000")
            .with("name", "Jane Doe,,,")
            .with("home", "/home/jane")
            .with("shell", "/bin/zsh");
        assert_eq!(rows.len(), 4);
        assert_eq!(rows[1], jane);
        assert_eq!(rows[2], Row::new().with("login", "joe").with("id", "1001").with("home", "/home/joe"));
        assert_eq!(rows[3].text("id"), Some("4294967295"));
        assert_eq!(missing, ["/etc/passwd: 2 lines that make no sense"]);
    }

    #[test]
    fn groups_with_members_name_those_who_have_it_as_primary_group_too() {
        let group = "root:x:0:\nusers:x:100:jane,, jane,\nadm:x:4:root,jane\nempty:x:1000:\nlone:x:7\n:x:1:a\nhalf:x\n";
        let (rows, missing) = read(PASSWD, group, groups);
        let members = |names: &[&str]| names.iter().map(|&n| n.to_owned()).collect::<Vec<String>>();
        assert_eq!(
            rows,
            [
                Row::new().with("id", "100").with("name", "users").with("members", members(&["jane", "joe"])),
                Row::new().with("id", "4").with("name", "adm").with("members", members(&["root", "jane"])),
            ]
        );
        assert_eq!(missing, ["/etc/group: 2 lines that make no sense"]);
    }
}
