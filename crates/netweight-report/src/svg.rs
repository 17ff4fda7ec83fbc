//! The treemap alone, as one SVG picture for a page or a slide.

use std::fmt::Write as _;
use std::io::{self, Write};

use crate::picture::{COLOURS, Measure, Picture};
use crate::printable::{printable, shorten, width};
use crate::quantity::{binary_bytes, grouped, percent};
use crate::render::Renderer;
use crate::report::{ModelReport, Report};
use crate::treemap::{Area, squarified};
use crate::words::about;

/// A treemap of each model, below each other: area is parameters, colour is kind.
#[derive(Debug, Clone, Default)]
pub struct Svg {
    /// The scheme whose bytes areas stand for, `stored` for the file's own; parameters without.
    pub measure: Option<String>,
}

const WIDTH: f64 = 960.0;
const MAP_HEIGHT: f64 = 480.0;
/// The title above a map and the legend below it.
const TITLE: f64 = 34.0;
const LEGEND: f64 = 34.0;
const GAP: f64 = 16.0;
const HEIGHT: f64 = TITLE + MAP_HEIGHT + LEGEND + GAP;

/// A module's own title, where it is tall and wide enough for one.
const MODULE_TITLE: f64 = 15.0;
const ROOM: (f64, f64) = (46.0, 34.0);
/// The width of a letter of a label, as measured generously.
const LETTER: f64 = 7.0;
const LINE: f64 = 13.0;
/// Areas smaller than this are dust: they are drawn, but nothing is drawn into them.
const DUST: f64 = 9.0;

/// The colours of kinds: told apart by people with any colour vision, and by their lightness.
const STYLE: &str = include_str!("html/picture.css");

impl Renderer for Svg {
    fn render(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        let height = HEIGHT * report.models.len().max(1) as f64;
        writeln!(
            out,
            r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" font-family="system-ui, sans-serif" font-size="12">"#
        )?;
        writeln!(out, "<style>\n{STYLE}</style>")?;
        writeln!(out, r#"<rect class="page" width="{WIDTH}" height="{height}"/>"#)?;
        for (i, model) in report.models.iter().enumerate() {
            writeln!(out, r#"<g transform="translate(0 {})">"#, HEIGHT * i as f64)?;
            self.model(model, out)?;
            writeln!(out, "</g>")?;
        }
        writeln!(out, "</svg>")
    }
}

impl Svg {
    fn model(&self, model: &ModelReport, out: &mut dyn Write) -> io::Result<()> {
        let picture = Picture::of(model);
        let Some(measure) = self.chosen(&picture) else { return Ok(()) };
        let total = measure.values.first().copied().unwrap_or(0);
        let whole = match measure.is_bytes {
            true => format!("{} under {}", binary_bytes(total), measure.name),
            false => format!("{} parameters", grouped(total)),
        };
        let least = if model.totals.complete { "" } else { "at least " };
        let title = format!("{}: {least}{whole}", model.source);
        writeln!(out, "<title>{}</title>", escaped(&title))?;
        writeln!(
            out,
            r#"<text x="8" y="22"><tspan class="strong">{}</tspan><tspan dx="12">{}</tspan></text>"#,
            escaped(&shorten(&printable(&title), 90)),
            escaped(&shorten(&about(model), 50))
        )?;
        let map = Area { x: 8.0, y: TITLE, width: WIDTH - 16.0, height: MAP_HEIGHT };
        let mut drawing = Drawing { picture: &picture, measure, total, out: String::new() };
        drawing.contents(map);
        out.write_all(drawing.out.as_bytes())?;
        legend(&picture, out)
    }

    fn chosen<'p>(&self, picture: &'p Picture<'_>) -> Option<&'p Measure> {
        let fits = |measure: &&Measure| match &self.measure {
            None => !measure.is_bytes,
            Some(wanted) => {
                measure.name == *wanted || measure.name.starts_with(&format!("{wanted} ("))
            }
        };
        picture.measures.iter().find(fits).or(picture.measures.first())
    }
}

struct Drawing<'p> {
    picture: &'p Picture<'p>,
    measure: &'p Measure,
    total: u64,
    out: String,
}

impl Drawing<'_> {
    /// Draws the whole, level by level.
    fn contents(&mut self, map: Area) {
        let mut open = vec![(0, map)];
        while let Some((part, area)) = open.pop() {
            let Some(node) = self.picture.parts.get(part) else { continue };
            let value =
                |child: &usize| self.measure.values.get(*child).copied().unwrap_or(0) as f64;
            let values: Vec<f64> = node.children.iter().map(value).collect();
            for (child, area) in node.children.iter().zip(squarified(&values, area)) {
                if area.width > 0.0 && area.height > 0.0 {
                    self.part(*child, area);
                    open.extend(self.inside(*child, area).map(|inside| (*child, inside)));
                }
            }
        }
    }

    /// Where a module's contents are drawn; none where there is no room for any.
    fn inside(&self, part: usize, area: Area) -> Option<Area> {
        let node = self.picture.parts.get(part)?;
        let title = if titled(area) { MODULE_TITLE } else { 0.0 };
        let margin = if title > 0.0 { 2.0 } else { 0.5 };
        let inside = area.inside(margin, title);
        (!node.children.is_empty() && inside.width * inside.height > DUST).then_some(inside)
    }

    fn part(&mut self, part: usize, area: Area) {
        let Some(node) = self.picture.parts.get(part) else { return };
        let value = self.measure.values.get(part).copied().unwrap_or(0);
        let class = match node.layer {
            Some((_, layer)) => format!("k{}", self.picture.colour(layer)),
            None => "module".to_owned(),
        };
        let figure = if self.measure.is_bytes { binary_bytes(value) } else { grouped(value) };
        let share = percent(value, self.total).unwrap_or_default();
        let formula = node.layer.and_then(|(_, layer)| layer.formula.as_ref());
        let by_hand = formula.map_or(String::new(), |formula| format!(" = {}", formula.numbers));
        let told = format!("{}: {figure}, {share}{by_hand}", node.path);
        let Area { x, y, width, height } = area;
        // Writing into a string does not fail.
        let _ = writeln!(
            self.out,
            r#"<g><title>{}</title><rect class="{class}" x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{height:.1}"/>"#,
            escaped(&told)
        );
        let has_room =
            titled(area) || (node.layer.is_some() && width > 30.0 && height > LINE + 2.0);
        if has_room {
            self.label(node.name, area, 0);
            if node.layer.is_some() && height > 2.0 * LINE + 6.0 {
                self.label(&figure, area, 1);
            }
        }
        self.out.push_str("</g>\n");
    }

    /// A label that fits, or none.
    fn label(&mut self, text: &str, area: Area, line: u32) {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a count of letters"
        )]
        let letters = ((area.width - 8.0) / LETTER).max(0.0) as usize;
        let text = printable(text);
        let numeric = line > 0;
        if (letters < 6 && width(&text) > letters) || (numeric && width(&text) > letters) {
            return;
        }
        let y = area.y + LINE + f64::from(line) * LINE;
        let class = if numeric { r#" class="quiet""# } else { "" };
        let text = escaped(&shorten(&text, letters));
        let _ =
            write!(self.out, r#"<text{class} x="{:.1}" y="{y:.1}">{text}</text>"#, area.x + 4.0);
    }
}

/// Whether a module has room for its title.
fn titled(area: Area) -> bool {
    area.width > ROOM.0 && area.height > ROOM.1
}

/// The kinds by colour.
fn legend(picture: &Picture<'_>, out: &mut dyn Write) -> io::Result<()> {
    let y = TITLE + MAP_HEIGHT + 12.0;
    let other = picture.parts.iter().filter_map(|part| part.layer);
    let has_other = other
        .map(|(_, layer)| layer)
        .any(|layer| picture.colour(layer) == COLOURS && layer.parameters.is_some_and(|n| n > 0));
    let names = picture.kinds.iter().copied().chain(has_other.then_some("other"));
    let mut x = 8.0;
    for (colour, name) in names.enumerate() {
        let colour = if name == "other" { COLOURS } else { colour };
        writeln!(
            out,
            r#"<rect class="k{colour}" x="{x:.1}" y="{y}" width="12" height="12"/><text x="{:.1}" y="{}">{}</text>"#,
            x + 17.0,
            y + 10.5,
            escaped(name)
        )?;
        x += 17.0 + name.len() as f64 * 7.2 + 18.0;
    }
    Ok(())
}

/// The text as XML takes it.
pub(crate) fn escaped(text: &str) -> String {
    let text = printable(text);
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
