'use client';

import { useRouter } from 'next/navigation';
import { type ReactNode, useCallback, useState } from 'react';
import { toast } from '#app/ui/toast.ts';
import { type FromCurl, fromCurl, withConnection } from '#lib/curl/from-curl.ts';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import { carry } from './carried.ts';
import { CredentialDialog } from './credential-dialog.tsx';
import { whatIsPasted } from './pasted.ts';

/** `refused`: it is a command that cannot be taken over; `unknown`: nothing that one can begin with. */
export type PasteOutcome = 'taken' | 'refused' | 'unknown';

export interface PasteDoor {
  /** Takes a pasted text. */
  take(text: string): PasteOutcome;
  busy: boolean;
  /** What stood in the way of the last one. */
  problem: string | null;
  /** The question that may have to be answered; draw it. */
  dialog: ReactNode;
}

/**
 * What happens to a pasted text: of a cURL command or an address become steps, which `place` puts somewhere; a
 * description of an API goes to the page that imports it.
 */
export function usePasteDoor({
  project,
  place,
}: {
  /** Slug. */
  project: string;
  /** Puts the steps where they belong. Its rejection is told. */
  place(document: WorkflowDocument): Promise<void> | void;
}): PasteDoor {
  const router = useRouter();
  const [asking, setAsking] = useState<FromCurl | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const finish = async ({ document, problems }: FromCurl, connection: string | null): Promise<void> => {
    setAsking(null);
    if (!document) return;
    setBusy(true);
    try {
      await place(connection === null ? document : withConnection(document, connection));
      for (const one of problems) toast.info(one);
    } catch (error) {
      setProblem((error as Error).message);
      toast.error((error as Error).message);
    } finally {
      setBusy(false);
    }
  };

  const take = (text: string): PasteOutcome => {
    const pasted = whatIsPasted(text);
    setProblem(null);
    if (!pasted) return 'unknown';
    if (pasted.type === 'description') {
      carry('url' in pasted ? { url: pasted.url } : { text: pasted.text });
      router.push(`/projects/${project}/import`);
      return 'taken';
    }
    const made = fromCurl(pasted.text);
    if (!made.document) {
      setProblem(made.problems.join(' '));
      return 'refused';
    }
    if (made.connection) setAsking(made);
    else void finish(made, null);
    return 'taken';
  };

  const cancel = useCallback(() => setAsking(null), []);
  return {
    take,
    busy,
    problem,
    dialog: asking?.connection && (
      <CredentialDialog
        project={project}
        proposed={asking.connection}
        onDone={(connection) => void finish(asking, connection)}
        onCancel={cancel}
      />
    ),
  };
}
