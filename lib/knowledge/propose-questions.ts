import { foldedWords } from './measure.ts';

/** A passage, as questions are proposed from it. */
export interface AskedPassage {
  /** Path or name of its document. */
  document: string;
  headings: readonly string[];
  text: string;
}

export interface ProposedQuestion {
  text: string;
  expected: { document: string; heading?: string; quote?: string }[];
}

const LONGEST_QUESTION = 200;
const LONGEST_QUOTE = 160;
/** Of one document: a long one is not to push out the others. */
const MOST_OF_DOCUMENT = 20;

/** Words at the head of a section that ask by themselves: Who, how, Was … Wie viele … */
const ASKS =
  /^(how|what|when|where|why|who|which|can|do|does|is|are|should|may|wie|was|wann|wo|warum|wer|welche[rsmn]?|kann|darf|comment|pourquoi|quand|où|qui|que|cómo|qué|cuándo|dónde|quién)\b/i;
/** Headings that say nothing of what stands under them. */
const EMPTY_HEADING =
  /^(introduction|overview|contents?|table of contents|summary|conclusion|more|notes?|see also|references|appendix|example|examples|einleitung|übersicht|inhalt|zusammenfassung|beispiele?|chapter \d+|\d+(\.\d+)*)$/i;
/** "A lease is …", "Returns are …": what is before the verb is explained after it. */
const DEFINITION =
  /^((?:an?|the|eine?r?|der|die|das)\s+)?([\p{L}\p{N}][\p{L}\p{N} '’/-]{2,60}?)\s+(is|are|means|refers to|ist|sind|bedeutet)\s+(?:an?|the|when|where|what|eine?|der|die|das|wenn)\s/iu;

/**
 * Questions that documents seem to answer, without a model: sentences that ask, headings, definitions, and rows of
 * tables. They are proposals: a person has to read them. No more than `most`, from all documents in turns.
 */
export function proposeQuestions(passages: readonly AskedPassage[], most: number): ProposedQuestion[] {
  const byDocument = new Map<string, ProposedQuestion[]>();
  const seen = new Set<string>();
  for (const passage of passages) {
    const own = byDocument.get(passage.document) ?? [];
    byDocument.set(passage.document, own);
    for (const question of sectionsIn(passage).flatMap(questionsOf)) {
      const key = foldedWords(question.text);
      if (own.length >= MOST_OF_DOCUMENT || seen.has(key) || question.text.length > LONGEST_QUESTION)
        continue;
      seen.add(key);
      own.push(question);
    }
  }
  return inTurns([...byDocument.values()]).slice(0, most);
}

/** Small sections share a passage: their headings are lines of its text. */
function sectionsIn({ document, headings, text }: AskedPassage): AskedPassage[] {
  const [before = '', ...parts] = text.split(/^(?=#{1,6}[ \t])/m);
  const isHeaded = /^#{1,6}[ \t]/.test(before);
  const sections: AskedPassage[] = isHeaded ? [] : [{ document, headings, text: before }];
  for (const part of isHeaded ? [before, ...parts] : parts) {
    const [line = '', ...rest] = part.split('\n');
    const heading = line.replace(/^#+/, '').trim();
    sections.push({ document, headings: [...headings, heading], text: rest.join('\n') });
  }
  return sections;
}

function questionsOf(passage: AskedPassage): ProposedQuestion[] {
  return [...asked(passage), ...defined(passage), ...tabled(passage), ...headed(passage)];
}

/** Frequently asked questions: a line or a heading that asks, and the words after it. */
function asked({ document, headings, text }: AskedPassage): ProposedQuestion[] {
  const found: ProposedQuestion[] = [];
  const heading = headings.at(-1);
  if (heading?.trim().endsWith('?')) found.push({ text: heading.trim(), expected: [{ document, heading }] });
  const lines = text.split('\n').map((line) => line.trim());
  for (const [index, line] of lines.entries()) {
    const question = /^(?:[-*]\s+|\d+[.)]\s+|#+\s+|\*\*|Q[:.]\s*)*(.{10,180}?\?)(?:\*\*)?$/.exec(line)?.[1];
    const next = lines.slice(index + 1).find((other) => other !== '');
    if (question === undefined || next === undefined) continue;
    found.push({ text: question, expected: [{ document, quote: beginningOf(next) }] });
  }
  return found;
}

function defined({ document, text }: AskedPassage): ProposedQuestion[] {
  return text
    .split(/(?<=[.!?])\s+|\n+/)
    .slice(0, 60)
    .flatMap((sentence) => {
      const [, article = '', thing, verb] = DEFINITION.exec(sentence) ?? [];
      if (
        thing === undefined ||
        verb === undefined ||
        /^(it|this|that|there|these|they|he|she|we|you|es|sie|dies)$/i.test(thing)
      )
        return [];
      const german = /^(ist|sind|bedeutet)$/i.test(verb);
      const name = `${article.toLowerCase()}${thing}`;
      const many = /^(are|sind)$/i.test(verb);
      const words = german ? `Was ${many ? 'sind' : 'ist'} ${name}?` : `What ${many ? 'are' : 'is'} ${name}?`;
      return [{ text: words, expected: [{ document, quote: beginningOf(sentence) }] }];
    });
}

/** `| Oslo | 45 EUR |` under `| City | Allowance |`: "Allowance of Oslo". */
function tabled({ document, text }: AskedPassage): ProposedQuestion[] {
  const rows = text.split('\n').filter((line) => /^\s*\|.*\|\s*$/.test(line));
  const [head, rule, ...body] = rows.map((row) =>
    row
      .trim()
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
  if (!head || !rule?.every((cell) => /^:?-+:?$/.test(cell)) || head.length < 2) return [];
  return body.slice(0, 5).flatMap((cells) => {
    const [name, value] = cells;
    const column = head[1];
    if (!name || !value || !column || /^[\d.,\s]*$/.test(name)) return [];
    return [{ text: `${column}: ${name}`, expected: [{ document, quote: name }] }];
  });
}

/** What stands under a heading is asked for by its words, with those of the heading above where it has few. */
function headed({ document, headings }: AskedPassage): ProposedQuestion[] {
  const heading = headings.at(-1)?.trim();
  if (!heading || heading.endsWith('?') || EMPTY_HEADING.test(heading)) return [];
  if (ASKS.test(heading) && heading.split(/\s+/).length > 2) {
    return [{ text: `${heading}?`, expected: [{ document, heading }] }];
  }
  const above = headings.at(-2)?.trim();
  const isShort = heading.split(/\s+/).length < 3;
  if (isShort && (above === undefined || EMPTY_HEADING.test(above))) return [];
  const text = isShort ? `${above}: ${heading}` : heading;
  return [{ text, expected: [{ document, heading }] }];
}

/** So much of a sentence as tells it from others, cut between words. */
function beginningOf(sentence: string): string {
  const plain = sentence.trim();
  if (plain.length <= LONGEST_QUOTE) return plain;
  return plain.slice(0, plain.lastIndexOf(' ', LONGEST_QUOTE)).trim();
}

function inTurns<T>(lists: readonly T[][]): T[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, index) =>
    lists.flatMap((list) => list.slice(index, index + 1)),
  ).flat();
}
