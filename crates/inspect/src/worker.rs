//! The worker: what runs in the process that is shut in.

use std::ffi::OsString;
use std::io::{self, Read as _, Write as _};
use std::panic::AssertUnwindSafe;
use std::process::ExitCode;

use crate::answer::{Answer, Asked, Want};
use crate::failure::Told;
use crate::recogniser::Picture;
use crate::{Limits, Walls, read, scan, shut_in};

/// The longest request that is read, in bytes, without the file.
const REQUEST: u32 = 64 * 1024;

/// With which arguments the program is started to be a worker; its limits come after them.
pub(crate) const WORKER: [&str; 2] = ["worker", "inspect"];

/// What the program does when it is started as a worker, with these arguments after its name: shuts itself in, reads a request
/// and the file, and answers on standard output. None where it was started as something else.
///
/// A program asks this before anything else: a worker has nothing of the realm, no other thread and no file open, and whatever
/// is done before it would be done for every file.
pub fn worker(arguments: impl IntoIterator<Item = OsString>) -> Option<ExitCode> {
    let mut arguments = arguments.into_iter();
    let is_one = WORKER
        .iter()
        .all(|word| arguments.next().is_some_and(|said| said == *word));
    let limits = arguments.next()?;
    is_one.then(|| work(limits.to_str().unwrap_or_default()))
}

fn work(limits: &str) -> ExitCode {
    let Ok(limits) = serde_json::from_str::<Limits>(limits) else {
        return ExitCode::FAILURE;
    };
    let walls = shut_in(&limits);
    let answered = request().and_then(|(asked, input)| {
        let mut pictures = Vec::new();
        let answer = walls
            .map_err(Told::NoWorker)
            .and_then(|walls| answer(&asked, walls, input, &mut pictures));
        let answer = serde_json::to_vec(&answer.unwrap_or_else(Answer::Failed))?;
        let mut output = io::stdout().lock();
        output.write_all(&answer)?;
        for picture in pictures {
            output.write_all(&picture.bytes)?;
        }
        output.flush()
    });
    match answered {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// What is asked, and the file, which comes after it.
fn request() -> io::Result<(Asked, impl io::Read)> {
    // One buffer for both, so that nothing of the file is lost that was read with the request.
    let mut input = io::stdin().lock();
    let mut length = [0; 4];
    input.read_exact(&mut length)?;
    let length = u32::from_be_bytes(length);
    if length > REQUEST {
        return Err(io::Error::other("too long a request"));
    }
    let mut request = vec![0; length as usize];
    input.read_exact(&mut request)?;
    Ok((serde_json::from_slice(&request)?, input))
}

fn answer(
    asked: &Asked,
    walls: Walls,
    input: impl io::Read,
    pictures: &mut Vec<Picture>,
) -> Result<Answer, Told> {
    if asked.want == Want::Walls {
        return Ok(Answer::Walls(walls));
    }
    let mut file = Vec::new();
    input
        .take(asked.limits.input.saturating_add(1))
        .read_to_end(&mut file)
        .map_err(Told::unreadable)?;
    if file.len() as u64 > asked.limits.input {
        return Err(Told::TooLarge);
    }
    // A parser that panics has met a file that it cannot read; there is nothing here that it could leave half done.
    std::panic::catch_unwind(AssertUnwindSafe(|| match asked.want {
        Want::Scan => {
            let (reading, met) = scan::scan(asked, &file);
            let sent = met.iter().map(Picture::sent).collect();
            *pictures = met;
            Ok(Answer::Scan(reading, sent))
        }
        Want::View => read::view(asked, &file).map(Answer::View),
        Want::Text | Want::Walls => read::text(asked, &file).map(Answer::Text),
    }))
    .unwrap_or_else(|_| Err(Told::unreadable("it is damaged, or not what it says it is")))
}
