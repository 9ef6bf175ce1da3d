//! Whoever wrote a file that is refused is told where, and what would be right.

use crate::{Policy, Scheme, Schemes};

fn policy(from: &str, to: &str) -> Vec<String> {
    let good = Policy::text("il2").unwrap();
    assert!(good.contains(from), "{from}");
    let schemes = Schemes::with(&[]).unwrap();
    let broken = Policy::broken(&good.replacen(from, to, 1), &schemes);
    broken.iter().map(ToString::to_string).collect()
}

#[test]
fn what_is_right_has_nothing_wrong() {
    let schemes = Schemes::with(&[]).unwrap();
    for id in Policy::names() {
        assert_eq!(Policy::broken(Policy::text(id).unwrap(), &schemes), []);
    }
}

#[test]
fn a_policy_says_in_which_line_what_is_wrong_and_what_would_be_right() {
    for (from, to, says) in [
        (
            "unread = \"block\"",
            "unread = \"blok\"",
            "Line 12 (unread = \"blok\"): “blok” means nothing here. Write block, flag or accept",
        ),
        (
            "unread = \"block\"",
            "unread = \"accept\"",
            "Line 12 (unread = \"accept\"): unread: what could not be read is blocked or flagged, never accepted. Write unread = \"block\" or unread = \"flag\"",
        ),
        (
            "unread = \"block\"\n",
            "",
            "“unread” is missing. Add a line such as unread = \"block\"",
        ),
        (
            "designation = \"PROTECT\"",
            "designation = 3",
            "Line 8 (designation = 3): here stands a number, where text belongs. Put it between quotation marks: \"…\"",
        ),
        (
            "protect = { outcome = \"allowed\", number = 1 }",
            "protect = { outcom = \"allowed\", number = 1 }",
            "Line 30 (protect = { outcom = \"allowed\", number = 1 }): there is no “outcom” here. Write outcome or number",
        ),
        (
            "protect = { outcome = \"allowed\", number = 1 }\n",
            "",
            "Line 27 ([markings.gpms]): markings.gpms: it says nothing of protect. Add a line such as protect = { outcome = \"above\", number = 2 }",
        ),
        (
            "[markings.gpms]",
            "[markings.gpms]\nblue = { outcome = \"above\", number = 2 }",
            "Line 28 (blue = { outcome = \"above\", number = 2 }): markings.gpms: there is no blue. Take that line away, or correct its name",
        ),
        (
            "name = \"IL2: up to PROTECT\"",
            "name = IL2: up to PROTECT",
            "Line 7 (name = IL2: up to PROTECT): this cannot be read",
        ),
        (
            "unread = \"block\"",
            "unread = \"block\"\nunread = \"flag\"",
            "Line 13 (unread = \"flag\"): this was said before. Take one of the two away",
        ),
    ] {
        let broken = policy(from, to);
        assert!(broken[0].starts_with(says), "{to}: {broken:#?}");
    }
}

#[test]
fn everything_that_is_forgotten_is_told_at_once() {
    let broken = policy(
        "official = { outcome = \"allowed\", number = 1 }\nofficial-sensitive = { outcome = \"ask\", number = 3 }\n",
        "",
    );
    assert_eq!(broken.len(), 2, "{broken:#?}");
    assert!(broken[1].contains("official-sensitive"), "{broken:#?}");
}

#[test]
fn a_scheme_says_the_same() {
    let good = "id = \"ours\"\nname = \"Ours\"\nsources = [\"us\"]\n\n[[level]]\nid = \"red\"\nname = \"RED\"\nrank = 1\nwritten = [\"RED\"]\n";
    assert_eq!(Scheme::broken(good), []);
    for (from, to, says) in [
        (
            "sources = [\"us\"]",
            "sources = []",
            "Line 3 (sources = []): sources: say where the scheme is laid down. Write sources = [\"…\"]",
        ),
        (
            "rank = 1\n",
            "",
            "Line 5 ([[level]]): “rank” is missing. Add a line such as rank = 1",
        ),
        (
            "rank = 1",
            "rank = \"1\"",
            "Line 8 (rank = \"1\"): here stands text, where a whole number belongs. Write digits alone, without quotation marks",
        ),
        (
            "written = [\"RED\"]",
            "written = []",
            "Line 6 (id = \"red\"): level red: `written` needs at least one way with words in it. Write, say, written = [\"SECRET\"]",
        ),
        (
            "written = [\"RED\"]\n",
            "written = [\"RED\"]\n[additions]\ncaveats_from = \"blue\"\n",
            "Line 11 (caveats_from = \"blue\"): caveats_from: there is no level blue. Name the id of one of the levels",
        ),
    ] {
        assert!(good.contains(from));
        let broken: Vec<String> = Scheme::broken(&good.replacen(from, to, 1))
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(broken, [says], "{to}");
    }
}
