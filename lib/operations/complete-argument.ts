import { repository } from '#lib/db/repository.ts';
import type { RunOutput } from '#lib/engine/run.ts';
import type { Completion } from '#lib/workflow/document.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { fromTexts } from '#lib/workflow/text-arguments.ts';
import type { App } from './app.ts';
import { cancelWaiting } from './cancel-run.ts';
import type { LiveProject } from './live.ts';
import { KNOWLEDGE_TEMPLATE } from './offered.ts';
import { addressOf } from './pinned-address.ts';
import { runTool } from './run-tool.ts';

/** What somebody has typed into an argument, and what they have given for the others. */
export interface TypedArgument {
  name: string;
  value: string;
  others: Readonly<Record<string, string>>;
}

export interface Proposals {
  values: string[];
  total: number;
  hasMore: boolean;
}

/** Values that one answer may have, by the specification. */
const MAX_VALUES = 100;
const MAX_CHARACTERS = 200;
/** ms; who types does not wait longer. */
const PATIENCE_MS = 5000;

/** What to propose for an argument: the first 100 of what fits, at once or after 5 s. Nothing where there is nothing. */
export async function completeArgument(
  app: App,
  project: LiveProject,
  { completion, typed, signal }: { completion: Completion; typed: TypedArgument; signal: AbortSignal },
): Promise<Proposals> {
  switch (completion.type) {
    case 'list':
      return proposals(matching(completion.values, typed.value));
    case 'knowledge-base': {
      const { offered } = offeredBy(app, project);
      const names = await offered.names(project.id, completion.base, {
        offered: false,
        typed: typed.value,
      });
      return proposals(matching(names, typed.value));
    }
    case 'workflow':
      return proposals(await byWorkflow(app, project, { name: completion.workflow, typed, signal }));
  }
}

/** The same for the variables of `KNOWLEDGE_TEMPLATE`; null for a variable that it does not have. */
export async function completeKnowledge(
  app: App,
  project: LiveProject,
  { name, value, others }: TypedArgument,
): Promise<Proposals | null> {
  if (!KNOWLEDGE_TEMPLATE.includes(`{${name}}`)) return null;
  const { offered } = offeredBy(app, project);
  const names =
    name === 'base'
      ? await offered.bases(project.id)
      : await offered.names(project.id, others['base'] ?? '', { offered: true, typed: value });
  return proposals(matching(names, value));
}

function offeredBy(app: App, { id, organizationId }: LiveProject) {
  return repository(app.db, { type: 'public', projectId: id, organizationId });
}

/**
 * Runs the workflow as a part of the project, whoever asks. It gets `value`, `argument` and the other arguments, as far
 * as it has arguments of these names, and answers with `{ values }` or with a line for each.
 */
async function byWorkflow(
  app: App,
  project: LiveProject,
  { name, typed, signal }: { name: string; typed: TypedArgument; signal: AbortSignal },
): Promise<string[]> {
  // Also where a toolset leaves it out: it is a part, not a tool.
  const whole = project.toolset
    ? await app.live.get(addressOf({ slug: project.slug, pin: project.pin }))
    : project;
  const workflow = whole?.workflows.get(name);
  if (!workflow || app.recorder.full) return [];
  const known = Object.keys((workflow.contract.inputSchema['properties'] as JsonObject | undefined) ?? {});
  const given = { ...typed.others, argument: typed.name, value: typed.value };
  const texts = Object.fromEntries(Object.entries(given).filter(([key]) => known.includes(key)));
  const args = fromTexts(workflow.contract.inputSchema, texts);
  if (workflow.validateInput(args)) return [];
  const run = await runTool(
    app,
    { type: 'system' },
    {
      project,
      workflow,
      args,
      client: null,
      signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]),
    },
  );
  // Nobody is asked anything while they type.
  if (run.status === 'suspended') await cancelWaiting(app, run.runId);
  return run.status === 'succeeded' && run.output ? valuesOf(run.output) : [];
}

function valuesOf({ structured, parts }: RunOutput): string[] {
  const list = (structured as { values?: unknown } | undefined)?.values;
  const values = Array.isArray(list)
    ? list.filter((value) => typeof value === 'string' || typeof value === 'number').map(String)
    : parts.flatMap((part) => (part.type === 'text' ? part.text.split('\n') : []));
  return values
    .map((value) => value.trim())
    .filter((value) => value !== '' && value.length <= MAX_CHARACTERS);
}

/** Those that begin with what was typed, then those that have it inside. */
function matching(values: readonly string[], typed: string): string[] {
  const sought = typed.toLowerCase();
  const begins = values.filter((value) => value.toLowerCase().startsWith(sought));
  const has = values.filter((value) => value.toLowerCase().indexOf(sought) > 0);
  return [...begins, ...has];
}

function proposals(all: readonly string[]): Proposals {
  const values = [...new Set(all)];
  return { values: values.slice(0, MAX_VALUES), total: values.length, hasMore: values.length > MAX_VALUES };
}
