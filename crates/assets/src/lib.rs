//! The stylesheet, the script and the icon of the pages, compiled into the program.
//!
//! The build (`build.rs`) makes them from `frontend/` with Sass and esbuild, under the build directory and nowhere
//! else. There is one stylesheet, and one script for each page: pages that send files have one that can send them too.
//! Their names carry a hash of their content, so a browser may keep them for ever. GOV.UK Frontend is compiled without its licensed typeface and without the crown: neither may be
//! used outside GOV.UK.

/// One file as it is served.
#[derive(Clone, Copy, Debug)]
pub struct Asset {
    /// The name below `/assets/`, such as `chancery.3f9a1c2b40.css`.
    pub path: &'static str,
    /// The content.
    pub bytes: &'static [u8],
    /// The content with Brotli (RFC 7932), for `Content-Encoding: br`.
    pub brotli: &'static [u8],
    /// The content with gzip (RFC 1952), for `Content-Encoding: gzip`.
    pub gzip: &'static [u8],
    /// The `Content-Type`.
    pub content_type: &'static str,
    /// The strong `ETag` (RFC 9110, section 8.8.3) of the content, with its quotation marks. Each encoding needs one of its own:
    /// serve the others as weak (`W/` before it).
    pub etag: &'static str,
    /// The `Content-Security-Policy` that it is served with instead of the page's: a worker has its own.
    pub policy: Option<&'static str>,
}

include!(concat!(env!("OUT_DIR"), "/table.rs"));

/// The address of the stylesheet: `/assets/chancery.….css`.
pub fn stylesheet() -> &'static str {
    STYLESHEET
}

/// The address of the script, an ES module: `/assets/chancery.….js`.
pub fn script() -> &'static str {
    SCRIPT
}

/// The address of the script of pages that send files: it does everything that [`script`] does, and sends them.
pub fn uploading() -> &'static str {
    UPLOADING
}

/// The address of the script of pages that show a PDF: it does everything that [`script`] does, and draws its pages.
pub fn reading() -> &'static str {
    READING
}

/// The address of the worker in which a PDF is read.
pub fn pdf_worker() -> &'static str {
    PDF_WORKER
}

/// The folder, with a slash at its end, of what that worker asks for by name: fonts and decoders of pictures.
pub fn pdfjs() -> &'static str {
    PDFJS
}

/// The address of the icon, an SVG: `/assets/favicon.….svg`.
pub fn favicon() -> &'static str {
    FAVICON
}

/// The file of that name below `/assets/`, if there is one.
pub fn find(path: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.path == path)
}

/// Every file that is served.
pub fn all() -> &'static [Asset] {
    &ASSETS
}

/// The script of axe-core, which a browser test runs in a page to check it against WCAG.
#[cfg(feature = "axe")]
pub fn axe() -> &'static str {
    AXE
}

/// The options and expected HTML of a GOV.UK component, as JSON, from the very version that the stylesheet is made
/// of.
#[cfg(feature = "fixtures")]
pub fn fixtures(component: &str) -> Option<&'static str> {
    FIXTURES
        .iter()
        .find(|(name, _)| *name == component)
        .map(|(_, json)| *json)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    fn text(address: &str) -> &'static str {
        let asset = find(address.strip_prefix("/assets/").unwrap()).unwrap();
        std::str::from_utf8(asset.bytes).unwrap()
    }

    #[test]
    fn names_carry_the_hash_and_are_found() {
        for address in [
            stylesheet(),
            script(),
            uploading(),
            reading(),
            pdf_worker(),
            favicon(),
        ] {
            let name = address.strip_prefix("/assets/").unwrap();
            let asset = find(name).unwrap();
            assert_eq!(asset.path, name);
            let hash = name.rsplit('.').nth(1).unwrap();
            assert_eq!(hash.len(), 10, "{name}");
            assert!(asset.etag.contains(hash), "{name} {}", asset.etag);
        }
        assert!(find("chancery.css").is_none());
        assert!(find("../table.rs").is_none());
        let folder = pdfjs().strip_prefix("/assets/").unwrap();
        for name in [
            "FoxitSerif.pfb",
            "LiberationSans-Regular.ttf",
            "jbig2.wasm",
            "UniJIS-UTF16-H.bcmap",
            "LICENSE_FOXIT",
        ] {
            assert!(find(&format!("{folder}{name}")).is_some(), "{name}");
        }
        assert!(all().len() > 20, "{}", all().len());
        // Only the worker may run WebAssembly.
        let other: Vec<_> = all()
            .iter()
            .filter(|asset| asset.policy.is_some())
            .collect();
        assert_eq!(other.len(), 1);
        assert!(pdf_worker().ends_with(other[0].path));
    }

    #[test]
    fn stylesheet_holds_ours_and_both_design_systems_and_no_licensed_typeface() {
        let css = text(stylesheet());
        for wanted in [
            ".govuk-button",
            ".govuk-error-summary",
            ".moj-sub-navigation",
            ".moj-timeline",
            ".ch-band",
            "@media print",
            "forced-colors",
        ] {
            assert!(css.contains(wanted), "{wanted}");
        }
        for unwanted in [
            "GDS Transport",
            "@font-face",
            "@import",
            "crown",
            "\u{feff}",
        ] {
            assert!(!css.contains(unwanted), "{unwanted}");
        }
    }

    #[test]
    fn script_holds_what_pages_use_and_fetches_nothing() {
        let (every, sending) = (text(script()), text(uploading()));
        assert!(sending.contains("data-upload"));
        for js in [every, sending] {
            for wanted in ["govuk-password-input", "data-bulk", "data-copy"] {
                assert!(js.contains(wanted), "{wanted}");
            }
            for unwanted in ["import(", "https://", "eval(", "sourceMappingURL"] {
                assert!(!js.contains(unwanted), "{unwanted}");
            }
        }
    }

    #[test]
    fn small_enough_for_a_slow_line() {
        let size = |address: &str| find(&address["/assets/".len()..]).unwrap().brotli.len();
        assert!(size(stylesheet()) < 30_000, "{}", size(stylesheet()));
        assert!(size(script()) < 20_000, "{}", size(script()));
        // Once, for whoever has files to send.
        assert!(size(uploading()) < 32_000, "{}", size(uploading()));
        assert!(size(reading()) < 160_000, "{}", size(reading()));
        assert!(size(pdf_worker()) < 400_000, "{}", size(pdf_worker()));
    }

    #[test]
    fn compressed_forms_unfold_to_the_content() {
        use std::io::Read as _;
        for asset in all() {
            let mut plain = Vec::new();
            flate2::read::GzDecoder::new(asset.gzip)
                .read_to_end(&mut plain)
                .unwrap();
            assert!(plain == asset.bytes, "{} gzip", asset.path);
            let mut plain = Vec::new();
            brotli::Decompressor::new(asset.brotli, 4096)
                .read_to_end(&mut plain)
                .unwrap();
            assert!(plain == asset.bytes, "{} brotli", asset.path);
        }
    }

    #[cfg(feature = "fixtures")]
    #[test]
    fn fixtures_are_those_of_govuk_frontend() {
        assert!(fixtures("button").unwrap().contains("govuk-button"));
        assert!(fixtures("crown").is_none());
    }

    #[cfg(feature = "axe")]
    #[test]
    fn axe_is_the_checker() {
        assert!(axe().contains("axe.run"));
    }
}
