//! What pages are made of: the components of the GOV.UK and MoJ design systems, and our own.
//!
//! Each component is one macro file in `templates/components/`. Pages that extend `frame.html` or `bare.html` have
//! all of them in scope without importing anything; a fragment that extends neither begins with, for example,
//! `{% import "components/tag.html" as tag %}`. What takes many options is a struct of this module instead, which
//! draws itself when it is printed.
//!
//! # A page
//!
//! ```text
//! {% extends "frame.html" %}
//! {% block content %}
//! {{ error_summary::show(problems) }}
//! <form method="post" novalidate>
//! {{ csrf::field(frame.csrf) }}
//! {{ name }}                                    a Field
//! {{ until }}                                   a Field
//! {{ button::submit("Save and continue") }}
//! </form>
//! {% endblock %}
//! ```
//!
//! with `struct Page { frame: Frame, problems: Vec<Problem>, name: Field, until: Field }`.
//!
//! # Values that draw themselves: `{{ value }}`
//!
//! | type | made by |
//! |---|---|
//! | [`Field`] | `Field::text("name", "Name of the site").hint("…").value(v).error(problem)`; also `email`, `number`, `password`, `textarea`, `select`, `radios`, `checkboxes`, `tick`, `date`, `file` |
//! | [`Button`] | `Button::submit("Check in")`, `Button::link("Upload", href)`, then `.secondary()`, `.warning()`, `.small()`, `.hidden(" Q3 return.docx")`, `.named("action", "keep")`, `.form("bulk")` |
//! | [`Tag`] | `Tag::new("Checked out", Hue::Blue)`, `Tag::marking("OFFICIAL-SENSITIVE", designation, hue, above)` |
//! | [`Link`] | `Link::new("Change", href).hidden(" the name")` |
//!
//! # Forms
//!
//! | macro | call |
//! |---|---|
//! | csrf | `{{ csrf::field(frame.csrf) }}` |
//! | error summary | `{{ error_summary::show(problems) }}`: nothing when there are none |
//! | one control | `{{ field }}`, or by hand `{{ input::show(field) }}`, `password_input`, `textarea`, `select`, `radios`, `checkboxes`, `date_input`, `file_upload` |
//! | label, hint, error | `{{ label::show("Name", "name") }}`, `{{ hint::show("Help", "name-hint") }}`, `{{ error_message::show("Enter a name", "name-error") }}` |
//! | fieldset | `{% call fieldset::show("Who", "m") %}…{% endcall %}` |
//! | button | `{{ button::submit("Save") }}`, `{{ button::secondary("New folder") }}`, `{{ button::warning("Delete") }}`, `{{ button::link("Upload", href) }}`, `{{ button::secondary_link("Move", href) }}`, `{{ button::small("Remove", " Q3 return.docx") }}`, `{{ button::show(button) }}` |
//! | button group | `<div class="govuk-button-group">` button, then `<a class="govuk-link">Cancel</a>` `</div>` |
//! | upload | `{% call upload::show(action, frame.csrf, files) %}<input type="hidden" …>{% endcall %}` with `files` a [`Field::file`] named `file`, `multiple: true` |
//! | copy a link | `{{ copy_link::show("Copy link", address) }}` |
//!
//! # Finding the way
//!
//! | macro | call |
//! |---|---|
//! | skip link | `{{ skip_link::show() }}` |
//! | back link | `{{ back_link::show(href) }}` |
//! | breadcrumbs | `{{ breadcrumbs::show(crumbs) }}` with `&[Crumb]` |
//! | service navigation | `{{ service_navigation::show(items, exact, "Main") }}` with `&[NavItem]` |
//! | sub-navigation | `{{ sub_navigation::show("Resettlement Pathway", items, exact) }}` |
//! | pagination | `{{ pagination::show("Pages of this library", previous, next) }}` with `Option<PageLink>` each |
//! | tabs | `{% call tabs::show("Versions", tab_list) %}{% call tabs::panel("drafts", false) %}…{% endcall %}{% endcall %}` |
//!
//! # Showing things
//!
//! | macro | call |
//! |---|---|
//! | page head | `{% call page_head::show("Case conference papers", "caption") %}` facts `{% endcall %}`, see [below](#page-head-and-lists) |
//! | menu | `{% call menu::show("More actions") %}<li>{{ link }}</li>…{% endcall %}` |
//! | tag | `{{ tag::show("Checked out", "blue") }}` |
//! | summary list | `{{ summary_list::show(rows) }}` with `&[Row]`; or `<dl class="govuk-summary-list">` and `{% call summary_list::row("Who can see it") %}…{% endcall %}` |
//! | task list | `{{ task_list::show(tasks) }}` with `&[Task]` |
//! | timeline | `<ol class="moj-timeline govuk-list">` and `{% call timeline::item("Version 6", "Ruth Pemberton", when, machine_when) %}…{% endcall %}` |
//! | timeline by day | `<div class="moj-timeline">` and `{% call timeline::day("Today, Thursday 12 March 2026", "2026-03-12") %}<li>…</li>{% endcall %}` |
//! | table | `{{ table::sort("Name", href, "ascending") }}`, `{{ table::heading("Who") }}`, `{{ table::group("Northmoor Council", "9 people", 4) }}`, `{{ table::tick("item", id, "Select Q3 return.docx", "bulk") }}` |
//! | what several things come to | `{% call table::several("What will be published", ["Document", "Version"]) %}<tr>…{% endcall %}`, `{{ table::left_out("What is left out", lines) }}` with `&[Left]` |
//! | filter | `{% call filter::show("Find and filter in this library") %}` fields `{% endcall %}` |
//! | notification banner | `{{ notification_banner::show("Saved", true) }}`, or with HTML `{% call notification_banner::html(true) %}…{% endcall %}` |
//! | notice | `{% call notice::show("held", "Checked out by Ruth Pemberton") %}…{% endcall %}` |
//! | warning | `{{ warning_text::show("This cannot be undone.") }}` |
//! | inset text | `{% call inset_text::show() %}…{% endcall %}` |
//! | details | `{% call details::show("Help with markings") %}…{% endcall %}` |
//! | panel | `{{ panel::show("Survey sent", "23 people were asked") }}` |
//! | progress | `{{ progress::show("Files checked", 40, 164) }}` |
//!
//! # Page head and lists
//!
//! ```text
//! <div class="ch-head">
//! {% call page_head::show("Case conference papers", "") %}
//! <ul class="ch-facts govuk-body ch-small"><li><a class="govuk-link" href="…">23 people</a> can see this</li></ul>
//! {% endcall %}
//! <div class="ch-row">{{ button::link("Upload", href) }} {% call menu::show("More actions") %}…{% endcall %}</div>
//! </div>
//! <form id="bulk" method="post" class="ch-bulk ch-row" data-bulk>
//! {{ csrf::field(frame.csrf) }}<span class="govuk-body ch-small" data-bulk-count>With ticked items:</span> {{ move }} {{ delete }}
//! </form>
//! <table class="govuk-table ch-table ch-table--list" role="table">
//! <caption class="govuk-table__caption govuk-visually-hidden">Documents in Case conference papers</caption>
//! <thead class="govuk-table__head" role="rowgroup"><tr class="govuk-table__row" role="row">
//! {{ table::tick_all("bulk") }}{{ table::sort("Name", href, "ascending") }}…
//! ```
//!
//! `role` is written out on a table, its rows and its cells because a phone draws them as blocks, and browsers then
//! forget that they are a table. Cells that need their heading said on a phone carry it in `data-label`.
//!
//! # Classes of our own
//!
//! `ch-prose` (a measure for reading), `ch-quiet` (grey), `ch-small` (16 px), `ch-sub` (a second, grey line in a
//! cell), `ch-nowrap`, `ch-row` (things beside each other), `ch-facts` (a list in one line), `ch-split` with
//! `ch-side` (two columns), `ch-cards` (and `ch-cards--two`), `ch-file`, `ch-notice`, `ch-empty` (what an empty list says), `ch-table`
//! with `--list`, `--people`, `--grants`, `--trail`, columns `ch-col-tick`, `ch-col-narrow`, `ch-col-middle`, `ch-col-wide`, `ch-none` on a cell with the number 0 (gone on a phone), and
//! `ch-print-only` or `ch-no-print`; `ch-action` on a cell of actions (a line of its own on a phone, gone on paper). There are no inline styles and no inline script: the Content-Security-Policy forbids both.

mod attributes;
mod button;
mod choice;
mod date;
mod field;
mod parts;

pub use attributes::Attributes;
pub use button::{Button, ButtonKind};
pub use choice::{Choice, ChoiceKind, DrawnChoice};
pub use date::{DateInput, DatePart, DateParts};
pub use field::{Control, Field};
pub use parts::{
    Crumb, Hue, Left, Link, NavItem, PageLink, Problem, Row, Status, TabItem, Tag, Task, problems,
};
