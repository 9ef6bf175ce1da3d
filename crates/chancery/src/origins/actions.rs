//! What can be done about where documents come from.

use crate::kernel::{Needs, Role, actions};

actions! {
    /// Keep a document although its content is elsewhere already, and say why.
    KeepApart(Library) needs Needs::Role(Role::Contributor), Document, "Kept separately",
        "kept {document} separately from another document with the same content, because: {reason}"
        => KeptApart { document: String, reason: String }
}
