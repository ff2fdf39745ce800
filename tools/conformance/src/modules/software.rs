//! Packages.

use super::Module;
use crate::case::{Answer, Question};
use crate::names;
use airlock_facts::output::package_query::{self, Format};
use airlock_facts::output::{flatpak, gentoo, nix, pacman, snap};
use airlock_facts::{Machine, Roots};
use anyhow::Context;
use serde_json::Value;
use tempfile::TempDir;

pub(super) const MODULES: &[Module] = &[
    Module { name: "generic/softwares/deb", answer: deb },
    Module { name: "generic/softwares/flatpak", answer: flatpaks },
    Module {
        name: "generic/softwares/gentoo",
        answer: |question| Ok(names::rows(gentoo::packages(&listed(question)?))),
    },
    Module { name: "generic/softwares/nix", answer: |question| Ok(names::rows(nix::packages(&listed(question)?))) },
    Module { name: "generic/softwares/pacman", answer: |question| dated(pacman::packages(&listed(question)?)) },
    Module { name: "generic/softwares/rpm", answer: rpm },
    Module { name: "generic/softwares/snap", answer: snaps },
];

/// The order of the columns in captures that do not say theirs.
const RPM: &str =
    r"%{NAME}\t%{ARCH}\t%{VERSION}-%{RELEASE}\t%{INSTALLTIME}\t%{SIZE}\t%{VENDOR}\t%{SUMMARY}\t%{GROUP}\n";
const DPKG: &str = r"${Package}\t${Architecture}\t${Version}\t${Installed-Size}\t${Section}\t${Status}\n";

fn listed(question: &Question) -> anyhow::Result<String> {
    question.param_text("file")
}

/// The format that a capture says it was asked with.
fn format(question: &Question, option: &str) -> Option<String> {
    let command = question.inputs.first()?.captured_from.as_deref()?;
    let (_, rest) = command.split_once(option)?;
    Some(rest.trim_start_matches(['=', ' ']).trim_matches(['\'', '"']).to_owned())
}

fn deb(question: &Question) -> Answer {
    let format = format(question, "--showformat").unwrap_or_else(|| DPKG.to_owned());
    query(question, &Format::dpkg(&format))
}

fn rpm(question: &Question) -> Answer {
    let format = format(question, "--queryformat").unwrap_or_else(|| RPM.to_owned());
    query(question, &Format::rpm(&format))
}

fn query(question: &Question, format: &Format) -> Answer {
    let (_folder, machine) = zoned(question)?;
    dated(package_query::packages(&listed(question)?, format, &machine).0)
}

/// A machine without anything but the case's time zone.
fn zoned(question: &Question) -> anyhow::Result<(TempDir, Machine)> {
    let folder = tempfile::tempdir()?;
    std::fs::create_dir(folder.path().join("etc"))?;
    std::fs::write(folder.path().join("etc/timezone"), question.timezone.as_deref().unwrap_or("UTC"))?;
    let machine = Machine::new(Roots::folder(folder.path()));
    Ok((folder, machine))
}

fn dated(rows: Vec<airlock_model::Row>) -> Answer {
    let mut rows = names::rows(rows);
    rename_dates(&mut rows);
    names::change(&mut rows, "INSTALLDATE", names::day_first);
    Ok(rows)
}

fn rename_dates(rows: &mut Value) {
    for row in rows.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        names::rename(row, "INSTALL_DATE", "INSTALLDATE");
    }
}

/// The text of a step's file, and what the step is told of the package.
fn step<'a>(question: &'a Question, step: &'a Value, about: &str) -> anyhow::Result<(String, Option<&'a Value>)> {
    let params = step.get("params").context("a step without parameters")?;
    Ok((question.value_text(params.get("file").context("a step without a file")?)?, params.get(about)))
}

fn flatpaks(question: &Question) -> Answer {
    let (first, rest) = question.steps.split_first().context("no steps")?;
    let (list, _) = step(question, first, "flatpak")?;
    let mut rows = Vec::new();
    for installed in flatpak::list(&list) {
        let mut info = String::new();
        for other in rest {
            let (text, about) = step(question, other, "flatpak")?;
            let same = |key: &str, value: &str| about.and_then(|about| about.get(key)?.as_str()) == Some(value);
            if same("_APPID", installed.id)
                && same("_BRANCH", installed.branch)
                && same("SYSTEM_CATEGORY", installed.installation)
            {
                info = text;
            }
        }
        rows.push(flatpak::package(&installed, &info));
    }
    dated(rows)
}

fn snaps(question: &Question) -> Answer {
    let (first, rest) = question.steps.split_first().context("no steps")?;
    let (list, _) = step(question, first, "snap")?;
    let mut rows = Vec::new();
    for installed in snap::list(&list) {
        let mut info = String::new();
        for other in rest {
            let (text, about) = step(question, other, "snap")?;
            if about.and_then(|about| about.get("NAME")?.as_str()) == Some(installed.name) {
                info = text;
            }
        }
        // The revision is a field of the peer's own.
        rows.push(snap::package(&installed, &info).with("_revision", installed.revision));
    }
    dated(rows)
}
