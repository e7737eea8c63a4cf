// Finds the pages of a built site.
'use strict';

const fs = require('node:fs');
const path = require('node:path');

function htmlFiles(folder) {
  return fs.readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.html'))
    .map((name) => name.split(path.sep).join('/'))
    .sort();
}

// The first page of each sort that this site has; a sort without a page is left out.
function samples(files) {
  const first = (pattern) => files.find((name) => pattern.test(name));
  const object = (kind) => first(new RegExp(`^brokers/[^/]+/${kind}/(?!index\\.html)[^/]+\\.html$`));
  const sorts = {
    index: first(/^index\.html$/),
    broker: first(/^brokers\/[^/]+\/index\.html$/),
    list: first(/^brokers\/[^/]+\/[^/]+\/index\.html$/),
    topic: object('topic'),
    exchange: object('exchange'),
    queue: object('queue'),
    app: first(/^apps\/(?!index\.html)[^/]+\.html$/),
    apps: first(/^apps\/index\.html$/),
    run: first(/^run\.html$/),
    learn: first(/^learn\/index\.html$/),
    lesson: first(/^learn\/[^/]+\/(groups|queue-topic|queues|ack)\.html$/),
    'chinese lesson': first(/^zh\/learn\/[^/]+\/(topic|groups|queue-topic|queues|ack)\.html$/),
    howto: first(/^howto\/[^/]+\.html$/),
    compare: first(/^learn\/compare\.html$/),
    glossary: first(/^glossary\.html$/),
    reference: first(/^reference\/[^/]+\.html$/),
    claims: first(/^verification\.html$/),
    chinese: first(/^zh\/index\.html$/),
    'chinese object': first(/^zh\/brokers\/[^/]+\/[^/]+\/(?!index\.html)[^/]+\.html$/),
  };
  return Object.entries(sorts).filter(([, name]) => name);
}

module.exports = { htmlFiles, samples };
