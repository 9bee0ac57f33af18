import { afterAll, expect, it } from 'vitest';
import { createSandbox } from '#lib/sandbox/pool.ts';
import { ExpressionError, evaluateTemplate, parseTemplate } from '#lib/workflow/expression.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import { seeded } from './random.ts';
import { randomExpression } from './random-expression.ts';
import { scope } from './scopes.ts';

// The language says it is JavaScript: what it gives is compared with what JavaScript gives, in the sandbox.

const SEED = Number(process.env['EXPRESSION_SEED'] ?? 20261121);
const COUNT = Number(process.env['EXPRESSION_COUNT'] ?? 4000);
const BATCH = 200;
const sandbox = createSandbox();
afterAll(() => sandbox.close());

/** A value with what JSON would hide: its type, NaN, -0 and what its text is. */
function told(expression: string): string {
  return `[(${expression})].map((v) => [typeof v, typeof v === "object" ? "" : String(v), v === 0 && 1 / v < 0, v])`;
}

async function inJavaScript(expressions: string[]): Promise<JsonValue[]> {
  const { input, steps, env } = scope();
  const source = `
    const cases = [${expressions.map((expression) => `(input, steps, env) => ${told(expression)}`).join(',\n')}];
    const text = JSON.stringify([input, steps, env]);
    return cases.map((run) => {
      try { return JSON.stringify(run(...JSON.parse(text))); } catch (error) { return 'throws ' + error.name; }
    });`;
  const result = await sandbox.run(
    {
      projectId: 'differential',
      versionKey: null,
      source,
      input,
      steps,
      env,
      timeoutMs: 20_000,
      onLog() {},
      http: () => Promise.reject(new Error('no network here')),
    },
    new AbortController().signal,
  );
  return result as JsonValue[];
}

function inTheLanguage(expression: string): string {
  try {
    return JSON.stringify(evaluateTemplate(`{{ ${told(expression)} }}`, scope()));
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return `throws ${error.message}`;
  }
}

/** The same value, or a failure of both. */
function agree(ours: string, theirs: JsonValue): boolean {
  return ours === theirs || (ours.startsWith('throws') && String(theirs).startsWith('throws'));
}

it(`gives what JavaScript gives for ${COUNT} random expressions`, async () => {
  const random = seeded(SEED);
  const expressions = Array.from({ length: COUNT }, () =>
    randomExpression(random, 2 + Math.floor(random() * 4)),
  );
  const differences: string[] = [];
  let values = 0;
  for (let at = 0; at < expressions.length; at += BATCH) {
    const batch = expressions.slice(at, at + BATCH);
    for (const expression of batch)
      expect(parseTemplate(`{{ ${expression} }}`).faults, expression).toEqual([]);
    const theirs = await inJavaScript(batch);
    for (const [index, expression] of batch.entries()) {
      const ours = inTheLanguage(expression);
      if (!ours.startsWith('throws')) values += 1;
      if (!agree(ours, theirs[index]!))
        differences.push(`${expression}\n  ours:   ${ours}\n  theirs: ${theirs[index]}`);
    }
  }
  expect(differences.slice(0, 10).join('\n')).toBe('');
  // Were all of them refused, or one and the same, agreement would mean nothing.
  expect(values).toBeGreaterThan(COUNT / 2);
  expect(new Set(expressions).size).toBeGreaterThan(COUNT / 2);
}, 120_000);

it('notices a difference (positive control)', async () => {
  const [theirs] = await inJavaScript(['1 + 1']);
  expect(agree(inTheLanguage('1 + 1'), theirs!)).toBe(true);
  expect(agree(inTheLanguage('1 + 2'), theirs!)).toBe(false);
});
