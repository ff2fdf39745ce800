//! containerd and CRI-O: `crictl ps -a -o json`, whose answer is the `ListContainersResponse` of the Kubernetes runtime
//! interface, and the tables of containerd's own `ctr`.

use super::virtual_machine::{MOST, Status, VirtualMachine};
use serde_json::Value;

/// Containers of `crictl ps -a -o json`. Those that Kubernetes made are named as in its pod: `pod/container`.
pub fn containers(json: &str, kind: &str) -> Vec<VirtualMachine> {
    let answer: Value = serde_json::from_str(json).unwrap_or_default();
    let list = answer.get("containers").and_then(Value::as_array);
    list.into_iter().flatten().take(MOST).filter_map(|value| container(value, kind)).collect()
}

fn container(value: &Value, kind: &str) -> Option<VirtualMachine> {
    let text = |path: &str| value.pointer(path)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let mut machine = VirtualMachine::new(kind);
    machine.uuid = Some(text("/id")?.chars().take(12).collect());
    let name = text("/metadata/name");
    let pod = text("/labels/io.kubernetes.pod.name");
    machine.name = match (pod, name) {
        (Some(pod), Some(name)) => Some(format!("{pod}/{name}")),
        (pod, name) => name.or(pod).or_else(|| machine.uuid.clone()),
    };
    machine.image = text("/image/userSpecifiedImage").or_else(|| text("/image/image"));
    machine.status = match text("/state").as_deref() {
        Some("CONTAINER_RUNNING") => Some(Status::Running),
        Some("CONTAINER_CREATED" | "CONTAINER_EXITED") => Some(Status::Off),
        _ => None,
    };
    Some(machine)
}

/// Containers of `ctr containers list` (`CONTAINER IMAGE RUNTIME`), with their states of `ctr tasks list` (`TASK PID
/// STATUS`). One without a task does not run.
pub fn ctr(containers: &str, tasks: &str) -> Vec<VirtualMachine> {
    let states: Vec<(&str, &str)> =
        rows(tasks, "TASK").map(|(id, line)| (id, line.rsplit(' ').next().unwrap_or(""))).collect();
    let states: std::collections::HashMap<&str, &str> = states.into_iter().collect();
    rows(containers, "CONTAINER")
        .map(|(id, line)| {
            let mut machine = VirtualMachine::new("containerd");
            machine.uuid = Some(id.chars().take(12).collect());
            machine.name = Some(id.to_owned());
            machine.image = line.split_whitespace().nth(1).filter(|image| *image != "-").map(str::to_owned);
            machine.status = Some(match states.get(id) {
                Some(&"RUNNING") => Status::Running,
                Some(&("PAUSED" | "PAUSING")) => Status::Paused,
                _ => Status::Off,
            });
            machine
        })
        .collect()
}

fn rows<'a>(text: &'a str, head: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
    let lines = text.lines().map(str::trim).skip_while(move |line| !line.starts_with(head)).skip(1).take(MOST);
    lines.filter_map(|line| Some((line.split_whitespace().next()?, line)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_runtime_interface() {
        let json = r#"{"containers":[{"id":"abcdef0123456789","metadata":{"name":"dns"},"image":{"image":"sha256:1","userSpecifiedImage":"dns:1"},
            "state":"CONTAINER_EXITED","labels":{"io.kubernetes.pod.name":"core"}},{"metadata":{}}]}"#;
        let machines = containers(json, "containerd");
        assert_eq!(machines.len(), 1);
        // The label's name has a slash in no part of it, and dots are plain in a pointer.
        assert_eq!((machines[0].name.as_deref(), machines[0].image.as_deref()), (Some("core/dns"), Some("dns:1")));
        assert_eq!((machines[0].uuid.as_deref(), machines[0].status), (Some("abcdef012345"), Some(Status::Off)));
        assert_eq!(containers("[]", "containerd"), []);
    }

    #[test]
    fn tables() {
        let machines = ctr(
            "CONTAINER    IMAGE    RUNTIME\nweb  docker.io/nginx:1  io.containerd.runc.v2\nold  -  x\n",
            "TASK    PID    STATUS\nweb  77  RUNNING\n",
        );
        assert_eq!((machines[0].status, machines[1].status), (Some(Status::Running), Some(Status::Off)));
        assert_eq!((machines[0].image.as_deref(), machines[1].image.as_deref()), (Some("docker.io/nginx:1"), None));
        assert_eq!(ctr("", "TASK"), []);
    }
}
