import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AppError } from '#lib/db/app-error.ts';
import { kinds } from '#lib/nodes/index.ts';
import { readDiskFolder } from '#lib/operations/disk-folder.ts';
import { filesOf, folderOf } from '#lib/operations/folder-files.ts';
import { type Folder, readFolder, writeFolder } from '#lib/operations/project-folder.ts';
import { createDraft } from '#test/api/documents.ts';

const examples = join(import.meta.dirname, '../../examples');

function faultsOf(files: Record<string, string>): string[] {
  try {
    readFolder(folderOf(files), kinds);
  } catch (error) {
    expect(error).toBeInstanceOf(AppError);
    return (error as AppError).details['faults'] as string[];
  }
  return [];
}

const echo = `${JSON.stringify(createDraft('echo'), null, 2)}\n`;

const project = 'schemaVersion: 1\nname: Test\nslug: test\n';

describe('a project as a folder', () => {
  it.each(['starter', 'bench', 'conformance'])(
    'reads and writes the example %s to the same bytes',
    async (name) => {
      const folder = await readDiskFolder(join(examples, name));
      const once = writeFolder(readFolder(folder, kinds), kinds);
      const twice = writeFolder(readFolder(once, kinds), kinds);
      expect(filesOf(twice)).toEqual(filesOf(once));
      expect(filesOf(once)).toEqual(filesOf(folder));
    },
  );

  it('puts code into a file beside the document', async () => {
    const folder = await readDiskFolder(join(examples, 'bench'));
    const { workflows } = readFolder(folder, kinds);
    const js = workflows.find(({ name }) => name === 'js')!;
    const code = js.document.nodes.find((node) => node.key === 'summary')!.config['code'];
    expect(code).toBe(folder.get('workflows/js.summary.js')!.toString());
  });

  it('carries binary documents through JSON', () => {
    const folder: Folder = new Map([['knowledge/a/b.pdf', Buffer.from([0x25, 0x50, 0x44, 0x46, 0, 0xff])]]);
    const files = filesOf(folder);
    expect(Buffer.from(folderOf(files).get('knowledge/a/b.pdf')!)).toEqual(folder.get('knowledge/a/b.pdf'));
  });

  it('carries the icon and the budget of a result, where they are not as in a new project', () => {
    const icon = 'https://example.com/a.png';
    const told = `${project}icon: ${icon}\nresultBudget: 20000\n`;
    const content = readFolder(folderOf({ 'project.yaml': told }), kinds);
    expect(content).toMatchObject({ icon, resultBudget: 20_000 });
    const written = writeFolder(content, kinds).get('project.yaml')!.toString();
    expect(written).toContain(`icon: ${icon}\nresultBudget: 20000\n`);
    const plain = readFolder(folderOf({ 'project.yaml': project }), kinds);
    expect(plain).toMatchObject({ icon: '', resultBudget: 100_000 });
    expect(writeFolder(plain, kinds).get('project.yaml')!.toString()).not.toMatch(/icon|resultBudget/);
    expect(faultsOf({ 'project.yaml': `${project}icon: javascript:alert(1)\n` })).toEqual([
      'project.yaml: icon: An icon is an https:// address, or a PNG, JPEG, WebP or SVG as a data: address.',
    ]);
  });

  it('carries toolsets, and what viewers may call', () => {
    const told = [
      'viewerCalls: nothing',
      'toolsets:',
      '  - name: analysis',
      '    title: To look at',
      '    instructions: Look only.',
      '    access: oauth',
      '    readOnly: true',
      '    workflows:',
      '      - count',
      '      - look',
      '  - name: work',
      '    title: To work with',
      '    access: key',
      '    documents: true',
      '    workflows: []',
      '',
    ].join('\n');
    const content = readFolder(folderOf({ 'project.yaml': `${project}${told}` }), kinds);
    expect(content.viewerCalls).toBe('nothing');
    expect(content.toolsets[0]).toEqual({
      name: 'analysis',
      title: 'To look at',
      description: '',
      instructions: 'Look only.',
      access: 'oauth',
      readOnly: true,
      documents: false,
      workflows: ['count', 'look'],
    });
    expect(writeFolder(content, kinds).get('project.yaml')!.toString()).toContain(told);
    const twice = told.replace('name: work', 'name: analysis');
    expect(faultsOf({ 'project.yaml': `${project}${twice}` })).toEqual([
      'project.yaml: two toolsets have the same name',
    ]);
    expect(faultsOf({ 'project.yaml': `${project}${told.replace('name: work', 'name: ws')}` })).toEqual([
      'project.yaml: toolsets.1.name: means something else in an address; choose another one',
    ]);
  });

  it('carries schedules and webhooks, by the name of their workflow', () => {
    const triggers = [
      '  - workflow: echo',
      '    name: Mornings',
      '    type: schedule',
      '    enabled: true',
      '    cron: 0 9 * * MON-FRI',
      '    timeZone: Europe/Berlin',
      '    input:',
      '      text: hello',
      '    attempts: 3',
      '  - workflow: echo',
      '    name: Orders',
      '    type: webhook',
      '    enabled: true',
      '    signature: github',
      '    attempts: 5',
    ].join('\n');
    const files = {
      'project.yaml': `${project}instructions: ""\naccess: key\nenvironment: {}\nconnections: []\nknowledge: []\nconcurrency: 2\ntriggers:\n${triggers}\n`,
      'workflows/echo.json': echo,
    };

    const content = readFolder(folderOf(files), kinds);

    expect(content.triggers[0]).toMatchObject({ name: 'Mornings', input: { text: 'hello' } });
    expect(filesOf(writeFolder(content, kinds))['project.yaml']).toBe(files['project.yaml']);
    expect(faultsOf({ 'project.yaml': files['project.yaml'] })).toEqual([
      'project.yaml: trigger "Mornings": there is no workflow "echo"',
      'project.yaml: trigger "Orders": there is no workflow "echo"',
    ]);
  });

  it('keeps names of documents inside the folder', () => {
    const content = { ...readFolder(folderOf({ 'project.yaml': project }), kinds) };
    const data = Buffer.from('x');
    content.knowledge = [
      {
        name: 'Böse / ../ Namen',
        documents: ['../../etc/passwd', '..', 'a.md', 'A.md', ''].map((name) => ({ name, data })),
      },
    ];
    const paths = [...writeFolder(content, kinds).keys()].filter((path) => path.startsWith('knowledge/'));
    expect(paths).toHaveLength(5);
    expect(new Set(paths.map((path) => path.toLowerCase())).size).toBe(5);
    for (const path of paths) expect(path).toMatch(/^knowledge\/[a-z][a-z0-9-]*\/[^/.][^/]*$/);
  });
});

describe('knowledge in a folder', () => {
  it('comes back as it was: settings, paths, metadata, sources, questions', () => {
    const content = { ...readFolder(folderOf({ 'project.yaml': project }), kinds) };
    const data = Buffer.from('x');
    content.connections = [{ name: 'Bucket', type: 'basic', hosts: ['s3.example.com'] }];
    content.knowledge = [
      {
        ...{ name: 'Handbook', offered: true, language: 'de', chunkSize: 800, chunkOverlap: 0 },
        documents: [
          { path: 'guides/returns.md', name: 'returns.md', data },
          { path: 'a.md', name: 'Other name.md', metadata: { year: 2026 }, data },
          { path: '../a.md', name: 'a.md', uri: 'https://example.com/a', data },
        ],
        sources: [
          {
            ...{ kind: 's3', name: 'Files', config: { bucket: 'b' }, connection: 'Bucket' },
            ...{ schedule: '0 3 * * *', timeZone: 'UTC' },
          },
        ],
        questions: [{ text: 'How long?', expected: [{ document: 'a.md', quote: 'thirty days' }] }],
      },
    ];

    const folder = writeFolder(content, kinds);
    const back = readFolder(folder, kinds);

    expect(writeFolder(back, kinds)).toEqual(folder);
    const [base] = back.knowledge;
    expect({ ...base, documents: [] }).toEqual({ ...content.knowledge[0], documents: [] });
    const byPath = <T extends { path?: string | undefined }>(all: readonly T[]) =>
      all.toSorted((a, b) => (a.path! < b.path! ? -1 : 1));
    expect(byPath(base!.documents)).toEqual(byPath(content.knowledge[0]!.documents));
    expect([...folder.keys()].sort()).toEqual([
      'knowledge/handbook.yaml',
      'knowledge/handbook/__a.md',
      'knowledge/handbook/a.md',
      'knowledge/handbook/guides/returns.md',
      'project.yaml',
    ]);
  });

  it('is refused when it names what is not there', () => {
    const yaml = `${project}knowledge:\n  - name: A\n    folder: aa\n    sources: [{ kind: s3, name: S, connection: No }]\n`;

    const faults = faultsOf({ 'project.yaml': yaml, 'knowledge/aa.yaml': 'documents: [{ file: b.md }]' });

    expect(faults).toEqual([
      expect.stringContaining('no file knowledge/aa/b.md'),
      expect.stringContaining('no connection "No"'),
    ]);
  });
});

describe('a folder that is no project', () => {
  it('is accepted when it is one (positive control)', () => {
    expect(faultsOf({ 'project.yaml': project, 'README.md': '# Hello' })).toEqual([]);
  });

  it.each([
    ['without project.yaml', {}, 'project.yaml is missing'],
    ['with broken YAML', { 'project.yaml': 'name: [' }, 'project.yaml: '],
    ['with aliases that unfold', { 'project.yaml': 'a: &a [x]\nb: [*a, *a]\n' }, 'project.yaml: '],
    ['of a newer version', { 'project.yaml': 'schemaVersion: 2\nname: A\nslug: ab\n' }, 'newer version'],
    ['with an unknown setting', { 'project.yaml': `${project}colour: red\n` }, 'colour'],
    ['with a stray file', { 'project.yaml': project, 'run.sh': '' }, 'run.sh: nothing'],
    ['with a workflow that is not JSON', { 'project.yaml': project, 'workflows/a.json': '{' }, 'not JSON'],
    [
      'with a workflow of another form',
      { 'project.yaml': project, 'workflows/a.json': '{"nodes":1}' },
      'nodes',
    ],
    [
      'with a file of a wrong name',
      { 'project.yaml': project, 'workflows/A b.json': '{}' },
      'named after the tool',
    ],
  ])('%s is refused, and said why', (_name, files, words) => {
    expect(faultsOf(files as Record<string, string>).join('\n')).toContain(words);
  });

  it('names unknown kinds, and code that points elsewhere', async () => {
    const folder = filesOf(await readDiskFolder(join(examples, 'bench')));
    const js = folder['workflows/js.json']!;
    const faults = faultsOf({
      ...folder,
      'workflows/js.json': js.replace('js.summary.js', '../../secret.js').replace('"output"', '"teleport"'),
    });
    expect(faults.join('\n')).toContain('there is no kind "teleport"');
    expect(faults.join('\n')).toContain('must be the code');
  });

  it('is refused when it is nested too deep', () => {
    const deep = `{"nodes":${'['.repeat(1000)}${']'.repeat(1000)}}`;
    expect(faultsOf({ 'project.yaml': project, 'workflows/a.json': deep }).join()).toContain('nested deeper');
  });

  it.each(['../x', '/etc/passwd', 'a//b', 'a/./b', 'a\\b', ''])('refuses the path "%s"', (path) => {
    expect(() => folderOf({ [path]: '' })).toThrow('not paths inside a folder');
  });
});
