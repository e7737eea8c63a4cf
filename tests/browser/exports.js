// usage: node exports.js SITE_DIR...
// Gives the files for other tools to those tools: Graphviz, AsyncAPI's parser, and Mermaid in a browser.
'use strict';

const fs = require('node:fs');
const path = require('node:path');

const { Parser } = require('@asyncapi/parser');
const { Graphviz } = require('@hpcc-js/wasm-graphviz');

const { launch } = require('./browser.js');

const MERMAID = require.resolve('mermaid/dist/mermaid.min.js');

function files(folder) {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const inside = path.join(folder, entry.name);
    return entry.isDirectory() ? files(inside) : [inside];
  });
}

async function run(folder, graphviz, page) {
  const failed = [];
  const all = files(path.join(folder, 'export'));
  const topology = JSON.parse(fs.readFileSync(path.join(folder, 'export', 'topology.json'), 'utf8'));
  const ending = (end) => all.filter((file) => file.endsWith(end));
  const count = { dot: 0, mmd: 0, yaml: 0, pages: 0 };

  for (const broker of topology.brokers) {
    for (const object of broker.objects.filter((one) => one.page)) {
      count.pages += 1;
      if (!fs.existsSync(path.join(folder, object.page.split('#')[0]))) failed.push(`topology.json: no page ${object.page}`);
    }
  }

  for (const file of ending('.dot')) {
    const text = fs.readFileSync(file, 'utf8');
    const drawn = JSON.parse(graphviz.layout(text, 'dot_json', 'dot'));
    const nodes = (drawn.objects ?? []).filter((one) => one.shape !== undefined);
    const wanted = text.split('\n').filter((line) => line.includes('[shape=')).length;
    if (nodes.length !== wanted || wanted === 0) failed.push(`${file}: ${nodes.length} boxes of ${wanted}`);
    for (const node of nodes.filter((one) => one.URL)) {
      const target = path.join(folder, 'export', node.URL.split('#')[0]);
      if (!fs.existsSync(target)) failed.push(`${file}: ${node.URL} leads nowhere`);
    }
    count.dot += 1;
  }

  const parser = new Parser();
  for (const file of ending('.asyncapi.yaml')) {
    const { document, diagnostics } = await parser.parse(fs.readFileSync(file, 'utf8'));
    // Severity 0 is an error, 1 a warning; below that AsyncAPI only proposes.
    const bad = diagnostics.filter((one) => one.severity <= 0);
    if (!document || bad.length > 0) failed.push(`${file}: ${JSON.stringify(bad.map((one) => [one.message, one.path]))}`);
    count.yaml += 1;
  }

  for (const file of ending('.mmd')) {
    const text = fs.readFileSync(file, 'utf8');
    const found = await page.evaluate(async (source) => {
      try {
        window.mermaid.initialize({ startOnLoad: false, securityLevel: 'strict' });
        const { svg } = await window.mermaid.render('drawn', source);
        const holder = document.createElement('div');
        holder.innerHTML = svg;
        return {
          boxes: holder.querySelectorAll('g.node').length,
          labels: [...holder.querySelectorAll('g.node')].map((one) => one.textContent.trim()),
          scripts: holder.querySelectorAll('script, img, iframe').length,
        };
      } catch (error) {
        return { error: String(error) };
      }
    }, text);
    const wanted = text.split('\n').filter((line) => /^ {2}n_\w+(\(\[|\{\{|\[|>)/.test(line)).length;
    if (found.error || found.boxes !== wanted || found.scripts > 0 || found.labels.some((label) => label === '')) {
      failed.push(`${file}: ${JSON.stringify(found).slice(0, 400)}, wanted ${wanted} boxes`);
    }
    count.mmd += 1;
  }
  for (const line of failed) console.error(`  ✗ ${line}`);
  console.log(`${folder}: exports: ${count.dot} for Graphviz, ${count.mmd} for Mermaid, ${count.yaml} for AsyncAPI, ${count.pages} links; ${failed.length} failed`);
  return failed.length;
}

async function all(folders) {
  const graphviz = await Graphviz.load();
  const browser = await launch();
  const page = await browser.newPage();
  await page.setContent('<!doctype html><title>Mermaid</title><body></body>');
  await page.addScriptTag({ path: MERMAID });
  let failed = 0;
  for (const folder of folders) failed += await run(folder, graphviz, page);
  await browser.close();
  return failed;
}

const folders = process.argv.slice(2).filter((argument) => argument !== '--');
if (folders.length === 0) {
  console.error('usage: node exports.js SITE_DIR... (built sites)');
  process.exit(2);
}
all(folders).then((failed) => process.exit(failed ? 1 : 0));
