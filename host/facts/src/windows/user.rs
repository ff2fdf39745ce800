//! The last user, from the key `…\Authentication\LogonUI` and the classes that know the machine's name.

use super::registry::Key;
use super::wmi::Instance;
use airlock_model::Row;

/// A row of the section `users`. `.` for a domain is the machine itself: it is named by its own accounts, or by
/// Win32_ComputerSystem.
pub fn last(logon: &Key, accounts: &[Instance], system: Option<&Instance>) -> Option<Row> {
    let user = ["LastLoggedOnSAMUser", "LastLoggedOnUser"].iter().find_map(|name| logon.text(name))?;
    let (domain, login) = match user.split_once('\\') {
        Some((domain, login)) => (domain, login),
        None => match user.split_once('@') {
            Some((login, domain)) => (domain, login),
            None => ("", user),
        },
    };
    let machine = || {
        let own =
            accounts.iter().find(|account| account.text("Name").is_some_and(|name| name.eq_ignore_ascii_case(login)));
        own.and_then(|account| account.text("Domain")).or_else(|| system?.text("Name"))
    };
    let domain = if domain == "." { machine() } else { Some(domain) };
    let mut row = Row::new().with("login", login);
    row.maybe("domain", domain);
    Some(row)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::windows::wmi::instances;

    #[test]
    fn domains_and_the_machine_itself() {
        let logon = |user: &str| Key::parse(&format!("[H\\LogonUI]\n\"LastLoggedOnSAMUser\"=\"{user}\"\n")).unwrap();
        let accounts = instances("Name=jane\nDomain=DESK\n");
        let row = last(&logon(".\\\\jane"), &accounts, None).unwrap();
        assert_eq!((row.text("login"), row.text("domain")), (Some("jane"), Some("DESK")));
        let row = last(&logon("AD\\\\joe"), &[], None).unwrap();
        assert_eq!((row.text("login"), row.text("domain")), (Some("joe"), Some("AD")));
        assert_eq!(last(&logon(""), &[], None), None);
    }
}
