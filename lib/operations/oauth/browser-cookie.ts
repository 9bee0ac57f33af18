import { isBrowser, newBrowser } from './consent-request.ts';

const SECONDS = 60 * 60;

/** What tells the browser from others that a request was begun in; null where it has nothing. */
export function browserIn(cookies: string | null | undefined, publicUrl: string): string | null {
  const prefix = `${nameOf(publicUrl)}=`;
  const found = (cookies ?? '')
    .split(';')
    .map((part) => part.trim())
    .find((part) => part.startsWith(prefix))
    ?.slice(prefix.length);
  return found !== undefined && isBrowser(found) ? found : null;
}

/**
 * Something to tell a browser by, and the Set-Cookie value that gives it to it; `known` is what it has already, for which
 * the time begins anew.
 */
export function markBrowser(publicUrl: string, known: string | null): { browser: string; cookie: string } {
  const browser = known ?? newBrowser();
  const secure = publicUrl.startsWith('https://') ? '; Secure' : '';
  // Lax: it comes along when another site sends the browser here, and with nothing that another site does by itself.
  const attributes = `Path=/; Max-Age=${SECONDS}; HttpOnly; SameSite=Lax${secure}`;
  return { browser, cookie: `${nameOf(publicUrl)}=${browser}; ${attributes}` };
}

/** A __Host- cookie can be set by no sub-domain and over no plain connection. */
function nameOf(publicUrl: string): string {
  return publicUrl.startsWith('https://') ? '__Host-patchbay-consent' : 'patchbay-consent';
}
