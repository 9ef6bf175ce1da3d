//! What can be done about uploads. What brings them about, adding a document or a version, is in
//! [`documents`](crate::documents), and so is the entry that says that it was done.

use crate::kernel::{Needs, views};

views! {
    /// What of one's own is on its way and not whole yet.
    ViewUploads(Person) needs Needs::Oneself;
}
