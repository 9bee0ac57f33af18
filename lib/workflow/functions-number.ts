import { ExpressionError } from './expression-error.ts';
import { toNumber, toText, type Value } from './expression-value.ts';
import { type FunctionEntry, textOf, wholeOf } from './function-entry.ts';

/** A function of `Math` that takes one number. */
function math(
  name:
    | 'abs'
    | 'ceil'
    | 'floor'
    | 'trunc'
    | 'sign'
    | 'sqrt'
    | 'cbrt'
    | 'exp'
    | 'log'
    | 'log2'
    | 'log10'
    | 'round',
  summary: string,
): FunctionEntry {
  const call = Math[name];
  return {
    name: `Math.${name}`,
    signature: `Math.${name}(number)`,
    summary,
    group: 'number',
    arity: [1, 1],
    run: ([value], frame) => call(toNumber(value, frame)),
  };
}

function test(name: 'isInteger' | 'isFinite' | 'isNaN', summary: string): FunctionEntry {
  const call: (value: unknown) => boolean = Number[name];
  return {
    name: `Number.${name}`,
    signature: `Number.${name}(value)`,
    summary,
    group: 'number',
    arity: [1, 1],
    run: ([value]) => call(value),
  };
}

function extreme(name: 'min' | 'max', summary: string): FunctionEntry {
  const first = name === 'min' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  return {
    name: `Math.${name}`,
    signature: `Math.${name}(...numbers)`,
    summary,
    group: 'number',
    arity: [0, 100_000],
    run: (args, frame) => {
      frame.spend(args.length);
      return args.reduce<number>((best, value) => Math[name](best, toNumber(value, frame)), first);
    },
  };
}

export const numberFunctions: FunctionEntry[] = [
  {
    name: 'Number',
    signature: 'Number(value)',
    summary: 'The value as a number; NaN when it is none.',
    group: 'number',
    arity: [0, 1],
    run: (args, frame) => (args.length === 0 ? 0 : toNumber(args[0], frame)),
  },
  {
    name: 'Boolean',
    signature: 'Boolean(value)',
    summary: 'False for false, 0, NaN, "", null and undefined; else true.',
    group: 'number',
    arity: [0, 1],
    run: ([value]) => Boolean(value),
  },
  {
    name: 'parseInt',
    signature: 'parseInt(text, base?)',
    summary: 'The whole number the text begins with.',
    group: 'number',
    arity: [1, 2],
    run: ([value, base], frame) => {
      const text = toText(value, frame);
      return Number.parseInt(text.slice(0, 2000), base === undefined ? undefined : toNumber(base, frame));
    },
  },
  {
    name: 'parseFloat',
    signature: 'parseFloat(text)',
    summary: 'The number the text begins with.',
    group: 'number',
    arity: [1, 1],
    run: ([value], frame) => Number.parseFloat(toText(value, frame).slice(0, 2000)),
  },
  {
    name: 'round',
    signature: 'round(number, digits?)',
    summary: 'Rounded to that many digits behind the point, half away from zero.',
    group: 'number',
    arity: [1, 2],
    run: ([value, digits], frame) =>
      rounded(toNumber(value, frame), digits === undefined ? 0 : wholeOf(digits, [0, 15], frame)),
  },
  {
    name: 'formatNumber',
    signature: 'formatNumber(number, digits?, locale?)',
    summary: 'With separators: 1234.5 becomes "1,234.50" with 2 digits. The locale is "en" unless said.',
    group: 'number',
    arity: [1, 3],
    run: ([value, digits, locale], frame) => {
      const options: Intl.NumberFormatOptions = {};
      if (digits !== undefined) {
        options.minimumFractionDigits = wholeOf(digits, [0, 20], frame);
        options.maximumFractionDigits = options.minimumFractionDigits;
      }
      frame.spend(500);
      return formatted(toNumber(value, frame), locale === undefined ? 'en' : textOf(locale, frame), options);
    },
  },
  test('isInteger', 'Whether the value is a whole number.'),
  test('isFinite', 'Whether the value is a number other than NaN and Infinity.'),
  test('isNaN', 'Whether the value is NaN.'),
  math('abs', 'The number without its sign.'),
  math('ceil', 'Rounded up.'),
  math('floor', 'Rounded down.'),
  math('round', 'Rounded to the nearest whole number.'),
  math('trunc', 'Without its fraction.'),
  math('sign', '1, 0 or -1.'),
  math('sqrt', 'The square root.'),
  math('cbrt', 'The cube root.'),
  math('exp', 'e to that power.'),
  math('log', 'The natural logarithm.'),
  math('log2', 'The logarithm to base 2.'),
  math('log10', 'The logarithm to base 10.'),
  {
    name: 'Math.pow',
    signature: 'Math.pow(base, exponent)',
    summary: 'The base to that power.',
    group: 'number',
    arity: [2, 2],
    run: ([base, exponent], frame) => toNumber(base, frame) ** toNumber(exponent, frame),
  },
  extreme('min', 'The least of the numbers; a list is spread: Math.min(...list).'),
  extreme('max', 'The greatest of the numbers; a list is spread: Math.max(...list).'),
];

/** By way of the decimal text, so that 1.005 to two digits is 1.01, as it reads. */
function rounded(value: number, digits: number): number {
  if (!Number.isFinite(value)) return value;
  const [mantissa, exponent = '0'] = String(Math.abs(value)).split('e');
  const shifted = Math.round(Number(`${mantissa}e${Number(exponent) + digits}`));
  const [back, power = '0'] = String(shifted).split('e');
  return Math.sign(value) * Number(`${back}e${Number(power) - digits}`);
}

function formatted(value: number, locale: string, options: Intl.NumberFormatOptions): Value {
  try {
    return new Intl.NumberFormat(locale, options).format(value);
  } catch {
    throw new ExpressionError(`there is no locale "${locale.slice(0, 40)}": write "en", "de" or "fr-CH".`);
  }
}
