//! Office documents: OOXML (ECMA-376) and OpenDocument (ISO/IEC 26300). Paragraphs become lines, cells are divided by tabs.

use std::collections::BTreeMap;

use super::lines::{Lines, Stop};
use super::parts::Parts;
use super::xml::{Met, walk};
use crate::Limits;
use crate::failure::Told;
use crate::scan::without_codes;

/// A Word document: headers, the text, notes and comments, footers. What was struck out in tracked changes is left out.
pub(super) fn word(file: &[u8], limits: &Limits, lines: &mut Lines) -> Result<(), Stop> {
    let mut parts = Parts::open(file, limits)?;
    let mut names = parts.like("word/header", ".xml");
    names.push("word/document.xml".to_owned());
    names.extend(
        [
            "word/footnotes.xml",
            "word/endnotes.xml",
            "word/comments.xml",
        ]
        .into_iter()
        .filter(|name| parts.has(name))
        .map(str::to_owned),
    );
    names.extend(parts.like("word/footer", ".xml"));
    for name in names {
        runs(&parts.read(&name)?, limits, lines)?;
    }
    Ok(())
}

/// A presentation: its slides in their order, each with its notes.
pub(super) fn slides(file: &[u8], limits: &Limits, lines: &mut Lines) -> Result<(), Stop> {
    let mut parts = Parts::open(file, limits)?;
    for slide in listed(&mut parts, limits, "ppt/presentation.xml", "sldId")? {
        runs(&parts.read(&slide.part)?, limits, lines)?;
        let notes = relations(&mut parts, limits, &slide.part)?;
        for part in notes.values().filter(|part| part.contains("notesSlide")) {
            if parts.has(part) {
                runs(&parts.read(part)?, limits, lines)?;
            }
        }
    }
    Ok(())
}

/// Paragraphs of runs of text, as texts and slides of OOXML have them.
fn runs(part: &[u8], limits: &Limits, lines: &mut Lines) -> Result<(), Stop> {
    let mut in_text = false;
    walk(part, limits, |met| match met {
        Met::Begin("t", _) => {
            in_text = true;
            Ok(())
        }
        Met::End("t") => {
            in_text = false;
            Ok(())
        }
        Met::Text(text) if in_text => lines.push(text),
        // Stops of the ruler have the same name, and say where they are.
        Met::Begin("tab", attributes) if attributes.is_empty() => lines.push("\t"),
        Met::Begin("br" | "cr", _) | Met::End("p") => lines.end(),
        _ => Ok(()),
    })
}

/// A workbook: its sheets in their order, each under its name; a line for each row that has something in it.
pub(super) fn sheets(file: &[u8], limits: &Limits, lines: &mut Lines) -> Result<(), Stop> {
    let mut parts = Parts::open(file, limits)?;
    let shared = if parts.has("xl/sharedStrings.xml") {
        shared(&parts.read("xl/sharedStrings.xml")?, limits)?
    } else {
        Vec::new()
    };
    for sheet in listed(&mut parts, limits, "xl/workbook.xml", "sheet")? {
        lines.line(&sheet.name)?;
        let part = parts.read(&sheet.part)?;
        let (mut in_value, mut in_header, mut kind, mut value) =
            (false, false, String::new(), String::new());
        walk(&part, limits, |met| match met {
            Met::Begin("c", attributes) => {
                attributes
                    .get("t")
                    .unwrap_or_default()
                    .clone_into(&mut kind);
                value.clear();
                Ok(())
            }
            Met::Begin("v" | "t", _) => {
                in_value = true;
                Ok(())
            }
            Met::End("v" | "t") => {
                in_value = false;
                Ok(())
            }
            Met::Text(text) if in_value && value.len() < limits.text => {
                value.push_str(text);
                Ok(())
            }
            Met::End("c") => {
                let said = match kind.as_str() {
                    "s" => value
                        .trim()
                        .parse()
                        .ok()
                        .and_then(|number: usize| shared.get(number))
                        .map_or("", String::as_str),
                    _ => value.as_str(),
                };
                lines.push(&said.replace('\n', " "))?;
                lines.push("\t")
            }
            Met::Begin("headerFooter", _) => {
                in_header = true;
                Ok(())
            }
            Met::End("headerFooter") => {
                in_header = false;
                Ok(())
            }
            Met::Text(text) if in_header => lines.line(&without_codes(text)),
            Met::End("row") => lines.end(),
            _ => Ok(()),
        })?;
    }
    Ok(())
}

/// The texts that cells refer to by their number.
fn shared(part: &[u8], limits: &Limits) -> Result<Vec<String>, Stop> {
    let (mut all, mut one) = (Vec::new(), String::new());
    let (mut in_text, mut in_sound) = (false, false);
    walk(part, limits, |met| {
        match met {
            Met::Begin("si", _) => one.clear(),
            // How a text sounds stands beside it in Japanese; it is no part of it.
            Met::Begin("rPh", _) => in_sound = true,
            Met::End("rPh") => in_sound = false,
            Met::Begin("t", _) => in_text = true,
            Met::End("t") => in_text = false,
            Met::Text(text) if in_text && !in_sound => one.push_str(text),
            Met::End("si") => all.push(std::mem::take(&mut one)),
            _ => {}
        }
        Ok(())
    })?;
    Ok(all)
}

/// A text, table or presentation in OpenDocument: its content, then what stands at the top and bottom of its pages.
pub(super) fn open_document(file: &[u8], limits: &Limits, lines: &mut Lines) -> Result<(), Stop> {
    let mut parts = Parts::open(file, limits)?;
    let manifest = if parts.has("META-INF/manifest.xml") {
        parts.read("META-INF/manifest.xml")?
    } else {
        Vec::new()
    };
    if manifest
        .windows(b"encryption-data".len())
        .any(|window| window == b"encryption-data")
    {
        return Err(Told::unreadable("it is protected by a password").into());
    }
    for name in ["content.xml", "styles.xml"] {
        if !parts.has(name) {
            continue;
        }
        let part = parts.read(name)?;
        let (mut paragraphs, mut cells, mut struck) = (0_usize, 0_usize, 0_usize);
        walk(&part, limits, |met| match met {
            Met::Begin("tracked-changes", _) => {
                struck += 1;
                Ok(())
            }
            Met::End("tracked-changes") => {
                struck = struck.saturating_sub(1);
                Ok(())
            }
            _ if struck > 0 => Ok(()),
            Met::Begin("p" | "h", _) => {
                paragraphs += 1;
                Ok(())
            }
            Met::End("p" | "h") => {
                paragraphs = paragraphs.saturating_sub(1);
                if cells > 0 {
                    lines.push(" ")
                } else {
                    lines.end()
                }
            }
            Met::Text(text) if paragraphs > 0 => lines.push(text),
            Met::Begin("tab", _) if paragraphs > 0 => lines.push("\t"),
            Met::Begin("s", _) if paragraphs > 0 => lines.push(" "),
            Met::Begin("line-break", _) if paragraphs > 0 => {
                if cells > 0 {
                    lines.push(" ")
                } else {
                    lines.end()
                }
            }
            Met::Begin("table", attributes) if cells == 0 => match attributes.get("name") {
                Some(name) => lines.line(name),
                None => Ok(()),
            },
            Met::Begin("table-cell", _) => {
                cells += 1;
                Ok(())
            }
            Met::End("table-cell") => {
                cells = cells.saturating_sub(1);
                lines.push("\t")
            }
            Met::End("table-row") if cells == 0 => lines.end(),
            _ => Ok(()),
        })?;
        lines.end()?;
    }
    Ok(())
}

/// A sheet or a slide that a document lists.
struct Listed {
    name: String,
    part: String,
}

/// What a part lists, in its order, with the parts that these are in.
fn listed(
    parts: &mut Parts<'_>,
    limits: &Limits,
    part: &str,
    element: &str,
) -> Result<Vec<Listed>, Stop> {
    let related = relations(parts, limits, part)?;
    let mut found = Vec::new();
    walk(&parts.read(part)?, limits, |met| {
        if let Met::Begin(name, attributes) = met
            && name == element
        {
            // A slide has a number as its `id` beside the `r:id` that is meant here.
            let target = attributes
                .every("id")
                .find_map(|id| related.get(id))
                .filter(|target| parts_of(target));
            if let Some(target) = target {
                found.push(Listed {
                    name: attributes.get("name").unwrap_or_default().to_owned(),
                    part: target.clone(),
                });
            }
        }
        Ok(())
    })?;
    found.retain(|one| parts.has(&one.part));
    Ok(found)
}

/// Parts that hold text; a workbook lists sheets that are charts as well.
fn parts_of(target: &str) -> bool {
    !target.contains("chartsheets/")
}

/// What a part refers to by which id.
fn relations(
    parts: &mut Parts<'_>,
    limits: &Limits,
    part: &str,
) -> Result<BTreeMap<String, String>, Stop> {
    let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
    let list = format!("{folder}/_rels/{name}.rels");
    let mut found = BTreeMap::new();
    if !parts.has(&list) {
        return Ok(found);
    }
    walk(&parts.read(&list)?, limits, |met| {
        if let Met::Begin("Relationship", attributes) = met
            && let (Some(id), Some(target)) = (attributes.get("Id"), attributes.get("Target"))
        {
            found.insert(id.to_owned(), resolved(folder, target));
        }
        Ok(())
    })?;
    Ok(found)
}

/// A name as it stands in a folder of the archive. It opens nothing but a part of the same archive.
fn resolved(folder: &str, target: &str) -> String {
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_owned();
    }
    let mut steps: Vec<&str> = folder.split('/').collect();
    for step in target.split('/') {
        match step {
            ".." => drop(steps.pop()),
            "." => {}
            other => steps.push(other),
        }
    }
    steps.join("/")
}
