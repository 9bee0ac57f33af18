import * as z from 'zod';
import { StepError } from '#lib/engine/errors.ts';
import type { NodeKind, NodeResult } from '#lib/engine/kind.ts';
import type { ApprovalAnswer } from '#lib/engine/question.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import { asText, oneLine, templateLabel } from '#lib/workflow/text.ts';

const HOUR = 3_600_000;
const DEFAULT_HOURS = 24;
const MOST_HOURS = 30 * 24;

const config = z.strictObject({
  message: z.string().min(1, 'say what is to be approved').meta({
    title: 'Message',
    description: 'What is about to be done, for whoever decides.',
    widget: 'textarea',
    template: true,
    placeholder: 'Refund {{ steps.order.total }} € to {{ steps.order.customer }}?',
  }),
  details: z.json().optional().meta({
    title: 'Details',
    description: 'Shown beside the message, and kept with the decision: the facts that it was made on.',
    widget: 'json',
    template: true,
    placeholder: '{{ steps.order }}',
  }),
  by: z
    .enum(['team', 'caller'])
    .default('team')
    .meta({
      title: 'Who decides',
      widget: 'select',
      labels: { team: 'the team, on the approvals page', caller: 'the person at the client' },
    }),
  expiresInHours: z
    .union([
      z.number().min(0.1).max(MOST_HOURS),
      z.string().includes('{{', { error: 'a number or {{ an expression }}' }),
    ])
    .default(DEFAULT_HOURS)
    .meta({
      title: 'Expires in',
      description: `Hours that the decision may take; ${MOST_HOURS / 24} days at most.`,
      template: true,
      advanced: true,
    }),
});

const resolved = z.object({
  message: z.custom<JsonValue>().optional(),
  details: z.custom<JsonValue>().optional(),
  by: z.enum(['team', 'caller']),
  expiresInHours: z.coerce.number().min(0.1).max(MOST_HOURS),
});

/** Waits for somebody's consent, which is kept as a record. */
export const approve: NodeKind<typeof config, z.output<typeof resolved>> = {
  type: 'approve',
  title: 'Approve',
  summary: 'Waits until somebody approves or refuses, and keeps who did, when and what for.',
  keywords: ['human', 'confirm', 'approval', 'review', 'permission', 'consent', 'human in the loop'],
  icon: 'stamp',
  group: 'client',
  config,
  resolved,
  initial: { message: 'May this be done?', by: 'team' },
  initialKey: 'approve',
  needs: [],
  waits: true,
  example: {
    summary: 'Refunds an amount when somebody of the team approves it.',
    steps: {
      arguments: {
        kind: 'input',
        config: {
          schema: {
            type: 'object',
            properties: { order: { type: 'string' }, amount: { type: 'number' } },
            required: ['order', 'amount'],
          },
        },
      },
      approve: {
        config: {
          message: 'Refund {{ input.amount }} € for order {{ input.order }}?',
          details: { order: '{{ input.order }}', amount: '{{ input.amount }}' },
          by: 'team',
        },
      },
      answer: {
        kind: 'output',
        config: { parts: [{ type: 'text', text: 'Refunded; {{ steps.approve.by }} approved it.' }] },
      },
      no: {
        kind: 'fail',
        config: {
          message:
            'The refund was refused: {{ steps.approve.comment }}. Tell the customer, do not try again.',
        },
      },
    },
    edges: ['arguments -> approve', 'approve:approved -> answer', 'approve:refused -> no'],
    input: { order: 'A-17', amount: 20 },
    answers: { approve: { approved: true, by: 'Ada', at: Date.UTC(2026, 0, 15, 10) } },
    answer: { text: 'Refunded; Ada approved it.' },
  },
  handles: () => [
    { id: 'approved', label: 'approved' },
    { id: 'refused', label: 'refused', optional: true },
  ],
  outputSchema: () => ({
    type: 'object',
    properties: {
      approved: { type: 'boolean' },
      by: { type: 'string' },
      at: { type: 'string', format: 'date-time' },
      comment: { type: ['string', 'null'] },
    },
    required: ['approved', 'by', 'at', 'comment'],
    additionalProperties: false,
  }),
  describe: ({ message }) => oneLine(templateLabel(message), 60),
  run: ({ config: given, answer, capabilities, wired }) => {
    if (answer !== undefined) return leave(answer as JsonObject, wired('refused'));
    const { message, details = null, by, expiresInHours } = given;
    const expiresAt = Math.round(capabilities.now() + expiresInHours * HOUR);
    return {
      value: null,
      suspend: { type: 'approval', message: asText(message), details, by, expiresAt },
    };
  },
};

function leave(answer: JsonObject, canRefuse: boolean): NodeResult {
  if (answer['expired'] === true) {
    throw new StepError(
      'EXPIRED',
      'Nobody decided in time, so this was not approved. Ask the team to look at it, then call again.',
    );
  }
  const { approved, by, at, comment = null } = answer as unknown as ApprovalAnswer;
  const value = { approved, by, at: new Date(at).toISOString(), comment };
  if (approved) return { value, handle: 'approved' };
  if (canRefuse) return { value, handle: 'refused' };
  const why = comment === null ? '' : `: ${comment}`;
  throw new StepError(
    'REFUSED',
    `This was refused by ${by}${why}. Tell the user so; do not call again with the same arguments.`,
  );
}
