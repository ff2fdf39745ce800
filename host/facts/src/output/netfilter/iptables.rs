//! `iptables -S`: policies and rules of the table `filter` (iptables(8)).

use super::Rules;

/// The rules of the text; lines that are none are passed over.
pub fn rules(text: &str) -> Rules {
    let mut rules = Rules::default();
    rules.chain("INPUT").incoming = true;
    for line in text.lines() {
        let mut words = line.split_whitespace();
        match (words.next(), words.next()) {
            (Some("-P"), Some(chain)) => rules.chain(chain).drops |= words.next() == Some("DROP"),
            (Some("-A"), Some(chain)) => {
                while let Some(word) = words.next() {
                    if !matches!(word, "-j" | "-g" | "--jump" | "--goto") {
                        continue;
                    }
                    match words.next() {
                        Some("DROP" | "REJECT" | "TARPIT") => rules.chain(chain).drops = true,
                        Some(target) => {
                            rules.chain(chain).jumps.insert(target.to_owned());
                        }
                        None => {}
                    }
                }
            }
            _ => {}
        }
    }
    rules
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_keeps_packets_away() {
        let open = "-P INPUT ACCEPT\n-P FORWARD DROP\n-P OUTPUT ACCEPT\n-N lab\n-A FORWARD -j DROP\n-A lab -j DROP\n";
        assert!(!rules(open).filters());
        assert!(rules(&open.replace("-P INPUT ACCEPT", "-P INPUT DROP")).filters());
        assert!(rules(&format!("{open}-A INPUT -p tcp --dport 22 -j lab\n")).filters());
        assert!(rules("-A INPUT -s 192.0.2.1/32 -j REJECT --reject-with icmp-port-unreachable\n").filters());
        assert!(!rules("-A INPUT -j a\n-A a -j b\n-A b -g a\n-A\n-A INPUT -j\n").filters());
        assert!(!rules("").filters());
    }
}
