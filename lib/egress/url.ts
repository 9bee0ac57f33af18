import { StepError } from '#lib/engine/errors.ts';

/** Bytes of an address; longer ones are refused. */
const LONGEST = 8192;

/** Ports no HTTP is spoken on (https://fetch.spec.whatwg.org/#port-blocking): a request there could be read as another protocol. */
const BAD_PORTS = new Set([
  0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104,
  109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515,
  526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049,
  3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
]);

/**
 * Parses an address and checks what can be said without looking it up. The one parse: what is checked here is
 * what is dialled. Throws StepError `BAD_URL` or `EGRESS_BLOCKED`.
 */
export function checkUrl(text: string, base?: URL): URL {
  if (text.length > LONGEST)
    throw new StepError('BAD_URL', `The address is longer than ${LONGEST} characters.`);
  const url = URL.parse(text, base);
  if (!url) throw new StepError('BAD_URL', 'The address is not a valid URL.');
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new StepError('BAD_URL', `Only https:// and http:// addresses are called, not ${url.protocol}`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new StepError('BAD_URL', 'The address holds a user name or password: use a connection instead.');
  }
  if (url.port !== '' && BAD_PORTS.has(Number(url.port))) {
    throw new StepError('EGRESS_BLOCKED', `Blocked by egress policy (port ${url.port}).`);
  }
  if (url.hostname.endsWith('.')) url.hostname = url.hostname.slice(0, -1);
  if (url.hostname === '' || url.hostname.endsWith('.')) {
    throw new StepError('BAD_URL', 'The address has no valid host.');
  }
  return url;
}
