//! The people who can see a place, by organisation, as the page shows them.

use chancery::grants::{Because, Holder, SubjectName, last_day};
use chancery::kernel::Role;
use jiff::tz::TimeZone;

use super::role_label;
use crate::components::Link;
use crate::format;

/// How many people a page shows before it folds organisations, and how many of each it shows then.
const UNFOLDED: usize = 100;
const OF_EACH: usize = 5;

/// The people of one organisation.
pub(super) struct Group {
    /// For the address that unfolds it.
    pub(super) anchor: String,
    pub(super) organisation: String,
    /// "9 people, public sector".
    pub(super) note: String,
    pub(super) people: Vec<Line>,
    /// The way to those who are not shown.
    pub(super) rest: Option<Link>,
}

/// Somebody who can see the place.
pub(super) struct Line {
    pub(super) name: String,
    /// Their page, where the viewer can open that.
    pub(super) href: Option<String>,
    pub(super) title: String,
    pub(super) role: &'static str,
    /// Every reason, the one that gives the greatest role first.
    pub(super) because: Vec<String>,
    pub(super) last_opened: String,
}

/// Who is asking, and what of a long list they want to see.
pub(super) struct View<'a> {
    pub(super) zone: &'a TimeZone,
    /// Whether the viewer can see the place themselves, and so has met whoever is in it by more than
    /// a grant to everyone.
    pub(super) shares: bool,
    pub(super) operator: bool,
    /// Whether everybody is shown, however many.
    pub(super) all: bool,
    /// The organisation that is shown in full.
    pub(super) unfolded: &'a str,
    pub(super) here: &'a str,
}

/// Holders, sorted by organisation, in groups.
pub(super) fn grouped(people: Vec<Holder>, view: &View<'_>) -> Vec<Group> {
    let fold = people.len() > UNFOLDED && !view.all;
    let mut groups: Vec<Vec<Holder>> = Vec::new();
    for holder in people {
        match groups.last_mut() {
            Some(group) if group[0].line.organisation_id == holder.line.organisation_id => {
                group.push(holder);
            }
            _ => groups.push(vec![holder]),
        }
    }
    groups
        .into_iter()
        .map(|group| one(group, fold, view))
        .collect()
}

fn one(holders: Vec<Holder>, fold: bool, view: &View<'_>) -> Group {
    let first = &holders[0];
    let anchor = first.line.organisation_id.to_string();
    let organisation = first.line.organisation.clone();
    let count = holders.len();
    let note = format!(
        "{}, {}",
        format::count(count as u64, "person", "people"),
        first.sector.label().to_lowercase()
    );
    let shown = if fold && anchor != view.unfolded {
        OF_EACH
    } else {
        count
    };
    let rest = (shown < count).then(|| {
        let others = format::count((count - shown) as u64, "other person", "other people");
        let href = format!("{}?organisation={anchor}#o-{anchor}", view.here);
        Link::new(format!("Show the {others}"), href).hidden(format!(" of {organisation}"))
    });
    Group {
        people: holders
            .into_iter()
            .take(shown)
            .map(|holder| line(holder, view))
            .collect(),
        anchor,
        organisation,
        note,
        rest,
    }
}

fn line(holder: Holder, view: &View<'_>) -> Line {
    let met = view.shares
        && holder
            .because
            .iter()
            .any(|because| because.subject != SubjectName::Everyone);
    Line {
        href: (met || view.operator).then(|| format!("/people/{}", holder.line.id)),
        name: holder.line.name,
        title: holder.line.title,
        role: role_label(holder.role),
        because: holder
            .because
            .iter()
            .map(|because| reason(because, holder.role, view.zone))
            .collect(),
        last_opened: holder.last_opened.map_or_else(
            || "Never".to_owned(),
            |at| format::day(at.timestamp(), view.zone),
        ),
    }
}

/// One reason: "in the team Resettlement casework, through the site, until 30 June 2026". A reason
/// that gives less than the person's `greatest` role says what it gives.
pub(super) fn reason(because: &Because, greatest: Role, zone: &TimeZone) -> String {
    let mut said = String::new();
    if because.role != greatest {
        said.push_str(because.role.name());
        said.push_str(": ");
    }
    said.push_str(&because.subject.says());
    if because.inherited {
        said.push_str(", through the site");
    }
    if let Some(until) = because.until {
        said.push_str(", until ");
        said.push_str(&format::date(last_day(until, zone)));
    }
    said
}

#[cfg(test)]
mod tests {
    use chancery::grants::{Because, Holder, SubjectName};
    use chancery::kernel::{Id, Role, Time};
    use chancery::people::{PersonLine, Sector};
    use jiff::tz::TimeZone;

    use super::{View, grouped, reason};

    fn because(role: Role, subject: SubjectName, inherited: bool) -> Because {
        Because {
            grant: Id::from_raw(1),
            role,
            subject,
            inherited,
            until: None,
        }
    }

    fn holders(number: i64, organisation: i64) -> Vec<Holder> {
        (0..number)
            .map(|person| Holder {
                line: PersonLine {
                    id: Id::from_raw(organisation * 1000 + person),
                    name: format!("Person {person}"),
                    title: String::new(),
                    organisation_id: Id::from_raw(organisation),
                    organisation: format!("Organisation {organisation}"),
                },
                sector: Sector::Voluntary,
                role: Role::Reader,
                because: vec![because(Role::Reader, SubjectName::Everyone, false)],
                last_opened: None,
            })
            .collect()
    }

    #[test]
    fn a_reason_says_through_what_and_until_when() {
        let team = SubjectName::Team("Casework".to_owned());
        let mut inherited = because(Role::Reader, team, true);
        let until: jiff::Timestamp = "2026-07-01T00:00:00Z".parse().expect("a moment");
        inherited.until = Some(Time::from(until));
        assert_eq!(
            reason(&inherited, Role::Owner, &TimeZone::UTC),
            "reader: in the team Casework, through the site, until 30 June 2026"
        );
    }

    #[test]
    fn a_long_list_shows_a_few_of_each_organisation_and_the_way_to_the_rest() {
        let mut people = holders(60, 1);
        people.extend(holders(50, 2));
        let mut view = View {
            zone: &TimeZone::UTC,
            shares: true,
            operator: false,
            all: false,
            unfolded: "",
            here: "/sites/1/access",
        };
        let groups = grouped(people.clone(), &view);
        assert_eq!(groups.len(), 2);
        assert_eq!(
            (groups[0].people.len(), groups[0].note.as_str()),
            (5, "60 people, voluntary sector")
        );
        let rest = groups[1].rest.as_ref().expect("there are more");
        assert_eq!(rest.text, "Show the 45 other people");
        // Whoever is there with everyone else in the realm has not been met.
        assert_eq!(groups[0].people[0].href, None);

        let second = groups[1].anchor.clone();
        view.unfolded = &second;
        let groups = grouped(people.clone(), &view);
        assert_eq!((groups[0].people.len(), groups[1].people.len()), (5, 50));

        view.all = true;
        assert_eq!(grouped(people, &view)[0].people.len(), 60);
    }
}
