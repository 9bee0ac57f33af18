import { FORBIDDEN_NAMES } from '#lib/workflow/expression-value.ts';
import type { ApiArgument } from './api.ts';

const LONGEST = 64;
const PLACES = { path: 'path', query: 'query', header: 'header', cookie: 'cookie', body: 'body' };

/** Names that model providers accept and that no two arguments share: what is in the path keeps its own. */
export function distinctNames(given: readonly ApiArgument[]): ApiArgument[] {
  const taken = new Set<string>();
  return given.map((one) => {
    const plain = argumentName(one.name);
    const tries = [plain, argumentName(`${plain}_${PLACES[one.in]}`)];
    let name = tries.find((candidate) => !taken.has(candidate));
    for (let number = 2; name === undefined; number += 1) {
      const candidate = `${plain.slice(0, LONGEST - 5)}_${number}`;
      if (!taken.has(candidate)) name = candidate;
    }
    taken.add(name);
    return { ...one, argument: name };
  });
}

/** `filter[name]` → `filter_name`. */
function argumentName(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9_.-]+/g, '_')
    .replace(/^[_.-]+|[_.-]+$/g, '')
    .slice(0, LONGEST);
  if (plain === '') return 'value';
  return FORBIDDEN_NAMES.has(plain) ? `${plain}_value` : plain;
}
