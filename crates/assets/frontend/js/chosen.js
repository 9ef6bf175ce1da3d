import { make } from "./dom.js";

// What systems leave in folders and nobody means.
const LEAVINGS = new Set([".DS_Store", "Thumbs.db", "desktop.ini"]);

/** A file that was chosen, with the folders that it is in below what was chosen: "Returns/2026". */
const chosen = (file, path = "") => ({ file, path });

/** Leaves the name of the file away: "Returns/2026/March.xlsx" is in "Returns/2026". */
const above = (path) => path.split("/").slice(0, -1).join("/");

/**
 * Files that are chosen with the file input, and folders with a button of their own.
 *
 * @param {HTMLInputElement} input - the file input
 * @param {HTMLElement} drop - where the button goes
 * @param {(files: {file: File, path: string}[]) => void} take - what takes them
 */
export function choosing(input, drop, take) {
  input.addEventListener("change", () => {
    take([...input.files].map((file) => chosen(file)));
    input.value = "";
  });
  if (!input.multiple || !("webkitdirectory" in input)) return;
  const folder = make("input", { type: "file", hidden: true, "aria-hidden": "true", tabindex: "-1" });
  folder.webkitdirectory = true;
  folder.addEventListener("change", () => {
    const files = [...folder.files].filter((file) => !LEAVINGS.has(file.name));
    take(files.map((file) => chosen(file, above(file.webkitRelativePath))));
    folder.value = "";
  });
  const attributes = { type: "button", class: "govuk-button govuk-button--secondary" };
  const button = make("button", attributes, "Choose a whole folder");
  button.addEventListener("click", () => folder.click());
  drop.append(button, folder);
}

/**
 * Files and folders that are dropped.
 *
 * @param {HTMLElement} drop - where they are dropped
 * @param {(files: {file: File, path: string}[]) => void} take - what takes them
 */
export function dropping(drop, take) {
  drop.classList.add("ch-drop--ready");
  let depth = 0;
  const mark = () => drop.classList.toggle("ch-drop--over", depth > 0);
  const files = (event) => [...(event.dataTransfer?.types || [])].includes("Files");
  drop.addEventListener("dragenter", (event) => {
    if (!files(event)) return;
    event.preventDefault();
    depth += 1;
    mark();
  });
  drop.addEventListener("dragover", (event) => {
    if (files(event)) event.preventDefault();
  });
  drop.addEventListener("dragleave", () => {
    depth = Math.max(0, depth - 1);
    mark();
  });
  drop.addEventListener("drop", async (event) => {
    if (!files(event)) return;
    event.preventDefault();
    depth = 0;
    mark();
    // All entries are asked for at once: they are gone when the event is over.
    const dropped = [...event.dataTransfer.items]
      .filter((item) => item.kind === "file")
      .map((item) => ({ entry: item.webkitGetAsEntry?.(), file: item.getAsFile() }));
    for (const { entry, file } of dropped) {
      if (entry?.isDirectory) await walk(entry, take);
      else if (file) take([chosen(file)]);
    }
  });
}

/** Every file in a folder and in those below it, a folder at a time. */
async function walk(folder, take) {
  const reader = folder.createReader();
  const folders = [];
  for (;;) {
    // A browser gives a hundred at a time, and none at the end.
    const entries = await new Promise((resolve) => reader.readEntries(resolve, () => resolve([])));
    if (entries.length === 0) break;
    const files = entries.filter((entry) => entry.isFile && !LEAVINGS.has(entry.name));
    folders.push(...entries.filter((entry) => entry.isDirectory));
    const read = files.map((entry) => new Promise((resolve) => entry.file(resolve, () => resolve(undefined))));
    const path = folder.fullPath.replace(/^\//, "");
    take((await Promise.all(read)).filter(Boolean).map((file) => chosen(file, path)));
  }
  for (const below of folders) await walk(below, take);
}
