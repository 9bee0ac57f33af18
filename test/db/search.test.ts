import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '#lib/db/client.ts';
import { DATABASES, type EmptyDatabase } from '#test/support/databases.ts';
import { addPassages } from '#test/support/passages.ts';
import { makeTeam, type Team } from './team.ts';

const CORPUS: {
  name: string;
  metadata: Record<string, string | number | boolean | string[]>;
  chunks: [string[], string][];
}[] = [
  {
    name: 'returns.md',
    metadata: { language: 'en', year: 2026, public: true, tags: ['shop', 'money'], from: '2026-03-01' },
    chunks: [
      [
        ['Returns', 'Refunds'],
        'You may return goods within thirty days. A refund reaches your account in five days.',
      ],
      [
        ['Returns', 'Exchanges'],
        'Damaged parcels are exchanged without charge. Send a photograph of the damage.',
      ],
    ],
  },
  {
    name: 'shipping.md',
    metadata: { language: 'en', year: 2025, public: true, tags: ['shop'], from: '2025-11-30' },
    chunks: [
      [
        ['Shipping', 'Europe'],
        'Parcels to Zürich, København and Kraków are delivered by courier within two days.',
      ],
      [
        ['Shipping', 'Overseas'],
        'Customs duties are paid by the recipient. Delivery takes three weeks by sea.',
      ],
    ],
  },
  {
    name: 'handbuch.md',
    metadata: { language: 'de', year: 2026, public: false },
    chunks: [
      [['Handbuch', 'Garantie'], 'Die Garantie beträgt zwei Jahre. Bewahren Sie den Kaufbeleg auf.'],
      [['Handbuch', 'Pflege'], 'Das Gehäuse mit einem weichen Tuch reinigen; kein Wasser, kein Alkohol.'],
      [['Handbuch', 'Rückgabefrist'], 'Waren nehmen wir dreißig Tage lang an.'],
    ],
  },
  {
    name: 'errors.md',
    metadata: {},
    chunks: [
      [['Errors', 'Downgrade'], 'ERR-4021: the firmware v2.3.1 is older than the one that is installed.'],
      [['Errors', 'Clock'], 'ERR-4020 tells that getTimeById() has no answer from /etc/ntp/servers.conf.'],
      [['Errors', 'Parts'], 'Order the spare part SKU 12-AB at parts@example.com, by the IT department.'],
      [['Errors', 'Account'], 'The refund account is closed. Goods and account are not the same.'],
    ],
  },
  {
    name: 'hoshou.md',
    metadata: {},
    chunks: [[['ガイド', '保証'], '本体の保証期間は三年です。電池は対象外です。']],
  },
];

/** What must come first, on both databases. */
const CLEAR: [query: string, first: string][] = [
  ['refund', 'Refunds'],
  ['when do refunds arrive', 'Refunds'],
  ['returning goods', 'Refunds'],
  ['exchange of a damaged parcel', 'Exchanges'],
  ['who pays customs duties?', 'Overseas'],
  ['Garantie', 'Garantie'],
  ['Gehäuse reinigen', 'Pflege'],
  ['KØBENHAVN', 'Europe'],
  ['courier to Kraków', 'Europe'],
  ['sea delivery overseas', 'Overseas'],
  // Codes and names: whole, in parts, however they are joined.
  ['ERR-4021', 'Downgrade'],
  ['err 4020', 'Clock'],
  ['ERR4021', 'Downgrade'],
  ['4020', 'Clock'],
  ['getTimeById', 'Clock'],
  ['gettimebyid', 'Clock'],
  ['get time by id', 'Clock'],
  ['/etc/ntp', 'Clock'],
  ['servers.conf', 'Clock'],
  ['v2.3.1', 'Downgrade'],
  ['firmware 2.3', 'Downgrade'],
  ['12-AB', 'Parts'],
  ['sku 12ab', 'Parts'],
  ['parts@example.com', 'Parts'],
  ['who is IT', 'Parts'],
  // Misspelt.
  ['custmos dutys', 'Overseas'],
  ['photogrpah', 'Exchanges'],
  ['Garnatie', 'Garantie'],
  // Other forms, other spellings, other languages.
  ['photographs of damages', 'Exchanges'],
  ['gehaeuse', 'Pflege'],
  ['gehause', 'Pflege'],
  ['Rückgabe', 'Rückgabefrist'],
  ['Kaufbelegpflege', 'Pflege'],
  ['保証', '保証'],
  ['電池の保証は何年', '保証'],
];

const HOSTILE = [
  '',
  '   ',
  '"',
  "'",
  '*',
  'a*',
  'refund AND',
  'NOT refund',
  'NEAR(refund goods, 2)',
  'text : refund',
  '{headings} : refund',
  '^refund',
  'refund + goods',
  '-refund',
  "refund'); DROP TABLE chunk; --",
  'refund & | ! ( ) <->',
  "'refund':*A",
  '\\',
  '\0',
  'refund\0goods',
  '%_',
  '🎈',
  'half \ud800 pair',
  '"unclosed phrase',
  'x'.repeat(100_000),
  'refund '.repeat(20_000),
];

/** What the first database found. */
const found = new Map<string, string[]>();

describe.each(DATABASES)('search on $name', ({ create }) => {
  let empty: EmptyDatabase;
  let database: Database;
  let team: Team;
  let baseId: string;

  beforeAll(async () => {
    empty = await create();
    database = await openDatabase(empty.url);
    team = await makeTeam(database, 'team');
    baseId = (await team.repo.knowledge.create(team.projectId, { name: 'Handbook' })).id;
    for (const { name, metadata, chunks } of CORPUS) {
      await addPassages(
        database,
        team.repo,
        { projectId: team.projectId, baseId },
        { name, metadata },
        chunks.map(([headings, text]) => ({ headings, text })),
      );
    }
  });
  afterAll(async () => {
    await database?.close();
    await empty?.remove();
  });

  const search = (
    text: string,
    options: { topK?: number; filter?: Record<string, unknown>; prefix?: boolean } = {},
  ) => team.repo.knowledge.search(team.projectId, baseId, { text, ...options });
  const placesOf = (hits: { headings: string[] }[]) => hits.map((hit) => hit.headings.at(-1));

  it.each(CLEAR)('%s → %s', async (query, first) => {
    expect(placesOf(await search(query))[0]).toBe(first);
  });

  it('answers with the passage, where it stands, a snippet, and the best first', async () => {
    const hits = await search('customs duties on parcels', { topK: 3 });

    expect(hits[0]).toMatchObject({
      document: 'shipping.md',
      headings: ['Shipping', 'Overseas'],
      text: 'Customs duties are paid by the recipient. Delivery takes three weeks by sea.',
      snippet: expect.stringContaining('**Customs** **duties**'),
    });
    expect(hits.length).toBeGreaterThan(1);
    expect(hits.map((hit) => hit.score)).toEqual(hits.map((hit) => hit.score).toSorted((a, b) => b - a));
  });

  it('finds nothing where there is nothing', async () => {
    expect(await search('helicopter')).toEqual([]);
  });

  it('finds a word that is still being typed', async () => {
    expect(await search('garan')).toEqual([]);
    expect(placesOf(await search('garan', { prefix: true }))).toEqual(['Garantie']);
    expect(placesOf(await search('customs dut', { prefix: true }))[0]).toBe('Overseas');
    const [hit] = await search('refund acc', { prefix: true });
    expect(hit!.snippet).toContain('**account**');
  });

  it('wants what stands in quotes word by word', async () => {
    expect(placesOf(await search('"refund account"'))).toEqual(['Account']);
    expect(placesOf(await search('"A refund reaches" goods'))).toEqual(['Refunds']);
    expect(await search('"account refund"')).toEqual([]);
  });

  it('guesses what is meant by a few words, not by a page of them', async () => {
    const page = 'qwzzle brxxgt vlonkk trwwpd gnarfx plimqq';
    expect(placesOf(await search('helicoptre refudn'))[0]).toBe('Refunds');
    expect(await search(`${page} refudn`)).toEqual([]);
    expect(placesOf(await search(`${page} refund`))[0]).toBe('Refunds');
  });

  it('scores from 0 to 1 by how much of the query is there', async () => {
    const [all] = await search('customs duties paid by the recipient');
    const [part] = await search('customs of helicopters and submarines');

    expect(all!.score).toBeGreaterThan(0.5);
    expect(all!.score).toBeLessThanOrEqual(1);
    expect(part!.score).toBeGreaterThan(0);
    expect(part!.score).toBeLessThan(all!.score / 2);
  });

  it('keeps to documents of a name, or with certain properties', async () => {
    const any = 'days years delivery garantie tuch';
    const named = async (filter: Record<string, unknown>) =>
      [...new Set((await search(any, { topK: 50, filter })).map((hit) => hit.document))].sort();

    expect(await named({})).toEqual(['handbuch.md', 'returns.md', 'shipping.md']);
    expect(await named({ name: ['returns.md', 'handbuch.md', 'x'] })).toEqual(['handbuch.md', 'returns.md']);
    const { documentId } = (await search('customs'))[0]!;
    expect(await named({ document: documentId })).toEqual(['shipping.md']);
    expect(await named({ document: 'handbuch.md' })).toEqual(['handbuch.md']);
    expect(await named({ source: 'website' })).toEqual([]);
    expect(await named({ tags: 'shop' })).toEqual(['returns.md', 'shipping.md']);
    expect(await named({ tags: ['money', 'x'] })).toEqual(['returns.md']);
    expect(await named({ year: { gte: 2026 } })).toEqual(['handbuch.md', 'returns.md']);
    expect(await named({ year: { gt: 2024, lt: 2026 } })).toEqual(['shipping.md']);
    expect(await named({ from: { lte: '2025-12-31' } })).toEqual(['shipping.md']);
    // Numbers are compared with numbers, texts with texts.
    expect(await named({ from: { gte: 0 } })).toEqual([]);
    expect(await named({ year: { gte: '' } })).toEqual([]);
    expect(await named({ name: 'returns.md' })).toEqual(['returns.md']);
    expect(await named({ language: 'en' })).toEqual(['returns.md', 'shipping.md']);
    expect(await named({ language: 'en', year: 2026 })).toEqual(['returns.md']);
    expect(await named({ public: false })).toEqual(['handbuch.md']);
    expect(await named({ year: '2026' })).toEqual([]);
    expect(await named({ missing: 'x' })).toEqual([]);
    await expect(named({ "x' OR 1=1 --": 'y' })).rejects.toMatchObject({ code: 'bad_request' });
    for (const year of [{ eq: 1 }, {}, { gt: [1] }, { gt: null }, [{ gt: 1 }], Array(101).fill(1)]) {
      await expect(named({ year })).rejects.toMatchObject({ code: 'bad_request' });
    }
  });

  it('finds the same on both databases', async () => {
    for (const [query] of CLEAR) {
      const hits = await search(query, { topK: 50 });
      const seen = hits.map(({ document, ordinal, score }) => `${document} ${ordinal} ${score.toFixed(9)}`);
      const other = found.get(query);
      if (other) expect({ query, seen }).toEqual({ query, seen: other });
      else found.set(query, seen);
    }
    expect(found.size).toBe(CLEAR.length);
  });

  it('takes any text for what it is: text', async () => {
    for (const text of HOSTILE) {
      for (const prefix of [false, true]) expect(await search(text, { prefix })).toBeInstanceOf(Array);
    }
    // What is an operator to the database is none here.
    for (const text of [
      'NOT refund',
      '-refund',
      'text : refund',
      '"refund',
      'refund & helicopter',
      '(refund',
    ]) {
      expect({ text, places: placesOf(await search(text))[0] }).toEqual({ text, places: 'Refunds' });
    }
    // And the index is still there.
    expect(placesOf(await search('refund'))[0]).toBe('Refunds');
  });

  it('finds a base by its name too, and no other project finds it', async () => {
    const other = await team.repo.projects.create({ name: 'other', slug: 'other' });

    expect(
      placesOf(await team.repo.knowledge.search(team.projectId, 'Handbook', { text: 'refund days' })),
    ).toContain('Refunds');
    for (const base of [baseId, 'Handbook', 'nothing']) {
      await expect(team.repo.knowledge.search(other.id, base, { text: 'refund' })).rejects.toMatchObject({
        code: 'not_found',
      });
    }
  });

  it('searches one base only, and follows what is replaced and deleted', async () => {
    const second = await team.repo.knowledge.create(team.projectId, { name: 'Second' });
    const put = (chunks: { headings: string[]; text: string }[]) =>
      addPassages(
        database,
        team.repo,
        { projectId: team.projectId, baseId: second.id },
        { name: 'a.md' },
        chunks,
      );
    const found = async (text: string) =>
      placesOf(await team.repo.knowledge.search(team.projectId, second.id, { text }));
    const many = Array.from({ length: 450 }, (_, index) => ({
      headings: [`Part ${index}`],
      text: `unicorn number ${index}`,
    }));
    const old = await put(many);
    expect(await found('refund')).toEqual([]);
    expect(await found('449')).toEqual(['Part 449']);
    expect(await team.repo.knowledge.get(team.projectId, second.id)).toMatchObject({
      documentCount: 1,
      chunkCount: 450,
    });

    const { documentId, versionId } = await put([{ headings: ['New'], text: 'dragon' }]);
    expect(documentId).toBe(old.documentId);
    expect(await found('unicorn')).toEqual([]);
    expect(await found('dragon')).toEqual(['New']);
    expect(await search('dragon')).toEqual([]);

    expect(await team.repo.documents.remove(team.projectId, second.id, [documentId])).toEqual({
      removed: [documentId],
      freed: ['a.md'],
    });
    expect(await found('dragon')).toEqual([]);
    const versions = { versionId: { in: [old.versionId, versionId] } };
    expect(await database.prisma.chunk.count({ where: versions })).toBe(0);
  });
});
