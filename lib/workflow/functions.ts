import type { FunctionEntry } from './function-entry.ts';
import { dateFunctions, randomFunctions } from './functions-date.ts';
import { encodingFunctions } from './functions-encoding.ts';
import { listFunctions } from './functions-list.ts';
import { numberFunctions } from './functions-number.ts';
import { textFunctions } from './functions-text.ts';

/** The function library of the expression language, by name. The editor completes from it, the compiler calls it. */
export const functions: ReadonlyMap<string, FunctionEntry> = new Map(
  [
    ...textFunctions,
    ...numberFunctions,
    ...listFunctions,
    ...dateFunctions,
    ...encodingFunctions,
    ...randomFunctions,
  ].map((entry) => [entry.name, entry]),
);

/** `Math`, `JSON`, …: what stands before the dot of a function's name. */
export const namespaces: ReadonlySet<string> = new Set(
  [...functions.keys()].filter((name) => name.includes('.')).map((name) => name.slice(0, name.indexOf('.'))),
);
