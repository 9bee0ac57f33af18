import { expect, test } from 'vitest';
import { makeFile } from '#lib/nodes/make-file.ts';
import { memoryFiles, runKind, stepError } from './run-kind.ts';

const made = async (config: object) => {
  const files = memoryFiles();
  const { value } = await runKind(
    makeFile,
    { mimeType: 'text/plain', encoding: 'text', ...config },
    { files },
  );
  return { value, data: Buffer.from([...files.stored.values()][0]!).toString('hex') };
};

test('a text becomes its UTF-8 bytes, anything else its JSON', async () => {
  expect(await made({ name: 'a.txt', content: 'é' })).toEqual({
    value: { file: 'file-1', mimeType: 'text/plain', name: 'a.txt', bytes: 2 },
    data: 'c3a9',
  });
  expect((await made({ name: 'a.json', content: [1] })).data).toBe(Buffer.from('[1]').toString('hex'));
});

test('base64 becomes the bytes it stands for, with or without a data URI around it', async () => {
  expect((await made({ name: 'a.png', content: 'iVBORw==', encoding: 'base64' })).data).toBe('89504e47');
  expect(
    (await made({ name: 'a.png', content: 'data:image/png;base64,iVBORw==', encoding: 'base64' })).data,
  ).toBe('89504e47');
  const error = await stepError(made({ name: 'a.png', content: 'no, really', encoding: 'base64' }));
  expect(error).toMatchObject({ code: 'NOT_BASE64', details: { field: ['content'] } });
  expect(error.message).toContain('"no, really"');
});
