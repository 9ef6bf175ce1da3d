//! What people can say of a marking, and who decides about it.

use crate::kernel::{Needs, Role, actions, views};

views! {
    /// What a document carries, where that is from, what it carried, and what it may be marked.
    ViewMarking(Document) needs Needs::Role(Role::Reader), in_bin true;
    /// What somebody asks for, by those who decide about it.
    ViewMarkingRequest(Document) needs Needs::Settle;
    /// What waits in a library.
    ViewMarkingRequests(Library) needs Needs::Role(Role::Owner);
    /// What documents of a library carry in which no marking is found.
    ViewDefaultMarking(Library) needs Needs::Role(Role::Owner);
}

actions! {
    /// Say what the marking of a document is.
    SayMarking(Document) needs Needs::Role(Role::Contributor), Marking, "Marked by a person",
        "marked {document} as {said}" => MarkingSaid { document: String, label: String, reason: String, said: String }
    /// Say that a document is marked so that it may not be here. A part of saying what its marking is, or of an answer, which
    /// decide who may.
    ReportSpill(Document) needs Needs::Know, Marking, "Spill reported",
        "sealed {document}: {why}", in_bin true
        => SpillReported { document: String, version: u64, label: String, why: String, alert: String, placed_by: String, open_to_author: bool }
    /// Ask for a document to carry another marking, which somebody else has to agree to. A part of saying what its marking is, or
    /// of an answer, which decide who may.
    RequestMarking(Document) needs Needs::Know, Marking, "Marking asked for",
        "asked for {document} to be marked {label}: {reason}", in_bin true
        => MarkingRequested { document: String, label: String, instead: String, reason: String, request: String, for_officers: bool }
    /// Take back what one has asked for.
    WithdrawMarkingRequest(Document) needs Needs::Know, Marking, "Marking request withdrawn",
        "took back the request for {document} to be marked {label}" => MarkingRequestWithdrawn { document: String, label: String }
    /// Agree to what somebody asked for.
    AgreeToMarking(Document) needs Needs::Settle, Marking, "Marking agreed to",
        "agreed to {document} being marked {label}: {reason}", in_bin true
        => MarkingAgreed { document: String, label: String, instead: String, reason: String, request: String }
    /// Refuse what somebody asked for.
    RefuseMarking(Document) needs Needs::Settle, Marking, "Marking refused",
        "refused to let {document} be marked {label}: {reason}", in_bin true
        => MarkingRefused { document: String, label: String, reason: String, request: String }
    /// Say what whoever made a version is asked about it.
    AnswerAlert(Document) needs Needs::Know, Marking, "Alert answered",
        "answered the alert about {document}: {answer}", in_bin true
        => AlertAnswered { document: String, answer: String, alert: String, label: String }
    /// Say what documents of a library carry in which no marking is found.
    SetDefaultMarking(Library) needs Needs::Role(Role::Owner), Place, "Marking of unmarked documents",
        "said what unmarked documents of {library} carry: {label}" => DefaultMarkingSet { library: String, label: String }
}
