/** The words of a command, and what of it could not be taken over, in words. */
export interface ShellWords {
  words: string[];
  problems: string[];
}

/** A command that a shell would expand in a way that is not known here. The message is for whoever pasted it. */
export class ShellError extends Error {
  override name = 'ShellError';
}

/** Splits a command as the shell it was written for does: bash, cmd of Windows, or PowerShell. */
export function shellWords(text: string): ShellWords {
  const command = text.replace(/^\s*(?:[$>#%]|PS [^>\n]*>)\s+/, '').trim();
  if (/`\r?\n/.test(command)) return powershellWords(command);
  if (/\^(\r?\n|")/.test(command)) return cmdWords(command);
  return bashWords(command);
}

function bashWords(text: string): ShellWords {
  const words: string[] = [];
  const problems: string[] = [];
  let word: string | null = null;
  let at = 0;
  const end = (): void => {
    if (word !== null) words.push(word);
    word = null;
  };
  while (at < text.length) {
    const character = text[at]!;
    if (/\s/.test(character)) {
      end();
      at += 1;
    } else if (character === '#' && word === null) {
      const line = text.indexOf('\n', at);
      at = line < 0 ? text.length : line;
    } else if (/[|;&<>]/.test(character)) {
      end();
      problems.push(`What follows "${text.slice(at, at + 2).trim()}" is left out: it is for the shell.`);
      break;
    } else if (character === "'") {
      const close = text.indexOf("'", at + 1);
      if (close < 0) throw unclosed("'");
      word = (word ?? '') + text.slice(at + 1, close);
      at = close + 1;
    } else if (character === '$' && text[at + 1] === "'") {
      const [value, next] = ansiText(text, at + 2);
      word = (word ?? '') + value;
      at = next;
    } else if (character === '"' || (character === '$' && text[at + 1] === '"')) {
      const [value, next] = doubleQuoted(text, at + (character === '"' ? 1 : 2));
      word = (word ?? '') + value;
      at = next;
    } else if (character === '\\') {
      const after = /^\\\r?\n/.exec(text.slice(at, at + 3));
      if (after) at += after[0].length;
      else {
        word = (word ?? '') + (text[at + 1] ?? '');
        at += 2;
      }
    } else {
      refuseSubstitution(text, at);
      word = (word ?? '') + character;
      at += 1;
    }
  }
  end();
  return { words, problems };
}

function doubleQuoted(text: string, from: number): [string, number] {
  let value = '';
  for (let at = from; at < text.length; at += 1) {
    const character = text[at]!;
    if (character === '"') return [value, at + 1];
    if (character === '\\' && /["\\$`\n]/.test(text[at + 1] ?? '')) {
      if (text[at + 1] !== '\n') value += text[at + 1];
      at += 1;
    } else {
      refuseSubstitution(text, at);
      value += character;
    }
  }
  throw unclosed('"');
}

/** What only a shell can know. Variables stay as they are written: `$TOKEN`. */
function refuseSubstitution(text: string, at: number): void {
  if (text.startsWith('$(', at) || text[at] === '`') {
    throw new ShellError('The command has another command in it ($(…) or `…`): put its output in its place.');
  }
}

const ESCAPES: Record<string, string> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  e: '\x1b',
  f: '\f',
  v: '\v',
};

/** What stands in `$'…'`. */
function ansiText(text: string, from: number): [string, number] {
  let value = '';
  for (let at = from; at < text.length; at += 1) {
    const character = text[at]!;
    if (character === "'") return [value, at + 1];
    if (character !== '\\') {
      value += character;
      continue;
    }
    const rest = text.slice(at + 1, at + 10);
    const code = /^(?:x([0-9a-f]{1,2})|u([0-9a-f]{1,4})|U([0-9a-f]{1,8}))/i.exec(rest);
    const octal = /^[0-7]{1,3}/.exec(rest);
    if (code) {
      value += characterOf(Number.parseInt(code[1] ?? code[2] ?? code[3]!, 16));
      at += code[0].length;
    } else if (octal) {
      value += characterOf(Number.parseInt(octal[0], 8));
      at += octal[0].length;
    } else {
      value += ESCAPES[rest[0] ?? ''] ?? rest[0] ?? '';
      at += 1;
    }
  }
  throw unclosed("$'");
}

function characterOf(code: number): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : '';
}

/** As browsers copy it for Windows: `^` escapes for cmd, `\"` for the program. */
function cmdWords(text: string): ShellWords {
  const everywhere = text.includes('^"');
  const plain = everywhere
    ? text
        .replace(/\^\r?\n\r?\n/g, '\n')
        .replace(/\^(\r?\n|[\s\S])/g, (_, one: string) => (/^\r?\n$/.test(one) ? ' ' : one))
    : text.replace(/\^\r?\n/g, ' ');
  const words: string[] = [];
  let word: string | null = null;
  let quoted = false;
  for (let at = 0; at < plain.length; at += 1) {
    const character = plain[at]!;
    if (character === '\\' && plain[at + 1] === '"') {
      word = `${word ?? ''}"`;
      at += 1;
    } else if (character === '\\' && plain[at + 1] === '\\' && /^\\+"/.test(plain.slice(at))) {
      word = `${word ?? ''}\\`;
      at += 1;
    } else if (character === '"' && quoted && plain[at + 1] === '"') {
      word = `${word ?? ''}"`;
      at += 1;
    } else if (character === '"') {
      quoted = !quoted;
      word ??= '';
    } else if (/\s/.test(character) && !quoted) {
      if (word !== null) words.push(word);
      word = null;
    } else word = (word ?? '') + character;
  }
  if (quoted) throw unclosed('"');
  if (word !== null) words.push(word);
  return { words, problems: [] };
}

const BACKTICKS: Record<string, string> = { n: '\n', t: '\t', r: '\r', '0': '' };

function powershellWords(text: string): ShellWords {
  const words: string[] = [];
  let word: string | null = null;
  let quote: string | null = null;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]!;
    const next = text[at + 1] ?? '';
    if (quote !== null && character === quote && next === quote) {
      word = (word ?? '') + quote;
      at += 1;
    } else if (character === quote) quote = null;
    else if (character === '`' && quote !== "'") {
      const line = /^`\r?\n/.exec(text.slice(at, at + 3));
      if (line && quote === null) {
        if (word !== null) words.push(word);
        word = null;
        at += line[0].length - 1;
      } else {
        word = (word ?? '') + (BACKTICKS[next] ?? next);
        at += 1;
      }
      // PowerShell hands quotes on with a backslash before them.
    } else if (character === '\\' && next === '"' && quote !== null) {
      word = `${word ?? ''}"`;
      at += 1;
    } else if (quote === null && (character === '"' || character === "'")) {
      quote = character;
      word ??= '';
    } else if (quote === null && /\s/.test(character)) {
      if (word !== null) words.push(word);
      word = null;
    } else word = (word ?? '') + character;
  }
  if (quote !== null) throw unclosed(quote);
  if (word !== null) words.push(word);
  return { words, problems: [] };
}

function unclosed(quote: string): ShellError {
  return new ShellError(`A quote (${quote}) is opened and never closed: paste the whole command.`);
}
