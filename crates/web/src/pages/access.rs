//! Access: who can see a place and why, a change of it, and what the change would do before it is made.
//!
//! Sites and libraries have the same pages. Every change goes through its preview: the forms here
//! lead to it and save nothing, and what it showed is compared with what saving would do. A preview
//! has an address, so that one can come back to it.

mod change;
mod give;
mod grant;
mod holders;
mod inherit;
pub(super) mod people;
mod plan;
mod preview;
mod question;
mod show;

use chancery::grants::{Governed, PlaceHead};
use chancery::kernel::thing::{Library, Site};
use chancery::kernel::{Id, Role};

use crate::components::{Choice, Crumb, Field, NavItem};
use crate::frame::Frame;
use crate::guest::{Guest, InSite};
use crate::routes::routes;

routes! {
    get "/sites/{id}/access" => show::show::<Site>;
    get "/libraries/{id}/access" => show::show::<Library>;
    get "/sites/{id}/access/give" => give::ask::<Site>;
    get "/libraries/{id}/access/give" => give::ask::<Library>;
    get "/sites/{id}/access/grants/{grant}" => grant::ask::<Site>;
    get "/libraries/{id}/access/grants/{grant}" => grant::ask::<Library>;
    get "/libraries/{id}/access/inherit" => inherit::ask;
    get "/sites/{id}/access/preview" => preview::show::<Site>;
    get "/libraries/{id}/access/preview" => preview::show::<Library>;
    post "/sites/{id}/access/change" => change::save::<Site>;
    post "/libraries/{id}/access/change" => change::save::<Library>;
}

/// The address of the access page of a place.
fn address<P: Governed>(id: Id<P>) -> String {
    let root = if P::IS_LIBRARY { "libraries" } else { "sites" };
    format!("/{root}/{id}/access")
}

/// Whether the viewer can see the place itself, and not only who else can.
fn can_see(place: &PlaceHead) -> bool {
    match &place.library {
        Some(library) => library.role.is_some(),
        None => place.site.role.is_some(),
    }
}

/// The frame of a page about the access of a place. Whoever may change who can see it without seeing it
/// is led to nothing that they cannot open.
fn frame(guest: &Guest, place: &PlaceHead, title: &str, here: &str, below: bool) -> Frame {
    let mut crumbs = Vec::new();
    if below {
        crumbs.push(Crumb::new("Access", here));
    }
    let title = title.to_owned();
    let on_site = place.site.role.is_some();
    let mut frame = match &place.library {
        Some(library) if can_see(place) => return guest.in_library(title, library, crumbs),
        Some(library) => Frame {
            crumbs: {
                let mut all = Vec::new();
                if on_site {
                    let documents = format!("/sites/{}/documents", place.site.line.id);
                    all.push(Crumb::new("Documents", documents));
                }
                if below {
                    all.push(Crumb::new(format!("Access to {}", library.name), here));
                }
                all
            },
            ..guest.in_site(title, &place.site, InSite::Documents)
        },
        None => Frame {
            crumbs,
            ..guest.in_site(title, &place.site, InSite::Access)
        },
    };
    if !on_site && let Some(site) = &mut frame.site {
        let access = format!("{}/access", site.href);
        site.items = vec![NavItem::new(
            "Access",
            access.clone(),
            place.library.is_none(),
        )];
        site.href = access;
    }
    frame
}

/// "Owner".
pub(super) fn role_label(role: Role) -> &'static str {
    match role {
        Role::Reader => "Reader",
        Role::Contributor => "Contributor",
        Role::Owner => "Owner",
    }
}

/// The question which role to give, with what each lets somebody do.
fn role_field(is_library: bool, chosen: &str) -> Field {
    let choices = Role::ALL.map(|role| {
        let may = match (role, is_library) {
            (Role::Reader, true) => "Can open and download every document in it",
            (Role::Reader, false) => {
                "Can see the site, and open every document in libraries that take the site’s access"
            }
            (Role::Contributor, _) => {
                "Can also add documents, check them out, add versions, rename, move and delete"
            }
            (Role::Owner, _) => {
                "Can also decide who can see it, and see who opened and changed what"
            }
        };
        Choice::new(role.name(), role_label(role)).hint(may)
    });
    Field::radios("role", "What they can do", choices)
        .bold()
        .value(chosen)
}
