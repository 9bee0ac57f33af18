import * as z from 'zod';
import { AppError } from '#lib/db/app-error.ts';
import { type WorkflowDocument, workflowDocument, workflowNode } from '#lib/workflow/document.ts';
import { checkDepth } from './json-depth.ts';

const MOST_BYTES = 2 * 1024 * 1024;

/**
 * What may be stored while somebody is still typing: the strict form, but for names, which may be wrong for now.
 * `compile` says so as a problem, and nothing with a problem is published.
 */
const draftDocument = workflowDocument.extend({
  name: z.string().max(200),
  title: z.string().max(1000),
  description: z.string().max(20_000),
  nodes: z.array(workflowNode.extend({ key: z.string().max(200) })).max(1000),
});

/** The document, or `invalid` with the list of what is wrong with it. */
export function parseDraft(value: unknown): WorkflowDocument {
  const faults = draftFaults(value);
  if (faults.length > 0) {
    throw new AppError('invalid', `This is not a workflow document: ${faults.slice(0, 5).join('; ')}`, {
      faults,
    });
  }
  return value as WorkflowDocument;
}

/** One sentence per fault; empty when the value can be stored as a draft. */
export function draftFaults(value: unknown): string[] {
  const tooDeep = checkDepth(value);
  if (tooDeep) return [tooDeep];
  if (Buffer.byteLength(JSON.stringify(value) ?? '') > MOST_BYTES) return ['it is larger than 2 MiB'];
  const result = draftDocument.safeParse(value);
  if (result.success) return [];
  return result.error.issues.map((issue) => `${issue.path.join('.') || 'document'}: ${issue.message}`);
}
