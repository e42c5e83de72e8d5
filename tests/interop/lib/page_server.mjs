// SPDX-License-Identifier: LGPL-2.1-or-later
// Serves the phone's page: a microphone needs a secure context, and loopback http is one.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';

const local = (path) => new URL(path, import.meta.url);
const FILES = {
  '/': ['text/html', local('../page/phone.html')],
  '/media.js': ['text/javascript', local('../page/media.js')],
  '/phone.js': ['text/javascript', local('../page/phone.js')],
  // The SDK's own bundle for browsers, as published.
  '/web-phone.js': [
    'text/javascript',
    local('../node_modules/ringcentral-web-phone/dist/index.iife.js'),
  ],
};

async function answer(request, response) {
  const file = FILES[request.url];
  if (!file) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { 'Content-Type': file[0] });
  response.end(await readFile(file[1]));
}

// The page's address.
export async function servePage(scope) {
  const server = createServer(answer);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  scope.onClose(async () => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}/`;
}
