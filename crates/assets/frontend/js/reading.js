// The script of pages that show a PDF: all that every page does, and drawing its pages.
import { begin } from "./chancery.js";
import { pages } from "./pages.js";

begin(pages);
