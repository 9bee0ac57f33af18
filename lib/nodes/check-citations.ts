import * as z from 'zod';
import { StepError } from '#lib/engine/errors.ts';
import type { NodeKind } from '#lib/engine/kind.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import { asText, oneLine, templateLabel } from '#lib/workflow/text.ts';
import { type CheckedSentence, checkCitations } from './check-citations/check.ts';

/** Characters. */
const MOST_TEXT = 200_000;
const MOST_SOURCES = 200;
const FLAG = ' [not in the sources]';

const unsupported = z.enum(['flag', 'drop', 'fail']);

const config = z.strictObject({
  text: z.string().min(1, 'say what is to be checked').meta({
    title: 'Text',
    description: 'What a model wrote, with the numbers of its sources: [1], [2, 3].',
    template: true,
    placeholder: '{{ steps.ask_model.text }}',
  }),
  citations: z.json().meta({
    title: 'Sources',
    description:
      'What the numbers stand for: a list of objects with number and text, as a look-up leaves it.',
    widget: 'json',
    template: true,
    placeholder: '{{ steps.look_up.citations }}',
  }),
  unsupported: unsupported.default('flag').meta({
    title: 'What no source supports',
    widget: 'select',
    labels: {
      flag: 'is marked in the text',
      drop: 'is left out of the text',
      fail: 'fails the step',
    },
  }),
});

const source = z.looseObject({ number: z.int(), text: z.string() });

const resolved = z.object({
  text: z.custom<JsonValue>().optional(),
  citations: z.array(source).max(MOST_SOURCES),
  unsupported,
});

/** Checks what a model wrote against the passages it was given. */
export const checkedCitations: NodeKind<typeof config, z.output<typeof resolved>> = {
  type: 'check-citations',
  title: 'Check citations',
  summary: 'Checks that the sources that a text names are there, and hold the words it quotes.',
  keywords: ['rag', 'grounding', 'sources', 'quotes', 'hallucination', 'verify', 'evidence'],
  icon: 'quote',
  group: 'shape',
  config,
  resolved,
  initial: {
    text: '{{ steps.ask_model.text }}',
    citations: '{{ steps.look_up.citations }}',
    unsupported: 'flag',
  },
  initialKey: 'checked',
  needs: [],
  example: {
    summary: 'Leaves out of an answer what the passages do not say.',
    steps: {
      arguments: {
        kind: 'input',
        config: {
          schema: { type: 'object', properties: { answer: { type: 'string' } }, required: ['answer'] },
        },
      },
      checked: {
        config: {
          text: '{{ input.answer }}',
          citations: [{ number: 1, text: 'Money is paid back within 14 days.' }],
          unsupported: 'drop',
        },
      },
      answer: {
        kind: 'output',
        config: { parts: [{ type: 'text', text: '{{ steps.checked.text }}' }] },
      },
    },
    edges: ['arguments -> checked', 'checked -> answer'],
    input: { answer: 'Money is "paid back within 14 days" [1]. Shipping is free as well [2].' },
    answer: { text: 'Money is "paid back within 14 days" [1].' },
  },
  handles: () => [{ id: 'out' }],
  outputSchema: () => ({
    type: 'object',
    properties: {
      text: { type: 'string' },
      supported: { type: 'boolean' },
      sentences: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            text: { type: 'string' },
            citations: { type: 'array', items: { type: 'integer' } },
            supported: { type: 'boolean' },
            why: { type: ['string', 'null'] },
          },
          required: ['text', 'citations', 'supported', 'why'],
        },
      },
      sources: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            number: { type: 'integer' },
            text: { type: 'string' },
            title: { type: 'string' },
            uri: { type: 'string' },
            document: { type: 'string' },
            page: { type: ['integer', 'null'] },
          },
          required: ['number', 'text'],
        },
      },
    },
    required: ['text', 'supported', 'sentences', 'sources'],
  }),
  describe: ({ text }) => oneLine(`sources of ${templateLabel(text)}`, 60),
  run: ({ config: given }) => {
    const text = asText(given.text);
    if (text.length > MOST_TEXT) {
      throw new StepError(
        'TOO_LARGE',
        `The text has ${text.length} characters, and at most ${MOST_TEXT} are checked.`,
        { details: { field: ['text'] } },
      );
    }
    const sentences = checkCitations(text, given.citations);
    const wrong = sentences.filter(({ supported }) => !supported);
    if (given.unsupported === 'fail' && wrong.length > 0) {
      const first = oneLine(wrong[0]!.text, 200);
      throw new StepError('UNSUPPORTED', `No source supports "${first}": ${wrong[0]!.why}.`, {
        details: { sentences: wrong.map(({ text: sentence, why }) => ({ text: sentence, why })) },
      });
    }
    const used = new Set(sentences.filter(({ supported }) => supported).flatMap((one) => one.citations));
    const sources = given.citations.filter(({ number }) => used.has(number));
    return {
      value: {
        text: written(sentences, given.unsupported),
        supported: wrong.length === 0,
        sentences: sentences.map((sentence) => ({ ...sentence, text: sentence.text.trim() })),
        sources: sources as JsonObject[],
      },
    };
  },
};

function written(sentences: readonly CheckedSentence[], how: z.output<typeof unsupported>): string {
  const parts = sentences.map(({ text, supported }) => {
    if (supported) return text;
    if (how === 'drop') return '';
    const end = text.trimEnd();
    return `${end}${FLAG}${text.slice(end.length)}`;
  });
  return parts.join('').trim();
}
