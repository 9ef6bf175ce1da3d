//! For programs: JSON over HTTP, described by OpenAPI, joining the same verbs as the pages.
