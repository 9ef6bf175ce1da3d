//! Dead properties (RFC 4918 §4): kept as programs said them, bounded, and changed all or none.

use super::guard::{Being, Guard, Subject, Touches, facts, said};
use super::put::may_change;
use super::sql;
use super::{
    Conditions, Looked, Outcome, PropertiesSet, Property, PropertyChange, SetProperties, Stop,
    What, rules,
};
use crate::kernel::{Actor, Id, Queries as _, args};
use crate::{Error, Result};

/// Makes these changes in their order, all of them or none.
pub async fn set_properties(
    actor: &Actor,
    looked: &Looked,
    changes: Vec<PropertyChange>,
    conditions: &Conditions,
) -> Outcome<()> {
    let spot = match (&looked.what, &looked.spot) {
        (What::Realm | What::Site(_), _) | (_, None) => return Err(Stop::Fixed),
        (What::Nothing | What::Nowhere | What::Aside(_), _) => return Err(Error::NotFound.into()),
        (_, Some(spot)) => spot,
    };
    may_change(spot)?;
    if matches!(looked.what, What::Scrap(_)) {
        // Nobody reads them again.
        return Ok(());
    }
    let guard = Guard::of(actor, conditions, &[looked]).await?;
    let mut w = actor.write::<SetProperties>(spot.library).await?;
    let me = actor.me()?;
    let (item, name, etag) = match looked.entry() {
        None => (0, spot.library_name.clone(), String::new()),
        Some(entry) => {
            let now = facts(&mut w, me, entry.id).await?;
            now.still_in(spot.library)?;
            if now.sealed {
                return Err(Error::Sealed.into());
            }
            now.held_by(me)?;
            (now.id.raw(), now.name.clone(), now.etag(me))
        }
    };
    let subject = Subject {
        library: spot.library,
        item,
        state: Being::of(&etag),
    };
    guard
        .check(&mut w, subject, &looked.address, Touches::Itself)
        .await?;
    let target = if item == 0 { spot.library.raw() } else { item };
    let row: Option<(String,)> = w.first(sql::SAID, args![target]).await?;
    let before = row
        .map(|(text,)| said(&text))
        .transpose()?
        .unwrap_or_default();
    let after = apply(before.clone(), changes)?;
    if after == before {
        return Ok(());
    }
    if after.is_empty() {
        w.execute(sql::UNSAY, args![target]).await?;
    } else {
        w.execute(sql::SAY, args![target, text(&after)?]).await?;
    }
    w.place_mut().item = (item != 0).then(|| Id::from_raw(item));
    w.commit(PropertiesSet { name }).await?;
    Ok(())
}

fn text(properties: &[Property]) -> Result<String> {
    let rows: Vec<[&str; 3]> = properties
        .iter()
        .map(|property| [&*property.space, &*property.name, &*property.xml])
        .collect();
    serde_json::to_string(&rows).map_err(Error::unavailable)
}

fn apply(mut all: Vec<Property>, changes: Vec<PropertyChange>) -> Outcome<Vec<Property>> {
    for change in changes {
        match change {
            PropertyChange::Set(property) => {
                let place = all
                    .iter()
                    .position(|one| one.space == property.space && one.name == property.name);
                match place {
                    Some(place) => all[place] = property,
                    None => all.push(property),
                }
            }
            PropertyChange::Remove(space, name) => {
                all.retain(|one| one.space != space || one.name != name);
            }
        }
    }
    let bytes: usize = all
        .iter()
        .map(|one| one.space.len() + one.name.len() + one.xml.len())
        .sum();
    if all.len() > rules::PROPERTIES_MOST || bytes > rules::PROPERTIES_BYTES {
        return Err(Stop::Full("At most 64 KiB can be said of one thing"));
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn property(name: &str, xml: &str) -> Property {
        Property {
            space: "urn:x".to_owned(),
            name: name.to_owned(),
            xml: xml.to_owned(),
        }
    }

    #[test]
    fn changes_are_made_in_their_order() {
        let set = |name, xml| PropertyChange::Set(property(name, xml));
        let remove = |name: &str| PropertyChange::Remove("urn:x".to_owned(), name.to_owned());
        let all = apply(vec![property("a", "1")], vec![set("b", "2"), set("a", "3")]).unwrap();
        assert_eq!(all, [property("a", "3"), property("b", "2")]);
        assert_eq!(
            apply(all.clone(), vec![remove("a"), set("a", "4")])
                .unwrap()
                .len(),
            2
        );
        assert_eq!(
            apply(all, vec![set("c", "5"), remove("c"), remove("a")]).unwrap(),
            [property("b", "2")]
        );
    }

    #[test]
    fn what_is_said_of_one_thing_is_bounded() {
        let long = "x".repeat(rules::PROPERTIES_BYTES);
        let set = PropertyChange::Set(property("a", &long));
        assert!(matches!(apply(Vec::new(), vec![set]), Err(Stop::Full(_))));
        let many = (0..=rules::PROPERTIES_MOST)
            .map(|number| PropertyChange::Set(property(&number.to_string(), "")))
            .collect();
        assert!(matches!(apply(Vec::new(), many), Err(Stop::Full(_))));
    }
}
