//! Oracle Database: its homes, as the installer's own inventory lists them, its instances, as `oratab` does, and the
//! answers of `sqlplus` in comma-separated rows.

use super::{Database, Server, moment};
use crate::output::xml::Element;

/// The port where none is said.
pub const PORT: u64 = 1521;

const MOST_HOMES: usize = 256;

/// Where the inventory is: `inventory_loc=…` of `/etc/oraInst.loc`.
pub fn inventory(text: &str) -> Option<&str> {
    let found =
        text.lines().find_map(|line| line.trim().strip_prefix("inventory_loc")?.trim_start().strip_prefix('='))?;
    Some(found.trim()).filter(|folder| !folder.is_empty())
}

/// The homes that `ContentsXML/inventory.xml` lists, but for those that were removed.
pub fn homes(xml: &str) -> Vec<String> {
    let find = || {
        let root = Element::parse(xml)?;
        let list = root.child("HOME_LIST")?;
        let present = list.children("HOME").filter(|home| home.attribute("REMOVED") != Some("T"));
        Some(present.filter_map(|home| home.attribute("LOC")).take(MOST_HOMES).map(str::to_owned).collect())
    };
    find().unwrap_or_default()
}

/// The version of the database software in a home: that of `oracle.server` in `inventory/ContentsXML/comps.xml`.
pub fn version(xml: &str) -> Option<String> {
    let root = Element::parse(xml)?;
    let found = root.children("TL_LIST").chain(root.children("COMP_LIST")).find_map(|list| {
        let server = list.children("COMP").find(|comp| comp.attribute("NAME") == Some("oracle.server"));
        server.and_then(|server| server.attribute("VER"))
    })?;
    Some(found.to_owned())
}

/// Instances and their homes in `oratab`: `SID:HOME:Y`. A `*` stands for no instance.
pub fn oratab(text: &str) -> Vec<(String, String)> {
    let entry = |line: &str| {
        let mut parts = line.split(':');
        let (sid, home) = (parts.next()?.trim(), parts.next()?.trim());
        let name = !sid.is_empty() && sid.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+-$#".contains(&byte));
        (name && home.starts_with('/')).then(|| (sid.to_owned(), home.to_owned()))
    };
    let lines = text.lines().map(str::trim).filter(|line| !line.starts_with('#'));
    lines.filter_map(entry).take(MOST_HOMES).collect()
}

/// An instance: `name,status,version,start`, from `v$instance`.
pub fn server(text: &str) -> Option<Server> {
    let mut values = text.lines().map(str::trim).find(|line| line.contains(','))?.split(',').map(str::trim);
    let (name, status, version) = (values.next()?, values.next()?, values.next()?);
    let mut server = Server::new("oracle", "Oracle", name, version);
    server.port = Some(PORT);
    server.active = status.eq_ignore_ascii_case("active");
    server.started = values.next().and_then(moment);
    (!name.is_empty() && version.starts_with(|c: char| c.is_ascii_digit())).then_some(server)
}

/// The database of an instance: `name,created`, from `v$database`; the megabytes of its files; its last modification.
pub fn database(named: &str, megabytes: &str, updated: &str) -> Option<Database> {
    let (name, created) = named.lines().map(str::trim).find(|line| !line.is_empty())?.split_once(',')?;
    let size = megabytes.lines().map(str::trim).find(|line| !line.is_empty());
    let updated = updated.lines().find_map(moment);
    Some(Database {
        name: name.trim().to_owned(),
        size: size.and_then(|size| crate::output::virtual_machine::bytes(size, 1 << 20)),
        created: moment(created),
        updated,
        active: true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn homes_and_instances() {
        assert_eq!(inventory("inventory_loc = /u01/inv\ninst_group=dba\n"), Some("/u01/inv"));
        let xml = "<INVENTORY><HOME_LIST><HOME NAME='a' LOC='/u01/a'/><HOME LOC='/u01/b' REMOVED='T'/></HOME_LIST></INVENTORY>";
        assert_eq!(homes(xml), ["/u01/a"]);
        assert_eq!(homes("<INVENTORY"), Vec::<String>::new());
        assert_eq!(
            oratab("# c\nDB1:/u01/a:N\n*:/u01/a:N\nno;pe:/u01:Y\nX\n"),
            [("DB1".to_owned(), "/u01/a".to_owned())]
        );
        let comps = "<PRD_LIST><TL_LIST><COMP NAME='oracle.server' VER='19.0.0.0.0'/></TL_LIST></PRD_LIST>";
        assert_eq!(version(comps).as_deref(), Some("19.0.0.0.0"));
    }

    #[test]
    fn answers() {
        let found = server("\nDB1,ACTIVE,19.3.0.0.0,2024-05-06 07:08:09\n").unwrap();
        assert_eq!((found.name.as_str(), found.active, found.started.is_some()), ("DB1", true, true));
        assert_eq!(server("ORA-01034: ORACLE not available, really\n"), None);
        let database = database("DB1,2024-01-01 00:00:00\n", " 1815.5\n", "no rows\n").unwrap();
        assert_eq!((database.size, database.updated), (Some(3631 << 19), None));
    }
}
