//! Plain text in UTF-8, 76 letters wide.

use super::paper::{Block, Paper};

const WIDE: usize = 76;

pub(super) fn write(paper: &Paper<'_>) -> Vec<u8> {
    let marking = paper.spec.marking.text();
    let centred = format!("{marking:^WIDE$}").trim_end().to_owned();
    let mut lines = vec![centred.clone(), String::new(), paper.spec.title.clone()];
    lines.push("=".repeat(paper.spec.title.chars().count()));
    lines.extend(wrap(&paper.facts(), ""));
    for block in &paper.blocks {
        lines.push(String::new());
        match block {
            Block::Heading(text) => lines.extend([text.clone(), "-".repeat(text.chars().count())]),
            Block::Text(text) => lines.extend(wrap(text, "")),
            Block::Bullets(items) => lines.extend(items.iter().flat_map(|item| wrap(item, "- "))),
            Block::Chart(chart) => {
                lines.push(chart.title.clone());
                lines.extend(
                    chart
                        .bars
                        .iter()
                        .map(|(label, value)| format!("{label:<12}{value:>6}")),
                );
            }
            Block::Table(table) => {
                lines.push(table.caption.clone());
                for row in table.body() {
                    let cells: Vec<String> = table
                        .heads
                        .iter()
                        .zip(&row)
                        .map(|(head, cell)| format!("{head}: {cell}"))
                        .collect();
                    lines.extend(wrap(&cells.join("; "), "- "));
                }
            }
        }
    }
    lines.extend([String::new(), centred, String::new()]);
    lines.join("\n").into_bytes()
}

/// The text in lines that fit, the first beginning with `lead` and the others as far in.
fn wrap(text: &str, lead: &str) -> Vec<String> {
    let mut lines = vec![lead.to_owned()];
    for word in text.split(' ') {
        let line = lines.len() - 1;
        let used = lines[line].chars().count();
        if used > lead.len() && used + 1 + word.chars().count() > WIDE {
            lines.push(format!("{}{word}", " ".repeat(lead.len())));
        } else {
            let gap = if used > lead.len() { " " } else { "" };
            lines[line].push_str(gap);
            lines[line].push_str(word);
        }
    }
    lines
}
