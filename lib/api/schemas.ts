import { z } from '@hono/zod-openapi';
import { ACCESS, VIEWER_CALLS } from '#lib/db/access-mode.ts';
import { CONNECTION_TYPES, connectionSettings } from '#lib/db/connections.ts';
import { TEST_NAME } from '#lib/db/workflow-tests.ts';
import type { ErrorRecord } from '#lib/engine/events.ts';
import type { Question } from '#lib/engine/question.ts';
import type { RunOutput } from '#lib/engine/run.ts';
import type { Answerable } from '#lib/operations/answer-link.ts';
import type { RequestFailure } from '#lib/operations/client-advice.ts';
import { ENV_NAME, SLUG } from '#lib/operations/names.ts';
import type { Contract as FrozenContract } from '#lib/workflow/contract.ts';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '#lib/workflow/json.ts';
import type { ExpectedEnd } from '#lib/workflow/workflow-test.ts';

/**
 * What goes in and out of the HTTP API. The routes, the OpenAPI document and the web app's typed client are made
 * from these; nothing is said twice.
 */

export const time = z.iso.datetime().openapi({ example: '2026-11-21T09:30:00.000Z' });
export const id = z.string().min(1).max(64);
export const name = z.string().trim().min(1).max(120);
const slug = z.string().regex(SLUG, 'starts with a letter; then a-z, 0-9 and -; 2 to 39 characters');
const anyJson = z
  .custom<JsonValue>(() => true)
  .openapi({ type: ['object', 'array', 'string', 'number', 'boolean', 'null'] });
const jsonObject = z.custom<JsonObject>(isJsonObject).openapi({ type: 'object', additionalProperties: true });

/** Checked by the operation, which can say what is wrong with it; here it only has to be an object. */
export const document = z
  .custom<WorkflowDocument>(isJsonObject, 'must be a workflow document')
  .openapi('WorkflowDocument', {
    type: 'object',
    additionalProperties: true,
    description: 'A workflow: `{ schemaVersion, kind, name, title, description, nodes, edges, settings }`.',
  });

export const problem = z
  .object({
    code: z.string(),
    severity: z.enum(['error', 'warning']),
    message: z.string(),
    nodeId: z.string().optional(),
    edgeId: z.string().optional(),
    field: z.array(z.union([z.string(), z.number()])).optional(),
    start: z.number().optional(),
    end: z.number().optional(),
  })
  .openapi('Problem');

export const contract = z
  .custom<FrozenContract>(isJsonObject)
  .openapi('Contract', { type: 'object', additionalProperties: true });

/** RFC 9457. `code` is stable; `detail` is for people. Further members are facts of the error. */
export const problemDetails = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    requestId: z.string(),
  })
  .openapi('Error');

// Set-up and session

export const setupState = z.object({ needed: z.boolean() }).openapi('SetupState');
export const setupInput = z
  .strictObject({
    token: z.string().min(1).max(200),
    name,
    email: z.email().max(200),
    password: z.string().min(12, 'at least 12 characters').max(256),
    organization: name,
  })
  .openapi('Setup');
export const signInInput = z
  .strictObject({ email: z.string().min(1).max(200), password: z.string().min(1).max(256) })
  .openapi('SignIn');
export const role = z.enum(['owner', 'admin', 'editor', 'viewer']);
export const session = z
  .object({
    user: z.object({ id, name: z.string(), email: z.string() }),
    organization: z.object({ id, name: z.string() }),
    role,
    organizations: z.array(z.object({ id, name: z.string(), role })).openapi({
      description: 'All that the session opens, the oldest membership first.',
    }),
    needs: z.enum(['two_factor']).nullable().openapi({
      description: 'What has to be set up before anything else, as the organization asks for it.',
    }),
  })
  .openapi('Session');

// Projects

export const access = z.enum(ACCESS);
export const environment = z.record(
  z.string().regex(ENV_NAME, 'letters, digits and _; at most 64'),
  z.string().max(8192),
);
const viewerCalls = z.enum(VIEWER_CALLS).openapi({
  description: 'What members may call who only view: nothing, what changes nothing, or all.',
});
export const project = z
  .object({
    id,
    slug: z.string(),
    name: z.string(),
    instructions: z.string(),
    access,
    env: z.record(z.string(), z.string()),
    concurrency: z.int().openapi({ description: 'Background runs at one time.' }),
    icon: z.string().openapi({
      description: 'What clients show beside the name: a data: or https: address of an image, or nothing.',
    }),
    resultBudget: z.int().openapi({
      description: 'Characters of a tool’s result that are sent at once; the rest is a resource.',
    }),
    viewerCalls,
    private: z.boolean().openapi({
      description: 'Seen by who has a role in it and by owners and admins of the organization only.',
    }),
    role: role.openapi({ description: 'What whoever asks may do in it.' }),
    organizationId: id,
    release: z.int().openapi({ description: '0 when nothing was published.' }),
    workflowCount: z.int(),
    mcpUrl: z.string(),
    updatedAt: time,
  })
  .openapi('Project');
export const projectList = z.object({ items: z.array(project) }).openapi('ProjectList');
export const projectCreate = z
  .strictObject({
    name,
    slug: slug.optional(),
    access: access.optional().openapi({ description: 'oauth unless said.' }),
  })
  .openapi('ProjectCreate');
export const projectUpdate = z
  .strictObject({
    name: name.optional(),
    instructions: z.string().max(20_000).optional(),
    access: access.optional(),
    env: environment.optional(),
    concurrency: z.int().min(1).max(50).optional(),
    icon: z.string().max(70_000).optional(),
    resultBudget: z.int().min(10_000).max(1_000_000).optional(),
    viewerCalls: viewerCalls.optional(),
    slug: slug.optional().openapi({ description: 'Another address; the old one answers no more.' }),
  })
  .openapi('ProjectUpdate');

// Workflows

export const runStatus = z.enum([
  'queued',
  'running',
  'succeeded',
  'failed',
  'cancelled',
  'timed_out',
  'suspended',
  'crashed',
]);
export const workflowSummary = z
  .object({
    id,
    name: z.string(),
    title: z.string(),
    description: z.string(),
    kind: z.enum(['tool', 'resource', 'prompt']),
    revision: z.int(),
    liveVersion: z.int().nullable(),
    latestVersion: z.int().nullable(),
    changedSinceLive: z.boolean(),
    problems: z.int().openapi({ description: 'How many errors keep the draft from being published.' }),
    updatedAt: time,
    lastRun: z.object({ id, status: runStatus, at: time }).nullable(),
  })
  .openapi('WorkflowSummary');
export const workflowList = z.object({ items: z.array(workflowSummary) }).openapi('WorkflowList');
const drawing = z
  .object({
    kinds: z.record(
      z.string(),
      z.object({
        title: z.string(),
        icon: z.string(),
        group: z.enum(['start-end', 'do', 'shape', 'flow', 'client']),
        role: z.enum(['start', 'end']).optional(),
        body: z.string().optional().openapi({ description: 'Of a loop: the handle that leads into it.' }),
      }),
    ),
    steps: z.record(
      z.string(),
      z.object({
        label: z.string(),
        handles: z.array(
          z.object({ id: z.string(), label: z.string().optional(), optional: z.literal(true).optional() }),
        ),
      }),
    ),
  })
  .openapi({ description: 'What the cards of the steps say, and which ways lead out of them, by node id.' });
export const workflow = workflowSummary
  .extend({
    savedBy: z.string().nullable().openapi({ description: 'Name of who saved the draft.' }),
    unreviewed: z.boolean().openapi({
      description: 'Its texts were imported, and nobody who published it has said that they are in order.',
    }),
    document,
    problemList: z.array(problem),
    contract: contract.nullable(),
    drawing,
  })
  .openapi('Workflow');
export const workflowCreate = z
  .strictObject({
    name: z.string().min(1).max(120),
    title: z.string().max(120).optional(),
    kind: z
      .enum(['tool', 'resource', 'prompt'])
      .optional()
      .openapi({ description: 'Of a workflow made without a document; a tool unless said.' }),
    document: document.optional(),
  })
  .openapi('WorkflowCreate');
export const draftSave = z.strictObject({ revision: z.int().min(0), document }).openapi('DraftSave');
export const draftSaved = z
  .object({
    revision: z.int(),
    savedAt: time,
    problems: z.array(problem),
    contract: contract.nullable(),
  })
  .openapi('DraftSaved');
export const version = z
  .object({
    version: z.int(),
    publishedAt: time,
    publishedBy: z.string().nullable(),
    live: z.boolean(),
    note: z.string(),
  })
  .openapi('Version');
export const versionList = z.object({ items: z.array(version) }).openapi('VersionList');
export const versionWithDocument = version.extend({ document, contract }).openapi('VersionWithDocument');
export const publishInput = z
  .strictObject({
    revision: z.int().min(0),
    note: z.string().max(2000).optional(),
    despiteTests: z.boolean().optional().openapi({ description: 'Publish although tests fail.' }),
    despiteBreaking: z
      .boolean()
      .optional()
      .openapi({ description: 'Publish although it breaks those who call the live version.' }),
    despiteTexts: z.boolean().optional().openapi({
      description: 'The texts that models are shown were read, and are in order.',
    }),
  })
  .openapi('Publish');
export const published = z.object({ version: z.int(), release: z.int(), contract }).openapi('Published');
export const versionHistory = z
  .object({
    items: z.array(
      version.extend({
        changes: z
          .array(z.string())
          .openapi({ description: 'What was done to the graph since the version before.' }),
        contractChanges: z.array(
          z.object({ impact: z.enum(['breaking', 'compatible', 'cosmetic']), message: z.string() }),
        ),
      }),
    ),
  })
  .openapi('VersionHistory');
export const callerList = z
  .object({
    items: z.array(
      z.object({
        client: z.string().openapi({ description: 'What it calls itself, without its version.' }),
        calls: z.int(),
        lastAt: time,
      }),
    ),
  })
  .openapi('CallerList');
export const answerList = z
  .object({
    items: z.array(
      z.object({
        run: id,
        version: z.int().nullable().openapi({ description: 'null: the draft.' }),
        at: time,
        characters: z
          .int()
          .nullable()
          .openapi({ description: 'Of all its texts; null where not all of them are recorded.' }),
        structured: anyJson.openapi({ description: 'The structured value; null where there was none.' }),
        parsed: anyJson.openapi({ description: 'The text, where it is one text that is a JSON object.' }),
      }),
    ),
  })
  .openapi('AnswerList');
export const rollbackInput = z.strictObject({ version: z.int().min(1) }).openapi('Rollback');
export const released = z.object({ release: z.int() }).openapi('Released');
export const releaseQuery = z.object({
  before: z.coerce.number().int().min(1).optional().openapi({ description: 'Those before this release.' }),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export const versionQuery = z.object({
  before: z.coerce.number().int().min(1).optional().openapi({ description: 'Those before this version.' }),
  limit: z.coerce.number().int().min(1).max(50).default(50),
});
export const release = z
  .object({
    release: z.int(),
    at: time,
    by: z.string().nullable(),
    reason: z.enum(['publish', 'unpublish', 'rollback', 'delete']),
    workflow: z
      .string()
      .nullable()
      .openapi({ description: 'What it was made for; null when that is no longer there.' }),
    changes: z
      .array(z.string())
      .openapi({ description: 'What it changed.', example: ['find_order v2 → v3'] }),
    live: z.boolean().openapi({ description: 'Whether it serves what is live now.' }),
    workflows: z.int().openapi({ description: 'Workflows it had.' }),
    deleted: z.int().openapi({ description: 'Those among them that were deleted since.' }),
    mcpUrl: z.string().openapi({ description: 'Its own address: pinned to it.' }),
  })
  .openapi('Release');
export const releaseList = z.object({ items: z.array(release) }).openapi('ReleaseList');

// Runs

export const runCause = z.enum(['call', 'draft', 'api', 'schedule', 'webhook', 'workflow']);
export const runStart = z
  .strictObject({
    input: jsonObject,
    document: document
      .optional()
      .openapi({ description: 'An unsaved draft; without it the saved one is run.' }),
    until: id.optional().openapi({ description: 'The last step to run, by node id.' }),
    from: z.strictObject({ node: id, run: id }).optional().openapi({
      description:
        'The first step to run, by node id; those before it give what they left behind in this earlier run.',
    }),
  })
  .openapi('RunStart');
export const pins = z
  .strictObject({
    pins: jsonObject.openapi({
      description: 'Values by node id, given by steps of draft runs instead of running.',
    }),
  })
  .openapi('Pins');
export const runStarted = z.object({ runId: id }).openapi('RunStarted');
export const errorRecord = z
  .custom<ErrorRecord>(isJsonObject)
  .openapi('RunError', { type: 'object', additionalProperties: true });
export const runSummary = z
  .object({
    id,
    workflowId: id,
    workflowName: z.string(),
    version: z.int().nullable().openapi({ description: 'null: the draft.' }),
    status: runStatus,
    startedAt: time,
    durationMs: z.number().nullable(),
    client: z.string().nullable(),
    cause: runCause,
    parentId: id.nullable().openapi({ description: 'The run that called this one.' }),
    background: z.boolean(),
    round: z.int().openapi({ description: 'How often it waited.' }),
    expiresAt: time
      .nullable()
      .openapi({ description: 'Of a run that waits: when its first question expires.' }),
    deadAt: time
      .nullable()
      .openapi({ description: 'A background run that failed for good, until somebody deals with it.' }),
    attempts: z
      .int()
      .nullable()
      .openapi({ description: 'Of a run that failed for good, while it is known: how often it was tried.' }),
    error: z.string().nullable(),
  })
  .openapi('RunSummary');
export const runList = z
  .object({ items: z.array(runSummary), nextCursor: z.string().nullable() })
  .openapi('RunList');
export const runQuery = z.object({
  workflow: id.optional(),
  status: runStatus.optional(),
  cause: runCause.optional(),
  client: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .openapi({ description: 'Name of a client, without its version.' }),
  from: time.optional().openapi({ description: 'When it started, or later.' }),
  to: time.optional().openapi({ description: 'It started before this.' }),
  text: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .openapi({ description: 'The beginning of an id, or part of an error’s message.' }),
  sort: z.enum(['newest', 'oldest', 'slowest', 'fastest']).default('newest'),
  dead: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional(),
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});
export const step = z
  .object({
    nodeId: z.string(),
    key: z.string(),
    iteration: z
      .array(z.int())
      .nullable()
      .openapi({ description: 'Inside containers: of which item, the outermost container first.' }),
    status: z.enum(['running', 'waiting', 'succeeded', 'failed', 'skipped']),
    attempt: z.int(),
    startedAt: time.nullable(),
    durationMs: z.number().nullable(),
    input: anyJson,
    value: anyJson,
    handle: z.string().nullable(),
    error: errorRecord.nullable(),
    logs: z.array(
      z.object({ level: z.enum(['debug', 'info', 'warn', 'error']), text: z.string(), at: time }),
    ),
    given: z.boolean().openapi({ description: 'The value was given: the step did not run.' }),
    undoes: z.string().nullable().openapi({ description: 'The node whose effect this step takes back.' }),
    pauses: z
      .array(z.object({ why: z.enum(['answer', 'time', 'retry']), from: time, to: time.nullable() }))
      .openapi({ description: 'When it waited: for an answer, a time, or its next try.' }),
    waiting: z
      .object({
        key: z.string(),
        question: z.custom<Question>(isJsonObject).openapi({ type: 'object', additionalProperties: true }),
      })
      .nullable()
      .openapi({ description: 'What a step that waits asks, and the key to answer by.' }),
  })
  .openapi('Step');
export const run = runSummary
  .extend({
    input: anyJson,
    output: z.custom<RunOutput | null>(() => true).openapi({ type: ['object', 'null'] }),
    error: errorRecord.nullable(),
    undone: z
      .array(z.object({ key: z.string(), error: errorRecord.optional() }))
      .openapi({ description: 'What was taken back after a failure; with `error`, what could not be.' }),
    guarded: z
      .array(z.object({ what: z.string(), count: z.int(), done: z.enum(['masked', 'noted']) }))
      .openapi({ description: 'What the output guard found in the answer.' }),
    document: document.nullable(),
    steps: z.array(step),
  })
  .openapi('Run');

// Replay and tests

const difference = z
  .object({
    nodeId: z.string().nullable().openapi({ description: 'null: the answer as a whole.' }),
    key: z.string().nullable(),
    iteration: z.array(z.int()).optional(),
    what: z.enum(['step', 'status', 'request', 'error', 'value', 'handle', 'output']),
    recorded: anyJson,
    now: anyJson,
  })
  .openapi('Difference');
export const replay = z
  .object({
    same: z.boolean(),
    difference: difference.nullable().openapi({ description: 'The first, in the order of the steps.' }),
    steps: z.array(
      z.object({
        nodeId: z.string(),
        key: z.string(),
        iteration: z.array(z.int()).optional(),
        same: z.boolean(),
      }),
    ),
    status: z.enum(['succeeded', 'failed', 'cancelled', 'timed_out', 'suspended']),
    output: z.custom<RunOutput | null>(() => true).openapi({ type: ['object', 'null'] }),
    error: errorRecord.nullable(),
  })
  .openapi('Replay');
export const testCreate = z
  .strictObject({
    name: z.string().regex(TEST_NAME, 'letters, digits, spaces, - and _; at most 80 characters'),
    run: id.openapi({ description: 'The run it is made from.' }),
  })
  .openapi('TestCreate');
const expected = z
  .custom<ExpectedEnd>(isJsonObject)
  .openapi('ExpectedEnd', { type: 'object', additionalProperties: true });
export const test = z.object({ id, name: z.string(), createdAt: time, expected }).openapi('Test');
export const testList = z.object({ items: z.array(test) }).openapi('TestList');
export const testResults = z
  .object({
    results: z.array(
      z.object({
        id,
        name: z.string(),
        passed: z.boolean(),
        difference: z
          .object({ what: z.enum(['status', 'error', 'output']), expected: anyJson, now: anyJson })
          .nullable(),
      }),
    ),
  })
  .openapi('TestResults');

// Background runs, schedules, webhooks

export const idempotencyHeader = z.object({
  'idempotency-key': z
    .string()
    .min(1)
    .max(200)
    .optional()
    .openapi({ description: 'Sent again with the same key and input, the answer is the same run.' }),
});
export const jobStart = z.strictObject({ input: jsonObject }).openapi('JobStart');
export const jobStarted = z
  .object({
    runId: id,
    existing: z.boolean().openapi({ description: 'The key was used before: this is that run.' }),
  })
  .openapi('JobStarted');
const signature = z.enum(['standard', 'github']).openapi({
  description: 'standard: Standard Webhooks. github: X-Hub-Signature-256 over the body.',
});
const attempts = z.int().min(1).max(20).openapi({ description: 'In all, the first included.' });
const cron = z.string().min(1).max(120).openapi({
  description: 'Five fields: minute hour day month weekday.',
  example: '0 9 * * MON-FRI',
});
const timeZone = z.string().min(1).max(64).openapi({ example: 'Europe/Berlin' });
export const scheduleTimesQuery = z.object({ cron, timeZone });
export const scheduleTimes = z.object({ next: z.array(time) }).openapi('ScheduleTimes');
export const trigger = z
  .object({
    id,
    type: z.enum(['schedule', 'webhook']),
    name: z.string(),
    enabled: z.boolean(),
    attempts,
    cron: z.string().nullable(),
    timeZone: z.string().nullable(),
    input: jsonObject.openapi({ description: 'Arguments of a scheduled run.' }),
    signature: signature.nullable(),
    url: z.string().nullable().openapi({ description: 'Where a webhook is sent.' }),
    nextAt: time.nullable(),
    next: z.array(time).openapi({ description: 'The next times of a schedule, five at most.' }),
    lastAt: time.nullable(),
    lastRunId: id.nullable(),
    problem: z
      .string()
      .nullable()
      .openapi({ description: 'Why it starts nothing at the moment; null when it would.' }),
  })
  .openapi('Trigger');
export const triggerList = z.object({ items: z.array(trigger) }).openapi('TriggerList');
export const triggerWithSecret = trigger
  .extend({ secret: z.string().nullable().openapi({ description: 'Of a webhook; shown once.' }) })
  .openapi('TriggerWithSecret');
export const triggerCreate = z
  .discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('schedule'),
      name,
      enabled: z.boolean().optional(),
      attempts: attempts.optional(),
      cron,
      timeZone,
      input: jsonObject.optional(),
    }),
    z.strictObject({
      type: z.literal('webhook'),
      name,
      enabled: z.boolean().optional(),
      attempts: attempts.optional(),
      signature,
    }),
  ])
  .openapi('TriggerCreate');
export const triggerUpdate = z
  .strictObject({
    name: name.optional(),
    enabled: z.boolean().optional(),
    attempts: attempts.optional(),
    cron: cron.optional(),
    timeZone: timeZone.optional(),
    input: jsonObject.optional(),
    newSecret: z
      .literal(true)
      .optional()
      .openapi({ description: 'Of a webhook: makes a new secret; the old one is no longer good.' }),
  })
  .openapi('TriggerUpdate');

export const runAnswers = z
  .strictObject({
    answers: jsonObject.openapi({ description: 'By the keys of the questions, see `steps[].waiting`.' }),
  })
  .openapi('RunAnswers');

// Approvals, and answers by a link

export const approval = z
  .object({
    id,
    runId: id,
    workflowId: id,
    workflowName: z.string(),
    message: z.string(),
    details: anyJson.openapi({ description: 'The facts that the decision is made on.' }),
    by: z.enum(['caller', 'team']).openapi({ description: 'Who is asked.' }),
    client: z.string().nullable(),
    status: z.enum(['pending', 'approved', 'refused', 'expired']),
    requestedAt: time,
    expiresAt: time,
    decidedAt: time.nullable(),
    decidedByName: z.string().nullable(),
    comment: z.string().nullable(),
  })
  .openapi('Approval');
export const approvalList = z.object({ items: z.array(approval) }).openapi('ApprovalList');
export const approvalQuery = z.object({ status: approval.shape.status.optional() });
export const approvalDecision = z
  .strictObject({ approved: z.boolean(), comment: z.string().max(2000).optional() })
  .openapi('ApprovalDecision');
export const linkedQuestion = z
  .object({
    project: z.string(),
    workflow: z.string(),
    question: z.custom<Answerable>(isJsonObject).nullable().openapi({
      type: 'object',
      additionalProperties: true,
      description: 'A form, a page to open or an approval; null when it cannot be answered any more.',
    }),
    status: z.enum(['open', 'answered', 'expired']),
  })
  .openapi('LinkedQuestion');
export const linkAnswer = z
  .strictObject({
    answer: jsonObject.openapi({
      description:
        'To a form or a page `{ action: accept | decline | cancel, content? }`, to an approval `{ approved, comment? }`.',
    }),
  })
  .openapi('LinkAnswer');

// Keys

export const key = z
  .object({
    id,
    name: z.string(),
    preview: z.string().openapi({ description: 'Enough to recognise it, too little to use it.' }),
    tools: z.array(z.string()).nullable().openapi({ description: 'null: all tools of the project.' }),
    readOnly: z.boolean().openapi({ description: 'Only what changes nothing.' }),
    toolsets: z
      .array(id)
      .nullable()
      .openapi({ description: 'The toolsets it is for; null: all addresses of the project.' }),
    createdAt: time,
    createdBy: z
      .string()
      .nullable()
      .openapi({ description: 'Name of who made it; null when they are gone.' }),
    lastUsedAt: time.nullable(),
    expiresAt: time.nullable(),
  })
  .openapi('Key');
export const keyList = z.object({ items: z.array(key) }).openapi('KeyList');
export const keyCreate = z
  .strictObject({
    name,
    tools: z.array(z.string().min(1).max(64)).max(500).nullable().optional(),
    readOnly: z.boolean().optional(),
    toolsets: z.array(id).min(1).max(50).nullable().optional(),
    expiresAt: time.nullable().optional(),
  })
  .openapi('KeyCreate');
export const keyWithSecret = key
  .extend({ secret: z.string().openapi({ description: 'Shown once.' }) })
  .openapi('KeyWithSecret');

// Clients

const requestFailure = z.custom<RequestFailure>((value) => typeof value === 'string');
export const client = z
  .object({
    id,
    name: z.string(),
    version: z.string().nullable(),
    access: z.enum(['oauth', 'key', 'public', 'refused']),
    key: z.object({ name: z.string().nullable(), preview: z.string() }).nullable(),
    protocol: z.string().nullable().openapi({ description: 'Revision it spoke last.' }),
    firstSeenAt: time,
    lastSeenAt: time,
    discoveredAt: time.nullable(),
    listedAt: time.nullable(),
    calledAt: time.nullable().openapi({ description: 'When a tool first answered it.' }),
    requests: z.int(),
    failures: z.int(),
  })
  .openapi('Client');
export const clientList = z.object({ items: z.array(client) }).openapi('ClientList');
export const clientRequest = z
  .object({
    id,
    at: time,
    ms: z.int(),
    method: z.string(),
    tool: z.string().nullable(),
    transport: z.enum(['http', 'stream', 'websocket', 'sse']),
    era: z.enum(['modern', 'legacy']).nullable(),
    protocol: z.string().nullable(),
    status: z.int().nullable().openapi({ description: 'Of HTTP; null for a message on a connection.' }),
    code: z.int().nullable().openapi({ description: 'Of JSON-RPC.' }),
    failure: requestFailure.nullable().openapi({ type: ['string', 'null'] }),
    what: z.string().nullable(),
    detail: z.string().nullable(),
    todo: z.string().nullable().openapi({ description: 'null where nothing has to be done.' }),
    runId: z.string().nullable(),
  })
  .openapi('ClientRequest');
export const clientRequestList = z.object({ items: z.array(clientRequest) }).openapi('ClientRequestList');

export const serverCards = z
  .object({
    card: jsonObject.openapi({ description: 'SEP-2127; also served at <MCP address>/server-card.' }),
    registry: jsonObject.openapi({ description: '`server.json` of the MCP registry.' }),
  })
  .openapi('ServerCards');

export const checkInput = z
  .strictObject({
    tool: z.string().min(1).max(64).optional().openapi({
      description: 'The tool to call; without it, a read-only one that needs no arguments.',
    }),
    release: z.int().min(1).optional().openapi({ description: 'Checks the address of this release.' }),
    toolset: z
      .string()
      .max(39)
      .optional()
      .openapi({ description: 'Checks the address of this toolset, by name.' }),
  })
  .openapi('ConnectionCheckInput');
export const connectionCheck = z
  .object({
    url: z.string(),
    ok: z.boolean().openapi({ description: 'Whether nothing failed.' }),
    hops: z.array(
      z.object({
        id: z.string(),
        title: z.string(),
        status: z.enum(['ok', 'warning', 'failed', 'skipped']),
        seen: z.string(),
        todo: z.string().nullable(),
        ms: z.int(),
      }),
    ),
  })
  .openapi('ConnectionCheck');

// Connections

const host = z
  .string()
  .min(1)
  .max(253)
  .regex(
    /^(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/,
    'a host such as api.example.com, *.example.com or localhost:8080',
  );
export const connectionType = z.enum(CONNECTION_TYPES);
export const connectionSecret = z
  .union([
    z.strictObject({ token: z.string().min(1).max(10_000) }),
    z.strictObject({ username: z.string().min(1).max(1000), password: z.string().max(10_000) }),
    z.strictObject({
      header: z.string().regex(/^[A-Za-z0-9-]{1,100}$/, 'a header name'),
      value: z.string().min(1).max(10_000),
    }),
    z.strictObject({
      parameter: z.string().regex(/^[^\s&=#?]{1,100}$/, 'the name of a parameter'),
      value: z.string().min(1).max(10_000),
    }),
    z.strictObject({ clientSecret: z.string().max(10_000) }),
    z.strictObject({
      host: z.string().min(1).max(253),
      port: z.int().min(1).max(65_535).optional(),
      database: z.string().min(1).max(63),
      user: z.string().min(1).max(63),
      password: z.string().max(10_000),
      tls: z.enum(['verify', 'require', 'off']).optional(),
    }),
  ])
  .openapi('ConnectionSecret', {
    description:
      'bearer: `{ token }`; basic: `{ username, password }`; header: `{ header, value }`; query: `{ parameter, value }`; oauth2: `{ clientSecret }`; postgres: `{ host, port, database, user, password, tls }`. Never read back.',
  });
export const connection = z
  .object({
    id,
    name: z.string(),
    type: connectionType,
    hosts: z.array(z.string()),
    preview: z.string().openapi({ description: 'Last characters of the secret; empty while there is none.' }),
    perCaller: z.boolean().openapi({ description: 'Each caller connects an account of their own.' }),
    settings: connectionSettings.nullable(),
    accounts: z.int().openapi({
      description:
        'How many callers connected theirs; of a project’s oauth2 connection 1 when it is connected.',
    }),
  })
  .openapi('Connection');
export const connectionList = z.object({ items: z.array(connection) }).openapi('ConnectionList');
export const connectionCreate = z
  .strictObject({
    name,
    type: connectionType,
    hosts: z.array(host).min(1).max(50).optional().openapi({
      description: 'Where it may be sent. Left out for postgres: its server is part of the secret.',
    }),
    perCaller: z.boolean().optional(),
    settings: connectionSettings.optional().openapi({
      description:
        'oauth2: its addresses, client id and scopes. header and query with `perCaller`: where the key of a caller is put.',
    }),
    secret: connectionSecret.optional().openapi({
      description: 'Left out with `perCaller`, where each caller enters their own; not for oauth2.',
    }),
  })
  .openapi('ConnectionCreate');
export const connectionUpdate = z
  .strictObject({
    name: name.optional(),
    hosts: z.array(host).min(1).max(50).optional(),
    settings: connectionSettings.optional(),
    secret: connectionSecret.optional(),
  })
  .openapi('ConnectionUpdate');

// Other MCP servers

export const mcpServer = z
  .strictObject({ url: z.string().min(1).max(2000), connection: id.optional() })
  .openapi('McpServer');
export const mcpToolList = z
  .object({
    server: z.object({ name: z.string(), title: z.string().nullable(), version: z.string().nullable() }),
    tools: z.array(
      z.object({
        name: z.string(),
        /** Name, title, description, schemas and annotations: what a step keeps of the tool. */
        definition: jsonObject,
        /** SHA-256 of the definition. */
        hash: z.string(),
      }),
    ),
  })
  .openapi('McpToolList');

// Export, import, system

export const exported = z
  .object({ files: z.record(z.string(), z.string()).openapi({ description: 'Path → text.' }) })
  .openapi('ProjectFiles');
export const importInput = z
  .strictObject({ slug: slug.optional(), files: z.record(z.string().max(300), z.string()) })
  .openapi('ProjectImport');
export const health = z.object({ status: z.literal('ok') }).openapi('Health');
export const system = z
  .object({
    version: z.string(),
    database: z.enum(['sqlite', 'postgresql']),
    sandbox: z.object({ level: z.int().min(0).max(3), layers: z.array(z.string()) }),
    operation: z
      .object({
        publicUrl: z.string(),
        databaseVersion: z.string(),
        encryptionKey: z.enum(['environment', 'file']),
        egressAllow: z.array(z.string()),
        storage: z.object({
          databaseBytes: z.number(),
          documentBytes: z.number(),
          freeBytes: z.number(),
        }),
      })
      .nullable()
      .openapi({ description: 'For those who run it: owners and admins.' }),
  })
  .openapi('System');

// Parts of addresses

export const inProject = z.object({ project: z.string().min(1).max(64).openapi({ description: 'Slug.' }) });
/** Of what is tried. */
export const tryQuery = z.object({
  release: z.coerce
    .number()
    .int()
    .min(1)
    .max(999_999_999)
    .optional()
    .openapi({ description: 'Of a pinned address; left out for what is live.' }),
  toolset: z
    .string()
    .max(40)
    .optional()
    .openapi({ description: 'At the address of this toolset, by name; left out for all of the project.' }),
});

export const inWorkflow = inProject.extend({ workflow: id });
export const inTrigger = inWorkflow.extend({ trigger: id });
export const inTest = inWorkflow.extend({ test: id });
export const inVersion = inWorkflow.extend({ version: z.coerce.number().int().min(1) });
export const inRelease = inProject.extend({ release: z.coerce.number().int().min(1) });
export const inRun = inProject.extend({ run: id });
export const inApproval = inProject.extend({ approval: id });
export const byLink = z.object({ token: z.string().min(1).max(2000) });
export const inKey = inProject.extend({ key: id });
export const inToolset = inProject.extend({ toolset: id });
export const inClientRule = inProject.extend({ rule: id });
export const inClient = inProject.extend({ client: id });
export const inConnection = inProject.extend({ connection: id });
export const inApi = inProject.extend({ api: id });
export const inBase = inProject.extend({ base: id });
export const inFile = inProject.extend({ file: id });
export const fileQuery = z.object({
  name: z.string().max(200).optional().openapi({ description: 'What it is to be called when it is saved.' }),
});
export const inDocument = inBase.extend({ document: id });
