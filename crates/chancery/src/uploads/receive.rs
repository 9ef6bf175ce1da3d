//! Taking the next piece of an upload.

use tokio::io::{AsyncRead, AsyncReadExt as _};
use vault::{Deposit, Kept};

use super::begin::find;
use super::checksum::Sum;
use super::nouns::{Became, Outcome};
use super::source::Source;
use super::sql::{self, UploadRow};
use super::{Checksum, rules, whole};
use crate::Result;
use crate::documents::{AddDocument, AddVersion, Added};
use crate::kernel::{Actor, Arg, Id, Passage, args, thing};

/// Takes what is sent from `offset` on. What it says is here is on the disk. When nothing is missing any more
/// the upload becomes what it was to become, and says so once; asked again, it says so again.
pub async fn receive(
    actor: &Actor,
    upload: Id<thing::Upload>,
    offset: u64,
    content: impl AsyncRead + Send + Unpin,
    checksum: Option<Checksum>,
) -> Result<Outcome> {
    let row = find(actor, upload).await?;
    if let Some(document) = row.became() {
        return Ok(if offset == row.size {
            Outcome::Whole(before(&row, document))
        } else {
            Outcome::Misplaced { offset: row.size }
        });
    }
    // Whoever may not bring it any more brings no more of it.
    if row.document_id == 0 {
        let _may = actor.read::<AddDocument>(row.library_id).await?;
    } else {
        let document: Id<thing::Document> = Id::from_raw(row.document_id);
        let _may = actor.read::<AddVersion>(document).await?;
    }
    if offset != row.received {
        return Ok(Outcome::Misplaced {
            offset: row.received,
        });
    }
    let uploading = Passage::uploading()?;
    let source = Source::new(content, checksum.map(Sum::of));
    let (end, broke) = match take(actor, &row, source).await? {
        Taken::Until { end, broke } => (end, broke),
        Taken::Nothing(outcome) => return Ok(outcome),
    };
    drop(uploading);
    if end == row.size {
        return whole::finish(actor, row).await.map(Outcome::Whole);
    }
    Ok(if broke {
        Outcome::CutOff { offset: end }
    } else {
        Outcome::Here { offset: end }
    })
}

/// The same answer for something that was done before.
fn before(row: &UploadRow, document: Id<thing::Document>) -> Became {
    if row.document_id == 0 {
        Became::Document(Added {
            id: document,
            already: Vec::new(),
        })
    } else {
        Became::Version(document)
    }
}

enum Taken {
    Until { end: u64, broke: bool },
    Nothing(Outcome),
}

/// A piece in the vault that no row names yet.
struct Piece {
    from: u64,
    deposit: Deposit,
}

/// Puts what is sent into the vault piece by piece, each with its row; with a checksum, the rows of all once
/// it holds.
async fn take(
    actor: &Actor,
    row: &UploadRow,
    mut source: Source<impl AsyncRead + Send + Unpin>,
) -> Result<Taken> {
    let summed = source.sum.is_some();
    let mut waiting = Vec::new();
    let (mut end, mut pieces) = (row.received, row.pieces);
    while end < row.size {
        rules::has_room(pieces)?;
        let room = (row.size - end).min(rules::PIECE);
        let deposit = actor
            .realm()
            .vault()
            .deposit((&mut source).take(room), room)
            .await?;
        if deposit.size == 0 {
            break;
        }
        let piece = Piece { from: end, deposit };
        let length = piece.deposit.size;
        // What goes on beyond its length is not what was announced, so its end is not kept.
        if end + length == row.size && goes_on(&mut source).await {
            return Ok(Taken::Nothing(Outcome::TooMuch));
        }
        if summed {
            waiting.push(piece);
        } else if !put(actor, row, &piece, pieces).await? {
            return Ok(Taken::Nothing(misplaced(actor, row).await?));
        }
        end += length;
        pieces += 1;
        if length < room {
            break;
        }
    }
    if let Some(sum) = source.sum.take() {
        if source.broke {
            let offset = row.received;
            return Ok(Taken::Nothing(Outcome::CutOff { offset }));
        }
        if !sum.holds() {
            return Ok(Taken::Nothing(Outcome::Damaged));
        }
        for (number, piece) in (row.pieces..).zip(&waiting) {
            if !put(actor, row, piece, number).await? {
                return Ok(Taken::Nothing(misplaced(actor, row).await?));
            }
        }
    }
    Ok(Taken::Until {
        end,
        broke: source.broke,
    })
}

async fn goes_on(source: &mut Source<impl AsyncRead + Send + Unpin>) -> bool {
    let mut more = [0; 1];
    // The sum is of what was sent, so that it is not disturbed by looking: more than was said is refused anyway.
    source.read(&mut more).await.is_ok_and(|read| read > 0)
}

/// Whether it is the next: another may have come by another line.
async fn put(actor: &Actor, row: &UploadRow, piece: &Piece, pieces: u64) -> Result<bool> {
    let id: Id<thing::Content> = actor.new_id();
    let Deposit {
        address,
        size,
        ref kept,
    } = piece.deposit;
    let inline = match kept {
        Kept::Inline(bytes) => Some(bytes.clone()),
        Kept::Stored => None,
    };
    let args: Vec<Arg> = args![
        id,
        row.id,
        piece.from,
        piece.from + size,
        pieces + 1,
        address.as_bytes().to_vec(),
        inline
    ];
    Ok(actor.realm().upkeep(sql::PUT, args).await? == 1)
}

async fn misplaced(actor: &Actor, row: &UploadRow) -> Result<Outcome> {
    let now = find(actor, row.id).await?.line();
    Ok(Outcome::Misplaced { offset: now.offset })
}
