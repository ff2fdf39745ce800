//! A call, prepared for comparing: its addresses in one spelling, its sections by their numbers.

use crate::policy::matching::{OriginPattern, PathPattern, embedded, host_of, in_disguise};
use crate::{Ask, Verb};
use airlock_model::schema;
use std::net::IpAddr;

pub(in crate::policy) struct Asked<'a> {
    pub(in crate::policy) ask: &'a Ask,
    pub(in crate::policy) verb: Verb,
    /// All that packets would go to, as canonical addresses: those that the call says, and one that its host is.
    pub(in crate::policy) addresses: Vec<IpAddr>,
    /// The host of the origin, or the host.
    pub(in crate::policy) host: Option<&'a str>,
    /// The origin, where it is one.
    pub(in crate::policy) origin: Option<OriginPattern>,
    /// Numbers of the sections in the schema; none when one of them is in no schema.
    pub(in crate::policy) sections: Option<Vec<usize>>,
}

impl<'a> Asked<'a> {
    pub(in crate::policy) fn new(ask: &'a Ask, verb: Verb) -> Self {
        let host = ask.host.as_deref().or_else(|| ask.origin.as_deref().map(host_of));
        let literal = host.and_then(in_disguise);
        let addresses = ask.addresses.iter().copied().chain(literal).map(|address| address.to_canonical()).collect();
        let number = |name: &String| schema::SECTIONS.binary_search_by(|section| section.name.cmp(name)).ok();
        let sections = ask.sections.iter().map(number).collect();
        let origin = ask.origin.as_deref().and_then(|origin| OriginPattern::parse(origin).ok());
        Self { ask, verb, addresses, host, origin, sections }
    }

    /// The addresses, and the IPv4 addresses that are embedded in them.
    pub(in crate::policy) fn all_addresses(&self) -> impl Iterator<Item = IpAddr> {
        self.addresses.iter().flat_map(|address| std::iter::once(*address).chain(embedded(*address)))
    }

    /// Paths that the call is about, whatever the argument is called.
    pub(in crate::policy) fn paths(&self) -> impl Iterator<Item = &'a str> {
        let ask: &'a Ask = self.ask;
        let args = ask.args.iter().flat_map(|args| args.values()).filter(|value| value.starts_with('/'));
        ask.path.as_deref().into_iter().chain(ask.into.as_deref()).chain(args.map(String::as_str))
    }

    /// Asks the store of packages alone: nothing goes anywhere.
    pub(in crate::policy) fn is_of_store(&self) -> bool {
        self.verb == Verb::PkgFetch && self.ask.origin.is_none() && self.ask.host.is_none() && self.addresses.is_empty()
    }

    /// Whether a grant of this pattern is one for the path: for all of it, or, where each of what is below is decided on by
    /// itself, for something of it.
    pub(in crate::policy) fn is_covered_by(&self, pattern: &PathPattern, path: &str) -> bool {
        if self.ask.below { pattern.leads_to(path) } else { pattern.covers(path, self.verb) }
    }

    /// Asks for a host's addresses before anything is sent to them: they are in the call that follows.
    pub(in crate::policy) fn is_name_only(&self) -> bool {
        matches!(self.verb, Verb::HttpFetch | Verb::PkgFetch) && self.addresses.is_empty()
    }
}
