import { ExpressionError } from './expression-error.ts';
import { type Frame, toText, type Value } from './expression-value.ts';
import { type FunctionEntry, textOf, wholeOf } from './function-entry.ts';
import { isoTime, MAX_TIME } from './iso-time.ts';

const MS = {
  milliseconds: 1,
  seconds: 1000,
  minutes: 60_000,
  hours: 3_600_000,
  days: 86_400_000,
  weeks: 604_800_000,
};
const UNITS = [...Object.keys(MS), 'months', 'years'];
/** ms since 1970 of a date: a number of ms or a text in ISO 8601. Without a zone it is in UTC. */
function timeOf(value: Value, frame: Frame): number {
  if (typeof value === 'number' && Math.abs(value) <= MAX_TIME) return Math.trunc(value);
  const text = textOf(value, frame).trim();
  const time = isoTime(text);
  if (time !== null) return time;
  throw new ExpressionError(
    `"${text.slice(0, 40)}" is not a date: write 2026-11-21 or 2026-11-21T09:30:00Z.`,
  );
}

function isoOf(time: number): string {
  // Also when it is NaN, which a month too far away is.
  if (!(Math.abs(time) <= MAX_TIME)) throw new ExpressionError('the date is out of range.');
  return new Date(time).toISOString();
}

function unitOf(value: Value, frame: Frame): string {
  const given = textOf(value, frame);
  const unit = given.endsWith('s') ? given : `${given}s`;
  if (UNITS.includes(unit)) return unit;
  throw new ExpressionError(`there is no unit "${given.slice(0, 20)}": use ${UNITS.join(', ')}.`);
}

/** The last day of the month stays the last: a month after 31 January is 28 February. */
function addMonths(time: number, months: number): number {
  const date = new Date(time);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, last));
  return date.getTime();
}

const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
);
const DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');
const TOKENS = /yyyy|MMMM|MMM|MM|M|dd|d|EEEE|EEE|HH|H|mm|ss|SSS|'[^']*'/g;

/** The parts of a moment in a time zone. */
function partsIn(time: number, zone: string): Date {
  if (zone === 'UTC') return new Date(time);
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
      fractionalSecondDigits: 3,
    });
  } catch {
    throw new ExpressionError(`there is no time zone "${zone.slice(0, 40)}": write UTC or Europe/Berlin.`);
  }
  const part = new Map(format.formatToParts(time).map(({ type, value }) => [type, value]));
  const number = (type: Intl.DateTimeFormatPartTypes) => Number(part.get(type));
  const year = part.get('era')?.startsWith('B') ? 1 - number('year') : number('year');
  const shifted = new Date(0);
  shifted.setUTCFullYear(year, number('month') - 1, number('day'));
  shifted.setUTCHours(number('hour'), number('minute'), number('second'), number('fractionalSecond'));
  return shifted;
}

function formatDate(time: number, format: string, zone: string): string {
  const date = partsIn(time, zone);
  const two = (number: number) => String(number).padStart(2, '0');
  const month = MONTHS[date.getUTCMonth()]!;
  const day = DAYS[date.getUTCDay()]!;
  const words: Record<string, string> = {
    yyyy: String(date.getUTCFullYear()).padStart(4, '0'),
    MMMM: month,
    MMM: month.slice(0, 3),
    MM: two(date.getUTCMonth() + 1),
    M: String(date.getUTCMonth() + 1),
    dd: two(date.getUTCDate()),
    d: String(date.getUTCDate()),
    EEEE: day,
    EEE: day.slice(0, 3),
    HH: two(date.getUTCHours()),
    H: String(date.getUTCHours()),
    mm: two(date.getUTCMinutes()),
    ss: two(date.getUTCSeconds()),
    SSS: String(date.getUTCMilliseconds()).padStart(3, '0'),
  };
  return format.replace(TOKENS, (token) => words[token] ?? token.slice(1, -1));
}

export const dateFunctions: FunctionEntry[] = [
  {
    name: 'now',
    signature: 'now()',
    summary: 'This moment, as text: "2026-11-21T09:30:00.000Z".',
    group: 'date',
    arity: [0, 0],
    run: (_, { scope }) => isoOf(scope.now()),
  },
  {
    name: 'today',
    signature: 'today(zone?)',
    summary: 'The day, as text: "2026-11-21", in UTC or in that time zone.',
    group: 'date',
    arity: [0, 1],
    run: ([zone], frame) =>
      formatDate(frame.scope.now(), 'yyyy-MM-dd', zone === undefined ? 'UTC' : textOf(zone, frame)),
  },
  {
    name: 'Date.now',
    signature: 'Date.now()',
    summary: 'This moment, in ms since 1970.',
    group: 'date',
    arity: [0, 0],
    run: (_, { scope }) => scope.now(),
  },
  {
    name: 'toDate',
    signature: 'toDate(value)',
    summary: 'A date (ms since 1970, or ISO 8601 text) as full ISO text in UTC.',
    group: 'date',
    arity: [1, 1],
    run: ([value], frame) => isoOf(timeOf(value, frame)),
  },
  {
    name: 'toTimestamp',
    signature: 'toTimestamp(date)',
    summary: 'A date as ms since 1970.',
    group: 'date',
    arity: [1, 1],
    run: ([value], frame) => timeOf(value, frame),
  },
  {
    name: 'formatDate',
    signature: 'formatDate(date, format, zone?)',
    summary:
      'yyyy MM MMM MMMM dd d EEE EEEE HH mm ss SSS, other words in quotes: formatDate(now(), "d MMMM yyyy").',
    group: 'date',
    arity: [2, 3],
    run: ([value, format, zone], frame) => {
      frame.spend(500);
      return formatDate(
        timeOf(value, frame),
        textOf(format, frame).slice(0, 200),
        zone === undefined ? 'UTC' : textOf(zone, frame),
      );
    },
  },
  {
    name: 'addToDate',
    signature: 'addToDate(date, amount, unit)',
    summary:
      'A later (or, with a negative amount, earlier) date. Units: seconds, minutes, hours, days, weeks, months, years.',
    group: 'date',
    arity: [3, 3],
    run: ([value, amount, unit], frame) => {
      const time = timeOf(value, frame);
      const count = wholeOf(amount, [-1e12, 1e12], frame);
      const name = unitOf(unit, frame);
      if (name === 'months' || name === 'years')
        return isoOf(addMonths(time, name === 'years' ? count * 12 : count));
      return isoOf(time + count * MS[name as keyof typeof MS]);
    },
  },
  {
    name: 'dateDiff',
    signature: 'dateDiff(from, to, unit)',
    summary: 'How many whole units lie between two dates; negative when the second is earlier.',
    group: 'date',
    arity: [3, 3],
    run: ([from, to, unit], frame) => {
      const [first, last] = [timeOf(from, frame), timeOf(to, frame)];
      const name = unitOf(unit, frame);
      if (name !== 'months' && name !== 'years')
        return Math.trunc((last - first) / MS[name as keyof typeof MS]) + 0;
      const months = monthsBetween(first, last);
      return Math.trunc(name === 'years' ? months / 12 : months) + 0;
    },
  },
];

function monthsBetween(first: number, last: number): number {
  const [from, to] = [new Date(first), new Date(last)];
  const months = (to.getUTCFullYear() - from.getUTCFullYear()) * 12 + to.getUTCMonth() - from.getUTCMonth();
  const reached = addMonths(first, months);
  if (months > 0 && reached > last) return months - 1;
  return months < 0 && reached < last ? months + 1 : months;
}

export const randomFunctions: FunctionEntry[] = [
  {
    name: 'random',
    signature: 'random()',
    summary: 'A number from 0 to just below 1.',
    group: 'random',
    arity: [0, 0],
    run: (_, { scope }) => scope.random(),
  },
  {
    name: 'randomInt',
    signature: 'randomInt(least, most)',
    summary: 'A whole number from the first to the second, both included.',
    group: 'random',
    arity: [2, 2],
    run: ([least, most], frame) => {
      const from = wholeOf(least, [-1e12, 1e12], frame);
      const to = wholeOf(most, [-1e12, 1e12], frame);
      if (to < from)
        throw new ExpressionError(`${toText(most, frame)} is less than ${toText(least, frame)}.`);
      return from + Math.floor(frame.scope.random() * (to - from + 1));
    },
  },
  {
    name: 'uuid',
    signature: 'uuid()',
    summary: 'A new random identifier (UUID version 4). Not a secret.',
    group: 'random',
    arity: [0, 0],
    run: (_, { scope }) => {
      const digit = () => Math.floor(scope.random() * 16);
      return 'xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx'.replace(/[xy]/g, (sign) =>
        (sign === 'x' ? digit() : 8 + (digit() % 4)).toString(16),
      );
    },
  },
];
