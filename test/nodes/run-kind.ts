import type * as z from 'zod';
import type { Capabilities, FileHandle } from '#lib/engine/capabilities.ts';
import { StepError } from '#lib/engine/errors.ts';
import type { NodeContext, NodeKind, NodeResult } from '#lib/engine/kind.ts';
import type { Question } from '#lib/engine/question.ts';
import { NOBODY } from '#lib/workflow/caller.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import { capabilities as noWorld } from '../engine/plan.ts';

export interface KindWorld extends Partial<Capabilities> {
  input?: JsonObject;
  steps?: Record<string, JsonValue>;
  timeoutMs?: number;
  answer?: JsonValue;
  asked?: Question;
  incoming?: NodeContext<unknown>['incoming'];
  /** Handles that a way leads on from; all when left out. */
  wired?: readonly string[];
  signal?: AbortSignal;
}

/**
 * Runs a kind the way the engine does, with a config whose expressions are already evaluated: the stored
 * schema fills in defaults unless evaluated values no longer fit it, then the kind's own `resolved` schema.
 */
export async function runKind<C extends z.ZodType, R>(
  kind: NodeKind<C, R>,
  config: unknown,
  world: KindWorld = {},
): Promise<NodeResult & { logs: string[]; progress: unknown[] }> {
  const { input = {}, steps = {}, timeoutMs = 60_000, answer, asked, incoming = [], ...rest } = world;
  const { signal = new AbortController().signal, wired, ...capabilities } = rest;
  const logs: string[] = [];
  const progress: unknown[] = [];
  const evaluated = kind.resolved ? kind.resolved.parse(config) : config;
  const context: NodeContext<R> = {
    config: evaluated as R,
    input,
    steps,
    env: {},
    caller: NOBODY,
    signal,
    attempt: 1,
    timeoutMs,
    capabilities: { ...noWorld, ...capabilities },
    progress: (...told) => progress.push(told),
    log: (level, text) => logs.push(`${level}: ${text}`),
    answer,
    asked,
    incoming,
    wired: (handle) => wired?.includes(handle) ?? true,
    stepId: 'run-1:step',
  };
  return { ...(await kind.run(context)), logs, progress };
}

/** The StepError a promise is rejected with. */
export async function stepError(promise: Promise<unknown>): Promise<StepError> {
  const error: unknown = await promise.then(
    () => new Error('it passed'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof StepError)) throw error;
  return error;
}

/** Files kept in memory. */
export function memoryFiles() {
  const stored = new Map<string, Uint8Array>();
  return {
    stored,
    async put({
      name,
      mimeType,
      data,
    }: {
      name: string;
      mimeType: string;
      data: Uint8Array;
    }): Promise<FileHandle> {
      const file = `file-${stored.size + 1}`;
      stored.set(file, data);
      return { file, mimeType, name, bytes: data.byteLength };
    },
    async get({ file }: FileHandle): Promise<Uint8Array> {
      const data = stored.get(file);
      if (!data) throw new StepError('FILE_GONE', 'There is no such file.');
      return data;
    },
  };
}
