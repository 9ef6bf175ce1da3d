//! Places that access is given on: sites and libraries.

use super::{
    ChangeLibraryAccess, ChangeSiteAccess, LibraryAccessChanged, SiteAccessChanged,
    ViewLibraryAccess, ViewSiteAccess,
};
use crate::Result;
use crate::kernel::{Action, Actor, Id, Target, thing};
use crate::libraries::{self, LibraryHead};
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

/// The place whose access this person may look at.
pub async fn place<P: Governed>(actor: &Actor, place: Id<P>) -> Result<PlaceHead> {
    place_head(&mut actor.read::<P::View>(place).await?).await
}

/// The place of a proof. Three queries at most.
pub(super) async fn place_head(proof: &mut impl Standpoint) -> Result<PlaceHead> {
    let (standing, _) = proof.standpoint();
    if standing.place.library.is_none() {
        let site = sites::head_of(proof).await?;
        return Ok(PlaceHead {
            name: site.line.name.clone(),
            site,
            library: None,
            inherits: None,
        });
    }
    let library = libraries::head_of(proof).await?;
    Ok(PlaceHead {
        name: library.name.clone(),
        site: library.site.clone(),
        inherits: Some(library.inherits),
        library: Some(library),
    })
}
