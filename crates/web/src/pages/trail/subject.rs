//! What a trail is of, with the frame of its pages.

use chancery::kernel::{Id, thing};
use chancery::trail::Of;
use chancery::{documents, libraries, sites};

use crate::components::Crumb;
use crate::failure::Failure;
use crate::frame::Frame;
use crate::guest::{Guest, InSite};

/// A kind of thing that has a trail.
pub(super) trait Trailed: Send + Sync + 'static + Sized {
    /// How its addresses begin.
    const ROOT: &'static str;
    /// In a word.
    const NAME: &'static str;
    /// This one.
    fn of(id: Id<Self>) -> Of;
}

impl Trailed for thing::Site {
    const ROOT: &'static str = "sites";
    const NAME: &'static str = "site";
    fn of(id: Id<Self>) -> Of {
        Of::Site(id)
    }
}

impl Trailed for thing::Library {
    const ROOT: &'static str = "libraries";
    const NAME: &'static str = "library";
    fn of(id: Id<Self>) -> Of {
        Of::Library(id)
    }
}

impl Trailed for thing::Document {
    const ROOT: &'static str = "documents";
    const NAME: &'static str = "document";
    fn of(id: Id<Self>) -> Of {
        Of::Document(id)
    }
}

/// The thing that a trail is of, as the person may see it.
pub(super) struct Subject {
    /// Its name.
    pub(super) name: String,
    /// Whether the person may see who read what.
    pub(super) owns: bool,
    /// The frame of a page about it.
    pub(super) frame: Frame,
}

impl Subject {
    /// Finds it. `at` is where in the site the page is, when it is about a site.
    pub(super) async fn find(
        guest: &Guest,
        of: Of,
        title: &str,
        at: InSite,
    ) -> Result<Self, Failure> {
        match of {
            Of::Site(id) => {
                let head = sites::head(&guest.actor, id).await?;
                Ok(Self {
                    frame: guest.in_site(titled(title, &head.line.name), &head, at),
                    owns: head.can_see_trail,
                    name: head.line.name,
                })
            }
            Of::Library(id) => {
                let head = libraries::head(&guest.actor, id).await?;
                Ok(Self {
                    frame: guest.in_library(titled(title, &head.name), &head, Vec::new()),
                    owns: head.can_own,
                    name: head.name,
                })
            }
            Of::Document(id) => {
                let document = documents::document(&guest.actor, id, None).await?;
                let library = document.head.id;
                let mut under: Vec<Crumb> = document
                    .path
                    .iter()
                    .map(|(folder, name)| {
                        Crumb::new(name, format!("/libraries/{library}?folder={folder}"))
                    })
                    .collect();
                under.push(Crumb::new(&document.name, format!("/documents/{id}")));
                Ok(Self {
                    frame: guest.in_library(titled(title, &document.name), &document.head, under),
                    owns: document.can.own,
                    name: document.name,
                })
            }
        }
    }
}

fn titled(title: &str, name: &str) -> String {
    format!("{title} {name}")
}
