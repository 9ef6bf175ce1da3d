//! What somebody takes along of a library: everything in what they selected, a few at a time.

use std::collections::{HashMap, HashSet, VecDeque};

use super::ViewSelection;
use super::selection::{chosen, with_ids};
use super::sql::{gather as sql, padded};
use crate::kernel::{Actor, Id, Queries as _, Time, args, thing};
use crate::{Error, Result};

/// How many documents are looked up at a time.
const AT_A_TIME: u32 = 500;
/// How many folders can be taken along at a time: their paths are kept until all is done.
const FOLDERS_MOST: usize = 20_000;

/// A document to be taken along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Gathered {
    pub(crate) id: Id<thing::Document>,
    /// From what was selected: `Minutes/2026/April.odt`. No two documents have the same.
    pub(crate) path: String,
    pub(crate) changed_at: Time,
}

/// Where the gathering has got to. It keeps the folders still to come, and of documents those of one page.
#[derive(Debug)]
pub(crate) struct Gathering {
    library: Id<thing::Library>,
    /// What the one folder or document is called, if it is one.
    pub(crate) name: Option<String>,
    selected: Vec<Gathered>,
    folders: VecDeque<(i64, String)>,
    /// The last document that was given of the first of the folders.
    after: (String, i64),
}

/// Begins to gather what was selected, or with nothing selected the whole library. Two queries after the decision.
pub(crate) async fn gather(
    actor: &Actor,
    library: Id<thing::Library>,
    items: &[Id<thing::Item>],
) -> Result<Gathering> {
    let ids = if items.is_empty() {
        Vec::new()
    } else {
        chosen(items)?
    };
    let mut proof = actor.read::<ViewSelection>(library).await?;
    let (at, me) = (proof.at(), actor.me()?);
    let mut roots: Vec<sql::Root> = Vec::new();
    if !ids.is_empty() {
        let list = padded(&ids);
        let asked = with_ids(args![at, me, library], &list);
        roots = proof.all(&sql::roots(list.len()), asked).await?;
        if roots.len() != ids.len() {
            return Err(Error::NotFound);
        }
        roots.retain(|root| !root.nested);
    }
    let names = apart(&roots);
    let folders: Vec<i64> = roots
        .iter()
        .filter(|root| !root.is_document)
        .map(|root| root.id)
        .collect();
    let list = padded(if folders.is_empty() { &[0] } else { &folders });
    let asked = with_ids(
        args![library, i64::from(ids.is_empty()), FOLDERS_MOST as u64 + 1],
        &list,
    );
    let below: Vec<sql::Below> = proof.all(&sql::below(list.len()), asked).await?;
    if below.len() > FOLDERS_MOST {
        return Err(Error::Conflict(format!(
            "There are more than {FOLDERS_MOST} folders in this. Take a part of it at a time"
        )));
    }
    Ok(Gathering {
        library,
        name: match roots.as_slice() {
            [one] => Some(one.name.clone()),
            _ => None,
        },
        selected: roots
            .iter()
            .filter(|root| root.is_document)
            .map(|root| Gathered {
                id: Id::from_raw(root.id),
                path: names.get(&root.id).cloned().unwrap_or_default(),
                changed_at: root.changed_at,
            })
            .collect(),
        folders: below
            .into_iter()
            .map(|folder| {
                let path = match names.get(&folder.root) {
                    Some(root) => format!("{root}/{}", folder.path),
                    None => folder.path,
                };
                (folder.id, path)
            })
            .collect(),
        after: (String::new(), 0),
    })
}

/// What each is called beside the others: what was found in different folders may have one name.
fn apart(roots: &[sql::Root]) -> HashMap<i64, String> {
    let mut taken = HashSet::new();
    let mut names = HashMap::new();
    for root in roots {
        let mut name = root.name.clone();
        let mut count = 1_u32;
        // A file system may not tell capitals from small letters.
        while !taken.insert(name.to_lowercase()) {
            count += 1;
            name = match root.name.rsplit_once('.') {
                Some((stem, end)) if root.is_document => format!("{stem} ({count}).{end}"),
                _ => format!("{} ({count})", root.name),
            };
        }
        names.insert(root.id, name);
    }
    names
}

impl Gathering {
    /// The next documents, by folder and name; none at the end. Access is decided anew each time.
    pub(crate) async fn next(&mut self, actor: &Actor) -> Result<Vec<Gathered>> {
        if !self.selected.is_empty() {
            return Ok(std::mem::take(&mut self.selected));
        }
        while let Some((folder, path)) = self.folders.front() {
            let mut proof = actor.read::<ViewSelection>(self.library).await?;
            let (at, me) = (proof.at(), actor.me()?);
            let (name, id) = &self.after;
            let rows: Vec<sql::Inside> = proof
                .all(
                    sql::INSIDE,
                    args![at, me, self.library, *folder, name, *id, AT_A_TIME],
                )
                .await?;
            let page: Vec<Gathered> = rows
                .iter()
                .map(|row| Gathered {
                    id: row.id,
                    path: format!("{path}{}", row.name),
                    changed_at: row.changed_at,
                })
                .collect();
            match rows.last() {
                Some(last) if rows.len() == AT_A_TIME as usize => {
                    self.after = (last.name_key.clone(), last.id.raw());
                }
                _ => {
                    self.folders.pop_front();
                    self.after = (String::new(), 0);
                }
            }
            if !page.is_empty() {
                return Ok(page);
            }
        }
        Ok(Vec::new())
    }
}
