//! One small template for each macro, so that a test can call it.

use askama::Template;
use web::components::{Crumb, NavItem, PageLink, Problem, Row, TabItem, Task};

/// A test template: imports, then a body, then the fields it reads.
macro_rules! template {
    ($name:ident, $source:literal, { $($field:ident: $kind:ty),* }) => {
        #[derive(Template)]
        #[template(source = $source, ext = "html")]
        pub(crate) struct $name<'a> { $($field: $kind,)* lifetime: std::marker::PhantomData<&'a ()> }
        impl<'a> $name<'a> {
            pub(crate) fn draw($($field: $kind),*) -> String {
                Self { $($field,)* lifetime: std::marker::PhantomData }.render().unwrap()
            }
        }
    };
}

template!(BackLink, r#"{% import "components/back-link.html" as back_link %}{{ back_link::show(href, words) }}"#, { href: &'a str, words: &'a str });
template!(Breadcrumbs, r#"{% import "components/breadcrumbs.html" as breadcrumbs %}{{ breadcrumbs::show(crumbs) }}"#, { crumbs: &'a [Crumb] });
template!(Details, r#"{% import "components/details.html" as details %}{% call details::show(summary, open, id) %}{{ words }}{% endcall %}"#, { summary: &'a str, open: bool, id: &'a str, words: &'a str });
template!(ErrorMessage, r#"{% import "components/error-message.html" as error_message %}{{ error_message::show(words, id, class) }}"#, { words: &'a str, id: &'a str, class: &'a str });
template!(ErrorSummary, r#"{% import "components/error-summary.html" as error_summary %}{{ error_summary::show(problems) }}"#, { problems: &'a [Problem] });
template!(Fieldset, r#"{% import "components/fieldset.html" as fieldset %}{% call fieldset::show(legend, size, heading, described_by, role) %}{% endcall %}"#, { legend: &'a str, size: &'a str, heading: bool, described_by: &'a str, role: &'a str });
template!(Hint, r#"{% import "components/hint.html" as hint %}{{ hint::show(words, id, class) }}"#, { words: &'a str, id: &'a str, class: &'a str });
template!(InsetText, r#"{% import "components/inset-text.html" as inset_text %}{% call inset_text::show(id) %}{{ words }}{% endcall %}"#, { words: &'a str, id: &'a str });
template!(Label, r#"{% import "components/label.html" as label %}{{ label::show(words, target, class, heading) }}"#, { words: &'a str, target: &'a str, class: &'a str, heading: bool });
template!(Banner, r#"{% import "components/notification-banner.html" as notification_banner %}{{ notification_banner::show(words, success) }}"#, { words: &'a str, success: bool });
template!(Pagination, r#"{% import "components/pagination.html" as pagination %}{{ pagination::show("Pagination", previous, next) }}"#, { previous: Option<PageLink>, next: Option<PageLink> });
template!(Panel, r#"{% import "components/panel.html" as panel %}{{ panel::show(title, body) }}"#, { title: &'a str, body: &'a str });
template!(ServiceNavigation, r#"{% import "components/service-navigation.html" as service_navigation %}{{ service_navigation::show(items, exact) }}"#, { items: &'a [NavItem], exact: bool });
template!(SkipLink, r#"{% import "components/skip-link.html" as skip_link %}{{ skip_link::show(words, target) }}"#, { words: &'a str, target: &'a str });
template!(SummaryList, r#"{% import "components/summary-list.html" as summary_list %}{{ summary_list::show(rows, class) }}"#, { rows: &'a [Row], class: &'a str });
template!(Tabs, r#"{% import "components/tabs.html" as tabs %}{% call tabs::show("Contents", items) %}{% for item in items %}{% call tabs::panel(item.id, loop.first) %}<p class="govuk-body">{{ item.label }} panel</p>{% endcall %}{% endfor %}{% endcall %}"#, { items: &'a [TabItem] });
template!(TaskList, r#"{% import "components/task-list.html" as task_list %}{{ task_list::show(tasks, prefix) }}"#, { tasks: &'a [Task], prefix: &'a str });
template!(WarningText, r#"{% import "components/warning-text.html" as warning_text %}{{ warning_text::show(words) }}"#, { words: &'a str });
template!(
    Shortcuts,
    r#"{% import "components/button.html" as button %}{{ button::submit("Save") }}|{{ button::secondary("New folder") }}|{{ button::warning("Delete") }}|{{ button::link("Upload", "/u") }}|{{ button::secondary_link("Move", "/m") }}|{{ button::small("Remove", " a.txt", "do", "remove") }}|{{ button::small_link("Open", "/o", " a.txt") }}"#,
    {}
);
