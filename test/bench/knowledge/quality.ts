import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import MiniSearch, { type SearchResult } from 'minisearch';
import type { Database } from '#lib/db/client.ts';
import type { ParsedDocument } from '#lib/knowledge/document.ts';
import { parseDocument } from '#lib/knowledge/parse.ts';
import { makeTeam } from '#test/db/team.ts';
import { addPassages } from '#test/support/passages.ts';

/** A question, and the passages of which any is right: `file#heading`. */
export interface Question {
  /** What makes it hard: words, forms, codes, typos, language, meaning. */
  kind: string;
  question: string;
  expected: string[];
}

/** Something that answers questions with passages, best first. */
export interface Searcher {
  name: string;
  search(question: string): Promise<string[]>;
}

export interface Quality {
  name: string;
  /** Share of questions with a right passage among the first five. */
  recallAt5: number;
  /** Mean of 1 / place of the first right passage among the first ten. */
  mrr: number;
  /** Recall at 5 of each kind of question. */
  kinds: Record<string, number>;
  /** Questions without a right passage among the first five. */
  missed: string[];
  /** The first five of each question. */
  answers: string[][];
}

/** Passages that are looked at for the place of the right one. */
const DEPTH = 10;

export type Corpus = { name: string; document: ParsedDocument }[];

/** The documents of the folder `corpus`, read as uploads are. Each section is a passage, whatever chunks may become. */
export async function readCorpus(): Promise<Corpus> {
  const folder = join(import.meta.dirname, 'corpus');
  return Promise.all(
    readdirSync(folder)
      .sort()
      .map(async (name) => {
        const data = readFileSync(join(folder, name));
        return { name, document: await parseDocument({ name, mimeType: 'text/markdown', data }) };
      }),
  );
}

export function readQuestions(): Question[] {
  return JSON.parse(readFileSync(join(import.meta.dirname, 'questions.json'), 'utf8')) as Question[];
}

/** Full-text search in a database that is filled with the corpus. */
export async function fullText(name: string, database: Database, corpus: Corpus): Promise<Searcher> {
  const team = await makeTeam(database, 'quality');
  const { id: baseId } = await team.repo.knowledge.create(team.projectId, { name: 'Corpus' });
  for (const { name: file, document } of corpus) {
    await addPassages(
      database,
      team.repo,
      { projectId: team.projectId, baseId },
      { name: file },
      document.sections,
    );
  }
  return {
    name,
    search: async (text) => (await database.search({ baseId, text, topK: DEPTH })).map(placeOf),
  };
}

/** MiniSearch (BM25+), by its defaults and with the options that its README begins with. */
export function baselines(corpus: Corpus): Searcher[] {
  const index = new MiniSearch({ fields: ['title', 'headings', 'text'], storeFields: ['place'] });
  index.addAll(
    corpus
      .flatMap(({ name, document: { title, sections } }) =>
        sections.map(({ headings, text }) => ({
          title,
          headings: headings.slice(1).join(' '),
          text,
          place: placeOf({ document: name, headings }),
        })),
      )
      .map((passage, id) => ({ ...passage, id })),
  );
  const places = (found: SearchResult[]) => found.slice(0, DEPTH).map((result) => String(result['place']));
  return [
    { name: 'MiniSearch', search: async (text) => places(index.search(text)) },
    {
      name: 'MiniSearch, prefix and fuzzy',
      search: async (text) =>
        places(index.search(text, { prefix: true, fuzzy: 0.2, boost: { title: 2, headings: 2 } })),
    },
  ];
}

export async function measureQuality(
  { name, search }: Searcher,
  questions: readonly Question[],
): Promise<Quality> {
  const ranks: { kind: string; question: string; rank: number }[] = [];
  const answers: string[][] = [];
  for (const { kind, question, expected } of questions) {
    const found = await search(question);
    answers.push(found.slice(0, 5));
    ranks.push({ kind, question, rank: found.findIndex((place) => expected.includes(place)) + 1 });
  }
  const hit = ({ rank }: { rank: number }) => rank > 0 && rank <= 5;
  const share = (some: readonly { rank: number }[]) => some.filter(hit).length / some.length;
  const kinds = [...new Set(ranks.map(({ kind }) => kind))];
  return {
    name,
    recallAt5: share(ranks),
    mrr: ranks.reduce((sum, { rank }) => sum + (rank > 0 ? 1 / rank : 0), 0) / ranks.length,
    kinds: Object.fromEntries(kinds.map((kind) => [kind, share(ranks.filter((one) => one.kind === kind))])),
    missed: ranks.filter((one) => !hit(one)).map(({ question }) => question),
    answers,
  };
}

/** How much of the first five of both is the same, of all questions together: 0 to 1. */
export function agreement(one: Quality, other: Quality): number {
  let [same, all] = [0, 0];
  one.answers.forEach((answer, index) => {
    const others = other.answers[index]!;
    all += Math.max(answer.length, others.length);
    same += answer.filter((place) => others.includes(place)).length;
  });
  return all === 0 ? 1 : same / all;
}

function placeOf({ document, headings }: { document: string; headings: readonly string[] }): string {
  return `${document}#${headings.at(-1)}`;
}
