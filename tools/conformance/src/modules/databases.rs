//! Database servers.
//!
//! The corpus has an answer a statement and a file an answer. Ours ask for several things at once: the files of one
//! database become the row that our statement would have for it.

use super::Module;
use crate::case::{Answer, Question};
use crate::names;
use airlock_facts::output::databases::{Server, db2, moment, mongodb, mssql, mysql, oracle, postgresql};
use airlock_facts::output::virtual_machine;
use airlock_facts::{Machine, Roots};
use anyhow::Context;
use serde_json::{Value, json};

pub(super) const MODULES: &[Module] = &[
    Module { name: "generic/databases/db2", answer: db2 },
    Module { name: "generic/databases/mongodb", answer: mongodb },
    Module { name: "generic/databases/mssql", answer: mssql },
    Module { name: "generic/databases/mysql", answer: mysql },
    Module { name: "generic/databases/oracle", answer: oracle },
    Module { name: "generic/databases/postgresql", answer: postgresql },
];

/// The answer to a statement: the file whose name, behind the case's own, holds all of these parts; empty when there is
/// none, as for a client that failed.
fn answer(question: &Question, parts: &[&str]) -> anyhow::Result<String> {
    let call = question.steps.first().and_then(|step| step.get("params")).unwrap_or(&question.params);
    let base = ["file", "filebase"].iter().find_map(|name| call.get(name)?.as_str()).context("no files")?;
    let held = |path: &str| {
        let mut rest = path.strip_prefix(base)?.strip_prefix('-')?;
        for part in parts {
            rest = match part.strip_prefix('=') {
                // The last part, up to the end.
                Some(last) => rest.strip_suffix(last)?,
                None => rest.split_once(part)?.1,
            };
        }
        Some(())
    };
    let input = question.inputs.iter().find(|input| held(&input.path).is_some());
    input.map_or(Ok(String::new()), |input| question.text(&input.path))
}

/// A name as it stands in the names of files.
fn slug(name: &str) -> String {
    let kept = name.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ' '));
    kept.map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() }).collect()
}

fn first(text: &str) -> &str {
    text.lines().next().unwrap_or_default().trim()
}

fn servers(list: impl IntoIterator<Item = Server>) -> Value {
    let server = |server: Server| {
        let databases: Vec<Value> = server
            .database_rows()
            .map(|mut row| {
                row.remove("of");
                names::row(row)
            })
            .collect();
        let mut value = names::row(server.row());
        if let Some(object) = value.as_object_mut() {
            // Where nothing is known, the corpus has a zero.
            object.entry("SIZE").or_insert(Value::from(0));
            if !databases.is_empty() {
                object.insert("DATABASES".to_owned(), Value::Array(databases));
            }
        }
        value
    };
    list.into_iter().map(server).collect()
}

fn mysql(question: &Question) -> Answer {
    let Some(mut server) = mysql::named(&answer(question, &["show-variables-like-version"])?) else {
        return Ok(json!([]));
    };
    server.started = moment(&answer(question, &["uptime"])?);
    let mut rows = String::new();
    for name in answer(question, &["show-databases"])?.lines() {
        let of = format!("={}", slug(name));
        for (at, column) in ["sumdata_length", "mincreate_time", "maxupdate_time"].iter().enumerate() {
            let value = answer(question, &[column, "table_schema-", &of])?;
            rows += if at == 0 { name } else { "" };
            rows.push('\t');
            rows += first(&value);
        }
        rows.push('\n');
    }
    server.databases = mysql::databases(&rows);
    Ok(servers([server]))
}

fn postgresql(question: &Question) -> Answer {
    let version = answer(question, &["show-server_version"])?;
    let started = answer(question, &["pg_postmaster_start_time"])?;
    let row = format!("{}\t\t\t{}\n", first(&version), first(&started));
    let Some(mut server) = postgresql::server(&row) else { return Ok(json!([])) };
    let mut rows = String::new();
    for line in answer(question, &["select-datnameoid"])?.lines() {
        let Some((name, id)) = line.rsplit_once(',') else { continue };
        let size = answer(question, &["pg_database_size", &format!("={}", slug(name))])?;
        let created = answer(question, &[&format!("filebase{id}pg_version")])?;
        let updated = answer(question, &[&format!("filebase{id}modification")])?;
        // For people, `8297 kB`, where our statement has bytes.
        let bytes = in_bytes(first(&size));
        rows += &format!("{name}\t{bytes}\t{}\t{}\n", first(&created), first(&updated));
    }
    server.databases = postgresql::databases(&rows);
    Ok(servers([server]))
}

fn in_bytes(text: &str) -> String {
    virtual_machine::bytes(text, 1).map(|bytes| bytes.to_string()).unwrap_or_default()
}

fn mongodb(question: &Question) -> Answer {
    let version = answer(question, &["db-version"])?;
    let started: u64 = first(&answer(question, &["uptimemillis"])?).parse().unwrap_or(0);
    let list: Value = serde_json::from_str(&answer(question, &["listdatabases"])?).unwrap_or_default();
    let mut databases = list.as_array().cloned().unwrap_or_default();
    for database in &mut databases {
        let name = slug(database.get("name").and_then(Value::as_str).unwrap_or_default());
        let answered = answer(question, &[&format!("getsiblingdb{name}-"), "ping"])?;
        if let Some(database) = database.as_object_mut() {
            database.insert("ok".to_owned(), first(&answered).parse::<u32>().unwrap_or(0).into());
        }
    }
    let text = json!({"version": first(&version), "started": started, "databases": databases}).to_string();
    let Some((mut server, started)) = mongodb::server(&text) else { return Ok(json!([])) };
    let machine = Machine::new(Roots::folder("/nonexistent"));
    server.started = started.and_then(|started| machine.local_time(started));
    Ok(servers([server]))
}

fn mssql(question: &Question) -> Answer {
    let version = answer(question, &["productversion"])?;
    let (service, about) = (answer(question, &["select-servicename"])?, answer(question, &["select-version"])?);
    let started = answer(question, &["sqlserver_start_time"])?;
    let Some(mut server) = mssql::server(&version, &service, &about, &started) else { return Ok(json!([])) };
    server.databases = mssql::databases(&answer(question, &["create_datestate-from-sysdatabases"])?);
    for database in &mut server.databases {
        let of = format!("use-{}-", slug(&database.name));
        database.size = mssql::size(&answer(question, &[&of, "sp_spaceused"])?);
        database.updated = mssql::updated(&answer(question, &[&of, "modify_date"])?);
    }
    Ok(servers([server]))
}

fn oracle(question: &Question) -> Answer {
    if question.kind == "oracle home" {
        let pointer = question.param_text("file")?;
        let folder = oracle::inventory(&pointer).context("no inventory")?;
        let xml = question.text(&format!("{folder}/ContentsXML/inventory.xml")).unwrap_or_default();
        return Ok(oracle::homes(&xml).into());
    }
    let Some(mut server) = oracle::server(&answer(question, &["from-instances"])?) else { return Ok(json!([])) };
    let (named, size) = (answer(question, &["select-name-from"])?, answer(question, &["dba_data_files"])?);
    server.databases.extend(oracle::database(&named, &size, &answer(question, &["dba_tab_modifications"])?));
    Ok(servers([server]))
}

fn db2(question: &Question) -> Answer {
    let Some((_, version)) = db2::installation(&answer(question, &["db2ls"])?) else { return Ok(json!([])) };
    let found = db2::instances(&answer(question, &["db2ilist"])?).into_iter().map(|instance| {
        let mut server = db2::server(&instance, &version, &answer(question, &["get-snapshot"])?);
        for name in db2::directory(&answer(question, &["list-db-directory"])?) {
            let sizes = answer(question, &["get_dbsize_info"])?;
            let (created, updated) = (answer(question, &["min-create_time"])?, answer(question, &["max-alter_time"])?);
            server.databases.push(db2::database(&name, &sizes, &created, &updated));
        }
        anyhow::Ok(server)
    });
    Ok(servers(found.collect::<Result<Vec<_>, _>>()?))
}
