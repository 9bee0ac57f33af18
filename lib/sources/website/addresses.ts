/** Say where somebody came from, or who they are; not what the page is. */
const NOISE =
  /^(utm_\w+|gclid|dclid|gbraid|wbraid|fbclid|msclkid|yclid|twclid|igshid|mc_[ce]id|_ga|_gl|_hs(enc|mi)|ref_?src|phpsessid|jsessionid|aspsessionid\w*|cfid|cftoken|sid|sessionid|session_id)$/i;

/** Longer addresses are made by machines for machines. */
const LONGEST = 1000;
const MOST_PARTS = 20;
/** How often a part may occur in a path: links that are relative by mistake go round in circles. */
const MOST_REPEATS = 3;

/**
 * The one spelling of an address: without fragment, session and tracking parameters, its other parameters in order.
 * Null when it is not one that is fetched.
 */
export function cleanAddress(text: string, base?: string): string | null {
  const url = URL.parse(text.trim(), base);
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) return null;
  if (url.username !== '' || url.password !== '') return null;
  url.hash = '';
  url.hostname = url.hostname.replace(/\.$/, '');
  url.pathname = url.pathname.replace(/;[a-z]*sessionid=[^/]*/gi, '').replace(/\/{2,}/g, '/');
  for (const name of [...url.searchParams.keys()]) {
    if (NOISE.test(name)) url.searchParams.delete(name);
  }
  url.searchParams.sort();
  if (url.searchParams.size === 0) url.search = '';
  return url.href.length > LONGEST || isTrap(url.pathname) ? null : url.href;
}

function isTrap(pathname: string): boolean {
  const parts = pathname.split('/').filter(Boolean);
  if (parts.length > MOST_PARTS) return true;
  const counts = new Map<string, number>();
  for (const part of parts) {
    const count = (counts.get(part) ?? 0) + 1;
    if (count > MOST_REPEATS) return true;
    counts.set(part, count);
  }
  return false;
}

/** What names a page, whether it is asked for with a slash at its end, as an index or neither. */
export function nameOfPage(address: string): string {
  const url = new URL(address);
  url.pathname = url.pathname.replace(/\/(index\.(html?|php|aspx?))?$/i, '') || '/';
  return url.href;
}

/** A host without the `www` that many have and many do not. */
export function siteOf(host: string): string {
  return host.replace(/^www\./, '');
}
