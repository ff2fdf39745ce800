//! The targets: servers and folders, by the names that people see.

use crate::config::{LocalSettings, ServerSettings, Settings};

#[derive(Debug, Clone)]
pub(crate) enum Planned<'a> {
    Local { name: String, local: &'a LocalSettings },
    Server { name: String, server: &'a ServerSettings },
}

impl<'a> Planned<'a> {
    /// Folders first, as they need nobody else.
    pub(crate) fn of(settings: &'a Settings) -> Vec<Self> {
        let locals = settings.locals.iter().enumerate();
        let locals = locals.map(|(number, local)| Self::Local { name: format!("local{number}"), local });
        let servers = settings.servers.iter().map(|server| Self::Server { name: server.name.clone(), server });
        locals.chain(servers).collect()
    }

    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Local { name, .. } | Self::Server { name, .. } => name,
        }
    }

    pub(crate) fn is_wanted(&self, targets: &[String]) -> bool {
        targets.is_empty() || targets.iter().any(|wanted| wanted == self.name())
    }
}
