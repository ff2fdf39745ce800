//! A connector of the machine.

use crate::smbios::Connector;
use airlock_model::Row;

/// What is known of a connector. One without a name on the board is called as on the case. Where it has no name on the
/// case, its kind there stands for one; one that has no kind inside is soldered to the board and has that of the case.
pub(crate) fn connector(connector: Connector) -> Row {
    let mut row = Row::new();
    let (outside, name) = (connector.external_connector, connector.external_name);
    row.maybe("name", connector.internal_name.or_else(|| name.clone()))
        .maybe("caption", name.map(Into::into).or_else(|| outside.clone()))
        .maybe("description", connector.internal_connector.or(outside))
        .maybe("type", connector.purpose.filter(|purpose| purpose != "None"));
    row
}

/// Servers want a purpose of every connector, but one that has nothing else is a form that nobody filled in.
pub(crate) fn complete_connector(mut row: Row) -> Row {
    if !row.is_empty() {
        row.otherwise("type", Some("Other"));
    }
    row
}
