//! What stands above every page of a library, and where in it something is.

use super::sql::{self, FolderRow, LibraryRow};
use super::{FolderHead, LibraryHead, ViewLibrary};
use crate::kernel::{Actor, Id, Queries, Role, args, thing};
use crate::libraries::publishing::Publishing;
use crate::sites::{self, Standpoint};
use crate::{Error, Result};

/// The head of a library.
pub async fn head(actor: &Actor, library: Id<thing::Library>) -> Result<LibraryHead> {
    head_of(&mut actor.read::<ViewLibrary>(library).await?).await
}

/// The head of the library that a proof is about: of a library or an item. Three queries.
pub(crate) async fn head_of(proof: &mut impl Standpoint) -> Result<LibraryHead> {
    let (standing, at) = proof.standpoint();
    let library = standing.place.library.ok_or(Error::NotFound)?;
    let site = sites::head_of(proof).await?;
    let row: LibraryRow = proof.one(sql::LIBRARY, args![at, library]).await?;
    let (people, organisations) = sites::exposure(proof, library.raw(), at).await?;
    let role = standing.role.filter(|_| standing.active);
    Ok(LibraryHead {
        site,
        id: library,
        name: row.name,
        purpose: row.purpose,
        inherits: row.inherits,
        publishing: row.approval.map(|approval| Publishing { approval }),
        role,
        can_contribute: role >= Some(Role::Contributor),
        can_own: role == Some(Role::Owner),
        can_govern: standing.governs(),
        people,
        organisations,
    })
}

/// A folder of this library, with those that it is in; [`Error::NotFound`] when it is in another
/// or in the recycle bin. One query.
pub(crate) async fn folder_of(
    proof: &mut impl Queries,
    library: Id<thing::Library>,
    folder: Id<thing::Folder>,
) -> Result<FolderHead> {
    let mut rows: Vec<FolderRow> = proof.all(sql::PATH, args![folder]).await?;
    let last = rows.pop().ok_or(Error::NotFound)?;
    if last.is_document || last.binned || last.library_id != library {
        return Err(Error::NotFound);
    }
    Ok(FolderHead {
        id: last.id,
        name: last.name,
        path: named(rows),
    })
}

/// The folders that something in this folder is in, from the top of the library. They are named
/// as far as they are in this library: what is in the bin may have been in a folder that moved.
pub(crate) async fn path_of(
    proof: &mut impl Queries,
    library: Id<thing::Library>,
    folder: Option<Id<thing::Folder>>,
) -> Result<Vec<(Id<thing::Folder>, String)>> {
    let Some(folder) = folder else {
        return Ok(Vec::new());
    };
    let rows: Vec<FolderRow> = proof.all(sql::PATH, args![folder]).await?;
    if rows.iter().any(|row| row.library_id != library) {
        return Ok(Vec::new());
    }
    Ok(named(rows))
}

fn named(rows: Vec<FolderRow>) -> Vec<(Id<thing::Folder>, String)> {
    rows.into_iter().map(|row| (row.id, row.name)).collect()
}

impl FolderHead {
    /// The folder with those that it is in, as a line of text: "Returns / 2026".
    pub fn whole_path(&self) -> String {
        let mut path = String::new();
        for (_, name) in &self.path {
            path.push_str(name);
            path.push_str(" / ");
        }
        path.push_str(&self.name);
        path
    }
}
