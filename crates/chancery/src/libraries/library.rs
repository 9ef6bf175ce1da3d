//! Opening a library, and changing what is said of it.

use super::rules;
use super::sql::{self, LibraryRow};
use super::{
    CreateLibrary, EditLibrary, LibraryChange, LibraryCreated, LibraryEdited, LibraryForm,
};
use crate::kernel::{Actor, Id, Queries as _, Time, args, thing};
use crate::{Error, Result};

/// Opens a library in a site. Where it does not take the site's access, whoever opens it owns it,
/// by a grant like any other.
pub async fn create(
    actor: &Actor,
    site: Id<thing::Site>,
    form: &LibraryForm,
) -> Result<Id<thing::Library>> {
    let mut w = actor.write::<CreateLibrary>(site).await?;
    let me = actor.me()?;
    let said = rules::library(form)?;
    free_name(&mut w, site, &said, 0).await?;
    let library: Id<thing::Library> = w.new_id();
    let (site, at) = (w.target(), w.at());
    w.execute(
        sql::INSERT_LIBRARY,
        args![library, site, &said.name, said.key, said.purpose, at, me],
    )
    .await?;
    if form.inherits {
        let interval: Id<thing::Interval> = w.new_id();
        w.execute(
            sql::INSERT_INHERITANCE,
            args![interval, library, at, Time::FOREVER],
        )
        .await?;
    } else {
        let grant: Id<thing::Grant> = w.new_id();
        w.execute(
            sql::INSERT_OWNER,
            args![grant, library, me, at, Time::FOREVER],
        )
        .await?;
    }
    w.place_mut().library = Some(library);
    w.commit(LibraryCreated {
        library: said.name,
        inherits: form.inherits,
    })
    .await?;
    Ok(library)
}

/// Changes what is said of a library: its name and purpose; what the change does not name stays as it
/// is then. Whether it takes its site's access is a change of access.
pub async fn edit(
    actor: &Actor,
    library: Id<thing::Library>,
    change: impl Into<LibraryChange>,
) -> Result<()> {
    let change = change.into();
    let mut w = actor.write::<EditLibrary>(library).await?;
    let site = w.standing().place.site.ok_or(Error::NotFound)?;
    let (library, at) = (w.target(), w.at());
    let before: LibraryRow = w.one(sql::LIBRARY, args![at, library]).await?;
    let said = rules::library(&LibraryForm {
        name: change.name.unwrap_or_else(|| before.name.clone()),
        purpose: change.purpose.unwrap_or(before.purpose),
        inherits: before.inherits,
    })?;
    free_name(&mut w, site, &said, library.raw()).await?;
    w.execute(
        sql::UPDATE_LIBRARY,
        args![library, &said.name, said.key, said.purpose],
    )
    .await?;
    w.commit(LibraryEdited {
        library: said.name,
        before: before.name,
    })
    .await
}

/// A name is used once in its site.
async fn free_name(
    w: &mut impl crate::kernel::Queries,
    site: Id<thing::Site>,
    said: &rules::Said,
    except: i64,
) -> Result<()> {
    let other: Option<(i64,)> = w
        .first(sql::LIBRARY_NAMED, args![site, &said.key, except])
        .await?;
    match other {
        None => Ok(()),
        Some(_) => Err(Error::invalid(
            "name",
            "This site already has a library with this name. Enter another",
        )),
    }
}
