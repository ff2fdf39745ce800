//! `cargo xtask examples`: the example tasks in other languages (`guest-tasks/examples`), built and run on the cases of
//! the template (`guest-tasks/template/cases`), whose policy is decided on as on a real machine.
//!
//! The languages' own tools come from their registries, in versions that are fixed here, into `target/languages`.

use crate::done::done;
use anyhow::{Context, Result, bail};
use clap::Args;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

#[derive(Args)]
pub(crate) struct Options {
    /// Only this language: javascript, python
    #[arg(long, value_name = "NAME")]
    language: Option<String>,
    /// The program that runs the cases [default: target/release/airlock, built if it is not there]
    #[arg(long, value_name = "FILE")]
    airlock: Option<PathBuf>,
}

/// A language: its folder, what has to be there, and how a component comes about.
struct Language {
    name: &'static str,
    /// The task's name, as its component says it.
    task: &'static str,
    /// Fetches the language's own tools, if they are not there yet.
    install: fn(&Folders) -> Result<PathBuf>,
    build: fn(&Folders, &Path, &Path) -> Result<()>,
}

const LANGUAGES: &[Language] = &[
    Language { name: "javascript", task: "version-js", install: install_jco, build: javascript },
    Language { name: "python", task: "version-py", install: install_componentize_py, build: python },
];

const JCO: &str = "1.35.0";
const COMPONENTIZE_PY: &str = "0.25.1";

struct Folders {
    root: PathBuf,
    /// The languages' own tools.
    tools: PathBuf,
}

impl Folders {
    fn new() -> Result<Self> {
        let root = fs::canonicalize(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))?;
        let tools = root.join("target/languages");
        fs::create_dir_all(&tools).with_context(|| tools.display().to_string())?;
        Ok(Self { root, tools })
    }

    fn sources(&self, language: &str) -> PathBuf {
        self.root.join("guest-tasks/examples").join(language)
    }
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let folders = Folders::new()?;
    let airlock = match &options.airlock {
        Some(program) => fs::canonicalize(program).with_context(|| program.display().to_string())?,
        None => built(&folders)?,
    };
    let wanted = |language: &&Language| options.language.as_ref().is_none_or(|name| name == language.name);
    let languages: Vec<&Language> = LANGUAGES.iter().filter(wanted).collect();
    if languages.is_empty() {
        bail!("there is no example in {}", options.language.as_deref().unwrap_or_default());
    }
    for language in languages {
        example(language, &folders, &airlock).with_context(|| format!("the example in {}", language.name))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// After the tests: every example whose tools are there or can be fetched. What is left out is said aloud.
pub(crate) fn with_the_tests() -> Result<()> {
    let folders = Folders::new()?;
    let airlock = built(&folders)?;
    for language in LANGUAGES {
        match (language.install)(&folders) {
            Ok(_) => {
                example(language, &folders, &airlock).with_context(|| format!("the example in {}", language.name))?
            }
            Err(why) => eprintln!("LEFT OUT: the example in {}: its tools cannot be had: {why:#}", language.name),
        }
    }
    Ok(())
}

fn built(folders: &Folders) -> Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| folders.root.join("target"), PathBuf::from);
    let build = ["build", "--quiet", "--release", "--package", "airlock-agent"];
    done(Command::new(cargo).args(build).current_dir(&folders.root))?;
    Ok(target.join("release/airlock"))
}

fn example(language: &Language, folders: &Folders, airlock: &Path) -> Result<()> {
    let work = tempfile::tempdir()?;
    let component = work.path().join(format!("{}.wasm", language.task));
    let tool = (language.install)(folders)?;
    (language.build)(folders, &tool, &component)?;
    let cases = work.path().join("cases");
    copy(&folders.root.join("guest-tasks/template/cases"), &cases, language.task)?;
    let state = work.path().join("state");
    done(Command::new(airlock).arg("--vardir").arg(&state).args(["task", "inspect"]).arg(&component))?;
    done(
        Command::new(airlock)
            .arg("--vardir")
            .arg(&state)
            .args(["task", "test"])
            .arg(&cases)
            .arg("--task")
            .arg(&component),
    )
}

/// The template's cases, for a task of this name.
fn copy(from: &Path, to: &Path, task: &str) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| from.display().to_string())? {
        let path = entry?.path();
        let to = to.join(path.file_name().context("a name")?);
        if path.is_dir() {
            copy(&path, &to, task)?;
        } else {
            fs::write(&to, fs::read_to_string(&path)?.replace("{{name}}", task))?;
        }
    }
    // The template has the policy once, for all of its cases.
    let policy = from.join("../policy.toml");
    if from.join("job.json").is_file() && policy.is_file() {
        fs::write(to.join("policy.toml"), fs::read_to_string(policy)?.replace("{{name}}", task))?;
    }
    Ok(())
}

fn install_jco(folders: &Folders) -> Result<PathBuf> {
    let folder = folders.tools.join("javascript");
    let jco = folder.join("node_modules/.bin/jco");
    if !jco.exists() {
        fs::create_dir_all(&folder)?;
        let package = format!("@bytecodealliance/jco@{JCO}");
        done(Command::new("npm").args(["install", "--silent", "--no-save", "--prefix"]).arg(&folder).arg(package))?;
    }
    Ok(jco)
}

/// With QuickJS: a component of 1.6 MB that imports nothing but what the task uses.
fn javascript(folders: &Folders, jco: &Path, component: &Path) -> Result<()> {
    done(
        Command::new(jco)
            .arg("componentize")
            .arg(folders.sources("javascript").join("task.js"))
            .arg("--wit")
            .arg(folders.root.join("wit"))
            .args(["--world-name", "collect", "--backend", "quickjs"])
            .args(["--backend-qjs-stub-wasi", "--backend-qjs-disable-async", "--out"])
            .arg(component),
    )
}

fn install_componentize_py(folders: &Folders) -> Result<PathBuf> {
    let folder = folders.tools.join("python");
    let tool = folder.join("bin/componentize-py");
    if !tool.exists() {
        done(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
        let package = format!("componentize-py=={COMPONENTIZE_PY}");
        done(Command::new(folder.join("bin/pip")).args(["install", "--quiet"]).arg(package))?;
    }
    Ok(tool)
}

/// With CPython: a component of 18 MB, without WASI.
fn python(folders: &Folders, tool: &Path, component: &Path) -> Result<()> {
    done(
        Command::new(tool)
            .arg("--wit-path")
            .arg(folders.root.join("wit"))
            .args(["--world", "collect", "componentize", "--stub-wasi", "--python-path"])
            .arg(folders.sources("python"))
            .args(["app", "--output"])
            .arg(component),
    )
}
