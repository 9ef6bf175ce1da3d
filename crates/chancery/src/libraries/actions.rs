//! What can be done about libraries and the items in them.

use crate::kernel::{Needs, Role, actions, views};

views! {
    /// A library and what is in it.
    ViewLibrary(Library) needs Needs::Role(Role::Reader);
    /// A folder or document by itself.
    ViewItem(Item) needs Needs::Role(Role::Reader);
    /// Where things of this library can be moved to.
    ViewDestinations(Library) needs Needs::Role(Role::Contributor);
    /// What stands in the way of moving or deleting things of this library.
    ViewHindrance(Library) needs Needs::Role(Role::Contributor);
    /// Everything in what was selected of a library, to be taken along.
    ViewSelection(Library) needs Needs::Role(Role::Reader);
    /// A library's recycle bin.
    ViewBin(Library) needs Needs::Role(Role::Contributor);
}

actions! {
    /// Open a library in a site.
    CreateLibrary(Site) needs Needs::Role(Role::Owner), Place, "New library",
        "opened the library {library}" => LibraryCreated { library: String, inherits: bool }
    /// Change what is said of a library.
    EditLibrary(Library) needs Needs::Role(Role::Owner), Place, "Library changed",
        "changed the library {library}" => LibraryEdited { library: String, before: String }
    /// Make a folder.
    CreateFolder(Library) needs Needs::Role(Role::Contributor), Document, "New folder",
        "made the folder {folder}" => FolderCreated { folder: String }
    /// Give a document or folder another name. Its address stays.
    RenameItem(Item) needs Needs::Role(Role::Contributor), Document, "Renamed",
        "renamed {before} to {after}" => ItemRenamed { before: String, after: String }
    /// Move documents and folders to another folder or library. Their addresses stay.
    MoveItems(Library) needs Needs::Role(Role::Contributor), Document, "Moved",
        "moved {name} from {before} to {after}" => ItemMoved { name: String, before: String, after: String, library_before: String, library_after: String }
    /// Settle what a document carries in which no marking is found, when it comes into another library. A part of moving and copying.
    CarryMarking(Document) needs Needs::Know, Marking, "Marking in its new library",
        "brought {document}, which carries {label} here: {why}" => MarkingCarried { document: String, label: String, why: String }
    /// Put documents and folders in the recycle bin.
    BinItems(Library) needs Needs::Role(Role::Contributor), Document, "Deleted",
        "deleted {name}" => ItemBinned { name: String }
    /// Bring documents and folders back from the recycle bin.
    RestoreItems(Library) needs Needs::Role(Role::Contributor), Document, "Restored from the recycle bin",
        "restored {name} from the recycle bin" => ItemRestored { name: String }
    /// Add a column: something that is asked of each document.
    AddColumn(Library) needs Needs::Role(Role::Owner), Place, "New column",
        "added the column {column}" => ColumnAdded { column: String, kind: String }
    /// Change what is said of a column.
    EditColumn(Library) needs Needs::Role(Role::Owner), Place, "Column changed",
        "changed the column {before} to {after}" => ColumnChanged { before: String, after: String }
    /// Put a column in another place among the others.
    PlaceColumn(Library) needs Needs::Role(Role::Owner), Place, "Column moved",
        "made {column} column {place}" => ColumnPlaced { column: String, place: u64 }
    /// End a column.
    EndColumn(Library) needs Needs::Role(Role::Owner), Place, "Column ended",
        "ended the column {column}" => ColumnEnded { column: String }
    /// Say something of documents in the columns of their library. Persons are named by their ids (`people`, with spaces
    /// between them): whoever reads the entry may not know of them, and is told the names of those whom they know of.
    FillIn(Library) needs Needs::Role(Role::Contributor), Document, "Properties changed",
        "changed the properties of {name}: {after}" => FilledIn { name: String, before: String, after: String, #[serde(skip_serializing_if = "String::is_empty")] people: String }
    /// Save a view for oneself.
    KeepView(Library) needs Needs::Role(Role::Reader), Account, "View saved",
        "saved the view {view}" => ViewKept { view: String }
    /// End a view of one's own.
    DropView(Library) needs Needs::Role(Role::Reader), Account, "View ended",
        "ended the view {view}" => ViewDropped { view: String }
    /// Save a view for everybody.
    ShareView(Library) needs Needs::Role(Role::Owner), Place, "View shared",
        "saved the view {view} for everybody" => ViewShared { view: String }
    /// End a view that was everybody's.
    UnshareView(Library) needs Needs::Role(Role::Owner), Place, "Shared view ended",
        "ended the view {view}, which was everybody's" => ViewUnshared { view: String }
    /// Take what a view shows along as a file.
    ExportView(Library) needs Needs::Role(Role::Reader), Read, "List taken along",
        "took a list of {library} along as CSV" => ViewExported { library: String }
}
