import { crc32 } from './crc32.ts';
import type { Found } from './found-text.ts';

/**
 * Texts that every known secret begins with. One pass over a text finds them all; what follows is looked at by a pattern
 * of bounded length at that place only, so that the time is in proportion to the text, whatever is in it.
 */
const LEADS =
  /-----BEGIN |gh[pousr]_|github_pat_|npm_|pb[a-z]_|AKIA|ASIA|AIza|ya29\.|GOCSPX-|AccountKey=|xox[abeoprs]-|hooks\.slack\.com\/services\/|[sr]k_(?:live|test)_|sk-|eyJ|:\/\/|glpat-|SG\.|hf_|dop_v1_|shp(?:at|ca|pa|ss)_|pypi-AgEI|aws_secret_access_key|[sS]ecretAccessKey/g;

interface Pattern {
  what: string;
  /** Sticky, at the lead. What is masked is its group `secret`, or all of it. */
  shape: RegExp;
  /** `false`: none after all. Left out: it looks like one, no more. */
  judge?: (text: string) => boolean | 'certain';
}

const certain = () => 'certain' as const;

/** By the first letters of a lead. */
const PATTERNS: [lead: string, Pattern][] = [
  ['gh', { what: 'GitHub token', shape: /gh[pousr]_[A-Za-z0-9]{36}(?![A-Za-z0-9_])/dy, judge: checksummed }],
  [
    'github_pat_',
    {
      what: 'GitHub token',
      shape: /github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}(?![A-Za-z0-9_])/dy,
      judge: varied,
    },
  ],
  ['npm_', { what: 'npm token', shape: /npm_[A-Za-z0-9]{36}(?![A-Za-z0-9_])/dy, judge: checksummed }],
  [
    'pb',
    {
      what: 'Patchbay key',
      shape: /pb[a-z]_[0-9A-Za-z]{12}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}(?![A-Za-z0-9_])/dy,
      judge: (text) => (base62(crc32(text.slice(0, -7))) === text.slice(-6) ? 'certain' : true),
    },
  ],
  ['A', { what: 'AWS access key id', shape: /A[KS]IA[A-Z2-7]{16}(?![A-Za-z0-9_])/dy, judge: notExample }],
  ['AIza', { what: 'Google API key', shape: /AIza[0-9A-Za-z_-]{35}(?![0-9A-Za-z_-])/dy, judge: looksRandom }],
  ['ya29.', { what: 'Google access token', shape: /ya29\.[0-9A-Za-z_-]{20,2048}/dy, judge: looksRandom }],
  [
    'GOCSPX-',
    {
      what: 'Google client secret',
      shape: /GOCSPX-[0-9A-Za-z_-]{28}(?![0-9A-Za-z_-])/dy,
      judge: looksRandom,
    },
  ],
  [
    'AccountKey=',
    { what: 'Azure storage key', shape: /AccountKey=(?<secret>[A-Za-z0-9+/]{86}==)/dy, judge: varied },
  ],
  ['xox', { what: 'Slack token', shape: /xox[bp]-\d{10,13}-\d{10,13}-[A-Za-z0-9-]{24,80}/dy, judge: varied }],
  ['xox', { what: 'Slack token', shape: /xox[abeoprs]-[A-Za-z0-9-]{10,250}/dy, judge: looksRandom }],
  [
    'hooks.slack.com/services/',
    {
      what: 'Slack webhook',
      shape: /hooks\.slack\.com\/services\/(?<secret>T[A-Z0-9]{8,12}\/B[A-Z0-9]{8,12}\/[A-Za-z0-9]{20,26})/dy,
      judge: looksRandom,
    },
  ],
  ['', { what: 'Stripe key', shape: /[sr]k_live_[0-9a-zA-Z]{24,247}(?![A-Za-z0-9_])/dy, judge: varied }],
  [
    '',
    {
      what: 'Stripe key',
      shape: /[sr]k_(?:live|test)_[0-9a-zA-Z]{16,247}(?![A-Za-z0-9_])/dy,
      judge: looksRandom,
    },
  ],
  ['sk-', { what: 'Anthropic key', shape: /sk-ant-[a-z]{3,9}\d\d-[\w-]{93}AA(?![\w-])/dy, judge: varied }],
  ['sk-', { what: 'Anthropic key', shape: /sk-ant-[\w-]{20,200}/dy, judge: looksRandom }],
  ['sk-', { what: 'OpenAI key', shape: /sk-[\w-]{16,150}T3BlbkFJ[\w-]{16,150}/dy, judge: certain }],
  ['sk-', { what: 'OpenAI key', shape: /sk-(?:proj|svcacct|admin)-[\w-]{40,200}/dy, judge: looksRandom }],
  [
    'eyJ',
    {
      what: 'JSON web token',
      shape: /eyJ[\w-]{8,4096}\.eyJ[\w-]{8,16384}\.[\w-]{16,2048}(?![\w-])/dy,
      judge: (text) => /"alg"/.test(decoded(text.slice(0, text.indexOf('.')))),
    },
  ],
  [
    '://',
    {
      what: 'password in an address',
      shape: /:\/\/[^\s:@/?#"'<>]{0,128}:(?<secret>[^\s:@/?#"'<>]{3,256})@[\w.[\]-]{1,255}/dy,
      judge: (text) => !PLACEHOLDER.test(text),
    },
  ],
  ['glpat-', { what: 'GitLab token', shape: /glpat-[\w-]{20,64}/dy, judge: looksRandom }],
  ['SG.', { what: 'SendGrid key', shape: /SG\.[\w-]{22}\.[\w-]{43}(?![\w-])/dy, judge: varied }],
  ['hf_', { what: 'Hugging Face token', shape: /hf_[A-Za-z]{34}(?![A-Za-z0-9_])/dy, judge: looksRandom }],
  ['dop_v1_', { what: 'DigitalOcean token', shape: /dop_v1_[a-f0-9]{64}(?![A-Za-z0-9_])/dy, judge: varied }],
  [
    'shp',
    { what: 'Shopify token', shape: /shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}(?![A-Za-z0-9_])/dy, judge: varied },
  ],
  ['pypi-', { what: 'PyPI token', shape: /pypi-AgEI[\w-]{50,1024}/dy, judge: varied }],
  [
    '',
    {
      what: 'AWS secret key',
      shape:
        /(?:aws_secret_access_key|[sS]ecretAccessKey)["'\s:=\\]{1,8}(?<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])/dy,
      judge: looksRandom,
    },
  ],
];

/** What stands in the place of a secret in examples. */
const PLACEHOLDER = /^(?:x+|\*+|•+|\.{3,}|<.*|\{.*|\[.*|\$.*|%.*|pass(?:word|wd)?|secret|changeme|example)$/i;
const PEM = /-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----/y;
/** Longer than any key that is used. */
const MOST_PEM = 16 * 1024;
/** A letter, digit, _ or - before it: it is the inside of something else. */
const INSIDE = /[A-Za-z0-9_-]/;

/** Secrets in a text, in their order; they do not overlap. */
export function findSecrets(text: string): Found[] {
  const found: Found[] = [];
  let end = 0;
  LEADS.lastIndex = 0;
  for (let lead = LEADS.exec(text); lead; lead = LEADS.exec(text)) {
    if (lead.index < end) continue;
    const one = lead[0] === '-----BEGIN ' ? pemAt(text, lead.index) : secretAt(text, lead.index, lead[0]);
    if (!one) continue;
    found.push(one);
    end = one.to;
    LEADS.lastIndex = Math.max(LEADS.lastIndex, end);
  }
  return found;
}

function secretAt(text: string, at: number, lead: string): Found | null {
  if (lead !== '://' && at > 0 && INSIDE.test(text[at - 1]!)) return null;
  for (const [start, { what, shape, judge }] of PATTERNS) {
    if (!lead.startsWith(start)) continue;
    shape.lastIndex = at;
    const match = shape.exec(text);
    if (!match) continue;
    const secret = match.groups?.['secret'] ?? match[0];
    const verdict = judge ? judge(secret) : true;
    if (verdict === false) continue;
    const [from, to] = match.indices?.groups?.['secret'] ?? [at, at + match[0].length];
    return { from, to, what, certain: verdict === 'certain' };
  }
  return null;
}

/** A private key from its first line to its last; or, when that is missing, as far as one can reach. */
function pemAt(text: string, at: number): Found | null {
  PEM.lastIndex = at;
  const begin = PEM.exec(text);
  if (!begin) return null;
  const body = at + begin[0].length;
  const reach = text.slice(body, body + MOST_PEM);
  const last = /-----END [A-Z0-9 ]{1,60}-----/.exec(reach);
  // Line ends may stand as they do in JSON.
  const until = last?.index ?? /^(?:\\[rn]|\s|[A-Za-z0-9+/=]{20,})*/.exec(reach)?.[0].length ?? 0;
  // A text that only speaks of keys has none.
  if (!/[A-Za-z0-9+/=]{40}/.test(reach.slice(0, until))) return null;
  const to = body + until + (last?.[0].length ?? 0);
  return { from: at, to, what: 'private key', certain: true };
}

/** GitHub and npm: the last six characters are a checksum of those before. */
function checksummed(text: string): boolean | 'certain' {
  const random = text.slice(4);
  if (base62(crc32(random.slice(0, 30))) === random.slice(30)) return 'certain';
  return looksRandom(text);
}

/** A shape of fixed length that nothing else has; unless it is filled up for an example. */
function varied(text: string): boolean | 'certain' {
  return looksRandom(text) && 'certain';
}

/** More than a few different characters: not `xxxx` or `0000`. */
function looksRandom(text: string): boolean {
  return new Set(text.slice(-16)).size >= 6;
}

function notExample(text: string): boolean {
  return !text.endsWith('EXAMPLE') && looksRandom(text);
}

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

function base62(number: number): string {
  let text = '';
  for (let rest = number; rest > 0; rest = Math.floor(rest / 62)) text = DIGITS[rest % 62] + text;
  return text.padStart(6, '0');
}

function decoded(base64url: string): string {
  try {
    return atob(base64url.replaceAll('-', '+').replaceAll('_', '/'));
  } catch {
    return '';
  }
}
