import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 34rem; margin: 18vh auto 0; padding: 0 1rem; }
h1 { font-size: 1.25rem; }
p, li { overflow-wrap: anywhere; }
`;
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export interface DeadEnd {
  problem: string;
  /** Where this server's own pages are. */
  home: string;
  /** The address of the app with the error in it, and what is shown of it. */
  back?: { host: string; url: string };
  /** Seconds. */
  retryAfter?: string;
}

/**
 * The page for a person whose app asked for something that nobody can be sent back from: what is wrong, and a way out.
 */
export function sendDeadEnd(
  response: ServerResponse,
  status: number,
  { problem, home, back, retryAfter }: DeadEnd,
): void {
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>This app cannot be connected</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>This app cannot be connected</h1>
<p>${escaped(problem)}</p>
<p>What helps most of the time:</p>
<ol>
<li>In the app, remove this server, and add it again. It then registers anew.</li>
<li>If the app keeps its sign-in elsewhere, sign out there or clear its stored credentials, then connect again.</li>
</ol>
${
  back
    ? `<p><a rel="noreferrer" href="${escaped(back.url)}">Go back to ${escaped(back.host)}</a></p>
`
    : ''
}<p>Nothing was shared with the app. <a href="${escaped(home)}">Go to Patchbay</a></p>
</main>
</body>
</html>
`;
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-length': Buffer.byteLength(html),
    'content-security-policy': POLICY,
    'x-frame-options': 'DENY',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    ...(retryAfter !== undefined && { 'retry-after': retryAfter }),
  });
  response.end(html);
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
