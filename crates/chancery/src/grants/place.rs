//! Places that access is given on: sites and libraries.

use super::sql::{self, LibraryRow};
use super::{
    ChangeLibraryAccess, ChangeSiteAccess, LibraryAccessChanged, SiteAccessChanged,
    ViewLibraryAccess, ViewSiteAccess,
};
use crate::Result;
use crate::kernel::{Action, Role, Target, args, thing};
use crate::libraries::LibraryHead;
use crate::sites::{self, SiteHead, Standpoint};

/// A kind of place that has grants: a site or a library. Each verb here works on both.
pub trait Governed: Target + Sized {
    /// Looking at who can see it.
    type View: Action<Target = Self>;
    /// Changing who can see it.
    type Change: Action<Target = Self>;
    /// Whether it is a library, which can take its site's access as well as its own.
    const IS_LIBRARY: bool;
    /// In a word: "site".
    const NAME: &'static str;

    #[doc(hidden)]
    fn event(done: Done) -> <Self::Change as Action>::Event;
}

/// What the journal keeps of one change.
#[doc(hidden)]
#[derive(Debug, Clone)]
pub struct Done {
    pub(super) change: String,
    pub(super) why: String,
    pub(super) by_owner: bool,
    pub(super) what: &'static str,
    pub(super) to: &'static str,
    pub(super) role: &'static str,
}

macro_rules! governed {
    ($($place:ident, $view:ident, $change:ident, $event:ident, $is_library:literal, $name:literal;)*) => {$(
        impl Governed for thing::$place {
            type View = $view;
            type Change = $change;
            const IS_LIBRARY: bool = $is_library;
            const NAME: &'static str = $name;

            fn event(done: Done) -> $event {
                let Done { change, why, by_owner, what, to, role } = done;
                $event { change, why, by_owner, what, to, role }
            }
        }
    )*};
}

governed! {
    Site, ViewSiteAccess, ChangeSiteAccess, SiteAccessChanged, false, "site";
    Library, ViewLibraryAccess, ChangeLibraryAccess, LibraryAccessChanged, true, "library";
}

/// The place whose access is looked at or changed. Whoever may change access to a library may
/// know its name, even where they cannot read it.
#[derive(Debug, Clone)]
pub struct PlaceHead {
    /// Its name.
    pub name: String,
    /// The site, or the site that the library is in.
    pub site: SiteHead,
    /// The library, when it is one.
    pub library: Option<LibraryHead>,
    /// For a library, whether it takes its site's access as well as its own.
    pub inherits: Option<bool>,
}

/// The place of a proof. Two or three queries.
pub(super) async fn place_head(proof: &mut impl Standpoint) -> Result<PlaceHead> {
    let (standing, at) = proof.standpoint();
    let site = sites::head_of(proof).await?;
    let Some(id) = standing.place.library else {
        return Ok(PlaceHead {
            name: site.line.name.clone(),
            site,
            library: None,
            inherits: None,
        });
    };
    let row: LibraryRow = proof.one(sql::LIBRARY, args![at, id]).await?;
    let (people, organisations) = sites::exposure(proof, id.raw(), at).await?;
    let role = standing.role.filter(|_| standing.active);
    let library = LibraryHead {
        site: site.clone(),
        id,
        name: row.name.clone(),
        purpose: row.purpose,
        inherits: row.inherits,
        role,
        can_contribute: role >= Some(Role::Contributor),
        can_own: role == Some(Role::Owner),
        can_govern: standing.governs(),
        people,
        organisations,
    };
    Ok(PlaceHead {
        name: row.name,
        site,
        library: Some(library),
        inherits: Some(row.inherits),
    })
}
