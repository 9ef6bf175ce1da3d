// The script of pages that send files: all that every page does, and sending them.
import { begin } from "./chancery.js";
import { uploading } from "./upload.js";
import { versions } from "./version.js";

[uploading, versions].forEach(begin);
