//! What can be done about people, organisations, teams and one's own account.

use crate::kernel::{Needs, actions, views};

views! {
    /// One's own account: details, devices, tokens.
    ViewMe(Person) needs Needs::Oneself;
    /// The sites to which a token of one's own can be limited.
    ViewTokenSites(Person) needs Needs::Oneself;
    /// Another person's details.
    ViewPerson(Person) needs Needs::Meet;
    /// An organisation: everybody in the realm may know of it; its people are shown by the fence.
    ViewOrganisation(Organisation) needs Needs::SignedIn;
    /// A team and who is in it.
    ViewTeam(Team) needs Needs::Meet;
    /// Everything about an organisation and its people, by those who look after it.
    ViewCoordination(Organisation) needs Needs::Coordinate;
    /// Everything about a person, by those who look after their organisation.
    ViewAccount(Person) needs Needs::Coordinate;
    /// The operators' lists.
    ViewOperations(Realm) needs Needs::Operate;
    /// What organisations there are, and which of them one looks after.
    ViewOrganisations(Realm) needs Needs::SignedIn;
    /// The teams that one may know of.
    ViewTeams(Realm) needs Needs::SignedIn;
    /// What is looked at before anybody is signed in: an account, a session, a one-time link.
    ViewSignIn(Realm) needs Needs::Nobody;
}

actions! {
    /// Open an organisation in the realm.
    CreateOrganisation(Realm) needs Needs::Operate, People, "New organisation",
        "created the organisation {organisation}" => OrganisationCreated { organisation: String, sector: String }
    /// Change what is said of an organisation.
    EditOrganisation(Organisation) needs Needs::Operate, People, "Organisation changed",
        "changed the organisation {organisation}" => OrganisationEdited { organisation: String }
    /// Give somebody of an organisation an account.
    CreatePerson(Organisation) needs Needs::Coordinate, People, "New person",
        "created an account for {person} of {organisation}" => PersonCreated { person: String, organisation: String }
    /// Change somebody's details.
    EditPerson(Person) needs Needs::Coordinate, People, "Person changed",
        "changed the details of {person}" => PersonEdited { person: String }
    /// Change one's own details.
    EditMe(Person) needs Needs::Oneself, Account, "Own details changed",
        "changed their own details" => MeEdited { person: String }
    /// Stop an account: nothing can be done with it until it is reinstated.
    SuspendPerson(Person) needs Needs::Coordinate, People, "Account suspended",
        "suspended the account of {person}: {reason}" => PersonSuspended { person: String, reason: String }
    /// Let a suspended account be used again.
    ReinstatePerson(Person) needs Needs::Coordinate, People, "Account reinstated",
        "reinstated the account of {person}" => PersonReinstated { person: String }
    /// Set the last day of an account, or let it go on.
    SetAccountEnd(Person) needs Needs::Coordinate, People, "Account end changed",
        "set the end of the account of {person} to {until}" => AccountEndSet { person: String, until: String }
    /// Move somebody to another organisation.
    TransferPerson(Person) needs Needs::Operate, People, "Person moved",
        "moved {person} from {before} to {after}" => PersonTransferred { person: String, before: String, after: String }
    /// Make a one-time link with which somebody sets their password.
    IssueLink(Person) needs Needs::Coordinate, People, "One-time link",
        "made a one-time link for {person}" => LinkIssued { person: String }
    /// Give somebody an office: operator, or coordinator of an organisation.
    Appoint(Person) needs Needs::Operate, People, "Appointment",
        "appointed {person} as {office}" => Appointed { person: String, office: String }
    /// End an office.
    Dismiss(Person) needs Needs::Operate, People, "Appointment ended",
        "ended the appointment of {person} as {office}" => Dismissed { person: String, office: String }
    /// Make a team.
    CreateTeam(Realm) needs Needs::Operate, People, "New team",
        "created the team {team}" => TeamCreated { team: String }
    /// Change what is said of a team.
    EditTeam(Team) needs Needs::Operate, People, "Team changed",
        "changed the team {team}" => TeamEdited { team: String }
    /// Put somebody in a team.
    AddToTeam(Team) needs Needs::Operate, People, "Team member added",
        "added {person} to the team {team} as {duty}" => TeamJoined { person: String, team: String, duty: String }
    /// Take somebody out of a team.
    RemoveFromTeam(Team) needs Needs::Operate, People, "Team member removed",
        "removed {person} from the team {team}" => TeamLeft { person: String, team: String }
    /// Sign in with a password that was right.
    SignIn(Person) needs Needs::Oneself, Account, "Signed in",
        "signed in" => SignedIn { address: String, device: String, failures_before: i64 }
    /// An attempt to sign in that failed; the subject is the person, when the address is somebody's.
    FailSignIn(Realm) needs Needs::Nobody, Account, "Failed sign-in",
        "failed to sign in" => SignInFailed { address: String, locked: bool }
    /// Sign out.
    SignOut(Person) needs Needs::Oneself, Account, "Signed out",
        "signed out" => SignedOut { device: String }
    /// End one's session on another device.
    EndSession(Person) needs Needs::Oneself, Account, "Device signed out",
        "signed out another device" => SessionEnded { device: String }
    /// Set one's password.
    SetPassword(Person) needs Needs::Oneself, Account, "Password set",
        "set a new password" => PasswordSet { by_link: bool }
    /// Make a token, by which a program acts for oneself.
    MakeToken(Person) needs Needs::Oneself, Account, "Token made",
        "made the token {token}, which may {may}" => TokenMade { token: String, may: String, site: String }
    /// Make a token for somebody, on the machine itself.
    IssueToken(Person) needs Needs::Operate, Account, "Token issued",
        "made the token {token} for {person}, which may {may}" => TokenIssued { token: String, person: String, may: String }
    /// Make an app password, by which a file client acts for oneself.
    MakeAppPassword(Person) needs Needs::Oneself, Account, "App password made",
        "made the app password {password}, which may {may}" => AppPasswordMade { password: String, may: String, site: String }
    /// Make an app password for somebody, on the machine itself.
    IssueAppPassword(Person) needs Needs::Operate, Account, "App password issued",
        "made the app password {password} for {person}, which may {may}" => AppPasswordIssued { password: String, person: String, may: String }
    /// End one of one's app passwords.
    EndAppPassword(Person) needs Needs::Oneself, Account, "App password ended",
        "ended the app password {password}" => AppPasswordEnded { password: String }
    /// End one of one's tokens.
    EndToken(Person) needs Needs::Oneself, Account, "Token ended",
        "ended the token {token}" => TokenEnded { token: String }
}
