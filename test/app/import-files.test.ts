import { describe, expect, it } from 'vitest';
import { filesOfExport, filesOfFolder } from '#app/(app)/projects/import-files.ts';

function inFolder(path: string, text: string): File {
  const file = new File([text], path.split('/').at(-1) ?? '');
  Object.defineProperty(file, 'webkitRelativePath', { value: path });
  return file;
}

describe('a project to import', () => {
  it('is read from a folder without its own name and without hidden files', async () => {
    const files = await filesOfFolder([
      inFolder('orders/project.yaml', 'name: Orders'),
      inFolder('orders/workflows/find.json', '{}'),
      inFolder('orders/.git/config', 'secret'),
      inFolder('orders/workflows/.DS_Store', ''),
    ]);
    expect(files).toEqual({ 'project.yaml': 'name: Orders', 'workflows/find.json': '{}' });
  });

  it('is read from an exported file', async () => {
    const file = new File([JSON.stringify({ files: { 'project.yaml': 'name: Orders' } })], 'orders.json');
    expect(await filesOfExport(file)).toEqual({ 'project.yaml': 'name: Orders' });
  });

  it.each(['not json', '[]', '{"files":null}', '{"files":{"a":1}}'])(
    'says what the file should be: %s',
    async (text) => {
      await expect(filesOfExport(new File([text], 'notes.json'))).rejects.toThrow(
        'notes.json is not an exported project.',
      );
    },
  );
});
