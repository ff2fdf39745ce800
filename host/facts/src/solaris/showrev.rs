//! Names of the machine and its kernel, from `showrev` (showrev(1M)): `Name: value` a line.

use airlock_model::Row;

/// What the tool says; what is empty there is absent here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ShowRev {
    pub hostname: Option<String>,
    pub hostid: Option<String>,
    pub release: Option<String>,
    pub kernel_architecture: Option<String>,
    pub application_architecture: Option<String>,
    pub hardware_provider: Option<String>,
    pub domain: Option<String>,
    /// `SunOS`.
    pub kernel_name: Option<String>,
    /// `5.10 Generic_147441-09`.
    pub kernel_version: Option<String>,
}

impl ShowRev {
    /// The fields of the section `operatingsystem` that the tool knows.
    pub fn row(&self) -> Row {
        let mut row = Row::new();
        row.maybe("kernel_name", self.kernel_name.as_deref().map(str::to_ascii_lowercase));
        row.maybe("kernel_version", self.kernel_version.as_deref());
        row.maybe("arch", self.application_architecture.as_deref());
        row.maybe("hostid", self.hostid.as_deref()).maybe("dns_domain", self.domain.as_deref());
        row
    }
}

pub fn read(text: &str) -> ShowRev {
    let mut said = ShowRev::default();
    for line in text.lines() {
        let Some((name, value)) = line.split_once(':') else { continue };
        let value = Some(value.trim()).filter(|value| !value.is_empty()).map(str::to_owned);
        match name.trim() {
            "Hostname" => said.hostname = value,
            "Hostid" => said.hostid = value,
            "Release" => said.release = value,
            "Kernel architecture" => said.kernel_architecture = value,
            "Application architecture" => said.application_architecture = value,
            "Hardware provider" => said.hardware_provider = value,
            "Domain" => said.domain = value,
            "Kernel version" => {
                let value = value.unwrap_or_default();
                let (kernel, version) = value.split_once(' ').unwrap_or((&value, ""));
                let filled = |text: &str| (!text.is_empty()).then(|| text.trim().to_owned());
                (said.kernel_name, said.kernel_version) = (filled(kernel), filled(version));
            }
            _ => {}
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_named_values() {
        let said = read("Hostname: alpha\nDomain:\nKernel version: SunOS 5.10 Generic_1-2\nnothing\n");
        assert_eq!(said.hostname.as_deref(), Some("alpha"));
        assert_eq!(said.domain, None);
        assert_eq!(said.kernel_name.as_deref(), Some("SunOS"));
        assert_eq!(said.row().text("kernel_name"), Some("sunos"));
        assert_eq!(said.kernel_version.as_deref(), Some("5.10 Generic_1-2"));
    }
}
