// Opens a page of a site and hears what must never be: errors, requests, dialogs.
'use strict';

const path = require('node:path');
const { pathToFileURL } = require('node:url');

function address(folder, name) {
  return pathToFileURL(path.join(folder, name)).href;
}

async function open(context, folder, name) {
  const page = await context.newPage();
  const seen = { errors: [], requests: [], dialogs: [] };
  page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) { seen.errors.push(message.text()); } });
  page.on('pageerror', (error) => seen.errors.push(String(error)));
  page.on('request', (request) => {
    if (!request.url().startsWith('file://') && !request.url().startsWith('data:')) { seen.requests.push(request.url()); }
  });
  page.on('dialog', (dialog) => { seen.dialogs.push(dialog.message()); dialog.dismiss(); });
  await page.goto(address(folder, name));
  return { page, seen };
}

module.exports = { address, open };
