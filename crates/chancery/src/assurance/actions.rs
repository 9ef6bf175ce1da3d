//! What the realm does about markings by itself, and what assurance officers do.

use crate::kernel::{Needs, Role, actions, views};

views! {
    /// What waits to be read for its marking.
    ReadMarkings(Realm) needs Needs::Itself;
    /// The content of a version, to be read for its marking: by the realm itself, also in the recycle bin.
    ScanVersion(Document) needs Needs::Itself, in_bin true;
    /// Every alert.
    ViewAlerts(Realm) needs Needs::Assure;
    /// By which rules documents are and were judged, and what a trial of rules found, in numbers.
    ViewRules(Realm) needs Needs::SetRules;
    /// The alerts of a library.
    ViewLibraryAlerts(Library) needs Needs::Role(Role::Owner);
    /// That a document is sealed or being read, by those who may know of it.
    ViewSeal(Document) needs Needs::Know, in_bin true;
    /// Several alerts decided about at once: each has the entry that it has when it is decided about by itself.
    DecideSeveral(Realm) needs Needs::Assure;
    /// What was found when a document was read, by those who may read it.
    ViewReading(Document) needs Needs::Role(Role::Reader), in_bin true;
}

actions! {
    /// Read a version for its marking and for malware, and note what was found.
    RecordScan(Document) needs Needs::Itself, Marking, "Read for its marking",
        "read {document} for its marking: {found}", in_bin true
        => Scanned { document: String, version: u64, label: String, found: String, verdict: String }
    /// Seal a document because of what was found in it.
    SealDocument(Document) needs Needs::Itself, Marking, "Sealed",
        "sealed {document}: {why}", in_bin true
        => DocumentSealed { document: String, version: u64, why: String, alert: String, placed_by: String, open_to_author: bool }
    /// End an alert that the rules now in force do not raise, and lift its seal where it has one.
    LiftSeal(Document) needs Needs::Itself, Marking, "Alert over by the rules",
        "{did|'lifted the seal on'} {document}: {why}{besides|''}", in_bin true
        => SealLifted { document: String, version: u64, did: String, why: String, besides: String, alert: String }
    /// Raise an alert about what was found, without a seal.
    RaiseAlert(Document) needs Needs::Itself, Marking, "Alert raised",
        "raised an alert about {document}: {why}", in_bin true
        => AlertRaised { document: String, version: u64, why: String, alert: String, placed_by: String }
    /// End an alert whose document went for good. A part of letting it go, by whoever does.
    EndAlert(Document) needs Needs::Know, Marking, "Alert over, document gone",
        "ended the alert about {document}: {why}", in_bin true
        => AlertEnded { document: String, version: u64, why: String, alert: String }
    /// Judge by other rules from now on.
    ChangeRules(Realm) needs Needs::SetRules, Marking, "Rules changed",
        "began to judge documents by {name}" => RulesChanged { name: String, rulebook: String }
    /// Read no markings any more in this realm.
    StopReading(Realm) needs Needs::Itself, Marking, "Reading switched off",
        "stopped reading documents for their markings: {reason}" => ReadingStopped { reason: String, unread: u64 }
    /// Propose rules: every version is read by them, and nothing is done.
    ProposeRules(Realm) needs Needs::SetRules, Marking, "Rules proposed",
        "proposed to judge documents by {name}, which is tried first" => RulesProposed { name: String, rulebook: String }
    /// Take back rules that were proposed.
    WithdrawRules(Realm) needs Needs::SetRules, Marking, "Rules withdrawn",
        "took back the proposal to judge documents by {name}" => RulesWithdrawn { name: String, rulebook: String }
    /// Take an alert in hand.
    TakeInHand(Document) needs Needs::Assure, Marking, "Alert taken in hand",
        "took the alert about {document} in hand", in_bin true => TakenInHand { document: String, alert: String }
    /// Find that an alert was a false alarm, or that what could not be read may be here.
    FindFalseAlarm(Document) needs Needs::Assure, Marking, "False alarm",
        "found that the alert about {document} was a false alarm: {reason}{besides|''}", in_bin true
        => FalseAlarm { document: String, reason: String, besides: String, alert: String, label: String }
    /// Give a document the marking that it should have had.
    Downgrade(Document) needs Needs::Assure, Marking, "Marking corrected",
        "marked {document} as {label} and {did|'lifted its seal'}: {reason}{besides|''}", in_bin true
        => Downgraded { document: String, did: String, reason: String, besides: String, alert: String, label: String }
    /// Keep a document sealed.
    KeepSealed(Document) needs Needs::Assure, Marking, "Kept sealed",
        "decided that {document} {how|'stays sealed'}: {reason}", in_bin true
        => KeptSealed { document: String, how: String, reason: String, alert: String }
    /// Take back what was decided about an alert: it waits again, and its document is closed as its ground asks for.
    TakeBackDecision(Document) needs Needs::Assure, Marking, "Decision taken back",
        "took back what was decided about {document} ({decision}), which is {closed}: {reason}", in_bin true
        => DecisionTakenBack { document: String, decision: String, closed: String, reason: String, alert: String }
    /// Destroy all content of a document. Its facts and its trail stay.
    DestroyContent(Document) needs Needs::Assure, Marking, "Content destroyed",
        "destroyed all content of {document}: {reason}", in_bin true
        => ContentDestroyed { document: String, reason: String, alert: String, versions: u64, certificate: String }
    /// Destroy the content that an alert is about. The document goes on with what is left of it.
    DestroyVersion(Document) needs Needs::Assure, Marking, "Version destroyed",
        "destroyed version {version} of {document}: {reason}", in_bin true
        => VersionDestroyed { document: String, version: u64, reason: String, alert: String, versions: u64, certificate: String }
    /// Make an earlier version the latest again, after the latest was destroyed. A part of destroying it.
    PutBack(Document) needs Needs::Assure, Document, "Version put back",
        "made version {from} of {document} the latest again, as version {version}", in_bin true
        => VersionPutBack { document: String, from: u64, version: u64 }
    /// Take a list of alerts away as a file.
    ExportAlerts(Realm) needs Needs::Assure, Read, "Alerts exported",
        "exported alerts as {format}" => AlertsExported { format: String, filter: String }
    /// Take away as a file what a trial of rules found.
    ExportTrial(Realm) needs Needs::Assure, Read, "Trial exported",
        "exported what would change by {name} as {format}" => TrialExported { name: String, format: String, filter: String, rulebook: String }
}
