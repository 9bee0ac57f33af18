import { parse as parseArray } from 'postgres-array';
import { StepError } from '#lib/engine/errors.ts';
import type { JsonValue } from '#lib/workflow/json.ts';

/** Turns the text that PostgreSQL writes into a value. */
type Read = (text: string) => JsonValue;

/** Types by their numbers in `pg_type`, with those of their arrays; of any other the text is the value. */
const READERS: { type: number; array: number; read: Read }[] = [
  { type: 16, array: 1000, read: (text) => text === 't' },
  { type: 21, array: 1005, read: numberOrText },
  { type: 23, array: 1007, read: numberOrText },
  { type: 20, array: 1016, read: numberOrText },
  { type: 26, array: 1028, read: numberOrText },
  { type: 700, array: 1021, read: numberOrText },
  { type: 701, array: 1022, read: numberOrText },
  { type: 1700, array: 1231, read: numberOrText },
  { type: 114, array: 199, read: (text) => JSON.parse(text) as JsonValue },
  { type: 3802, array: 3807, read: (text) => JSON.parse(text) as JsonValue },
  { type: 1114, array: 1115, read: isoTime },
  { type: 1184, array: 1185, read: isoTime },
  ...[
    [18, 1002],
    [19, 1003],
    [25, 1009],
    [1042, 1014],
    [1043, 1015],
    [1082, 1182],
    [1083, 1183],
    [1186, 1187],
    [2950, 2951],
  ].map(([type, array]) => ({ type: type!, array: array!, read: (text: string) => text })),
];

const reads = new Map<number, Read>(
  READERS.flatMap(({ type, array, read }): [number, Read][] => [
    [type, read],
    [array, (text) => parseArray<JsonValue>(text, read)],
  ]),
);

const BYTES = new Set([17, 1001]);

/**
 * How the texts of a column are read: numbers that a JSON number holds exactly as numbers and others as text, times
 * as ISO 8601, JSON as what it is. Throws StepError `SQL_TYPE` for a column of bytes.
 */
export function columnReader({ name, dataTypeID }: { name: string; dataTypeID: number }): Read {
  if (BYTES.has(dataTypeID)) {
    throw new StepError(
      'SQL_TYPE',
      `The column "${name}" holds bytes (bytea), which are no value here. Ask for encode(${name}, 'base64') as a text.`,
    );
  }
  return reads.get(dataTypeID) ?? ((text) => text);
}

/** 0.10 is the number 0.1; what would lose a digit stays a text, as do NaN and infinity. */
function numberOrText(text: string): number | string {
  const number = Number(text);
  if (!Number.isFinite(number)) return text;
  if (Number.isInteger(number) && !Number.isSafeInteger(number)) return text;
  return digitsOf(text) === digitsOf(String(number)) ? number : text;
}

/** A number by its digits and their power of ten, however it is written: `0.10`, `1e-01` and `.1` are `1e-1`. */
function digitsOf(text: string): string {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.replace(/^[-+]/, '').split('.');
  const digits = whole + fraction;
  const shown = digits.replace(/0+$/, '');
  const power = Number(exponent) - fraction.length + digits.length - shown.length;
  const significant = shown.replace(/^0+/, '');
  if (significant === '') return '0';
  return `${mantissa.startsWith('-') ? '-' : ''}${significant}e${power}`;
}

/** `2026-11-21 09:30:00.5+00` → `2026-11-21T09:30:00.5Z`. */
function isoTime(text: string): string {
  return text.replace(
    /^(\d{4,}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)(\+00)?$/,
    (_, date, time, zone) => `${date}T${time}${zone ? 'Z' : ''}`,
  );
}

/**
 * What stands for a parameter: PostgreSQL reads it by the type it is used as. A list is an array, unless there are
 * lists or objects in it: then it is JSON, as an object is.
 */
export function parameterText(value: JsonValue): string | null {
  if (value === null) return null;
  if (typeof value === 'string') return value;
  if (typeof value !== 'object') return String(value);
  const isArray = Array.isArray(value) && value.every((item) => typeof item !== 'object' || item === null);
  return isArray ? `{${value.map(element).join(',')}}` : JSON.stringify(value);
}

function element(item: JsonValue): string {
  return item === null ? 'NULL' : `"${String(item).replace(/["\\]/g, '\\$&')}"`;
}
