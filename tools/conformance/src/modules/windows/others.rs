//! Printers, USB devices, users, graphics cards.

use super::{class, key};
use crate::case::{Answer, Question};
use crate::names;
use airlock_facts::Ids;
use airlock_facts::windows::{printer, usb as bus, user, video};
use anyhow::Context;
use serde_json::json;

pub(super) fn printers(question: &Question) -> Answer {
    let print = key(question, "USBPRINT")?.context("no key of printers")?;
    let usb = key(question, "USB")?.context("no key of USB devices")?;
    Ok(json!(printer::usb_serial(&question.param_text("0")?, &print, &usb)))
}

pub(super) fn usb(question: &Question) -> Answer {
    let path = &question.input("reference-db").context("no list of numbers")?.path;
    let ids = Ids::at(&question.corpus.join(path))?;
    let devices = bus::devices(&class(question, "CIM_LogicalDevice")?).into_iter().map(|mut device| {
        device.name_by_list(&ids);
        names::row(device.row())
    });
    let mut rows = devices.collect();
    names::change(&mut rows, "VENDORID", str::to_uppercase);
    names::change(&mut rows, "PRODUCTID", str::to_uppercase);
    Ok(rows)
}

pub(super) fn users(question: &Question) -> Answer {
    let logon = key(question, "LogonUI")?.context("no key of logins")?;
    let accounts = class(question, "Win32_UserAccount")?;
    let system = class(question, "Win32_ComputerSystem")?;
    Ok(json!(user::last(&logon, &accounts, system.first()).map(names::row)))
}

pub(super) fn videos(question: &Question) -> Answer {
    let drivers = key(question, "{4d36e968-e325-11ce-bfc1-08002be10318}")?;
    Ok(names::rows(video::rows(&class(question, "Win32_VideoController")?, drivers.as_ref())))
}
