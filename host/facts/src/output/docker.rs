//! Docker and what answers as it does (Podman, nerdctl): `inspect`, `ps` and the API's list of containers.
//!
//! The same things have slightly different names in the answers; one function reads each of them. Environment variables
//! and command lines of containers, which often hold secrets, are not looked at.

use super::virtual_machine::{MOST, Status, VirtualMachine, processor_list};
use serde_json::Value;

/// Characters of an id by which people know a container, and the container itself.
const SHORT: usize = 12;

/// Containers from JSON: the array of `docker inspect`, of `podman ps --format json` or of `GET /containers/json`, or the
/// lines of `docker ps --format json`.
pub fn containers(json: &str, kind: &str) -> Vec<VirtualMachine> {
    let parsed: Vec<Value> = match serde_json::from_str(json) {
        Ok(Value::Array(list)) => list,
        Ok(Value::Null) => Vec::new(),
        Ok(one) => vec![one],
        Err(_) => json.lines().take(MOST).filter_map(|line| serde_json::from_str(line).ok()).collect(),
    };
    parsed.iter().take(MOST).filter_map(|value| container(value, kind)).collect()
}

fn container(value: &Value, kind: &str) -> Option<VirtualMachine> {
    let id = text(value, &["Id", "ID"])?;
    let mut machine = VirtualMachine::new(kind);
    machine.uuid = short(id);
    machine.uuid.as_ref()?;
    let named = value.get("Names").and_then(|names| names.get(0).or(Some(names))).and_then(Value::as_str);
    let name = text(value, &["Name"]).or(named).map(|name| name.trim_start_matches('/'));
    machine.name = name.filter(|name| !name.is_empty()).map(str::to_owned).or_else(|| machine.uuid.clone());
    // In an inspection `Image` is a digest, and the name stands in the configuration.
    let config = value.get("Config");
    let image = config.and_then(|config| text(config, &["Image"])).or_else(|| text(value, &["ImageName", "Image"]));
    machine.image = image.map(str::to_owned);
    let state = value.get("State");
    let word = state.and_then(|state| state.as_str().or_else(|| text(state, &["Status"])));
    machine.status =
        word.and_then(status).or_else(|| text(value, &["Status"]).and_then(sentence)).or_else(|| state.and_then(flags));
    if let Some(limits) = value.get("HostConfig") {
        let number = |name: &str| limits.get(name).and_then(Value::as_u64).filter(|number| *number > 0);
        machine.memory = number("Memory");
        let share = || Some(number("CpuQuota")?.div_ceil(number("CpuPeriod")?));
        let list = || processor_list(text(limits, &["CpusetCpus"])?);
        machine.processors = number("NanoCpus").map(|nano| nano.div_ceil(1_000_000_000)).or_else(share).or_else(list);
    }
    let networks = value.get("NetworkSettings").and_then(|settings| settings.get("Networks")?.as_object());
    for network in networks.into_iter().flat_map(|networks| networks.values()) {
        machine.add_mac(text(network, &["MacAddress"]).unwrap_or_default());
        let address = || text(network, &["IPAddress", "GlobalIPv6Address"]);
        machine.address = machine.address.or_else(|| address().map(str::to_owned));
    }
    Some(machine)
}

/// A container from the two files in which Docker keeps it: `config.v2.json` and `hostconfig.json`.
pub fn stored(config: &str, limits: &str) -> Option<VirtualMachine> {
    let mut value: Value = serde_json::from_str(config).ok()?;
    if let (Some(object), Ok(limits)) = (value.as_object_mut(), serde_json::from_str::<Value>(limits)) {
        object.insert("HostConfig".to_owned(), limits);
    }
    container(&value, "docker")
}

/// Containers of Podman's store (`overlay-containers/containers.json`), which does not say whether one runs, with their
/// full ids. What the store keeps of an image is a text in JSON of its own.
pub fn podman_store(json: &str) -> Vec<(String, VirtualMachine)> {
    let list: Value = serde_json::from_str(json).unwrap_or_default();
    let of = |value: &Value| {
        let id = text(value, &["id"])?;
        let mut machine = VirtualMachine::new("podman");
        machine.uuid = Some(short(id)?);
        let about: Value =
            text(value, &["metadata"]).and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
        machine.image = text(&about, &["image-name"]).map(str::to_owned);
        let named = value.get("names").and_then(|names| names.get(0)?.as_str());
        machine.name = text(&about, &["name"]).or(named).map(str::to_owned).or_else(|| machine.uuid.clone());
        Some((id.to_owned(), machine))
    };
    list.as_array().into_iter().flatten().take(MOST).filter_map(of).collect()
}

/// Limits from the description that a runtime is given of a container (OCI runtime specification, `linux.resources`).
pub fn limits(machine: &mut VirtualMachine, description: &str) {
    let description: Value = serde_json::from_str(description).unwrap_or_default();
    let number = |path: &str| description.pointer(path).and_then(Value::as_u64).filter(|number| *number > 0);
    machine.memory = number("/linux/resources/memory/limit");
    let share = || Some(number("/linux/resources/cpu/quota")?.div_ceil(number("/linux/resources/cpu/period")?));
    let list = || processor_list(description.pointer("/linux/resources/cpu/cpus")?.as_str()?);
    machine.processors = share().or_else(list);
}

/// The states that Docker's own file has as true or false.
fn flags(state: &Value) -> Option<Status> {
    let is = |name: &str| state.get(name).and_then(Value::as_bool);
    Some(match is("Running")? {
        _ if is("Dead") == Some(true) => Status::Crashed,
        _ if is("RemovalInProgress") == Some(true) => Status::Dying,
        true if is("Paused") == Some(true) => Status::Paused,
        true => Status::Running,
        false => Status::Off,
    })
}

/// The first of several names that a value has as a text.
fn text<'a>(value: &'a Value, names: &[&str]) -> Option<&'a str> {
    names.iter().find_map(|name| value.get(name)?.as_str().filter(|text| !text.is_empty()))
}

fn short(id: &str) -> Option<String> {
    let hex = id.len() >= SHORT && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    if hex { id.get(..SHORT).map(str::to_owned) } else { None }
}

/// The table of `ps -a`, or lines of a `--format` that begins with the id and ends with the name. `Status` is taken from
/// its sentence (`Up 2 hours`), if it is among the columns.
pub fn table(text: &str, kind: &str) -> Vec<VirtualMachine> {
    let mut lines = text.lines().peekable();
    let header = lines.next_if(|line| line.starts_with("CONTAINER ID"));
    lines.filter_map(|line| tabular(line, header, kind)).take(MOST).collect()
}

fn tabular(line: &str, header: Option<&str>, kind: &str) -> Option<VirtualMachine> {
    let end = line.find(|c: char| !c.is_ascii_hexdigit())?;
    let (id, rest) = line.split_at_checked(end)?;
    let mut machine = VirtualMachine::new(kind);
    machine.uuid = short(id);
    machine.uuid.as_ref()?;
    let columns: Vec<&str> = match header {
        // Columns are two spaces or more apart.
        Some(_) => rest.split("  ").map(str::trim).filter(|column| !column.is_empty()).collect(),
        None => {
            let separator = rest.chars().next()?;
            rest.split(separator).skip(1).map(str::trim).collect()
        }
    };
    machine.image = columns.first().map(|image| (*image).to_owned()).filter(|image| !image.is_empty());
    machine.name = columns.last().filter(|name| !name.is_empty() && columns.len() > 1).map(|name| (*name).to_owned());
    machine.status = columns.iter().find_map(|column| sentence(column));
    machine.name.is_some().then_some(machine)
}

/// States of Docker and of Podman. Whatever has not started or has ended is off.
pub(crate) fn status(word: &str) -> Option<Status> {
    Some(match word.to_ascii_lowercase().as_str() {
        "running" | "restarting" => Status::Running,
        "paused" => Status::Paused,
        "stopping" => Status::Shutdown,
        "removing" => Status::Dying,
        "dead" => Status::Crashed,
        "created" | "configured" | "initialized" | "exited" | "stopped" => Status::Off,
        _ => return None,
    })
}

/// `Up 2 hours (Paused)`, `Exited (0) 3 days ago`.
fn sentence(text: &str) -> Option<Status> {
    let first = text.split_whitespace().next()?;
    match first {
        "Up" if text.contains("(Paused)") => Some(Status::Paused),
        "Up" | "Restarting" => Some(Status::Running),
        "Removal" => Some(Status::Dying),
        "Exited" | "Created" | "Dead" => status(first),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    #[test]
    fn an_inspection() {
        let json = format!(
            r#"[{{"Id":"{ID}","Name":"/web","Image":"sha256:00","Config":{{"Image":"nginx:1.27","Env":["SECRET=1"]}},
            "State":{{"Status":"running","Running":true}},"HostConfig":{{"Memory":536870912,"NanoCpus":1500000000}},
            "NetworkSettings":{{"Networks":{{"bridge":{{"MacAddress":"02:42:AC:11:00:02","IPAddress":"172.17.0.2"}}}}}}}}]"#
        );
        let machine = &containers(&json, "docker")[0];
        assert_eq!((machine.name.as_deref(), machine.uuid.as_deref()), (Some("web"), Some("0123456789ab")));
        assert_eq!((machine.image.as_deref(), machine.status), (Some("nginx:1.27"), Some(Status::Running)));
        assert_eq!((machine.memory, machine.processors), (Some(512 << 20), Some(2)));
        assert_eq!((machine.macs.len(), machine.address.as_deref()), (1, Some("172.17.0.2")));
    }

    #[test]
    fn lists_of_docker_and_podman_and_the_api() {
        let docker = format!(
            "{{\"ID\":\"{}\",\"Image\":\"a\",\"Names\":\"x\",\"State\":\"exited\"}}\n{{\"ID\":\"no\"}}\nnoise\n",
            &ID[..12]
        );
        let podman = format!(r#"[{{"Id":"{ID}","Image":"a","Names":["x"],"State":"exited"}}]"#);
        let api = format!(r#"[{{"Id":"{ID}","Image":"a","Names":["/x"],"Status":"Exited (0) 3 days ago"}}]"#);
        let first = containers(&docker, "docker");
        assert_eq!(first.len(), 1);
        assert_eq!(first[0].status, Some(Status::Off));
        assert_eq!(first, containers(&podman, "docker"));
        assert_eq!(first, containers(&api, "docker"));
    }

    #[test]
    fn stores() {
        let config = format!(
            r#"{{"ID":"{ID}","Name":"/a","Config":{{"Image":"x"}},"State":{{"Running":true,"Paused":false}}}}"#
        );
        let machine = stored(&config, r#"{"Memory":1073741824,"CpuQuota":150000,"CpuPeriod":100000}"#).unwrap();
        assert_eq!(
            (machine.status, machine.memory, machine.processors),
            (Some(Status::Running), Some(1 << 30), Some(2))
        );
        assert_eq!(stored("{}", ""), None);
        let list = format!(r#"[{{"id":"{ID}","names":["b"],"metadata":"{{\"image-name\":\"i:1\"}}"}},{{"id":"x"}}]"#);
        let found = podman_store(&list);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].1.name.as_deref(), found[0].1.image.as_deref()), (Some("b"), Some("i:1")));
        let mut machine = found[0].1.clone();
        limits(&mut machine, r#"{"linux":{"resources":{"memory":{"limit":1048576},"cpu":{"cpus":"0-2"}}}}"#);
        assert_eq!((machine.memory, machine.processors), (Some(1 << 20), Some(3)));
    }

    #[test]
    fn tables() {
        let text = "CONTAINER ID   IMAGE      COMMAND       CREATED      STATUS                PORTS     NAMES\n\
            0123456789ab   nginx:1    \"/run -d\"     3 days ago   Up 3 days (Paused)              web\n";
        let machines = table(text, "docker");
        assert_eq!((machines[0].name.as_deref(), machines[0].image.as_deref()), (Some("web"), Some("nginx:1")));
        assert_eq!(machines[0].status, Some(Status::Paused));
        assert_eq!(table("0123456789ab;nginx:1;80/tcp;web\n", "docker")[0].name.as_deref(), Some("web"));
        assert_eq!(table("error during connect\n\n0123456789ab\n", "docker"), []);
    }

    #[test]
    fn garbage() {
        assert_eq!(containers("", "docker"), []);
        assert_eq!(containers("null", "docker"), []);
        assert_eq!(containers("[1,{\"Id\":\"zz\"},{\"Id\":7}]", "docker"), []);
    }
}
