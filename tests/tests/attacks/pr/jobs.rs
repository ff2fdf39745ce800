//! Jobs that come again, and more of them than anybody needs.

use crate::ne::{Done, FAST, NETS, community, discovery, range, world};
use airlock_tests::fakesnmp::FakeSnmp;

fn job() -> String {
    discovery(&range("10.1.2.5", "10.1.2.5"), FAST, &community(7, "public"))
}

#[test]
fn pr_08_a_job_that_comes_again_is_not_done_again() {
    world("pr::jobs::pr_08_a_job_that_comes_again_is_not_done_again", || {
        let _switch = FakeSnmp::switch("10.1.2.5:161", "public");
        let done = Done::lenient(&job(), NETS);
        assert_eq!(done.said("<START>1</START>"), 1, "{:?}", done.output);
        for _ in 0..20 {
            done.server.next(Done::play(&job()));
            done.agent.run(&["run"]);
        }
        assert_eq!(done.said("<START>1</START>"), 1, "it is done once");
        assert_eq!(done.refused().iter().filter(|code| *code == "REPLAYED").count(), 20);
        assert_eq!(done.said("<EXIT>1</EXIT>"), 20, "the server's operator sees that it is not done");
    });
}

#[test]
fn pr_08_twin_another_job_of_the_same_kind_is_done() {
    world("pr::jobs::pr_08_twin_another_job_of_the_same_kind_is_done", || {
        let _switch = FakeSnmp::switch("10.1.2.5:161", "public");
        let done = Done::lenient(&job(), NETS);
        done.server.next(Done::play(&job().replace("187", "188")));
        done.agent.run(&["run"]);
        assert_eq!(done.said("<START>1</START>"), 2);
        assert!(!done.refused().iter().any(|code| code == "REPLAYED"));
    });
}

#[test]
fn pr_09_of_endless_jobs_so_many_are_done_as_the_owner_says() {
    world("pr::jobs::pr_09_of_endless_jobs_so_many_are_done_as_the_owner_says", || {
        let _switch = FakeSnmp::switch("10.1.2.5:161", "public");
        let flood: String = (1000..1500).map(|pid| job().replace("187", &pid.to_string())).collect();
        let limits = "[limits]\njobs_per_run = 3\n";
        let done = Done::of(&flood, NETS, "allow_server_credentials = true", limits);
        assert_eq!(done.said("<START>1</START>"), 3, "{:.2000?}", done.output);
        done.assert_refused("QUOTA");
    });
}

#[test]
fn pr_09_twin_as_many_as_that_are_done() {
    world("pr::jobs::pr_09_twin_as_many_as_that_are_done", || {
        let _switch = FakeSnmp::switch("10.1.2.5:161", "public");
        let three: String = (1000..1003).map(|pid| job().replace("187", &pid.to_string())).collect();
        let limits = "[limits]\njobs_per_run = 3\n";
        let done = Done::of(&three, NETS, "allow_server_credentials = true", limits);
        assert_eq!((done.said("<START>1</START>"), done.said("<END>1</END>")), (3, 6), "{:.2000?}", done.output);
        assert!(!done.refused().iter().any(|code| code == "QUOTA"));
    });
}
