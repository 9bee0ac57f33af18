import * as z from 'zod';
import { recordedRun } from './recording.ts';

/** What a workflow must come to. Compared exactly: every part, and the structured value. */
export const expectedEnd = z.strictObject({
  status: z.enum(['succeeded', 'failed']),
  output: z
    .strictObject({
      parts: z.array(z.record(z.string(), z.json())),
      structured: z.json().optional(),
    })
    .optional(),
  /** How it fails, and in which step. */
  error: z.strictObject({ code: z.string(), message: z.string(), key: z.string().optional() }).optional(),
});

/** A test of a workflow: what it got from outside in a run, and what it must answer to that. */
export const workflowTest = z.strictObject({ expected: expectedEnd, recording: recordedRun });

export type ExpectedEnd = z.infer<typeof expectedEnd>;
export type WorkflowTestContent = z.infer<typeof workflowTest>;
