use super::{databases, servers};
use crate::output::databases::{mysql, postgresql};
use crate::testing::{TestMachine, collect};
use airlock_model::Row;

fn psql(port: &str) -> Vec<&str> {
    let mut words = vec!["runuser", "-u", "postgres", "--", "psql", "-X", "-w", "-A", "-t", "-F", "\t"];
    words.extend([
        "-h",
        "/run/postgresql",
        "-p",
        port,
        "-d",
        "postgres",
        "-c",
        postgresql::SERVER,
        "-c",
        postgresql::DATABASES,
    ]);
    words
}

#[test]
fn nothing_there_is_nothing_asked() {
    assert_eq!(TestMachine::new().rows(servers), []);
}

#[test]
fn clusters_have_names_of_their_own() {
    let mut machine = TestMachine::of(&[
        ("run/postgresql/.s.PGSQL.5433", ""),
        ("run/postgresql/.s.PGSQL.5432", ""),
        ("run/postgresql/.s.PGSQL.5432.lock", ""),
    ]);
    machine.command(&["psql"], "");
    for port in ["5432", "5433"] {
        machine.command(
            &psql(port),
            format!("16.4\t{port}\t/srv/{port}\t2024-05-06 07:08:09+00\nsales\t3145728\t2024-01-01 00:00:00+00\t\n"),
        );
    }
    let machine = machine.machine();
    let (rows, missing) = collect(&machine, servers);
    assert_eq!((rows.len(), missing.len()), (2, 0));
    assert_eq!((rows[0].text("name"), rows[1].text("name")), (Some("PostgreSQL"), Some("PostgreSQL (port 5433)")));
    let (rows, _) = collect(&machine, databases);
    assert_eq!(rows[1].text("of"), Some("PostgreSQL (port 5433)"));
    assert_eq!((rows[0].integer("size"), rows[0].text("creation_date")), (Some(3), Some("2024-01-01 00:00:00")));
}

#[test]
fn mariadb_is_asked_once_for_both_sections() {
    let mut machine = TestMachine::of(&[("run/mysqld/mysqld.sock", "")]);
    let statements = format!("{}; {}", mysql::SERVER, mysql::DATABASES);
    let words = [
        "mariadb",
        "--batch",
        "--skip-column-names",
        "--connect-timeout=5",
        "--socket=/run/mysqld/mysqld.sock",
        "--execute",
        &statements,
    ];
    machine
        .command(&words, "11.4.2-MariaDB\t3306\t/var/lib/mysql/\t1700000100\nUptime\t100\nshop\t1048576\tNULL\tNULL\n");
    let rows = machine.rows(servers);
    let expected = Row::new()
        .with("type", "mysql")
        .with("name", "MariaDB")
        .with("version", "11.4.2")
        .with("manufacturer", "MariaDB")
        .with("port", 3306_u32)
        .with("path", "/var/lib/mysql")
        .with("size", 1_u32)
        .with("is_active", true)
        .with("last_boot_date", "2023-11-14 22:13:20");
    assert_eq!(rows, [expected]);
}

#[test]
fn what_lets_nobody_in_is_said() {
    let mut machine = TestMachine::of(&[
        ("run/mysqld/mysqld.sock", ""),
        ("etc/oratab", "DB1:/u01:Y\n"),
        ("proc/9/cmdline", "ora_pmon_DB1"),
    ]);
    machine.file(
        "u01/inventory/ContentsXML/comps.xml",
        "<P><TL_LIST><COMP NAME='oracle.server' VER='19.0'/></TL_LIST></P>",
    );
    machine.command(&["mysqld", "--version"], "mysqld  Ver 8.4.0 for Linux on x86_64\n");
    let (rows, missing) = machine.collect(servers);
    assert_eq!((rows[0].text("name"), rows[0].text("version")), (Some("MySQL"), Some("8.4.0")));
    assert_eq!((rows[1].text("name"), rows[1].get("is_active")), (Some("DB1"), Some(&true.into())));
    assert_eq!(missing.len(), 2);
}
