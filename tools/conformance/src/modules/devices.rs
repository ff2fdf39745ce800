//! PCI and USB devices, graphics cards, modems, sound.

use super::Module;
use crate::case::{Answer, Question};
use crate::names;
use airlock_facts::Ids;
use airlock_facts::output::{ddcprobe, lspci, lsusb, nvidia_settings, xdpyinfo, xorg_log::XorgLog, xrandr::XRandr};
use airlock_facts::pci::{self, Card, Device};
use airlock_model::Row;
use anyhow::Context;
use serde_json::{Map, Value, json};

pub(super) const MODULES: &[Module] = &[
    Module { name: "generic/pci/controllers", answer: controllers },
    Module { name: "generic/pci/modems", answer: modems },
    Module { name: "generic/pci/sounds", answer: sounds },
    Module { name: "generic/pci/videos", answer: |question| Ok(names::rows(videos(question)?)) },
    Module { name: "generic/pci/videos/nvidia", answer: nvidia },
    Module { name: "generic/usb", answer: usb },
    Module { name: "linux/videos", answer: probed },
    Module { name: "tools/usb", answer: usb_by_list },
];

/// The devices of `lspci`, named by the list that the case has.
fn listed(question: &Question) -> anyhow::Result<Vec<Device>> {
    let mut devices = lspci::devices(&captured(question, "lspci ")?.context("no output of lspci")?);
    pci::name_all(&mut devices, ids(question)?.as_ref());
    Ok(devices)
}

/// What a command printed, by how the command begins.
fn captured(question: &Question, command: &str) -> anyhow::Result<Option<String>> {
    let input =
        question.inputs.iter().find(|input| input.captured_from.as_deref().is_some_and(|c| c.starts_with(command)));
    input.map(|input| question.text(&input.path)).transpose()
}

fn ids(question: &Question) -> anyhow::Result<Option<Ids>> {
    let list = question.input("reference-db").map(|list| Ids::at(&question.corpus.join(&list.path)));
    Ok(list.transpose()?)
}

/// There the name of a driver ends before the bus that it is for: `ehci` for `ehci-pci`.
fn controllers(question: &Question) -> Answer {
    let mut rows = names::rows(pci::controllers(&listed(question)?));
    names::change(&mut rows, "DRIVER", |driver| driver.split('-').next().unwrap_or_default().to_owned());
    Ok(rows)
}

/// There a device is called by its class, and its maker by its whole name.
fn sounds(question: &Question) -> Answer {
    Ok(names::rows(pci::sounds(&listed(question)?).map(|row| by_class(row, "caption", ["name", "manufacturer"]))))
}

fn modems(question: &Question) -> Answer {
    Ok(names::rows(pci::modems(&listed(question)?).map(|row| by_class(row, "description", ["description", "name"]))))
}

fn by_class(mut row: Row, class: &str, [to_class, to_name]: [&'static str; 2]) -> Row {
    let class = row.remove(class);
    let whole: Vec<String> = ["manufacturer", "name"].iter().filter_map(|f| Some(row.remove(f)?.to_text())).collect();
    row.maybe(to_class, class).set(to_name, whole.join(" "));
    row
}

fn videos(question: &Question) -> anyhow::Result<Vec<Row>> {
    let mut rows: Vec<Row> = pci::videos(&listed(question)?).collect();
    let resolution = match (captured(question, "xrandr")?, captured(question, "xdpyinfo")?) {
        (Some(text), _) => XRandr::of(&text).resolution(),
        (_, Some(text)) => xdpyinfo::resolution(&text),
        _ => None,
    };
    // One screen says nothing about several cards.
    if let [row] = rows.as_mut_slice() {
        row.maybe("resolution", resolution);
    }
    Ok(rows)
}

fn nvidia(question: &Question) -> Answer {
    let text = captured(question, "nvidia-settings -t -c :0")?.context("no attributes")?;
    let cards = nvidia_settings::cards(&text);
    if captured(question, "lspci ")?.is_none() {
        let ids = ids(question)?;
        return Ok(names::rows(cards.iter().filter_map(|card| card.row(ids.as_ref()))));
    }
    let mut rows = videos(question)?;
    Card::complete_all(&mut rows, &cards);
    Ok(names::rows(rows))
}

fn usb(question: &Question) -> Answer {
    let ids = ids(question)?;
    let devices = lsusb::devices(&question.input_text("lsusb")?);
    Ok(names::rows(devices.into_iter().map(|mut device| {
        if let Some(ids) = &ids {
            device.name_by_list(ids);
        }
        device.row()
    })))
}

/// A device that the case gives, named by its list. Other questions are about that program's own objects.
fn usb_by_list(question: &Question) -> Answer {
    let step = |name: &str| question.steps.iter().find(|step| step.get("do").and_then(Value::as_str) == Some(name));
    anyhow::ensure!(step("update by ids").is_some(), "not about a device's names");
    let given = |name: &str| step("new")?.get("params")?.get(name)?.as_str().map(str::to_owned);
    let number = |name: &str| u16::from_str_radix(&given(name)?, 16).ok();
    let mut device = airlock_facts::usb::Device {
        vendor: number("vendorid").context("no vendor")?,
        product: number("productid").context("no product")?,
        name: given("name"),
        serial: given("serial"),
        ..Default::default()
    };
    device.name_by_list(&ids(question)?.context("no list")?);
    Ok(names::row(device.row()))
}

/// What ddcprobe says, or what the X server's log does.
fn probed(question: &Question) -> Answer {
    if question.input("ddcprobe").is_some() {
        return Ok(json!(ddcprobe::properties(&question.input_text("ddcprobe")?)));
    }
    let log = XorgLog::of(&question.input_text("xorg")?);
    let mut answer = Map::new();
    let memory = log.memory.map(|kilobytes| format!("{kilobytes}kB"));
    for (name, value) in [
        ("name", log.name),
        ("product", log.product),
        ("memory", memory),
        ("pciid", log.numbers),
        ("pcislot", log.slot),
        ("resolution", log.resolution),
    ] {
        answer.insert(name.to_owned(), value.map_or(Value::Null, Value::String));
    }
    Ok(Value::Object(answer))
}
