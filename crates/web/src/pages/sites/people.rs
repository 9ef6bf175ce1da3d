//! The people in a site, by organisation, and how to reach them.

use askama::Template;
use chancery::kernel::{Id, Role, thing};
use chancery::sites::{self, MEMBERS_SHOWN, MemberLine, SiteHead};

use crate::failure::Answer;
use crate::format;
use crate::frame::Frame;
use crate::guest::{Guest, InSite, page};
use crate::named::Named;
use crate::pages::access::role_label;

/// The people of one organisation.
struct Group {
    organisation: String,
    note: String,
    people: Vec<Member>,
}

/// Somebody in the site.
struct Member {
    line: MemberLine,
    role: &'static str,
}

#[derive(Template)]
#[template(path = "sites/people.html")]
struct PeoplePage {
    frame: Frame,
    head: SiteHead,
    heading: String,
    groups: Vec<Group>,
    /// What everyone in the realm may do here besides.
    everyone: Option<&'static str>,
    /// How many are not named because there are too many.
    more: Option<String>,
}

/// By organisation, each group in the order of the list: greatest role first, then by name.
fn group(people: Vec<MemberLine>) -> Vec<Group> {
    let mut groups: Vec<(Id<thing::Organisation>, Group)> = Vec::new();
    for member in people {
        let organisation = member.line.organisation_id;
        let member = Member {
            role: role_label(member.role),
            line: member,
        };
        match groups.iter_mut().find(|(id, _)| *id == organisation) {
            Some((_, group)) => group.people.push(member),
            None => groups.push((
                organisation,
                Group {
                    organisation: member.line.line.organisation.clone(),
                    note: String::new(),
                    people: vec![member],
                },
            )),
        }
    }
    let mut groups: Vec<Group> = groups.into_iter().map(|(_, group)| group).collect();
    for group in &mut groups {
        group.note = format::count(group.people.len() as u64, "person", "people");
    }
    groups.sort_by_cached_key(|group| group.organisation.to_lowercase());
    groups
}

pub(super) async fn show(guest: Guest, Named(id): Named<Id<thing::Site>>) -> Answer {
    let head = sites::head(&guest.actor, id).await?;
    let members = sites::members(&guest.actor, id).await?;
    let shown = members.people.len() as u64;
    let groups = group(members.people);
    let verb = if members.total == 1 { "is" } else { "are" };
    let said = if members.total == shown {
        format::people(shown, groups.len() as u64)
    } else {
        format::count(members.total, "person", "people")
    };
    page(&PeoplePage {
        frame: guest.in_site("People", &head, InSite::People),
        heading: format!("{said} {verb} in this site"),
        groups,
        everyone: members.open_to_everyone.map(|role| match role {
            Role::Reader => "read what is in it",
            Role::Contributor => "read and change what is in it",
            Role::Owner => "do everything in it",
        }),
        more: (members.total > shown).then(|| {
            format!(
                "Only the first {} are named here.",
                format::number(u64::from(MEMBERS_SHOWN).min(shown))
            )
        }),
        head,
    })
}
