import type { RE2JS } from 're2js';
import { type Frame, toText, type Value } from './expression-value.ts';
import { type FunctionEntry, textOf, wholeOf } from './function-entry.ts';
import { linearPattern } from './linear-pattern.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Most matches one call gives. */
const MAX_MATCHES = 10_000;

function matcherOf(text: Value, pattern: Value, flags: Value, frame: Frame) {
  const subject = textOf(text, frame);
  const compiled = linearPattern(textOf(pattern, frame), flags === undefined ? '' : textOf(flags, frame));
  // Time grows with the text and with the size of the pattern's program, and a new pattern has to be compiled.
  frame.spend(100 + subject.length * Math.max(1, Math.ceil(compiled.programSize() / 20)));
  return { subject, matcher: compiled.matcher(subject) };
}

/**
 * The next match, if there is one. What one search reads is not known, and with some patterns (`x*y|x`) each reads
 * all that is left: so a share of that counts, which 3,000 matches in 20,000 characters stay below.
 */
function findNext(matcher: ReturnType<RE2JS['matcher']>, left: number, frame: Frame): boolean {
  frame.spend(1 + (left >> 5));
  return matcher.find();
}

/** `[whole match, group 1, …]`, as JavaScript's match. */
function groupsOf(matcher: ReturnType<RE2JS['matcher']>): Value[] {
  return Array.from({ length: matcher.groupCount() + 1 }, (_, index) => matcher.group(index) ?? undefined);
}

export const textFunctions: FunctionEntry[] = [
  {
    name: 'String',
    signature: 'String(value)',
    summary: 'The value as text, as JavaScript does it; JSON.stringify gives JSON.',
    group: 'text',
    arity: [0, 1],
    run: (args, frame) => (args.length === 0 ? '' : toText(args[0], frame)),
  },
  {
    name: 'capitalize',
    signature: 'capitalize(text)',
    summary: 'The text with its first letter in upper case.',
    group: 'text',
    arity: [1, 1],
    run: ([value], frame) => {
      const [first = '', ...rest] = textOf(value, frame).split(/(?<=^.)/su);
      return first.toUpperCase() + rest.join('');
    },
  },
  {
    name: 'truncate',
    signature: 'truncate(text, length)',
    summary: 'At most that many characters, the last being … when something was cut.',
    group: 'text',
    arity: [2, 2],
    run: ([value, most], frame) => {
      const text = textOf(value, frame);
      const length = wholeOf(most, [1, 1_000_000_000], frame);
      if (text.length <= length) return text;
      // Half of a surrogate pair at the cut would be no character.
      return `${text.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
    },
  },
  {
    name: 'slugify',
    signature: 'slugify(text)',
    summary: 'Lower-case letters, digits and hyphens: "Crème brûlée!" becomes "creme-brulee".',
    group: 'text',
    arity: [1, 1],
    run: ([value], frame) => {
      const text = textOf(value, frame);
      frame.spend(text.length);
      return text
        .normalize('NFKD')
        .replace(/[\u0300-\u036f]/g, '')
        .toLowerCase()
        .split(/[^a-z0-9]+/)
        .filter((word) => word !== '')
        .join('-');
    },
  },
  {
    name: 'escapeHtml',
    signature: 'escapeHtml(text)',
    summary: 'The text with & < > " and \' written so that HTML shows them.',
    group: 'text',
    arity: [1, 1],
    run: ([value], frame) => {
      const text = textOf(value, frame);
      frame.make(text.length * 2);
      return text.replace(/[&<>"']/g, (sign) => ENTITIES[sign]!);
    },
  },
  {
    name: 'matches',
    signature: 'matches(text, pattern, flags?)',
    summary: 'Whether the regular expression is found in the text. Flags: i, m, s.',
    group: 'text',
    arity: [2, 3],
    run: ([text, pattern, flags], frame) => matcherOf(text, pattern, flags, frame).matcher.find(),
  },
  {
    name: 'match',
    signature: 'match(text, pattern, flags?)',
    summary: 'The first match and its groups as a list, or null.',
    group: 'text',
    arity: [2, 3],
    run: ([text, pattern, flags], frame) => {
      const { matcher } = matcherOf(text, pattern, flags, frame);
      return matcher.find() ? groupsOf(matcher) : null;
    },
  },
  {
    name: 'matchAll',
    signature: 'matchAll(text, pattern, flags?)',
    summary: `Every match and its groups, as a list of lists; at most ${MAX_MATCHES}.`,
    group: 'text',
    arity: [2, 3],
    run: ([text, pattern, flags], frame) => {
      const { subject, matcher } = matcherOf(text, pattern, flags, frame);
      const found: Value[] = [];
      let from = 0;
      while (found.length < MAX_MATCHES && findNext(matcher, subject.length - from, frame)) {
        const groups = groupsOf(matcher);
        frame.spend(groups.length);
        found.push(groups);
        from = matcher.end();
      }
      return found;
    },
  },
  {
    name: 'replaceMatches',
    signature: 'replaceMatches(text, pattern, replacement, flags?)',
    summary: 'Every match replaced; $1 stands for a group, $& for the match.',
    group: 'text',
    arity: [3, 4],
    run: ([text, pattern, given, flags], frame) => {
      const { subject, matcher } = matcherOf(text, pattern, flags, frame);
      const replacement = textOf(given, frame);
      let result = '';
      let from = 0;
      while (findNext(matcher, subject.length - from, frame)) {
        const groups = groupsOf(matcher);
        const filled = replacement.replace(/\$(\$|&|\d)/g, (whole, sign: string) => {
          if (sign === '$') return '$';
          const group = groups[sign === '&' ? 0 : Number(sign)];
          return Number(sign) >= groups.length ? whole : String(group ?? '');
        });
        frame.make(result.length + matcher.start() - from + filled.length);
        result += subject.slice(from, matcher.start()) + filled;
        from = matcher.end();
      }
      frame.make(result.length + subject.length - from);
      return result + subject.slice(from);
    },
  },
  {
    name: 'splitMatches',
    signature: 'splitMatches(text, pattern, flags?)',
    summary: 'The parts of the text between the matches.',
    group: 'text',
    arity: [2, 3],
    run: ([text, pattern, flags], frame) => {
      const { subject, matcher } = matcherOf(text, pattern, flags, frame);
      const parts: string[] = [];
      let from = 0;
      while (findNext(matcher, subject.length - from, frame)) {
        if (matcher.end() === matcher.start()) continue;
        parts.push(subject.slice(from, matcher.start()));
        from = matcher.end();
      }
      return [...parts, subject.slice(from)];
    },
  },
];
