import { GlobalWorkerOptions, TextLayer, getDocument } from "pdfjs-dist/legacy/build/pdf.min.mjs";

import { make, say } from "./dom.js";

// How many pages stay drawn: each is a picture of some megabytes.
const DRAWN = 12;
// How many are laid out: a file can say that it has any number.
const LAID = 2000;

/** Draws the pages of a PDF where the page says so, each with its text over it to be selected and heard. */
export function pages() {
  for (const place of document.querySelectorAll("[data-pages]")) {
    show(place).catch((error) => {
      console.error(error);
      fail(place, "The pages of this document could not be shown.");
    });
  }
}

async function show(place) {
  const { pages: source, worker, parts } = place.dataset;
  const status = place.querySelector("[data-status]");
  status.hidden = false;
  // One request for the whole, so that the trail has one line for one look. The first look at an office document takes
  // some seconds, in which its pages are made.
  const answer = await fetch(source, { headers: { accept: "application/pdf" } });
  if (!answer.ok || answer.headers.get("content-type") !== "application/pdf") {
    fail(place, "The pages of this document could not be made.");
    return;
  }
  GlobalWorkerOptions.workerSrc = worker;
  const pdf = await getDocument({
    data: new Uint8Array(await answer.arrayBuffer()),
    standardFontDataUrl: parts,
    wasmUrl: parts,
    cMapUrl: parts,
    cMapPacked: true,
    // Nothing that a document brings is run.
    enableXfa: false,
    isEvalSupported: false,
  }).promise;
  const count = pdf.numPages;
  const sheets = await lay(place, pdf);
  status.textContent = count === 1 ? "1 page" : `${count} pages`;
  if (count > LAID) status.textContent += `, of which the first ${LAID} are shown`;
  say(`The document is shown, ${status.textContent}`);
  draw(sheets);
}

/** Makes room for every page, so that nothing jumps while they are drawn. */
async function lay(place, pdf) {
  const sheets = [];
  const { width, height } = (await pdf.getPage(1)).getViewport({ scale: 1 });
  for (let number = 1; number <= Math.min(pdf.numPages, LAID); number += 1) {
    const element = make("section", {
      class: "ch-pages__page",
      "aria-label": `Page ${number} of ${pdf.numPages}`,
    });
    // As tall as the first page until it is known better.
    element.style.aspectRatio = `${width} / ${height}`;
    sheets.push({ pdf, number, element });
  }
  place.append(...sheets.map((sheet) => sheet.element));
  return sheets;
}

function draw(sheets) {
  const drawn = [];
  const of = new Map(sheets.map((sheet) => [sheet.element, sheet]));
  const near = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        const sheet = of.get(target);
        sheet.near = isIntersecting;
        if (!isIntersecting || sheet.drawn) continue;
        sheet.drawn = true;
        drawn.push(sheet);
        drawOne(sheet).catch((error) => {
          console.error(error);
          sheet.element.replaceChildren(make("p", { class: "govuk-body ch-pages__failed" }, `Page ${sheet.number} could not be drawn.`));
        });
        // What was drawn longest ago goes, unless it is in sight or nearly so.
        const far = drawn.length > DRAWN ? drawn.findIndex((one) => !one.near) : -1;
        if (far >= 0) forget(drawn.splice(far, 1)[0]);
      }
    },
    { rootMargin: "100% 0px" },
  );
  for (const { element } of sheets) near.observe(element);
}

function forget(sheet) {
  sheet.drawn = false;
  sheet.element.replaceChildren();
  sheet.page?.cleanup();
}

async function drawOne(sheet) {
  const page = await sheet.pdf.getPage(sheet.number);
  if (!sheet.drawn) return;
  sheet.page = page;
  const natural = page.getViewport({ scale: 1 });
  sheet.element.style.aspectRatio = `${natural.width} / ${natural.height}`;
  const scale = sheet.element.clientWidth / natural.width;
  const sharp = page.getViewport({ scale: scale * Math.min(window.devicePixelRatio || 1, 2) });
  const canvas = make("canvas", { "aria-hidden": "true" });
  canvas.width = Math.floor(sharp.width);
  canvas.height = Math.floor(sharp.height);
  const words = make("div", { class: "ch-pages__words" });
  words.style.setProperty("--total-scale-factor", String(scale));
  sheet.element.replaceChildren(canvas, words);
  await page.render({ canvas, viewport: sharp }).promise;
  if (!sheet.drawn) return;
  await new TextLayer({
    textContentSource: page.streamTextContent(),
    container: words,
    viewport: page.getViewport({ scale }),
  }).render();
}

function fail(place, why) {
  const status = place.querySelector("[data-status]");
  status.hidden = false;
  status.textContent = `${why} Read its text, or download it to view it.`;
  say(status.textContent);
}
