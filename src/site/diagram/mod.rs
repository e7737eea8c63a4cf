//! Pictures of a topology: an own layered layout, from a graph of names to SVG.
//!
//! Layers from left to right (`layers`), an order with few crossings (`order`), places without overlap
//! (`place`), arrows that touch no box (`route`), and the drawing (`svg`). Pure and deterministic.

mod graph;
mod measure;

pub use graph::{Edge, Graph, Look, Node, Style};
