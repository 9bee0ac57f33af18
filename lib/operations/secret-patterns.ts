/**
 * A secret as it may turn up elsewhere: plain, escaped as in JSON, an address, a form or HTML (also twice), in base64
 * at any of its three alignments and in both alphabets, and in hexadecimal.
 */

/** Longer ones are looked for in pieces, as an answer may hold a part of them. */
const PIECE = 512;

/** Names of what JSON and JavaScript escape with a letter. */
const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '\n': 'n',
  '\r': 'r',
  '\t': 't',
  '\b': 'b',
  '\f': 'f',
  '"': '"',
  '\\': '\\',
  '/': '/',
  "'": "'",
};

/** Names of what HTML and XML escape with a word. */
const ENTITIES: Readonly<Record<string, string>> = {
  '&': 'amp',
  '<': 'lt',
  '>': 'gt',
  '"': 'quot',
  "'": 'apos',
};

/** The source of a regular expression for texts, or for bytes that are read as Latin-1. */
export function secretPattern(secret: string, of: 'text' | 'bytes'): string {
  const forms = new Set<string>();
  for (const piece of piecesOf(secret)) {
    forms.add(escapedForms(piece, of));
    const bytes = Buffer.from(piece, 'utf8');
    for (const offset of [0, 1, 2] as const) forms.add(base64Form(bytes, offset));
    forms.add([...bytes.toString('hex')].map(hexDigit).join(''));
  }
  return [...forms].join('|');
}

/** Lines of a key file, and pieces of what is long. */
function piecesOf(secret: string): string[] {
  const lines = secret.includes('\n') ? secret.split(/\r?\n/).filter((line) => line.length >= 16) : [];
  const whole = lines.length > 1 ? lines : [secret];
  return whole.flatMap((part) =>
    Array.from({ length: Math.ceil(part.length / PIECE) }, (_, index) =>
      part.slice(index * PIECE, (index + 1) * PIECE),
    ),
  );
}

function escapedForms(text: string, of: 'text' | 'bytes'): string {
  return [...text].map((character) => escapedCharacter(character, of)).join('');
}

function escapedCharacter(character: string, of: 'text' | 'bytes'): string {
  if (/^[A-Za-z0-9]$/.test(character)) return character;
  const bytes = Buffer.from(character, 'utf8');
  const forms = [literal(of === 'text' ? character : bytes.toString('latin1'))];
  // %2F, and once more: %252F
  forms.push([...bytes].map((byte) => `%(?:25)*${hexPair(byte)}`).join(''));
  if (character === ' ') forms.push('\\+');
  // \u002f, in JSON within JSON \\u002f
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  forms.push(units.map((unit) => `\\\\{1,4}u${hexPair(unit >> 8)}${hexPair(unit & 255)}`).join(''));
  const short = SHORT_ESCAPES[character];
  if (short !== undefined) forms.push(`\\\\{1,7}${literal(short)}`);
  const code = character.codePointAt(0)!;
  const names = [`#0*${code}`, `#[xX]0*${[...code.toString(16)].map(hexDigit).join('')}`];
  if (ENTITIES[character] !== undefined) names.push(ENTITIES[character]);
  forms.push(`&(?:amp;)?(?:${names.join('|')});`);
  return `(?:${forms.join('|')})`;
}

/** The characters that are the secret's alone, with `offset` bytes of something else before it. */
function base64Form(bytes: Buffer, offset: 0 | 1 | 2): string {
  const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
  const own = text.slice([0, 2, 3][offset], Math.floor(((offset + bytes.length) * 8) / 6));
  return own
    .replaceAll('+', '#')
    .replaceAll('/', '(?:[/_]|\\\\{1,7}/|%2[fF])')
    .replaceAll('#', '(?:[+\\-]|%2[bB])');
}

function hexPair(byte: number): string {
  return [...byte.toString(16).padStart(2, '0')].map(hexDigit).join('');
}

function hexDigit(digit: string): string {
  return /[a-f]/.test(digit) ? `[${digit}${digit.toUpperCase()}]` : digit;
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
