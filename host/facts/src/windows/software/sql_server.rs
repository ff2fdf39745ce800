//! The edition of a Microsoft SQL Server, which the list of programs does not tell: the setup of each instance does.

use crate::windows::registry::Key;

/// What is installed of one instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition {
    pub version: String,
    /// `Standard Edition`, `Express Edition`.
    pub name: String,
}

/// Reads `…\Microsoft SQL Server\INSTANCE\Setup`.
pub fn sql_server_edition(setup: &Key) -> Option<Edition> {
    let version = setup.text("PatchLevel").or_else(|| setup.text("Version"))?;
    let name = setup.text("Edition").or_else(|| setup.text("EditionType"))?;
    Some(Edition { version: version.to_owned(), name: name.to_owned() })
}

/// A program's name with the edition of the server that has its version: behind the year, if there is one.
pub(super) fn with_edition(name: &str, version: Option<&str>, editions: &[Edition]) -> String {
    let edition = editions.iter().find(|edition| Some(edition.version.as_str()) == version);
    let Some((edition, end)) = edition.zip(server(name)) else { return name.to_owned() };
    let (server, rest) = name.split_at_checked(end).unwrap_or((name, ""));
    format!("{server} {}{rest}", edition.name)
}

/// Where the name of a server ends that has its year in it, as `[Microsoft ]SQL Server 2008[ R2]`; none for what is no
/// server: tools and clients have the same versions.
fn server(name: &str) -> Option<usize> {
    const SERVER: &str = "SQL Server ";
    let start = name.find(SERVER).filter(|&at| matches!(name.get(..at), Some("" | "Microsoft ")))?;
    let rest = name.get(start + SERVER.len()..)?;
    let (year, rest) = rest.split_at_checked(4)?;
    if !year.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let rest = rest.strip_prefix(" R2").unwrap_or(rest);
    matches!(rest, "" | " (64-bit)" | " Database Engine Services").then(|| name.len() - rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_with_their_edition() {
        let setup =
            Key::parse("[H\\Setup]\n\"Version\"=\"10.0\"\n\"PatchLevel\"=\"10.1\"\n\"Edition\"=\"Web Edition\"\n");
        let editions = [sql_server_edition(&setup.unwrap()).unwrap()];
        for (name, version, whole) in [
            ("Microsoft SQL Server 2008 R2 (64-bit)", "10.1", "Microsoft SQL Server 2008 R2 Web Edition (64-bit)"),
            (
                "SQL Server 2008 Database Engine Services",
                "10.1",
                "SQL Server 2008 Web Edition Database Engine Services",
            ),
            ("Microsoft SQL Server 2008", "10.0", "Microsoft SQL Server 2008"),
            ("SQL Server Browser", "10.1", "SQL Server Browser"),
            ("Other", "10.1", "Other"),
        ] {
            assert_eq!(with_edition(name, Some(version), &editions), whole);
        }
    }
}
