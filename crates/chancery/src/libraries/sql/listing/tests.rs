//! Statements of every form, for the test that prepares each on both engines.

use super::super::narrow::{Narrow, Test, What};
use super::{Begin, PLACE_IN_ORDER, Part, Question, Reach};
use crate::kernel::{Id, Time};
use crate::libraries::Sort;
use crate::libraries::cursor::{Cursor, Key, order};

/// Statements of every form.
pub(in crate::libraries) fn statements() -> Vec<String> {
    let says = |what| Narrow::Says(Test { column: 1, what });
    let narrows = [
        Narrow::Named("%a%".to_owned()),
        Narrow::Changed(Time::default(), Time::FOREVER),
        Narrow::By(1),
        Narrow::Kind(vec!["image/%".to_owned(), "text/%".to_owned()]),
        Narrow::Held(0),
        Narrow::Held(1),
        Narrow::Drafts,
        Narrow::Waiting,
        Narrow::Nothing,
        says(What::Lacks),
        says(What::Text("a".to_owned())),
        says(What::Like("%a%".to_owned())),
        says(What::Person(1)),
        says(What::Between(0, 1)),
    ];
    let mut asked: Vec<Vec<Narrow>> = vec![Vec::new(), narrows.to_vec()];
    asked.extend(narrows.iter().map(|narrow| vec![narrow.clone()]));
    let mut sorts = Sort::ALL.to_vec();
    sorts.push(Sort::Column(Id::from_raw(1)));
    let mut all = vec![PLACE_IN_ORDER.to_owned()];
    for reach in [Reach::Directly, Reach::Below, Reach::Whole] {
        for (sort, narrows) in sorts
            .iter()
            .flat_map(|sort| asked.iter().map(move |narrows| (*sort, narrows.clone())))
        {
            let question = Question {
                at: Time::default(),
                me: Id::from_raw(1),
                library: Id::from_raw(1),
                folder: 0,
                reach,
                sort,
                descending: all.len() % 2 == 0,
                documents_only: !narrows.is_empty(),
                narrows,
            };
            let mut begins = vec![Begin::Place, Begin::Order];
            if !question.narrows.is_empty() {
                begins.push(Begin::Filter(0));
                all.push(question.weigh().0);
            }
            for begin in begins {
                all.push(question.count(begin, 1).0);
                for part in [Part::Folders, Part::Documents, Part::Lacking] {
                    if part == Part::Lacking && sort.column().is_none() {
                        continue;
                    }
                    let key = match (part, order(part == Part::Folders, sort, false).0) {
                        (Part::Lacking, _) => Key::Lacking,
                        (_, "") => Key::Cell(0, String::new()),
                        (_, "changed_at" | "size" | "version") => Key::Number(0),
                        _ => Key::Text(String::new()),
                    };
                    let cursor = Cursor {
                        folder: part == Part::Folders,
                        key,
                        id: 1,
                    };
                    all.push(question.page(part, begin, None, 1).0);
                    all.push(question.page(part, begin, Some(&cursor), 1).0);
                }
            }
        }
    }
    all.sort();
    all.dedup();
    all
}
