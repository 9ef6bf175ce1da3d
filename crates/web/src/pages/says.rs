//! What people say of the marking of a document: saying it, agreeing to less, answering what one is asked, and what a library says
//! of documents in which no marking is found.

mod answer;
mod decide;
mod default;
mod marking;
mod requests;

use chancery::assurance::MarkedBy;
use chancery::assurance::says::{Does, MarkingChoice};
use chancery::kernel::{Id, thing};

use crate::components::Choice;
use crate::guest::Guest;
use crate::pages::libraries::ConfirmPage;
use crate::routes::routes;

pub(super) use answer::{Asking, Typed as Answered, asked_of, asking};
pub(super) use marking::Waits;

routes! {
    get "/documents/{id}/marking" => marking::show;
    post "/documents/{id}/marking" => marking::say;
    post "/documents/{id}/marking/withdraw" => marking::withdraw;
    get "/documents/{id}/marking/decide" => decide::ask;
    post "/documents/{id}/marking/decide" => decide::decide;
    post "/documents/{id}/sealed" => answer::answer;
    get "/libraries/{id}/marking-requests" => requests::of_library;
    get "/alerts/requests" => requests::of_realm;
    get "/libraries/{id}/default-marking" => default::ask;
    post "/libraries/{id}/default-marking" => default::set;
}

fn document(id: Id<thing::Document>) -> String {
    format!("/documents/{id}")
}

/// Where a marking is from, after it: ", set by Ann Brook of Harbour Lights".
pub(super) fn from_whom(guest: &Guest, by: &MarkedBy) -> String {
    match by {
        MarkedBy::Reading => ", which was read in it".to_owned(),
        MarkedBy::Officer(by) => format!(", set by {}, assurance officer", guest.by(by)),
        MarkedBy::Library(_) => {
            ", which documents of its library have in which no marking is found".to_owned()
        }
        MarkedBy::Person(by) if by.is_console() => String::new(),
        MarkedBy::Person(by) => format!(", set by {}", guest.by(by)),
    }
}

/// A marking as a form posts it.
fn value(one: &MarkingChoice) -> String {
    format!("{}/{}", one.scheme, one.marking)
}

/// The scheme and the marking in it, as a form has posted them.
fn parts(marking: &str) -> (&str, &str) {
    marking.split_once('/').unwrap_or_default()
}

/// Markings to choose from, by scheme, each with what choosing it does.
fn offered<'a>(
    choices: impl Iterator<Item = &'a MarkingChoice>,
    chosen: &str,
    hints: bool,
) -> Vec<Choice> {
    choices
        .map(|one| {
            let value = value(one);
            let checked = value == chosen;
            let choice = Choice::new(value, one.label.clone())
                .group(one.scheme_name.clone())
                .checked(checked);
            match one.does {
                _ if !hints => choice,
                Does::Marks if one.needs_clearance => {
                    choice.hint("Only people who are cleared for it see the document then")
                }
                Does::Marks => choice,
                Does::Nothing => choice.hint("It carries this now"),
                Does::Asks => choice.hint("Less than it carries now: somebody else has to agree"),
                Does::Holds => choice.hint(
                    "Its originator is to be asked: this closes it at once to everybody but whoever added it",
                ),
                Does::Seals => {
                    choice.hint("It may not be here: this seals it at once, to you too")
                }
            }
        })
        .collect()
}

/// Before something is said that seals the document.
fn confirm_seal(
    guest: &Guest,
    head: &chancery::libraries::LibraryHead,
    id: Id<thing::Document>,
    name: &str,
    says: &str,
) -> ConfirmPage {
    let frame = guest.in_library(
        format!("This closes {name} at once"),
        head,
        vec![crate::components::Crumb::new(name, document(id))],
    );
    ConfirmPage::new(frame, "Say so and close it", document(id))
        .says(says.replace(" Confirm that", ""))
        .says("Assurance officers are told, and decide about it. Nobody can take this back but them. If it is true, say so: that is the right thing to do.")
        .hidden("seals", "yes")
}
