import * as z from 'zod';
import { StepError } from '#lib/engine/errors.ts';
import type { NodeKind } from '#lib/engine/kind.ts';
import { isoTime, MAX_TIME } from '#lib/workflow/iso-time.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import { asText, oneLine, templateLabel } from '#lib/workflow/text.ts';

const units = { seconds: 1000, minutes: 60_000, hours: 3_600_000, days: 86_400_000 } as const;
type Unit = keyof typeof units;

const DAY = units.days;
/** Longer than anybody means. */
const MOST_DAYS = 366;
/** What is left to the steps behind a wait that is slept through, in ms. */
const SPARE_MS = 1000;

const config = z.strictObject({
  mode: z
    .enum(['for', 'until'])
    .default('for')
    .meta({ title: 'Wait', widget: 'select', labels: { for: 'for a while', until: 'until a time' } }),
  amount: z
    .union([z.number().min(0), z.string().includes('{{', { error: 'a number or {{ an expression }}' })])
    .default(10)
    .meta({ title: 'How long', template: true, half: true, showIf: { field: 'mode', in: ['for'] } }),
  unit: z
    .enum(Object.keys(units) as [Unit, ...Unit[]])
    .default('seconds')
    .meta({
      title: 'Unit',
      widget: 'select',
      labels: { seconds: 'seconds', minutes: 'minutes', hours: 'hours', days: 'days' },
      half: true,
      showIf: { field: 'mode', in: ['for'] },
    }),
  until: z
    .string()
    .default('')
    .meta({
      title: 'Until',
      description: 'ISO 8601, in UTC where no zone is named. A time that is over is not waited for.',
      template: true,
      placeholder: '{{ steps.fetch.body.due_at }}',
      showIf: { field: 'mode', in: ['until'] },
    }),
});

const resolved = z.object({
  mode: z.enum(['for', 'until']),
  amount: z.coerce.number().min(0),
  unit: z.enum(Object.keys(units) as [Unit, ...Unit[]]),
  until: z.custom<JsonValue>().optional(),
});

type Resolved = z.output<typeof resolved>;

/** Lets time pass. */
export const wait: NodeKind<typeof config, Resolved> = {
  type: 'wait',
  title: 'Wait',
  summary: 'Goes on after a while, or at a time; a long wait holds nothing.',
  keywords: ['sleep', 'delay', 'pause', 'timer', 'until', 'schedule'],
  icon: 'timer',
  group: 'flow',
  config,
  resolved,
  initial: { mode: 'for', amount: 10, unit: 'seconds' },
  initialKey: 'wait',
  needs: [],
  waits: true,
  example: {
    summary: 'Waits for two days, without holding anything meanwhile, and says until when.',
    steps: {
      arguments: { kind: 'input', config: { schema: { type: 'object', properties: {} } } },
      wait: { config: { mode: 'for', amount: 2, unit: 'days' } },
      answer: {
        kind: 'output',
        config: { parts: [{ type: 'text', text: 'It is {{ steps.wait.until }}.' }] },
      },
    },
    edges: ['arguments -> wait', 'wait -> answer'],
    input: {},
    answers: { wait: {} },
    answer: { text: 'It is 2026-01-17T09:00:00.000Z.' },
  },
  handles: () => [{ id: 'out' }],
  outputSchema: () => ({
    type: 'object',
    properties: { until: { type: 'string' } },
    required: ['until'],
    additionalProperties: false,
  }),
  describe: ({ mode, amount, unit, until }) =>
    mode === 'until'
      ? oneLine(`until ${templateLabel(until) || 'a time'}`, 60)
      : oneLine(`${templateLabel(String(amount))} ${unit}`, 60),
  check: ({ mode, until }) => {
    if (mode === 'for' || until.includes('{{') || isoTime(until) !== null) return [];
    return [
      {
        code: 'wait_no_time',
        severity: 'error',
        message:
          'Write the time as 2026-11-21T09:30:00Z, or as an expression: {{ steps.fetch.body.due_at }}.',
        field: ['until'],
      },
    ];
  },
  run: async (context) => {
    const { answer, asked, capabilities, timeoutMs, signal } = context;
    const now = capabilities.now();
    if (answer !== undefined) return { value: { until: iso(asked?.type === 'time' ? asked.until : now) } };
    const until = untilOf(context.config, now);
    if (until - now > MOST_DAYS * DAY) {
      throw new StepError(
        'WAIT_TOO_LONG',
        `This would wait until ${iso(until)}. A run waits ${MOST_DAYS} days at most: start it later instead, on a schedule.`,
      );
    }
    if (until - now > timeoutMs - SPARE_MS) return { value: null, suspend: { type: 'time', until } };
    if (until > now) await capabilities.sleep(until - now, signal);
    return { value: { until: iso(until) } };
  },
};

/** ms since the epoch. */
function untilOf({ mode, amount, unit, until }: Resolved, now: number): number {
  // Times that no date can have are waited for no less in vain.
  if (mode === 'for') return Math.min(now + Math.ceil(amount * units[unit]), MAX_TIME);
  const time = typeof until === 'number' ? until : isoTime(asText(until));
  if (time !== null && Math.abs(time) <= MAX_TIME) return time;
  throw new StepError(
    'BAD_TIME',
    `"${asText(until).slice(0, 40)}" is not a time: 2026-11-21T09:30:00Z or ms since 1970 is expected.`,
    { details: { field: ['until'] } },
  );
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
