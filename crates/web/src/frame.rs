//! What surrounds every page: [`Frame`].
//!
//! A page is a struct with a field `frame: Frame`, and its template extends `frame.html` (or `bare.html`, which
//! has no navigation: signing in, errors). Blocks to fill: `content`; seldom `title` and `beforecontent`, which stands
//! between the breadcrumbs and the main content (a back link, for example).
//!
//! Addresses that the frame itself leads to: `/` (home), `/search`, `/notices`, `/sign-out` (posted), `/help`,
//! `/accessibility`, `/privacy` and `/assets/…`.

use crate::components::{Crumb, Hue, Link, NavItem};

/// What surrounds a page. `..Frame::default()` leaves out what a page does not have.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    /// The name of the realm.
    pub realm: String,
    /// The highest marking that the realm may hold. It stands first on every page and in its title.
    pub designation: String,
    /// The colour of the band that says the designation.
    pub hue: Hue,
    /// Who runs the realm.
    pub run_by: String,
    /// Who is signed in.
    pub person: Option<Me>,
    /// How many notices this person has not read.
    pub notices: u64,
    /// The primary navigation.
    pub navigation: Vec<NavItem>,
    /// The site that this page belongs to.
    pub site: Option<SiteHead>,
    /// The places between the navigation and this page.
    pub crumbs: Vec<Crumb>,
    /// The title of this page, which is also its first heading.
    pub title: String,
    /// Whether the form on this page has problems.
    pub error: bool,
    /// The token that every form on this page posts.
    pub csrf: String,
    /// Whether there is a search box.
    pub search: bool,
    /// What the last action did.
    pub flash: Option<Flash>,
    /// What its script does beyond what every page's does.
    pub scripted: Scripted,
}

/// What the script of a page does. Each of the larger ones does all that every page's does too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scripted {
    /// What every page's does.
    #[default]
    Plainly,
    /// Files are sent from the page.
    ToSend,
    /// A PDF is shown on it.
    ToRead,
}

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Me {
    /// The person's name.
    pub name: String,
    /// The address of the person's account.
    pub href: String,
}

/// The head of the site that a page belongs to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SiteHead {
    /// The name of the site.
    pub name: String,
    /// Its address.
    pub href: String,
    /// What it is and whose: "Project site, run by Northmoor Probation Trust".
    pub kind_line: String,
    /// Its navigation.
    pub items: Vec<NavItem>,
}

/// What the last action did, said once at the top of the next page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flash {
    /// What was done, as a sentence.
    pub text: String,
    /// Where to go on from here.
    pub link: Option<Link>,
    /// Whether it went well. Otherwise it is important news.
    pub success: bool,
}

impl Flash {
    /// Something went well.
    pub fn success(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            link: None,
            success: true,
        }
    }

    /// Something that the person should know, neither good nor asked for.
    pub fn important(text: impl Into<String>) -> Self {
        Self {
            success: false,
            ..Self::success(text)
        }
    }

    /// Adds where to go on from here.
    #[must_use]
    pub fn link(mut self, link: Link) -> Self {
        self.link = Some(link);
        self
    }
}

impl Frame {
    /// The title of the browser's tab: the designation first, then this page, its site and the realm. "Error:" comes
    /// before all of it when the form has problems, so that it is heard first.
    pub fn page_title(&self) -> String {
        let places = [
            Some(self.title.as_str()),
            self.site.as_ref().map(|site| site.name.as_str()),
            Some(self.realm.as_str()),
        ];
        let mut title = String::new();
        if self.error {
            title.push_str("Error: ");
        }
        if !self.designation.is_empty() {
            title.push_str(&self.designation);
            title.push_str(": ");
        }
        let mut last = "";
        for place in places.into_iter().flatten() {
            // The overview of a site is titled like the site; saying it twice helps nobody.
            if place.is_empty() || place == last {
                continue;
            }
            if !last.is_empty() {
                title.push_str(" – ");
            }
            title.push_str(place);
            last = place;
        }
        title
    }

    /// Whether the primary navigation leads to this very page, and not to a place above it.
    pub fn at_top(&self) -> bool {
        self.site.is_none() && self.crumbs.is_empty()
    }

    /// The notices on the badge: the number, or "99+".
    pub fn badge(&self) -> String {
        match self.notices {
            0..=98 => self.notices.to_string(),
            _ => "99+".to_owned(),
        }
    }

    /// The notices on the badge, in words to hear.
    pub fn badge_spoken(&self) -> String {
        match self.notices {
            0..=98 => format!("({} unread)", self.notices),
            _ => "(99 or more unread)".to_owned(),
        }
    }
}

#[allow(
    clippy::unused_self,
    reason = "a template calls methods of its page; it has no names of another crate"
)]
impl Frame {
    /// The address of the one stylesheet.
    pub fn stylesheet(&self) -> &'static str {
        assets::stylesheet()
    }

    /// The address of the one script.
    pub fn script(&self) -> &'static str {
        match self.scripted {
            Scripted::Plainly => assets::script(),
            Scripted::ToSend => assets::uploading(),
            Scripted::ToRead => assets::reading(),
        }
    }

    /// The address of the icon.
    pub fn favicon(&self) -> &'static str {
        assets::favicon()
    }
}
