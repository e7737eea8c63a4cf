//! The part of a large virtual host that a figure can carry: some exchanges, each with everywhere that it leads to.

use std::collections::{BTreeMap, BTreeSet};

use crate::brokers::{MapBinding, MapExchange, RouteMap};

/// The most bindings. Each that is looked at is a step of the figure, and nobody goes through more.
const BINDINGS: usize = 300;

/// The whole map, or of a large one as many exchanges as fit, the given one first. A message to any that is kept takes
/// the same way as in the whole; the default exchange leads to every queue, so it is not part of a part. `None` where
/// the given one alone leads to more than fits.
pub(super) fn nearby(map: RouteMap, exchange: &str) -> Option<RouteMap> {
    if map.bindings.len() <= BINDINGS {
        return Some(map);
    }
    let web = Web::of(&map);
    if web.reached(exchange).iter().map(|name| web.bindings(name).len()).sum::<usize>() > BINDINGS {
        return None;
    }
    let mut kept = BTreeSet::new();
    let mut bindings = 0;
    let others = map.exchanges.iter().map(|one| one.name.as_str()).filter(|name| *name != exchange);
    for name in [exchange].into_iter().chain(others) {
        let reached = web.reached(name);
        let new: BTreeSet<&str> = reached.difference(&kept).copied().collect();
        let more = new.iter().map(|name| web.bindings(name).len()).sum::<usize>();
        // One with a great many is left out, and those behind it may fit.
        if name == exchange || (bindings + more <= BINDINGS && !reached.contains("")) {
            bindings += more;
            kept.extend(new);
        }
    }
    let targets: BTreeSet<&str> =
        map.bindings.iter().filter(|one| kept.contains(one.source.as_str())).map(|one| one.to.as_str()).collect();
    // Where the default exchange is reached, any queue may be meant.
    let all_queues = kept.contains("");
    Some(RouteMap {
        exchanges: map.exchanges.iter().filter(|one| kept.contains(one.name.as_str())).cloned().collect(),
        queues: map.queues.iter().filter(|one| all_queues || targets.contains(one.name.as_str())).cloned().collect(),
        bindings: map.bindings.iter().filter(|one| kept.contains(one.source.as_str())).cloned().collect(),
    })
}

/// Where each exchange leads.
struct Web<'a> {
    bindings: BTreeMap<&'a str, Vec<&'a MapBinding>>,
    alternates: BTreeMap<&'a str, &'a str>,
}

impl<'a> Web<'a> {
    fn of(map: &'a RouteMap) -> Self {
        let mut bindings = BTreeMap::<&str, Vec<&MapBinding>>::new();
        for binding in &map.bindings {
            bindings.entry(&binding.source).or_default().push(binding);
        }
        let alternate = |one: &'a MapExchange| Some((one.name.as_str(), one.alternate.as_deref()?));
        Self { bindings, alternates: map.exchanges.iter().filter_map(alternate).collect() }
    }

    fn bindings(&self, exchange: &str) -> &[&'a MapBinding] {
        self.bindings.get(exchange).map_or(&[], Vec::as_slice)
    }

    /// An exchange and all that a message may go on to from it.
    fn reached(&self, exchange: &'a str) -> BTreeSet<&'a str> {
        let mut found = BTreeSet::new();
        let mut open = vec![exchange];
        while let Some(name) = open.pop() {
            if found.insert(name) {
                open.extend(self.bindings(name).iter().filter(|one| one.onward).map(|one| one.to.as_str()));
                open.extend(self.alternates.get(name));
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::brokers::MapQueue;

    fn exchange(name: String, alternate: Option<&str>) -> MapExchange {
        MapExchange { name, kind: "direct".to_owned(), internal: false, alternate: alternate.map(str::to_owned) }
    }

    fn binding(source: &str, to: &str, onward: bool) -> MapBinding {
        let (source, to) = (source.to_owned(), to.to_owned());
        MapBinding { source, to, onward, key: String::new(), arguments: BTreeMap::new() }
    }

    /// Each of `count` exchanges leads to ten queues; the last one on to the first, and what it does not take to `lost`.
    fn map(count: usize) -> RouteMap {
        let name = |at: usize| format!("x{at:03}");
        let mut bindings = vec![binding(&name(count - 1), &name(0), true), binding("lost", "lost", false)];
        for at in 0..count * 10 {
            bindings.push(binding(&name(at / 10), &format!("q{at:04}"), false));
        }
        let mut exchanges: Vec<MapExchange> = (0..count).map(|at| exchange(name(at), None)).collect();
        exchanges.last_mut().unwrap().alternate = Some("lost".to_owned());
        exchanges.push(exchange("lost".to_owned(), None));
        let queue = |name: String| MapQueue { name, dead: None };
        let queues = (0..count * 10).map(|at| queue(format!("q{at:04}"))).chain([queue("lost".to_owned())]).collect();
        RouteMap { exchanges, queues, bindings }
    }

    #[test]
    fn a_small_map_is_whole() {
        assert_eq!(nearby(map(20), "x003"), Some(map(20)));
    }

    #[test]
    fn of_a_large_one_each_exchange_that_is_kept_leads_where_it_led() {
        let whole = map(100);
        let part = nearby(whole.clone(), "x099").unwrap();
        assert!(part.bindings.len() <= BINDINGS, "{}", part.bindings.len());
        let named = |name: &str| part.exchanges.iter().any(|one| one.name == name);
        assert!(named("x099") && named("x000") && named("lost") && named("x001") && !named("x098"));
        for exchange in &part.exchanges {
            assert_eq!(Web::of(&part).reached(&exchange.name), Web::of(&whole).reached(&exchange.name));
            let own = |map: &RouteMap| map.bindings.iter().filter(|one| one.source == exchange.name).count();
            assert_eq!(own(&part), own(&whole), "{}", exchange.name);
        }
        let there = |binding: &MapBinding| binding.onward || part.queues.iter().any(|queue| queue.name == binding.to);
        assert!(part.bindings.iter().all(there));
    }

    #[test]
    fn one_that_leads_to_too_much_has_no_part() {
        let mut whole = map(40);
        for binding in &mut whole.bindings {
            "x000".clone_into(&mut binding.source);
        }
        assert_eq!(nearby(whole.clone(), "x000"), None);
        assert!(nearby(whole, "x001").is_some());
    }

    #[test]
    fn the_default_exchange_keeps_every_queue() {
        let mut whole = map(100);
        whole.exchanges[5].alternate = Some(String::new());
        assert_eq!(nearby(whole.clone(), "x005").unwrap().queues.len(), whole.queues.len());
        assert!(!nearby(whole, "x004").unwrap().exchanges.iter().any(|one| one.name == "x005"));
    }
}
