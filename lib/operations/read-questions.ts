import * as z from 'zod';
import { AppError } from '#lib/db/app-error.ts';
import type { ExpectedPlace } from '#lib/db/knowledge-questions.ts';
import { parseCsv } from '#lib/parse/csv.ts';
import { ParseError } from '#lib/parse/parse-error.ts';

const words = z.string().trim();

const row = z.object({
  question: words.min(1).max(500),
  document: words.min(1).max(1000),
  heading: words.max(300).optional(),
  quote: words.max(1000).optional(),
});

const place = z.object({
  document: words.min(1).max(1000),
  heading: words.max(300).optional(),
  quote: words.max(1000).optional(),
});

const item = z.union([
  z
    .object({ text: words.min(1).max(500), expected: z.array(place).min(1).max(20) })
    .transform(({ text, expected }) => ({ question: text, expected })),
  row.transform(({ question, ...expected }) => ({ question, expected: [expected] })),
]);

/**
 * Questions out of a table (CSV with the columns question, document, heading, quote) or a JSON list (of objects with
 * these members, or with text and expected, as the API tells them). Throws `invalid` with the place.
 */
export function readQuestions(content: string): { text: string; expected: ExpectedPlace[] }[] {
  const isJson = /^\s*\[/.test(content);
  const rows = isJson ? jsonRows(content) : csvRows(content);
  const byText = new Map<string, ExpectedPlace[]>();
  for (const [index, given] of rows.entries()) {
    const read = item.safeParse(given);
    if (!read.success) {
      // The first line of a table is its head.
      const where = isJson ? `Item ${index + 1}` : `Line ${index + 2}`;
      throw new AppError(
        'invalid',
        `${where} is no question: it needs "question" and "document", and may have "heading" and "quote".`,
      );
    }
    const { question, expected } = read.data;
    const places = expected.map(({ document, heading, quote }) => ({
      document,
      ...(heading && { heading }),
      ...(quote && { quote }),
    }));
    byText.set(question, [...(byText.get(question) ?? []), ...places].slice(0, 20));
  }
  if (byText.size === 0) throw new AppError('invalid', 'There is no question in it.');
  return [...byText].map(([text, expected]) => ({ text, expected }));
}

function jsonRows(content: string): unknown[] {
  try {
    return JSON.parse(content) as unknown[];
  } catch (error) {
    throw new AppError('invalid', `This is no JSON: ${(error as Error).message}`);
  }
}

function csvRows(content: string): unknown[] {
  const [head = ''] = content.replace(/^\uFEFF/, '').split('\n', 1);
  const delimiter = [';', '\t'].find((sign) => head.includes(sign) && !head.includes(',')) ?? ',';
  try {
    const rows = parseCsv({ format: 'csv', text: content.replace(/^\uFEFF/, ''), header: true, delimiter });
    return (rows as Record<string, unknown>[]).map((one) =>
      Object.fromEntries(Object.entries(one).map(([name, value]) => [name.trim().toLowerCase(), value])),
    );
  } catch (error) {
    if (error instanceof ParseError) throw new AppError('invalid', error.message);
    throw error;
  }
}
