//! `glpi-netdiscovery`, `glpi-netinventory` and the same of FusionInventory: `airlock netdiscovery` and `netinventory`, with
//! what those programs take for granted (the community `public`, XML, one device at a time unless more are asked for).

use super::End;
use super::getopt::Line;
use crate::cli::netdiscovery;
use crate::cli::netinventory;
use crate::cli::netscan_options::Common;
use crate::netscan::credentials;
use crate::policies::Places;
use std::path::PathBuf;

pub(super) fn discover(line: &Line) -> Result<(), End> {
    if !line.is("first") && !line.is("file") {
        return Err(End::Words(2, "expected --first or --file".to_owned()));
    }
    let text = |name: &str| line.text(name).map(str::to_owned);
    let mut options = netdiscovery::Options {
        first: text("first"),
        last: text("last").filter(|_| !line.is("file")),
        file: text("file").map(PathBuf::from),
        entity: text("entity"),
        inventory: line.is("inventory"),
        common: common(line)?,
        ..netdiscovery::Options::default()
    };
    options.common.save = text("save").map(PathBuf::from);
    Ok(netdiscovery::run(&options, &Places::default())?)
}

pub(super) fn inventory(line: &Line) -> Result<(), End> {
    if !line.is("host") && !line.is("file") {
        return Err(End::Words(2, "expected --host or --file".to_owned()));
    }
    let options = netinventory::Options {
        host: lists(line, "host"),
        file: all(line, "file").into_iter().map(PathBuf::from).collect(),
        kind: line.text("type").map(str::to_owned),
        common: common(line)?,
    };
    Ok(netinventory::run(&options, &Places::default())?)
}

fn common(line: &Line) -> Result<Common, End> {
    let number = |name: &str, most: u64| {
        let said = line.text(name).and_then(|text| text.parse::<u64>().ok());
        said.map(|number| number.clamp(1, most))
    };
    let small = |name: &str, most: u16| number(name, most.into()).and_then(|number| u16::try_from(number).ok());
    let mut common = Common {
        port: lists(line, "port"),
        protocol: lists(line, "protocol"),
        timeout: small("timeout", 300),
        retries: line.text("retries").and_then(|text| text.parse().ok()).map(|retries: u16| retries.min(10)),
        deadline: number("backend-collect-timeout", 86_400).and_then(|seconds| u32::try_from(seconds).ok()),
        threads: Some(small("threads", crate::netscan::command::MOST_AT_ONCE).unwrap_or(1)),
        control: line.is("control"),
        xml: true,
        ..Common::default()
    };
    let communities = all(line, "community");
    let written = all(line, "credentials");
    if communities.is_empty() && !written.is_empty() {
        for word in &written {
            let secret =
                credentials::written_out(word).map_err(|why| End::Words(2, format!("--credentials: {why}")))?;
            common.made.push(secret);
        }
        return Ok(common);
    }
    // Version 2c alone, both, or version 1.
    let versions: &[bool] = match (line.is("v1"), line.is("v2c")) {
        (false, true) => &[true],
        (true, true) => &[false, true],
        _ => &[false],
    };
    let usual = [String::from("public")];
    for community in if communities.is_empty() { usual.as_slice() } else { communities.as_slice() } {
        common.made.extend(versions.iter().map(|is_v2c| credentials::community(community, *is_v2c)));
    }
    Ok(common)
}

/// Every value that an option was given.
fn all(line: &Line, name: &str) -> Vec<String> {
    let given = line.given().iter().filter(|given| given.known.name() == name);
    given.filter_map(|given| given.value.clone()).collect()
}

/// Every value, lists with commas taken apart.
fn lists(line: &Line, name: &str) -> Vec<String> {
    all(line, name).iter().flat_map(|text| text.split(',')).map(|text| text.trim().to_owned()).collect()
}
