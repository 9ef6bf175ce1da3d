//! Giving access and ending it.

use chancery::kernel::{Id, thing};

use super::acts::{Common, Judged, Next};
use super::desk::{Desk, Pending};
use super::person::{Came, Person, between};

/// Gives access to the register and ends it, until the connection breaks.
pub async fn govern(desk: &mut Desk, person: &Person, common: &Common) {
    loop {
        let (who, name) = desk.chance.one(&common.others).clone();
        let next = match desk.given.get(&who).cloned() {
            Some(grant) => end(desk, person, common, who, grant).await,
            None => give(desk, person, common, who, &name).await,
        };
        if next == Next::Stop {
            return;
        }
    }
}

async fn give(
    desk: &mut Desk,
    person: &Person,
    common: &Common,
    who: Id<thing::Person>,
    name: &str,
) -> Next {
    let here = format!("/libraries/{}/access", common.register);
    let name = name.replace(' ', "+");
    let asked = format!("{here}/preview?what=give&find={name}&who=person:{who}&role=reader");
    let shown = person.get(&asked).await;
    if save(desk, person, common, shown, who, true).await == Next::Stop {
        return Next::Stop;
    }
    let Some(found) = grants_of(person, common, &here).await else {
        return Next::Stop;
    };
    let known: Vec<_> = desk.given.values().flatten().collect();
    let new = found.into_iter().find(|grant| !known.contains(&grant));
    assert!(new.is_some(), "the grant that was given is not on the page");
    desk.given.insert(who, new);
    Next::GoOn
}

async fn end(
    desk: &mut Desk,
    person: &Person,
    common: &Common,
    who: Id<thing::Person>,
    grant: Option<String>,
) -> Next {
    let grant = grant.expect("every grant is known after a look");
    let asked = format!(
        "/libraries/{}/access/preview?what=end&grant={grant}",
        common.register
    );
    let shown = person.get(&asked).await;
    save(desk, person, common, shown, who, false).await
}

/// The register's own grants, as its page lists them.
async fn grants_of(person: &Person, common: &Common, here: &str) -> Option<Vec<String>> {
    let Judged::Done(answer) = common.judge(person.get(here).await, "looking at access") else {
        return None;
    };
    answer.body.as_ref()?;
    let text = answer.text();
    let marker = format!("{here}/grants/");
    let found = text
        .split(&marker)
        .skip(1)
        .map(|rest| rest[..13].to_owned());
    Some(found.collect())
}

/// Saves a change of access as its preview showed it.
async fn save(
    desk: &mut Desk,
    person: &Person,
    common: &Common,
    shown: Came,
    who: Id<thing::Person>,
    given: bool,
) -> Next {
    let preview = match common.judge(shown, "previewing a change of access") {
        Judged::Done(answer) if answer.body.is_some() => answer.text(),
        Judged::Conflict => panic!("nobody else changes access"),
        // Nothing was changed yet.
        _ => return Next::Stop,
    };
    let path = format!("/libraries/{}/access/change", common.register);
    let form = preview.split(&format!("action=\"{path}\"")).nth(1);
    let form = form.and_then(|rest| rest.split("</form>").next());
    let form = form.unwrap_or_else(|| panic!("no form to save on {preview}"));
    let mut fields = vec![("why".to_owned(), "For the test".to_owned())];
    for input in form.split("<input type=\"hidden\" name=\"").skip(1) {
        let name = input.split('"').next().unwrap();
        let value = between(input, "value=\"", "\"").replace("&#38;", "&");
        if name != "csrf" {
            fields.push((name.to_owned(), value));
        }
    }
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    match common.judge(person.post(&path, &fields).await, "changing access") {
        Judged::Done(answer) => {
            assert_eq!(answer.status, 303, "{}", answer.words());
            desk.tally.changes += 1;
            if given {
                desk.given.insert(who, None);
            } else {
                desk.given.remove(&who);
            }
            Next::GoOn
        }
        Judged::Conflict => panic!("nobody else changes access"),
        Judged::Unknown => {
            desk.pending = Some(Pending::Grant { who, given });
            Next::Stop
        }
        Judged::NotDone => Next::Stop,
    }
}
