'use client';
import { useMemo } from 'react';
import { useVersion } from '#app/data/use-version.ts';
import { kinds } from '#lib/nodes/index.ts';
import { compile } from '#lib/workflow/compile.ts';
import type { Contract } from '#lib/workflow/contract.ts';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import type { ReplacedDraft } from '../system/replaced-drafts.ts';
import { keptAt, type Side, versionOf } from './sides.ts';

/** One side of a comparison. */
export interface Shown {
  document: WorkflowDocument;
  /** Null where it has errors. */
  contract: Contract | null;
}

/** What is on a side; null while it is loaded, or when it is not there. */
export function useSide(
  side: Side | null,
  {
    project,
    workflow,
    draft,
    replaced,
  }: { project: string; workflow: string; draft: WorkflowDocument; replaced: readonly ReplacedDraft[] },
): { shown: Shown | null; error: Error | null } {
  const { data, error } = useVersion(project, workflow, versionOf(side));
  const own =
    side === 'draft' ? draft : (replaced.find((kept) => kept.at === keptAt(side))?.document ?? null);
  const shown = useMemo<Shown | null>(() => {
    if (data) {
      const document = data.document as WorkflowDocument;
      return { document, contract: data.contract as unknown as Contract };
    }
    return own && { document: own, contract: compile(own, kinds).contract };
  }, [data, own]);
  return { shown, error };
}
