import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a path answers: a page, or whatever is to be written. */
export type FakePage = string | ((request: IncomingMessage, response: ServerResponse) => void);

/** A website of a test's own; its pages may be changed while it serves. */
export interface FakeSite {
  /** Without a slash at its end. */
  url: string;
  pages: Record<string, FakePage>;
  /** What was asked for, in this order. */
  asked: { path: string; headers: IncomingMessage['headers'] }[];
  /** Paths alone. */
  paths(): string[];
  close(): Promise<void>;
}

/** Serves on a free port of 127.0.0.1. `*` answers what has no page. */
export async function startFakeSite(pages: Record<string, FakePage>): Promise<FakeSite> {
  const site: FakeSite = {
    url: '',
    pages,
    asked: [],
    paths: () => site.asked.map(({ path }) => path),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    site.asked.push({ path, headers: request.headers });
    const page = site.pages[path] ?? site.pages['*'];
    if (typeof page === 'function') return page(request, response);
    if (page === undefined) {
      response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Not here</h1>');
      return;
    }
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  site.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return site;
}

/** A page with a title, a text and links. */
export function htmlPage(title: string, text: string, links: readonly string[] = [], head = ''): string {
  const anchors = links.map((link) => `<li><a href="${link}">${link}</a></li>`).join('');
  return `<!doctype html><html><head><title>${title}</title>${head}</head><body><article><h1>${title}</h1><p>${text}</p></article><ul>${anchors}</ul></body></html>`;
}

/** Answers with a redirect. */
export function sendsTo(location: string, status = 302): FakePage {
  return (_request, response) => void response.writeHead(status, { location }).end();
}
