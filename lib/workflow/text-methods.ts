import { ExpressionError } from './expression-error.ts';
import { concatenate } from './expression-operators.ts';
import { type Frame, toNumber, toText, type Value } from './expression-value.ts';
import { indexOfText, lastIndexOfText, splitText } from './find-text.ts';

/** A method of a text or a number. */
export type Method<Self> = (self: Self, args: Value[], frame: Frame) => Value;

/** An argument as a number; undefined stays undefined. */
function number(value: Value, frame: Frame): number | undefined {
  return value === undefined ? undefined : toNumber(value, frame);
}

function padded(text: string, [length, filler]: Value[], frame: Frame, atStart: boolean): string {
  const target = number(length, frame) ?? 0;
  if (target <= text.length || Number.isNaN(target)) return text;
  frame.make(target);
  const fill = filler === undefined ? ' ' : toText(filler, frame);
  return atStart ? text.padStart(target, fill) : text.padEnd(target, fill);
}

function found(text: string, [part, from]: Value[], frame: Frame): number {
  const sought = toText(part, frame);
  frame.read(sought.length);
  return indexOfText(text, sought, number(from, frame));
}

/** The replacement with `$$`, `$&`, `` $` `` and `$'` filled in, as in JavaScript. */
function replacement(pattern: string, text: string, [at, length]: [number, number], frame: Frame): string {
  if (!pattern.includes('$')) return pattern;
  let filled = '';
  for (let index = 0; index < pattern.length; index += 1) {
    const sign = pattern[index] === '$' ? pattern[index + 1] : undefined;
    let part: string | undefined;
    if (sign === '$') part = '$';
    else if (sign === '&') part = text.slice(at, at + length);
    else if (sign === '`') part = text.slice(0, at);
    else if (sign === "'") part = text.slice(at + length);
    filled = concatenate(filled, part ?? pattern[index]!, frame);
    if (part !== undefined) index += 1;
  }
  frame.make(filled.length);
  return filled;
}

function replaced(text: string, args: Value[], frame: Frame, all: boolean): string {
  const sought = toText(args[0], frame);
  const pattern = toText(args[1], frame);
  const parts: string[] = [];
  let length = 0;
  let from = 0;
  let at = indexOfText(text, sought);
  while (at >= 0) {
    const inserted = replacement(pattern, text, [at, sought.length], frame);
    parts.push(text.slice(from, at), inserted);
    length += at - from + inserted.length;
    frame.make(length);
    frame.spend(1);
    from = at + sought.length;
    if (!all || (sought === '' && at >= text.length)) break;
    // A long text that is sought is looked over at the beginning of each search.
    frame.read(sought.length);
    at = indexOfText(text, sought, sought === '' ? at + 1 : from);
  }
  frame.make(length + text.length - from);
  return parts.join('') + text.slice(from);
}

/** What may be called on a text, as in JavaScript; patterns are texts, never regular expressions. */
export const textMethods: ReadonlyMap<string, Method<string>> = new Map<string, Method<string>>([
  ['at', (text, [index], frame) => text.at(number(index, frame) ?? 0)],
  ['charAt', (text, [index], frame) => text.charAt(number(index, frame) ?? 0)],
  ['charCodeAt', (text, [index], frame) => text.charCodeAt(number(index, frame) ?? 0)],
  ['codePointAt', (text, [index], frame) => text.codePointAt(number(index, frame) ?? 0)],
  ['includes', (text, args, frame) => found(text, args, frame) >= 0],
  ['indexOf', found],
  [
    'lastIndexOf',
    (text, [part, from], frame) => {
      const sought = toText(part, frame);
      frame.read(sought.length);
      return lastIndexOfText(text, sought, number(from, frame));
    },
  ],
  ['startsWith', (text, [part, from], frame) => text.startsWith(toText(part, frame), number(from, frame))],
  ['endsWith', (text, [part, to], frame) => text.endsWith(toText(part, frame), number(to, frame))],
  ['slice', (text, [from, to], frame) => text.slice(number(from, frame), number(to, frame))],
  ['substring', (text, [from, to], frame) => text.substring(number(from, frame) ?? 0, number(to, frame))],
  ['trim', (text) => text.trim()],
  ['trimStart', (text) => text.trimStart()],
  ['trimEnd', (text) => text.trimEnd()],
  ['toLowerCase', (text) => text.toLowerCase()],
  ['toUpperCase', (text) => text.toUpperCase()],
  ['toString', (text) => text],
  ['padStart', (text, args, frame) => padded(text, args, frame, true)],
  ['padEnd', (text, args, frame) => padded(text, args, frame, false)],
  ['replace', (text, args, frame) => replaced(text, args, frame, false)],
  ['replaceAll', (text, args, frame) => replaced(text, args, frame, true)],
  [
    'concat',
    (text, args, frame) =>
      args.reduce<string>((all, arg) => concatenate(all, toText(arg, frame), frame), text),
  ],
  [
    'repeat',
    (text, [count], frame) => {
      const times = Math.trunc(number(count, frame) ?? 0) || 0;
      if (times < 0) throw new ExpressionError('A text cannot be repeated a negative number of times.');
      if (text !== '') frame.make(text.length * times);
      return text === '' ? '' : text.repeat(times);
    },
  ],
  [
    'split',
    (text, [separator, most], frame) => {
      const limit = number(most, frame);
      if (separator === undefined) return limit === 0 ? [] : [text];
      const by = toText(separator, frame);
      if (by === '') frame.spend(text.length);
      const parts = splitText(text, by, limit);
      frame.spend(parts.length);
      return parts;
    },
  ],
  [
    'normalize',
    (text, [form], frame) => {
      const name = form === undefined ? 'NFC' : toText(form, frame);
      if (!['NFC', 'NFD', 'NFKC', 'NFKD'].includes(name)) {
        throw new ExpressionError('normalize takes NFC, NFD, NFKC or NFKD.');
      }
      frame.make(text.length * 4);
      return text.normalize(name);
    },
  ],
  ['localeCompare', (text, [other], frame) => collator.compare(text, toText(other, frame))],
]);

/** One language for all, so that a run does not depend on where it runs. */
const collator = new Intl.Collator('en');

function digits(value: number | undefined, least: number): number {
  const count = Math.trunc(value ?? 0) || 0;
  if (count < least || count > 100)
    throw new ExpressionError(`The number of digits must be ${least} to 100.`);
  return count;
}

/** What may be called on a number, as in JavaScript. */
export const numberMethods: ReadonlyMap<string, Method<number>> = new Map<string, Method<number>>([
  ['toFixed', (self, [count], frame) => self.toFixed(digits(number(count, frame), 0))],
  [
    'toPrecision',
    (self, [count], frame) =>
      count === undefined || !Number.isFinite(self)
        ? String(self)
        : self.toPrecision(digits(number(count, frame), 1)),
  ],
  [
    'toString',
    (self, [base], frame) => {
      const radix = Math.trunc(number(base, frame) ?? 10) || 0;
      if (radix < 2 || radix > 36) throw new ExpressionError('The base of toString must be 2 to 36.');
      return self.toString(radix);
    },
  ],
]);
