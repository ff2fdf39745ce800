//! The machine that a component runs on: everything is asked of the host.

use crate::machine::{Answer, Command, File, Kind, Line, Machine, Metadata, Outcome, Prompt, Reply};
use airlock_task::{deploy, process, prompt, status};

pub(crate) struct Host;

fn file(file: &File) -> deploy::File {
    let File { name, sha512, parts, retention_minutes, shared } = file.clone();
    deploy::File { name, sha512, parts, retention_minutes, shared }
}

fn metadata(found: deploy::Metadata) -> Metadata {
    let kind = match found.kind {
        deploy::Kind::File => Kind::File,
        deploy::Kind::Dir => Kind::Dir,
        deploy::Kind::Other => Kind::Other,
    };
    Metadata { kind, size: found.size }
}

impl Machine for Host {
    fn tell(&mut self, line: Line) -> Answer<()> {
        status::tell(line)
    }

    fn asked(&mut self, kind: &str, behavior: &str, event: &str) -> Answer<()> {
        // Who it was stays on this machine.
        status::asked(kind, behavior, event, "")
    }

    fn ask(&mut self, question: &Prompt) -> Answer<Reply> {
        let Prompt { title, text, buttons, icon, timeout } = question;
        Ok(match prompt::ask(title, text, buttons, icon, *timeout)? {
            prompt::Answer::Pressed(button) => Reply::Pressed(button),
            prompt::Answer::Timeout => Reply::Timeout,
            prompt::Answer::NoOneThere => Reply::NoOneThere,
        })
    }

    fn has_part(&mut self, part: &str) -> Answer<bool> {
        deploy::has_part(part)
    }

    fn fetch_part(&mut self, mirror: &str, part: &str, of: &File) -> Answer<u64> {
        deploy::fetch_part(mirror, part, &file(of))
    }

    fn assemble(&mut self, whole: &File) -> Answer<u64> {
        deploy::assemble(&file(whole))
    }

    fn unpack(&mut self, archive: &str, into: &str) -> Answer<u32> {
        deploy::unpack(archive, into)
    }

    fn install(&mut self, name: &str, into: Option<&str>) -> Answer<String> {
        deploy::install(name, into)
    }

    fn stat(&mut self, at: &str) -> Answer<Option<Metadata>> {
        Ok(deploy::stat(at)?.map(metadata))
    }

    fn list(&mut self, at: &str) -> Answer<Vec<String>> {
        deploy::list(at)
    }

    fn hash(&mut self, at: &str) -> Answer<String> {
        deploy::hash(at)
    }

    fn free_space(&mut self, at: &str) -> Answer<u64> {
        deploy::free_space(at)
    }

    fn copy(&mut self, from: &str, to: &str) -> Answer<u32> {
        deploy::copy(from, to)
    }

    fn rename(&mut self, from: &str, to: &str) -> Answer<u32> {
        deploy::move_(from, to)
    }

    fn make_dir(&mut self, at: &str) -> Answer<()> {
        deploy::make_dir(at)
    }

    fn remove(&mut self, at: &str) -> Answer<()> {
        deploy::remove(at)
    }

    fn recognise(&mut self, line: &str) -> Answer<Command> {
        let deploy::Command { template, arguments } = deploy::recognise(line)?;
        Ok(Command { template, arguments })
    }

    fn run_template(&mut self, command: &Command) -> Answer<Outcome> {
        let arguments: Vec<(&str, &str)> =
            command.arguments.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let process::Outcome { exit_code, stdout, stderr } = process::run(&command.template, &arguments)?;
        Ok(Outcome { exit_code, stdout, stderr })
    }

    fn run_component(&mut self, name: &str, arguments: &[String]) -> Answer<String> {
        deploy::run_component(name, arguments)
    }
}
