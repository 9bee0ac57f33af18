import * as z from 'zod';
import { callerFacts } from './caller.ts';

/** What a step can ask of the world outside. Code, parsers and schemas are none of it: they run in a replay too. */
export const QUESTIONS = [
  'http',
  'knowledge',
  'knowledge.read',
  'knowledge.put',
  'knowledge.remove',
  'sql',
  'mcp',
  'workflow',
  'workflow.resume',
  'store.get',
  'store.set',
  'store.remove',
  'store.increment',
  'store.list',
  'file.put',
  'file.get',
  'resource.changed',
  'list.changed',
] as const;

const failure = z.strictObject({
  code: z.string(),
  message: z.string(),
  transient: z.literal(true).optional(),
  details: z.record(z.string(), z.json()).optional(),
});

const exchange = z.strictObject({
  ask: z.enum(QUESTIONS),
  /** In a replay the step must ask the same; what is left out here is not compared. */
  request: z.record(z.string(), z.json()),
  answer: z.json().optional(),
  /** It failed. */
  error: failure.optional(),
  /** Bytes of an answer that was too large to be kept. */
  cut: z.int().min(0).optional(),
});

const step = z.strictObject({
  /** What `now()` gave, in ms since the epoch, and `random()`. */
  times: z.array(z.number()).optional(),
  randoms: z.array(z.number()).optional(),
  /** In the order of asking. Without answer, error and cut: the step ended before there was one. */
  asked: z.array(exchange).optional(),
});

/**
 * What a run got from outside, by the path of the step (its node id; in a container with the indexes of the items).
 * Plain JSON, without credentials.
 */
export const recording = z.strictObject({
  steps: z.record(z.string(), step),
  /** What it was answered, by the key of the question. */
  answers: z.record(z.string(), z.json()).optional(),
  /** Who called, where the workflow reads it. */
  caller: callerFacts.optional(),
  /** The bound of a recording was reached: what came after it is not here. */
  full: z.literal(true).optional(),
});

/** A recording with what the run began with: all that a replay needs. */
export const recordedRun = z.strictObject({
  runId: z.string(),
  /** ms since the epoch */
  startedAt: z.number(),
  input: z.record(z.string(), z.json()),
  recording,
});

export type RecordedRun = z.infer<typeof recordedRun>;
export type Asked = (typeof QUESTIONS)[number];
export type Exchange = z.infer<typeof exchange>;
export type RecordedStep = z.infer<typeof step>;
export type Recording = z.infer<typeof recording>;
