//! Pictures of a topology: an own layered layout, from a graph of names to SVG.
//!
//! Layers from left to right (`layers`), an order with few crossings (`order`), places without overlap
//! (`place`), arrows that touch no box (`route`), and the drawing (`svg`). Pure and deterministic.

mod boxes;
mod graph;
#[cfg(test)]
mod large_tests;
mod layers;
mod layout;
mod measure;
mod order;
mod place;
mod route;
mod svg;
#[cfg(test)]
mod tests;

pub(crate) use graph::{Edge, Graph, Look, Node, Style};
pub(crate) use svg::{Picture, Words, draw, escape, standalone, swatch};
