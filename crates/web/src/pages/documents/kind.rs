//! What people call a kind of content.

/// "Word document" for its media type (RFC 6838); "File" where there is no better word.
pub(in crate::pages) fn kind(media_type: &str) -> &'static str {
    match media_type {
        "application/msword"
        | "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => {
            "Word document"
        }
        "application/vnd.ms-excel"
        | "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => {
            "Excel spreadsheet"
        }
        "application/vnd.ms-powerpoint"
        | "application/vnd.openxmlformats-officedocument.presentationml.presentation" => {
            "PowerPoint presentation"
        }
        "application/vnd.oasis.opendocument.text" => "OpenDocument text",
        "application/vnd.oasis.opendocument.spreadsheet" => "OpenDocument spreadsheet",
        "application/vnd.oasis.opendocument.presentation" => "OpenDocument presentation",
        "application/pdf" => "PDF",
        "application/rtf" | "text/rtf" => "Rich text",
        "text/csv" => "CSV table",
        "text/markdown" | "text/plain" => "Plain text",
        "application/zip" => "Zip archive",
        "message/rfc822" | "application/vnd.ms-outlook" => "Email",
        other => match other.split_once('/') {
            Some(("image", _)) => "Image",
            Some(("audio", _)) => "Sound recording",
            Some(("video", _)) => "Video",
            _ => "File",
        },
    }
}
