//! What two protocols say of one port.

use super::Heard;
use crate::sections::Neighbour;

/// Both together. Where they speak of one neighbour (the same description, name or address) they complete each other, and
/// the first goes before the second; where they do not, nobody knows which of the two is at the other end, and neither is
/// kept.
pub(super) fn merged(mut first: Heard, second: Heard) -> Heard {
    for (port, other) in second {
        match first.remove(&port) {
            None => drop(first.insert(port, other)),
            Some(one) if same(&one, &other) => drop(first.insert(port, together(one, other))),
            Some(_) => {}
        }
    }
    first
}

fn same(one: &Neighbour, other: &Neighbour) -> bool {
    let agree = |a: &Option<String>, b: &Option<String>| a.is_some() && a == b;
    agree(&one.sysdescr, &other.sysdescr) || agree(&one.sysname, &other.sysname) || agree(&one.sysmac, &other.sysmac)
}

fn together(one: Neighbour, other: Neighbour) -> Neighbour {
    Neighbour {
        sysmac: one.sysmac.or(other.sysmac),
        sysdescr: one.sysdescr.or(other.sysdescr),
        sysname: one.sysname.or(other.sysname),
        ip: one.ip.or(other.ip),
        model: one.model.or(other.model),
        ifnumber: one.ifnumber.or(other.ifnumber),
        ifdescr: one.ifdescr.or(other.ifdescr),
        mac: one.mac.or(other.mac),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str, model: Option<&str>) -> Heard {
        let model = model.map(str::to_owned);
        Heard::from([(1, Neighbour { sysname: Some(name.to_owned()), model, ..Neighbour::default() })])
    }

    #[test]
    fn one_neighbour_is_completed_and_two_are_none() {
        let both = merged(named("sw2", None), named("sw2", Some("X")));
        assert_eq!(both.get(&1).and_then(|n| n.model.as_deref()), Some("X"));
        assert!(merged(named("sw2", None), named("pc", Some("X"))).is_empty());
        assert_eq!(merged(Heard::new(), named("pc", None)).len(), 1);
    }
}
