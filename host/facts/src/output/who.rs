//! Who is logged in, and who was last: `who` (who(1)) and `last` (last(1)).

/// More logins than any machine has at once.
const MOST: usize = 4096;

/// Who was logged in last, and when in the words of last(1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastLogin {
    pub user: String,
    /// `Fri Jun 12 14:15`.
    pub when: Option<String>,
}

/// The users that `who` lists, each once, in its order.
pub fn users(text: &str) -> Vec<String> {
    let mut users: Vec<String> = Vec::new();
    for name in text.lines().filter_map(|line| line.split_ascii_whitespace().next()).take(MOST) {
        if !users.iter().any(|known| known == name) {
            users.push(name.to_owned());
        }
    }
    users
}

/// The newest login that `last` lists: restarts of the machine are none.
pub fn last(text: &str) -> Option<LastLogin> {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    const NONE: [&str; 5] = ["reboot", "shutdown", "runlevel", "wtmp", "btmp"];
    let line = text.lines().map(str::trim).find(|line| {
        let first = line.split_ascii_whitespace().next();
        first.is_some_and(|first| !NONE.contains(&first))
    })?;
    let user = line.split_ascii_whitespace().next()?.to_owned();
    let words: Vec<&str> = line.split_ascii_whitespace().skip_while(|word| !DAYS.contains(word)).take(4).collect();
    Some(LastLogin { user, when: (words.len() == 4).then(|| words.join(" ")) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logins() {
        assert_eq!(users("ann pts/0 2020-01-01 10:00 (:0)\nbob pts/1 x\nann pts/2 y\n\n"), ["ann", "bob"]);
        let text = "reboot   system boot  6.1 Fri Jan  3 09:59   still running\nann      pts/0        :0   Fri Jan  3 10:00   still logged in\n";
        let login = last(text).unwrap();
        assert_eq!((login.user.as_str(), login.when.as_deref()), ("ann", Some("Fri Jan 3 10:00")));
        assert_eq!(last("\nwtmp begins Fri Jan  3 09:00:00 2020\n"), None);
        assert_eq!(last("ann pts/0\n").unwrap().when, None);
    }
}
