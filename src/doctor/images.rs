//! Where each broker's image would come from.

use serde::Serialize;

use super::finding::{Code, Finding};
use crate::images::{Hurdle, Obstacle, Outlook, OutlookSource};

/// One broker's image and its sources, in the order in which they are tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ImageSeen {
    pub broker: String,
    /// `rabbitmq 4.0`, or the file's own reference.
    pub wanted: String,
    /// A platform that was asked for and is not the engine's own.
    pub emulated: Option<String>,
    /// What the engine is, where the lock's image is for others alone.
    pub locked_for_others: Option<String>,
    pub sources: Vec<Outlook>,
}

impl ImageSeen {
    /// The source that would serve; one that only the engine can ask may.
    pub fn serves(&self) -> Option<&Outlook> {
        self.sources.iter().find(|source| source.serves())
    }
}

pub(super) fn check(images: &[ImageSeen]) -> Vec<Finding> {
    images.iter().flat_map(of_one).collect()
}

fn of_one(image: &ImageSeen) -> Vec<Finding> {
    let (broker, wanted) = (&image.broker, &image.wanted);
    if image.serves().is_some() {
        let of_lock = image.locked_for_others.as_ref().map(|why| {
            let text =
                format!("`{broker}`: the lock's image of {wanted} does not run here: {why}; another source serves");
            Finding::advice(Code::WrongArchitecture, broker, text, "mqlab images lock")
        });
        let emulated = image.emulated.as_ref().map(|why| {
            let text =
                format!("`{broker}` is asked for as another platform than the engine's: {why}; emulated it is slow");
            Finding::advice(Code::WrongArchitecture, broker, text, format!("leave `platform` out under `{broker}`"))
        });
        return of_lock.into_iter().chain(emulated).collect();
    }
    let obstacles: Vec<(&Outlook, &Obstacle)> =
        image.sources.iter().filter_map(|source| Some((source, source.obstacle.as_ref()?))).collect();
    let of = |hurdle: Hurdle| obstacles.iter().find(|(_, obstacle)| obstacle.hurdle == hurdle);
    // What is switched off or not there is only the background of why nothing else serves.
    let said = obstacles.iter().filter(|(source, _)| source.source != OutlookSource::Present);
    let all: Vec<String> = said.map(|(source, obstacle)| format!("{}: {}", source.name, obstacle.why)).collect();
    let (code, told, default) = match (of(Hurdle::Platform), of(Hurdle::Base)) {
        (Some(told), _) => (Code::WrongArchitecture, Some(told), format!("set `platform` under `{broker}`")),
        (None, Some(told)) => (Code::BaseMissing, Some(told), "mqlab images build".to_owned()),
        (None, None) => {
            (Code::ImageNowhere, None, "mqlab images load ARCHIVE, or a mirror in `images.mirrors`".to_owned())
        }
    };
    let told = told.or_else(|| obstacles.iter().find(|(_, obstacle)| obstacle.way_out.is_some()));
    let command = told.and_then(|(_, obstacle)| obstacle.way_out.clone()).unwrap_or(default);
    let text = match code {
        Code::BaseMissing => {
            format!("`{broker}`: {wanted} must be built here, and there is nothing to start from: {}", all.join("; "))
        }
        Code::WrongArchitecture => format!("`{broker}`: no image of {wanted} is for this engine: {}", all.join("; ")),
        _ => format!("`{broker}`: no source has {wanted}: {}", all.join("; ")),
    };
    vec![Finding::fault(code, broker, text, command)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn not(source: OutlookSource, hurdle: Hurdle, way_out: Option<&str>) -> Outlook {
        let obstacle = Obstacle { hurdle, why: "why".to_owned(), way_out: way_out.map(str::to_owned) };
        Outlook { source, name: "name".to_owned(), obstacle: Some(obstacle) }
    }

    fn serving(source: OutlookSource) -> Outlook {
        Outlook { source, name: "name".to_owned(), obstacle: None }
    }

    fn image(sources: Vec<Outlook>) -> ImageSeen {
        ImageSeen {
            broker: "jobs".to_owned(),
            wanted: "rabbitmq 4.0".to_owned(),
            emulated: None,
            locked_for_others: None,
            sources,
        }
    }

    fn codes(image: &ImageSeen) -> Vec<Code> {
        of_one(image).into_iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn a_hub_that_cannot_be_reached_is_no_fault_where_something_serves() {
        let hub = || not(OutlookSource::Registry, Hurdle::Unreachable, None);
        let away = || not(OutlookSource::Present, Hurdle::NotHere, None);
        assert_eq!(codes(&image(vec![serving(OutlookSource::Present), hub()])), []);
        assert_eq!(codes(&image(vec![away(), hub(), serving(OutlookSource::Recipe)])), []);
        assert_eq!(codes(&image(vec![away(), hub()])), [Code::ImageNowhere]);
    }

    #[test]
    fn a_missing_base_and_another_platform_have_their_own_codes_and_commands() {
        let away = || not(OutlookSource::Present, Hurdle::NotHere, None);
        let base = image(vec![away(), not(OutlookSource::Recipe, Hurdle::Base, Some("sudo apt install debootstrap"))]);
        assert_eq!(codes(&base), [Code::BaseMissing]);
        assert_eq!(of_one(&base)[0].command, "sudo apt install debootstrap");
        let platform = image(vec![
            away(),
            not(OutlookSource::Registry, Hurdle::Platform, None),
            not(OutlookSource::Recipe, Hurdle::Base, None),
        ]);
        assert_eq!(codes(&platform), [Code::WrongArchitecture]);
    }

    #[test]
    fn an_emulated_platform_that_was_asked_for_is_advice() {
        let mut one = image(vec![serving(OutlookSource::Present)]);
        one.emulated = Some("linux/s390x on linux/amd64".to_owned());
        let found = of_one(&one);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].code, found[0].level), (Code::WrongArchitecture, super::super::Level::Advice));
    }
}
