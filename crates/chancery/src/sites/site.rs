//! One site and many: the lines, the head above every page of a site, its overview.

use super::sql::{self, LibraryRow, OwnerRow, SiteRow};
use super::{SiteKind, ViewSite, exposure};
use crate::Result;
use crate::kernel::{
    Action, Actor, Id, Queries, Read, Role, Scope, Standing, Time, Write, args, thing,
};
use crate::people::{PersonLine, ViewOperations};

/// How far things are counted: a total beyond this says "more than".
pub const COUNTED: u64 = 10_000;

/// A site in a list.
#[derive(Debug, Clone)]
pub struct SiteLine {
    /// Which.
    pub id: Id<thing::Site>,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub kind: SiteKind,
    /// Who runs it.
    pub organisation: String,
    /// What it is for, in its owners' words.
    pub purpose: String,
}

/// What stands above every page of a site, and what its navigation offers this person.
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is one thing that a page offers or does not"
)]
#[derive(Debug, Clone)]
pub struct SiteHead {
    /// The site.
    pub line: SiteLine,
    /// Who runs it.
    pub organisation_id: Id<thing::Organisation>,
    /// This person's role on the site itself; none for those who only have one on a library in it,
    /// and for operators.
    pub role: Option<Role>,
    /// Whether they may change what is said of it.
    pub can_edit: bool,
    /// Whether they may change who can see it.
    pub can_govern: bool,
    /// Whether they may see who is in it.
    pub can_see_members: bool,
    /// Whether they may see its trail.
    pub can_see_trail: bool,
}

/// A library on its site's overview.
#[derive(Debug, Clone)]
pub struct LibraryLine {
    /// Which.
    pub id: Id<thing::Library>,
    /// Its name.
    pub name: String,
    /// What is in it, in its owners' words.
    pub purpose: String,
    /// Whether it takes its site's access as well as its own.
    pub inherits: bool,
    /// How many documents of it this person can see, counted up to [`COUNTED`]; one more than that means more.
    pub documents: u64,
    /// When one of them last changed.
    pub changed_at: Option<Time>,
}

/// A site's overview.
#[derive(Debug, Clone)]
pub struct SitePage {
    /// The head.
    pub head: SiteHead,
    /// What it is for, in its owners' words.
    pub purpose: String,
    /// When it was opened.
    pub created_at: Time,
    /// Who owns it, by name: whom to ask. Only for those who have a role on the site itself.
    pub owners: Vec<PersonLine>,
    /// The libraries that this person can read, by name.
    pub libraries: Vec<LibraryLine>,
    /// How many people, from how many organisations, are in it. Only for those who are themselves.
    pub people: Option<(u64, u64)>,
}

/// A proof of a place on a site: what the head of a site can be read with.
pub(crate) trait Standpoint: Queries {
    /// Where the person stands.
    fn standpoint(&self) -> (Standing, Time);
}

impl<A: Action> Standpoint for Read<A> {
    fn standpoint(&self) -> (Standing, Time) {
        (*self.standing(), self.at())
    }
}

impl<A: Action> Standpoint for Write<A> {
    fn standpoint(&self) -> (Standing, Time) {
        (*self.standing(), self.at())
    }
}

impl SiteRow {
    pub(super) fn line(&self) -> SiteLine {
        SiteLine {
            id: self.id,
            name: self.name.clone(),
            // A kind that this program does not know came from a newer one; team is the plainest.
            kind: SiteKind::from_name(&self.kind).unwrap_or(SiteKind::Team),
            organisation: self.organisation.clone(),
            purpose: self.purpose.clone(),
        }
    }

    fn head(&self, standing: &Standing) -> SiteHead {
        let owns = standing.active && standing.site_role == Some(Role::Owner);
        SiteHead {
            line: self.line(),
            organisation_id: self.organisation_id,
            role: standing.site_role,
            can_edit: owns,
            can_govern: standing.active && (standing.operator || owns),
            can_see_members: standing.active && standing.site_role.is_some(),
            can_see_trail: owns,
        }
    }
}

fn lines(mut rows: Vec<SiteRow>) -> Vec<SiteLine> {
    // The engines order text differently; the page orders it one way.
    rows.sort_by(|one, other| (&one.name_key, one.id).cmp(&(&other.name_key, other.id)));
    rows.iter().map(SiteRow::line).collect()
}

/// The head of the site that a proof is about: of a site, a library or an item. One query.
pub(crate) async fn head_of(proof: &mut impl Standpoint) -> Result<SiteHead> {
    let (standing, _) = proof.standpoint();
    let row: SiteRow = proof.one(sql::SITE, args![standing.place.site]).await?;
    Ok(row.head(&standing))
}

/// The sites on which this person has a role, or on a library in them, by name.
pub async fn mine(scope: &mut Scope) -> Result<Vec<SiteLine>> {
    Ok(lines(scope.all(sql::MINE, args![]).await?))
}

/// Every site of the realm, by name: for operators.
pub async fn all(actor: &Actor) -> Result<Vec<SiteLine>> {
    let mut proof = actor.read::<ViewOperations>(Id::REALM).await?;
    Ok(lines(proof.all(sql::ALL, args![]).await?))
}

/// The head of a site.
pub async fn head(actor: &Actor, site: Id<thing::Site>) -> Result<SiteHead> {
    head_of(&mut actor.read::<ViewSite>(site).await?).await
}

/// A site's overview: five queries, however much is on it.
pub async fn site(actor: &Actor, site: Id<thing::Site>) -> Result<SitePage> {
    let mut proof = actor.read::<ViewSite>(site).await?;
    let (target, at) = (proof.target(), proof.at());
    let row: SiteRow = proof.one(sql::SITE, args![target]).await?;
    let head = row.head(proof.standing());
    let mut libraries: Vec<LibraryRow> = proof
        .all(sql::LIBRARIES, args![at, actor.me()?, target, COUNTED + 1])
        .await?;
    libraries.sort_by(|one, other| one.name_key.cmp(&other.name_key));
    let (owners, people) = if head.can_see_members {
        let mut owners: Vec<OwnerRow> = proof.all(sql::OWNERS, args![at, target]).await?;
        owners.sort_by(|one, other| (&one.key, one.line.id).cmp(&(&other.key, other.line.id)));
        let owners = owners.into_iter().map(|owner| owner.line).collect();
        (owners, Some(exposure(&mut proof, target.raw(), at).await?))
    } else {
        (Vec::new(), None)
    };
    Ok(SitePage {
        head,
        purpose: row.purpose,
        created_at: row.created_at,
        owners,
        libraries: libraries.into_iter().map(LibraryRow::line).collect(),
        people,
    })
}

impl LibraryRow {
    fn line(self) -> LibraryLine {
        LibraryLine {
            id: self.id,
            name: self.name,
            purpose: self.purpose,
            inherits: self.inherits,
            documents: self.documents,
            changed_at: (self.changed_at != Time::default()).then_some(self.changed_at),
        }
    }
}
