//! BSD.

use super::Module;
use crate::case::{Answer, Question};
use crate::names::{self, rename};
use airlock_facts::bsd::{ifconfig, mfiutil, packages};
use serde_json::Value;

pub(super) const MODULES: &[Module] = &[
    Module { name: "bsd/softwares", answer: |q| Ok(names::rows(packages::rows(&q.param_text("file")?))) },
    Module { name: "bsd/storages/megaraid", answer: disks },
    Module { name: "tools/bsd", answer: interfaces },
];

/// The corpus has no firmware here.
fn disks(question: &Question) -> Answer {
    let mut list = names::rows(mfiutil::rows(&question.param_text("file")?));
    for object in list.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        rename(object, "SERIAL", "SERIALNUMBER");
        object.remove("FIRMWARE");
    }
    Ok(list)
}

/// Loopback interfaces have no type at this step.
fn interfaces(question: &Question) -> Answer {
    let mut list = names::rows(ifconfig::rows(&ifconfig::interfaces(&question.param_text("file")?)));
    for object in list.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        rename(object, "MAC", "MACADDR");
        if object.get("TYPE").is_some_and(|kind| kind == "loopback") {
            object.remove("TYPE");
        }
    }
    Ok(list)
}
