//! What is written of things: their properties, live and dead (RFC 4918 §13 to §15, RFC 4331).

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use chancery::files::{Entry, LockLine, Property};
use chancery::kernel::Time;
use quick_xml::escape::escape;

use crate::address::href;
use crate::xml::DAV;

/// How a multistatus begins and ends.
pub(crate) const BEGIN: &str =
    "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<D:multistatus xmlns:D=\"DAV:\">\n";
pub(crate) const END: &str = "</D:multistatus>\n";

/// Which locks something can have.
const SUPPORTED: &str = "<D:lockentry><D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockentry><D:lockentry><D:lockscope><D:shared/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockentry>";

/// What a folder can still take, as far as anybody can say: nothing limits it but the disk, and programs refuse
/// to copy into what does not say that it has room.
const PLENTY: u64 = 1 << 50;

/// The name of a property.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Name {
    pub(crate) space: Arc<str>,
    pub(crate) name: String,
}

/// The live properties, which are what the product knows of things.
pub(crate) const LIVE: [&str; 11] = [
    "resourcetype",
    "displayname",
    "getetag",
    "getcontentlength",
    "getcontenttype",
    "getlastmodified",
    "creationdate",
    "lockdiscovery",
    "supportedlock",
    "quota-available-bytes",
    "quota-used-bytes",
];
/// How many of them are told without being asked for (RFC 4331 §2 leaves the others out).
const TOLD: usize = 9;

/// What is asked about things.
#[derive(Debug, Clone)]
pub(crate) enum Asked {
    /// Everything that is told without being asked for, and these.
    All(Vec<Name>),
    /// Which there are.
    Names,
    /// These.
    These(Vec<Name>),
}

impl Asked {
    fn names(&self) -> &[Name] {
        match self {
            Self::All(names) | Self::These(names) => names,
            Self::Names => &[],
        }
    }

    pub(crate) fn asks(&self, live: &str) -> bool {
        self.names()
            .iter()
            .any(|name| *name.space == *DAV && name.name == live)
    }

    /// Whether it matters what covers things.
    pub(crate) fn locks(&self) -> bool {
        matches!(self, Self::All(_)) || self.asks("lockdiscovery")
    }

    /// Whether it matters what programs said of things.
    pub(crate) fn dead(&self) -> bool {
        match self {
            Self::All(_) | Self::Names => true,
            Self::These(names) => names.iter().any(|name| !name.is_live()),
        }
    }
}

impl Name {
    pub(crate) fn is_live(&self) -> bool {
        *self.space == *DAV && LIVE.contains(&self.name.as_str())
    }

    fn is_of(&self, property: &Property) -> bool {
        *self.space == *property.space && self.name == property.name
    }
}

fn write_name(space: &str, name: &str, text: &mut String) {
    if space == DAV {
        text.push_str("<D:");
        text.push_str(name);
        text.push_str("/>");
    } else {
        text.push('<');
        text.push_str(name);
        text.push_str(" xmlns=\"");
        text.push_str(&escape(space));
        text.push_str("\"/>");
    }
}

/// A thing that is written of.
pub(crate) struct Thing<'a> {
    /// Its address, ready to be written.
    pub(crate) href: &'a str,
    /// The names of its address.
    pub(crate) names: &'a [String],
    pub(crate) name: &'a str,
    pub(crate) collection: bool,
    pub(crate) created_at: Option<Time>,
    pub(crate) changed_at: Option<Time>,
    pub(crate) size: u64,
    pub(crate) media_type: &'a str,
    pub(crate) etag: &'a str,
    pub(crate) locks: &'a [Arc<LockLine>],
    pub(crate) dead: &'a [Property],
    pub(crate) lockable: bool,
    /// How many bytes there are, where that was asked for.
    pub(crate) used: Option<u64>,
}

impl<'a> Thing<'a> {
    pub(crate) fn of(entry: &'a Entry, href: &'a str, names: &'a [String]) -> Self {
        Self {
            href,
            names,
            name: &entry.name,
            collection: entry.is_folder,
            created_at: Some(entry.created_at),
            changed_at: Some(entry.changed_at),
            size: entry.size,
            media_type: &entry.media_type,
            etag: &entry.etag,
            locks: &entry.locks,
            dead: &entry.properties,
            lockable: true,
            used: None,
        }
    }

    /// A response of a multistatus.
    pub(crate) fn write(&self, asked: &Asked, text: &mut String) {
        text.push_str("<D:response><D:href>");
        text.push_str(self.href);
        text.push_str("</D:href><D:propstat><D:prop>");
        let mut missing: Vec<&Name> = Vec::new();
        match asked {
            Asked::Names => {
                for live in LIVE {
                    if self.has(live) {
                        text.push_str("<D:");
                        text.push_str(live);
                        text.push_str("/>");
                    }
                }
                for dead in self.dead {
                    write_name(&dead.space, &dead.name, text);
                }
            }
            Asked::All(more) => {
                for live in &LIVE[..TOLD] {
                    self.live(live, text);
                }
                for dead in self.dead {
                    text.push_str(&dead.xml);
                }
                for name in more {
                    let told = *name.space == *DAV && LIVE[..TOLD].contains(&name.name.as_str());
                    let dead = self.dead.iter().any(|dead| name.is_of(dead));
                    if !told && !dead && !self.one(name, text) {
                        missing.push(name);
                    }
                }
            }
            Asked::These(names) => {
                for name in names {
                    if !self.one(name, text) {
                        missing.push(name);
                    }
                }
            }
        }
        text.push_str("</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat>");
        if !missing.is_empty() {
            text.push_str("<D:propstat><D:prop>");
            for name in missing {
                write_name(&name.space, &name.name, text);
            }
            text.push_str("</D:prop><D:status>HTTP/1.1 404 Not Found</D:status></D:propstat>");
        }
        text.push_str("</D:response>\n");
    }

    fn one(&self, name: &Name, text: &mut String) -> bool {
        if *name.space == *DAV && self.live(&name.name, text) {
            return true;
        }
        let dead = self.dead.iter().find(|dead| name.is_of(dead));
        if let Some(dead) = dead {
            text.push_str(&dead.xml);
        }
        dead.is_some()
    }

    fn has(&self, live: &str) -> bool {
        match live {
            "resourcetype" | "displayname" => true,
            "getetag" => !self.etag.is_empty(),
            "getcontentlength" | "getcontenttype" => !self.collection,
            "getlastmodified" => self.changed_at.is_some(),
            "creationdate" => self.created_at.is_some(),
            "lockdiscovery" | "supportedlock" => self.lockable,
            "quota-available-bytes" | "quota-used-bytes" => self.used.is_some(),
            _ => false,
        }
    }

    /// Writes a live property, if the thing has it.
    fn live(&self, live: &str, text: &mut String) -> bool {
        if !self.has(live) {
            return false;
        }
        text.push_str("<D:");
        text.push_str(live);
        text.push('>');
        match live {
            "resourcetype" => text.push_str(if self.collection {
                "<D:collection/>"
            } else {
                ""
            }),
            "displayname" => text.push_str(&escape(self.name)),
            "getetag" => text.push_str(&escape(self.etag)),
            "getcontentlength" => text.push_str(&self.size.to_string()),
            "getcontenttype" => text.push_str(&escape(self.media_type)),
            "getlastmodified" => text.push_str(&http_date(self.changed_at.unwrap_or_default())),
            "creationdate" => text.push_str(&whole_seconds(self.created_at.unwrap_or_default())),
            "lockdiscovery" => {
                for lock in self.locks {
                    active(lock, self.names, self.collection, text);
                }
            }
            "supportedlock" => text.push_str(SUPPORTED),
            "quota-available-bytes" => {
                text.push_str(&PLENTY.saturating_sub(self.used.unwrap_or(0)).to_string());
            }
            _ => text.push_str(&self.used.unwrap_or(0).to_string()),
        }
        text.push_str("</D:");
        text.push_str(live);
        text.push('>');
        true
    }
}

/// A lock that covers the thing of these names.
pub(crate) fn active(lock: &LockLine, names: &[String], collection: bool, text: &mut String) {
    text.push_str("<D:activelock><D:locktype><D:write/></D:locktype><D:lockscope>");
    text.push_str(if lock.shared {
        "<D:shared/>"
    } else {
        "<D:exclusive/>"
    });
    text.push_str("</D:lockscope><D:depth>");
    text.push_str(if lock.deep { "infinity" } else { "0" });
    text.push_str("</D:depth>");
    if !lock.owner.is_empty() {
        text.push_str("<D:owner>");
        text.push_str(&lock.owner);
        text.push_str("</D:owner>");
    }
    text.push_str("<D:timeout>Second-");
    text.push_str(&lock.seconds.to_string());
    text.push_str("</D:timeout>");
    if !lock.token.is_empty() {
        text.push_str("<D:locktoken><D:href>");
        text.push_str(&lock.token);
        text.push_str("</D:href></D:locktoken>");
    }
    let up = usize::try_from(lock.above).unwrap_or(usize::MAX);
    let root = &names[..names.len().saturating_sub(up)];
    text.push_str("<D:lockroot><D:href>");
    text.push_str(&href(root, up > 0 || collection));
    text.push_str("</D:href></D:lockroot></D:activelock>");
}

/// A moment as HTTP writes it (RFC 9110 §5.6.7).
pub(crate) fn http_date(at: Time) -> String {
    let micros = u64::try_from(at.micros()).unwrap_or_default();
    // Beyond the year 9999 there is nothing to write.
    let micros = micros.min(253_402_300_799_000_000);
    httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + Duration::from_micros(micros))
}

/// A moment as RFC 3339 writes it, to the second: programs that read fractions are few.
fn whole_seconds(at: Time) -> String {
    Time::from_micros(at.micros() / 1_000_000 * 1_000_000).to_string()
}
