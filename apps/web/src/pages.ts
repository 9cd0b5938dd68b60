import { accessSync, readFileSync } from 'node:fs';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { join } from 'node:path';
import sirv from 'sirv';

/** Nothing of another origin, nothing inside the page itself, and in nobody's frame. */
const headers: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; " +
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/** A name that changes with its content, as the image's build gives: `home-5XKD2QRT.css`. */
const HASHED = /-[A-Z0-9]{8}\.[a-z0-9]+$/;

/** Everything else is asked for anew each time: what it loads may have another name by now. */
const cacheControl = (path: string): string =>
  HASHED.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache';

/**
 * Answers with the files of a folder, and with its 404.html for what is not there.
 * @param options.isWatched files may come and change while it serves; else they are listed once
 * @throws when the folder has no index.html or no 404.html
 */
export function pages(folder: string, options: { readonly isWatched: boolean }): RequestListener {
  accessSync(join(folder, 'index.html'));
  const missing = readFileSync(join(folder, '404.html'));
  const serve = sirv(folder, {
    dev: options.isWatched,
    // Files of an image all have one time, so that neither time nor size tells versions apart.
    etag: false,
    setHeaders: (response, path) => response.setHeader('cache-control', cacheControl(path)),
    onNoMatch: (_request, response) => notFound(response, missing),
  });
  return (request: IncomingMessage, response: ServerResponse) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (request.method === 'GET' || request.method === 'HEAD') serve(request, response);
    else refuseMethod(request, response);
  };
}

function notFound(response: ServerResponse, page: Buffer): void {
  response.writeHead(404, {
    'content-type': 'text/html; charset=utf-8',
    'content-length': page.length,
    'cache-control': 'no-cache',
  });
  response.end(page);
}

function refuseMethod(request: IncomingMessage, response: ServerResponse): void {
  // Nobody reads what a client would still send, so the connection ends with this answer.
  response.writeHead(405, {
    allow: 'GET, HEAD',
    connection: 'close',
    'content-type': 'application/problem+json',
  });
  const detail = `${request.method} is not answered here: these are pages to read`;
  response.end(JSON.stringify({ status: 405, title: 'Method not allowed', detail }));
}
