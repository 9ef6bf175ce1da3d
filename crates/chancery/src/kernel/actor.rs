//! Who acts, in which realm, and what they brought with them. What they may do is decided where the
//! proofs are ([`super::proof`]).

use std::borrow::Cow;
use std::sync::Arc;

use super::{Arg, Expectation, Id, Once, Reach, Realm, Time, thing};
use crate::{Error, Result};

/// Who somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Nobody is signed in.
    Nobody,
    /// A person, and the session they are signed in with.
    Person {
        /// Who.
        id: Id<thing::Person>,
        /// On which device, when it is over the network.
        session: Option<Id<thing::Session>>,
    },
    /// The command line on the machine itself: it runs the realm and reads nothing.
    Console,
}

/// Somebody in a realm at a moment: what every verb begins with.
#[derive(Clone)]
pub struct Actor {
    pub(super) realm: Realm,
    pub(super) who: Who,
    /// The token that a program showed, and how far it reaches.
    token: Option<(Id<thing::Token>, Reach)>,
    pub(super) once: Option<Arc<Once>>,
    expects: Option<Arc<Expectation>>,
}

impl Actor {
    /// Nobody: can sign in, and follow a one-time link.
    pub fn nobody(realm: &Realm) -> Self {
        Self::new(realm, Who::Nobody)
    }

    /// The command line on the machine itself.
    pub fn console(realm: &Realm) -> Self {
        Self::new(realm, Who::Console)
    }

    /// This person, without a session: for commands and tests on the machine itself. The faces
    /// get their actors from [`people::actor`](crate::people::actor), which proves a session.
    pub fn person(realm: &Realm, id: Id<thing::Person>) -> Self {
        Self::new(realm, Who::Person { id, session: None })
    }

    pub(crate) fn with_session(
        realm: &Realm,
        id: Id<thing::Person>,
        session: Id<thing::Session>,
    ) -> Self {
        let session = Some(session);
        Self::new(realm, Who::Person { id, session })
    }

    pub(crate) fn with_token(
        realm: &Realm,
        id: Id<thing::Person>,
        token: Id<thing::Token>,
        reach: Reach,
    ) -> Self {
        Self {
            token: Some((token, reach)),
            ..Self::person(realm, id)
        }
    }

    fn new(realm: &Realm, who: Who) -> Self {
        Self {
            realm: realm.clone(),
            who,
            token: None,
            once: None,
            expects: None,
        }
    }

    /// The same, for something that is to be done once.
    #[must_use]
    pub fn once(self, once: Arc<Once>) -> Self {
        Self {
            once: Some(once),
            ..self
        }
    }

    /// The same, for a change of what is still one of these editions.
    #[must_use]
    pub fn expecting(self, editions: Vec<String>) -> Self {
        Self {
            expects: Some(Arc::new(Expectation::new(editions))),
            ..self
        }
    }

    /// The edition that is expected, for the verbs that look at it under the lock.
    pub(crate) fn expects(&self) -> Option<&Expectation> {
        self.expects.as_deref()
    }

    /// The token that they act by, when a program acts for them.
    pub fn token(&self) -> Option<Id<thing::Token>> {
        self.token.map(|(token, _)| token)
    }

    /// How far they reach, when a program acts for them.
    pub fn reach(&self) -> Option<Reach> {
        self.token.map(|(_, reach)| reach)
    }

    /// Refuses a token that reaches less far than its person: for what is of no place.
    pub(crate) fn reaches_everything(&self) -> Result<()> {
        self.reach().map_or(Ok(()), Reach::whole)
    }

    /// Refuses a token that is for one site: for what is of all of them at once.
    pub(crate) fn reaches_every_site(&self) -> Result<()> {
        match self.reach() {
            Some(reach) if reach.site.is_some() => reach.whole(),
            _ => Ok(()),
        }
    }

    /// Refuses every token: what decides who can come in is done by people.
    pub(crate) fn not_by_token(&self) -> Result<()> {
        match self.token {
            None => Ok(()),
            Some(_) => Err(Error::Refused(
                "No token may do this. Sign in with your password, on a page",
            )),
        }
    }

    /// The realm they are in.
    pub fn realm(&self) -> &Realm {
        &self.realm
    }

    /// Who they are.
    pub fn who(&self) -> Who {
        self.who
    }

    /// The person, or [`Error::SignedOut`].
    pub fn me(&self) -> Result<Id<thing::Person>> {
        self.person_id().ok_or(Error::SignedOut)
    }

    /// The session, or [`Error::SignedOut`].
    pub fn session(&self) -> Result<Id<thing::Session>> {
        match self.who {
            Who::Person {
                session: Some(session),
                ..
            } => Ok(session),
            _ => Err(Error::SignedOut),
        }
    }

    pub(super) fn person_id(&self) -> Option<Id<thing::Person>> {
        match self.who {
            Who::Person { id, .. } => Some(id),
            Who::Nobody | Who::Console => None,
        }
    }

    /// The statement as it is for them: with what their token reaches before it.
    pub(super) fn narrow<'a>(&self, sql: &'a str, args: &mut Vec<Arg>) -> Cow<'a, str> {
        match self.reach() {
            Some(reach) => reach.narrow(sql, args),
            None => Cow::Borrowed(sql),
        }
    }

    /// The present moment.
    pub fn now(&self) -> Time {
        self.realm.now()
    }

    /// A new id.
    pub fn new_id<T: ?Sized>(&self) -> Id<T> {
        self.realm.new_id()
    }
}
