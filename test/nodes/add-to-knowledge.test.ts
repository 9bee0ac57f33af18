import { describe, expect, it, test } from 'vitest';
import type { NewKnowledge } from '#lib/engine/capabilities.ts';
import { addToKnowledge } from '#lib/nodes/add-to-knowledge.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { compileSchema } from '#lib/workflow/validator.ts';
import { capabilities as noWorld } from '../engine/plan.ts';
import { memoryFiles, runKind, stepError } from './run-kind.ts';

const files = memoryFiles();

async function write(action: JsonObject) {
  const put: NewKnowledge[] = [];
  const removed: string[] = [];
  const knowledge = {
    ...noWorld.knowledge,
    put: async (document: NewKnowledge) => {
      put.push(document);
      return {
        ...{ document: document.name, documentId: 'd1', uri: 'knowledge://docs/x', error: null },
        ...({ outcome: 'added', state: 'reading' } as const),
      };
    },
    remove: async ({ path }: { path: string }) => {
      removed.push(path);
      return true;
    },
  };
  const { value } = await runKind(addToKnowledge, { base: 'docs', action }, { knowledge, files });
  const [document] = put;
  const schema = addToKnowledge.outputSchema({ base: 'docs', action } as never);
  expect(compileSchema(schema)(value)).toBeNull();
  return { value, removed, text: document && Buffer.from(document.data).toString(), ...document };
}

describe('adding to a knowledge base', () => {
  it('writes a text as Markdown, unless its path says what else', async () => {
    const note = await write({
      type: 'add',
      path: '/notes/7',
      content: '# Seven',
      metadata: { n: 7 },
      wait: '2',
    });
    expect(note).toMatchObject({
      ...{ base: 'docs', path: 'notes/7', name: '7.md', text: '# Seven', metadata: { n: 7 }, waitMs: 2000 },
      value: { documentId: 'd1', outcome: 'added', state: 'reading' },
    });
    expect(await write({ type: 'add', path: 'a/b.csv', content: 'x,y' })).toMatchObject({
      ...{ name: 'b.csv', waitMs: 0 },
    });
    expect(await write({ type: 'add', path: 'a/b.json', content: { x: 1 } })).toMatchObject({
      text: '{"x":1}',
    });
  });

  it('writes a file under its path, with the ending of the file where the path has none', async () => {
    const handle = await files.put({
      name: 'report.pdf',
      mimeType: 'application/pdf',
      data: Buffer.from('%PDF-'),
    });
    const content = { ...handle };
    expect(await write({ type: 'add', path: 'reports/may', content })).toMatchObject({
      ...{ path: 'reports/may', name: 'may.pdf', text: '%PDF-' },
    });
    expect(await write({ type: 'add', path: 'may.txt', content })).toMatchObject({ name: 'may.txt' });
  });

  it('removes what it wrote, as the step that takes another back does', async () => {
    expect(await write({ type: 'remove', path: 'notes/7' })).toMatchObject({
      value: true,
      removed: ['notes/7'],
    });
  });

  test.each([
    [{ type: 'add', path: '', content: 'x' }, 'DOCUMENT_PATH'],
    [{ type: 'add', path: 'folder/', content: 'x' }, 'DOCUMENT_PATH'],
    [{ type: 'remove', path: null }, 'DOCUMENT_PATH'],
    [{ type: 'add', path: 'x', content: ' \n' }, 'DOCUMENT_EMPTY'],
    [{ type: 'add', path: 'x', content: 'x'.repeat(2_000_001) }, 'TOO_LARGE'],
  ])('refuses %.60j', async (action, code) => {
    expect((await stepError(write(action as JsonObject))).code).toBe(code);
  });
});
