//! Whether the owner's policy already grants what an update asks for: then it need not be held.

use airlock_gate::Verb;
use airlock_gate::policy::Rules;
use airlock_trust::Verified;

/// The verbs behind an interface; none for one that is unknown here, which nothing grants.
fn verbs(interface: &str) -> &'static [Verb] {
    match interface {
        "airlock:collect/collect" => &[Verb::FilesFind, Verb::FilesHash, Verb::RegistryRead, Verb::WmiRead],
        "airlock:deploy/prompt" => &[Verb::UiAsk],
        "airlock:facts/facts" => &[Verb::InventoryRead],
        "airlock:files/files" => &[
            Verb::FilesStat,
            Verb::FilesFind,
            Verb::FilesRead,
            Verb::FilesHash,
            Verb::FilesWrite,
            Verb::FilesDelete,
            Verb::FilesMkdir,
        ],
        "airlock:net/http" => &[Verb::HttpFetch],
        "airlock:net/probe" => &[Verb::NetProbe],
        "airlock:net/wake" => &[Verb::WolSend],
        "airlock:process/process" => &[Verb::ExecTemplate],
        "airlock:snmp/snmp" => &[Verb::SnmpRead],
        _ => &[],
    }
}

/// True when, in every layer of the policy, some grant names this task, its publisher or its digest for a verb of the
/// interface. A grant for every task is not one for this: nobody thought of it.
pub(crate) fn is_granted(rules: &Rules, interface: &str, verified: &Verified) -> bool {
    let manifest = &verified.manifest;
    let names =
        [manifest.name.to_string(), format!("publisher:{}", verified.publisher), format!("sha256:{}", manifest.sha256)];
    let layers = rules.layers();
    !layers.is_empty()
        && layers.into_iter().all(|layer| {
            rules.grants.iter().filter(|grant| grant.layer == layer).any(|grant| {
                grant.tasks.iter().any(|task| names.contains(task))
                    && grant.verb.is_some_and(|verb| verbs(interface).contains(&verb))
            })
        })
}
