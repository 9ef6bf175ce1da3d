//! Being built.

mod actions;
mod line;
mod nouns;
pub(crate) mod text;
mod token;

pub use actions::*;
pub use line::{Author, CONSOLE, PersonLine};
pub(crate) use line::{author, person_columns, person_joins};
pub use nouns::*;
pub use token::Token;

use crate::Result;
use crate::kernel::{Actor, Id, Realm, Scope, Time, thing::Interval, thing::Organisation, thing::Person, thing::Session, thing::Team};

macro_rules! stub { ($(fn $name:ident$(<$l:lifetime>)?($($arg:ident: $ty:ty),*) -> $out:ty;)*) => {$(
    /// Being written.
    #[allow(clippy::unused_async, unused_variables, clippy::todo)]
    pub async fn $name$(<$l>)?($($arg: $ty),*) -> Result<$out> { todo!() }
)*} }
stub! {
    fn sign_in(nobody: &Actor, email: &str, password: &str, visit: &Visit<'_>) -> SignedInSession;
    fn actor(realm: &Realm, token: &str) -> Arrived;
    fn sign_out(actor: &Actor) -> ();
    fn devices(actor: &Actor) -> Vec<Device>;
    fn end_session(actor: &Actor, session: Id<Session>) -> ();
    fn end_other_sessions(actor: &Actor) -> u64;
    fn set_password(actor: &Actor, current: &str, new: &str, again: &str) -> ();
    fn link(nobody: &Actor, token: &str) -> LinkFor;
    fn use_link(nobody: &Actor, token: &str, new: &str, again: &str, visit: &Visit<'_>) -> SignedInSession;
    fn me(actor: &Actor) -> PersonPage;
    fn edit_me(actor: &Actor, form: &PersonForm) -> ();
    fn person(actor: &Actor, id: Id<Person>) -> PersonPage;
    fn directory(scope: &mut Scope, find: &str, after: Option<(String, i64)>) -> Page<PersonLine>;
    fn organisations(actor: &Actor) -> Vec<OrganisationLine>;
    fn organisation(actor: &Actor, id: Id<Organisation>) -> OrganisationPage;
    fn coordination(actor: &Actor, id: Id<Organisation>) -> Coordination;
    fn coordination_after(actor: &Actor, id: Id<Organisation>, find: &str, after: Option<(String, i64)>) -> Coordination;
    fn account(actor: &Actor, id: Id<Person>) -> AccountPage;
    fn coordinated(actor: &Actor) -> Vec<OrganisationLine>;
    fn create_organisation(actor: &Actor, form: &OrganisationForm) -> Id<Organisation>;
    fn edit_organisation(actor: &Actor, id: Id<Organisation>, form: &OrganisationForm) -> ();
    fn create_person(actor: &Actor, organisation: Id<Organisation>, form: &PersonForm, until: Option<Time>) -> (Id<Person>, Token);
    fn edit_person(actor: &Actor, id: Id<Person>, form: &PersonForm) -> ();
    fn suspend(actor: &Actor, id: Id<Person>, reason: &str) -> ();
    fn reinstate(actor: &Actor, id: Id<Person>) -> ();
    fn issue_link(actor: &Actor, id: Id<Person>) -> Token;
    fn transfer(actor: &Actor, id: Id<Person>, to: Id<Organisation>) -> ();
    fn appoint(actor: &Actor, id: Id<Person>, office: Office, organisation: Option<Id<Organisation>>) -> ();
    fn dismiss(actor: &Actor, id: Id<Person>, office: Id<Interval>) -> ();
    fn teams(actor: &Actor) -> Vec<TeamLine>;
    fn team(actor: &Actor, id: Id<Team>) -> TeamPage;
    fn create_team(actor: &Actor, form: &TeamForm) -> Id<Team>;
    fn edit_team(actor: &Actor, id: Id<Team>, form: &TeamForm) -> ();
    fn add_to_team(actor: &Actor, id: Id<Team>, email: &str, duty: &str) -> ();
    fn remove_from_team(actor: &Actor, id: Id<Team>, person: Id<Person>) -> ();
    fn person_by_email(actor: &Actor, email: &str) -> Id<Person>;
}
