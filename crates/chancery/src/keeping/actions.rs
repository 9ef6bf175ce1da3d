//! What can be done about the realm as a whole. The journal has each of them.

use crate::kernel::{Needs, Whole, actions, views};

views! {
    /// Which wrapping key how much of the content is under, and who has loaded which.
    ViewKeys(Realm) needs Needs::Operate;
}

actions! {
    /// Copy the whole realm, encrypted, to where it can be restored from.
    BackUp(Realm) needs Needs::Operate, People, "Backed up",
        "backed up the realm as snapshot {snapshot}, with {rows} rows and {contents} contents, of which {copied} were new there"
        => BackedUp { snapshot: String, rows: u64, contents: u64, copied: u64, damaged: u64 }
    /// Begin again from a snapshot, on an empty machine.
    Restore(Realm) needs Needs::Operate, People, "Restored",
        "restored the realm from snapshot {snapshot}, taken at {taken_at} at entry {position} of the journal"
        => Restored { snapshot: String, taken_at: String, position: u64 }
    /// Change the key that the keys of content are wrapped under, a step at a time.
    RotateKey(Realm) needs Needs::Operate, People, "Key rotated",
        "{step} wrapping key {key}, concerning {contents} contents" => KeyRotated { step: String, key: String, contents: u64 }
    /// Put content back that the vault has lost or that was damaged.
    PutContentBack(Realm) needs Needs::Operate, People, "Content put back",
        "put back {contents} contents that were lost or damaged, from the snapshots {snapshots}"
        => ContentPutBack { contents: u64, snapshots: String }
    /// Bring a document or a library back that is not here any more.
    BringBack(Realm) needs Needs::Operate, Document, "Brought back",
        "brought back {document} from snapshot {snapshot} of {taken_at}: {how}"
        => BroughtBack { document: String, snapshot: String, taken_at: String, how: String }
    /// Take away everything that an organisation owns, with the content of its documents.
    ExportOrganisation(Organisation) needs Needs::Operate, Read, "Exported",
        "exported everything that {organisation} owns, and read all content here" => OrganisationExported { organisation: String }
}

impl Whole for BackUp {}
impl Whole for ExportOrganisation {}
