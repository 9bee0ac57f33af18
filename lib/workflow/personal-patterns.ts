import type { Found } from './found-text.ts';
import type { PersonalKind } from './guard-settings.ts';

/** What is found is called. */
export const PERSONAL_NAMES: Record<PersonalKind, string> = {
  email: 'e-mail address',
  phone: 'phone number',
  iban: 'bank account',
  card: 'card number',
  ssn: 'US social security number',
};

/** Personal data of one kind in a text, in its order. The time is in proportion to the text, whatever is in it. */
export function findPersonal(text: string, kind: PersonalKind): Found[] {
  const what = PERSONAL_NAMES[kind];
  return FINDERS[kind](text).map(([from, to]) => ({ from, to, what, certain: kind !== 'phone' }));
}

type Span = [from: number, to: number];

const FINDERS: Record<PersonalKind, (text: string) => Span[]> = {
  email: findEmails,
  phone: (text) => matches(text, PHONE, isPhone),
  iban: (text) => matches(text, IBAN, isIban),
  card: (text) => matches(text, CARD, isCard),
  ssn: (text) => matches(text, SSN, () => true),
};

/** Each begins where nothing of the kind goes before, so that a long run is looked at once, and is of bounded length. */
const PHONE =
  /(?<![\w+.])\+\d(?:[ ().-]{0,2}\d){7,14}(?![\d])|(?<![\w.-])\(\d{3}\) ?\d{3}-\d{4}(?![\w-])|(?<![\w.-])\d{3}-\d{3}-\d{4}(?![\w-])/g;
const IBAN = /(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}(?![A-Za-z0-9])/g;
const CARD = /(?<![\w.-])\d(?:[ -]?\d){12,18}(?![\w-])/g;
const SSN = /(?<![\w.-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])/g;

function matches(text: string, pattern: RegExp, isOne: (found: string) => boolean): Span[] {
  const spans: Span[] = [];
  for (const match of text.matchAll(pattern)) {
    const found = match[0];
    if (isOne(found)) spans.push([match.index, match.index + found.length]);
  }
  return spans;
}

/** Not all that may be in one: a / is the end of something else. */
const LOCAL = /[A-Za-z0-9.!#$%&'*+=?^_`{|}~-]/;
const DOMAIN = /[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,8}\.[A-Za-z]{2,24}(?![A-Za-z0-9-])/y;
const MOST_LOCAL = 64;

/** From each @ back and forth: a pattern would begin at every letter before it. */
function findEmails(text: string): Span[] {
  const spans: Span[] = [];
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    let from = at;
    while (from > 0 && at - from < MOST_LOCAL && LOCAL.test(text[from - 1]!)) from -= 1;
    while (from < at && !/[A-Za-z0-9]/.test(text[from]!)) from += 1;
    DOMAIN.lastIndex = at + 1;
    // Before the host of an address it is a name to sign in with.
    const isAddress = text.startsWith('//', from - 2);
    const domain = from < at && !isAddress ? DOMAIN.exec(text) : null;
    if (domain) spans.push([from, at + 1 + domain[0].length]);
  }
  return spans;
}

function isPhone(found: string): boolean {
  const digits = digitsOf(found);
  return new Set(digits).size > 2;
}

function digitsOf(text: string): string {
  return text.replace(/\D/g, '');
}

/** How long accounts of a country are. */
const IBAN_LENGTHS: Record<string, number> = Object.fromEntries(
  'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SE24 SI19 SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20'
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

function isIban(found: string): boolean {
  const account = found.replaceAll(' ', '');
  if (IBAN_LENGTHS[account.slice(0, 2)] !== account.length) return false;
  let rest = 0;
  for (const letter of account.slice(4) + account.slice(0, 4)) {
    const value = Number.parseInt(letter, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}

/** Of the large issuers, with the length they use and the check digit right. */
const ISSUER =
  /^(?:4\d{12}(?:\d{3}){0,2}|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|6(?:011|5\d\d)\d{12}|35\d{14})$/;

function isCard(found: string): boolean {
  const digits = digitsOf(found);
  if (!ISSUER.test(digits) || new Set(digits).size < 2) return false;
  let sum = 0;
  for (let at = 0; at < digits.length; at++) {
    const digit = Number(digits[digits.length - 1 - at]);
    const doubled = at % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
