//! Solaris.

use super::Module;
use crate::case::{Answer, Question};
use crate::names::{self, rename};
use airlock_facts::solaris::{
    drives, fibre_channel, iostat, network, packages, prtconf, prtdiag, psrinfo, release, showrev, smbios,
};
use airlock_model::Row;
use anyhow::bail;
use serde_json::{Map, Value, json};

pub(super) const MODULES: &[Module] = &[
    Module { name: "solaris/bios", answer: bios },
    Module { name: "solaris/cpu", answer: cpu },
    Module { name: "solaris/drives", answer: file_systems },
    Module { name: "solaris/memory", answer: |q| Ok(names::rows(prtdiag::memories(&q.param_text("file")?))) },
    Module { name: "solaris/networks", answer: networks },
    Module {
        name: "solaris/os",
        answer: |q| Ok(packages::install_date(&q.param_text("file")?).map_or(Value::Null, Value::from)),
    },
    Module { name: "solaris/slots", answer: |q| Ok(names::rows(prtdiag::slots(&q.param_text("file")?))) },
    Module { name: "solaris/softwares", answer: software },
    Module { name: "solaris/storages", answer: storages },
    Module { name: "tools/solaris", answer: tools },
];

fn bios(question: &Question) -> Answer {
    let said = showrev::read(&question.param_text("file")?);
    Ok(json!({
        "Hostname": said.hostname,
        "Hostid": said.hostid,
        "Release": said.release,
        "Kernel architecture": said.kernel_architecture,
        "Application architecture": said.application_architecture,
        "Hardware provider": said.hardware_provider,
        "Domain": said.domain,
        "Kernel version": said.kernel_name,
    }))
}

fn cpu(question: &Question) -> Answer {
    let text = |option: &str| match question.inputs.iter().find(|input| input.path.ends_with(option)) {
        Some(input) => question.text(&input.path),
        None => Ok(String::new()),
    };
    if question.param("file").is_none() {
        let physical = psrinfo::physical_processors(&text("vp")?);
        let logical = psrinfo::virtual_processors(&text("_v")?);
        return Ok(names::rows(psrinfo::rows(&physical, &logical)));
    }
    let text = question.param_text("file")?;
    let physical = psrinfo::physical_processors(&text);
    if !physical.is_empty() {
        let list =
            physical.iter().map(|one| json!({"count": one.virtual_processors, "speed": one.mhz, "type": one.name}));
        return Ok(list.collect());
    }
    let logical = psrinfo::virtual_processors(&text);
    Ok(logical.iter().map(|one| json!({"speed": one.mhz, "type": one.architecture})).collect())
}

fn file_systems(question: &Question) -> Answer {
    Ok(names::rows(drives::rows(&question.input_text("df")?, &question.input_text("mount_res")?)))
}

fn networks(question: &Question) -> Answer {
    let text = question.param_text("file")?;
    let Some(input) = question.inputs.first() else { bail!("nothing to read") };
    match input.role.as_str() {
        "kstat" => Ok(json!(network::speed_of_kstat(&text))),
        "dladm" => Ok(json!(network::speed_of_dladm(&text, &question.param_text("name")?))),
        "ifconfig" => Ok(interfaces(network::rows(&text))),
        "fcinfo_hba-port" => Ok(names::rows(fibre_channel::rows(&text))),
        other => bail!("no reader for {other}"),
    }
}

/// The corpus leaves out subnet and MTU at this step, and every interface is an Ethernet one until later.
fn interfaces(rows: Vec<Row>) -> Value {
    let mut list = names::rows(rows);
    for object in list.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        for name in ["MTU", "IPSUBNET", "IPSUBNET6"] {
            object.remove(name);
        }
        rename(object, "MAC", "MACADDR");
        object.insert("TYPE".to_owned(), "ethernet".into());
    }
    list
}

/// Sizes are in whole units of 2^20 bytes there.
fn software(question: &Question) -> Answer {
    let mut list = names::rows(packages::rows(&question.param_text("file")?));
    for object in list.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        if let Some(bytes) = object.get("FILESIZE").and_then(Value::as_u64) {
            object.insert("FILESIZE".to_owned(), (bytes >> 20).into());
        }
        rename(object, "INSTALL_DATE", "INSTALLDATE");
    }
    names::change(&mut list, "INSTALLDATE", names::day_first);
    Ok(list)
}

fn storages(question: &Question) -> Answer {
    let mut list = names::rows(iostat::rows(&question.param_text("file")?));
    for object in list.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        rename(object, "SERIAL", "SERIALNUMBER");
    }
    Ok(list)
}

fn tools(question: &Question) -> Answer {
    let text = question.param_text("file")?;
    let Some(input) = question.inputs.first() else { bail!("nothing to read") };
    match input.role.as_str() {
        "prtconf" => Ok(tree(&prtconf::read(&text))),
        "prtdiag" => {
            Ok(json!({"memories": names::rows(prtdiag::memories(&text)), "slots": names::rows(prtdiag::slots(&text))}))
        }
        "release" => Ok(release::read(&text).map_or(Value::Null, |said| {
            json!({
                "fullname": said.full_name,
                "version": said.version,
                "date": said.date,
                "id": said.id,
                "subversion": said.update,
            })
        })),
        "smbios" => Ok(structures(&smbios::structures(&text))),
        other => bail!("no reader for {other}"),
    }
}

/// A structure of each kind: the last one of those that come several times.
fn structures(list: &[smbios::Structure]) -> Value {
    let values =
        |one: &smbios::Structure| one.values.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    Value::Object(list.iter().map(|one| (one.kind.clone(), Value::Object(values(one)))).collect())
}

fn tree(tree: &prtconf::Prtconf) -> Value {
    let mut object = children(&tree.nodes);
    object.insert("System Configuration".to_owned(), json!(tree.system));
    object.insert("Memory size".to_owned(), json!(tree.memory));
    Value::Object(object)
}

/// A node of each name: the last one of those that come several times.
fn children(nodes: &[prtconf::Node]) -> Map<String, Value> {
    let mut object = Map::new();
    for node in nodes {
        let Some(name) = &node.name else { continue };
        let mut inner = children(&node.nodes);
        for (name, value) in &node.properties {
            let value = match value {
                prtconf::Property::Cells(cells) => json!(cells),
                prtconf::Property::Texts(texts) => match texts.as_slice() {
                    [one] => json!(one),
                    several => json!(several),
                },
            };
            inner.insert(name.clone(), value);
        }
        object.insert(name.clone(), Value::Object(inner));
    }
    object
}
