//! What every handler shares: the realm and how it is reached.

use std::sync::Arc;

use chancery::kernel::{Realm, Time};
use jiff::tz::TimeZone;

use crate::components::Hue;

/// How the pages are reached, which the realm itself does not know.
#[derive(Debug, Clone)]
pub struct PortalSettings {
    /// The address that people type, without a slash at the end: `https://realm.example`.
    pub address: String,
    /// The colour of the band that says the designation.
    pub hue: Hue,
}

/// A realm, open to browsers. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Portal(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    realm: Realm,
    settings: PortalSettings,
}

impl Portal {
    /// The pages of this realm.
    pub fn new(realm: Realm, settings: PortalSettings) -> Self {
        Self(Arc::new(Inner { realm, settings }))
    }

    /// The realm.
    pub fn realm(&self) -> &Realm {
        &self.0.realm
    }

    /// The present moment.
    pub fn now(&self) -> Time {
        self.0.realm.now()
    }

    /// The time zone that dates are shown in.
    pub fn zone(&self) -> &TimeZone {
        &self.0.realm.settings().time_zone
    }

    /// The full address of a path: for links that leave the browser.
    pub fn absolute(&self, path: &str) -> String {
        format!("{}{path}", self.0.settings.address)
    }

    /// The colour of the band.
    pub fn hue(&self) -> Hue {
        self.0.settings.hue
    }

    /// Whether the realm is reached over TLS, so that cookies may be bound to it.
    pub fn secure(&self) -> bool {
        self.0.settings.address.starts_with("https://")
    }

    /// The name of the cookie that holds the session: bound to this very host where TLS allows it (RFC 6265bis, `__Host-`).
    pub fn session_cookie(&self) -> &'static str {
        if self.secure() {
            "__Host-chancery"
        } else {
            "chancery"
        }
    }
}
