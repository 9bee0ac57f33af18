'use client';

import dynamic from 'next/dynamic';
import { usePathname, useRouter, useSearchParams } from 'next/navigation';
import { RunDetail } from '#app/canvas/run-detail.tsx';
import type { RunView } from '#app/canvas/system/run-view.ts';
import type { Run } from '#app/data/types.ts';
import { Segmented } from '#app/ui/segmented.tsx';

const ClientAnswer = dynamic(() => import('#app/runs/client-answer.tsx').then((file) => file.ClientAnswer));
const OutsideView = dynamic(() => import('#app/runs/outside-view.tsx').then((file) => file.OutsideView));

type Shown = 'data' | 'client' | 'outside';

/** What went in and came out, as data, as a client sees it, and from the world outside. The address says which. */
export function RunData({
  project,
  run,
  view,
  stepId,
  goOn,
  editable,
}: {
  project: string;
  run: Run;
  /** The same run as the canvas knows it. */
  view: RunView;
  stepId: string | null;
  goOn: ReadonlySet<string>;
  editable: boolean;
}) {
  const search = useSearchParams();
  const router = useRouter();
  const path = usePathname();
  const asked = search.get('show');
  const shown: Shown = asked === 'outside' || (asked === 'client' && stepId === null) ? asked : 'data';
  const show = (next: Shown): void => {
    const address = new URLSearchParams(search);
    if (next === 'data') address.delete('show');
    else address.set('show', next);
    router.replace(address.size === 0 ? path : `${path}?${address}`, { scroll: false });
  };
  const step = run.steps.find(({ nodeId }) => nodeId === stepId);
  return (
    <div className="grid min-h-0 min-w-0 grid-rows-[auto_minmax(0,1fr)]">
      <div className="flex h-8 items-center gap-3 border-line border-b px-3">
        <h2 className="min-w-0 truncate text-12 text-muted">
          {stepId === null ? (
            'The whole run'
          ) : (
            <>
              Step <span className="font-mono text-ink">{step?.key ?? stepId}</span>
            </>
          )}
        </h2>
        <span className="flex-1" />
        <Segmented<Shown>
          label="What is shown"
          value={shown}
          onValueChange={show}
          options={[
            { value: 'data', label: 'Input and output' },
            ...(stepId === null ? [{ value: 'client' as const, label: 'As a client sees it' }] : []),
            { value: 'outside', label: 'From outside' },
          ]}
        />
      </div>
      <div className="min-h-0">
        {shown === 'data' && (
          <RunDetail project={project} run={view} stepId={stepId} goOn={goOn} editable={editable} />
        )}
        {shown === 'client' && <ClientAnswer project={project} run={run} />}
        {shown === 'outside' && <OutsideView project={project} run={run} stepId={stepId} />}
      </div>
    </div>
  );
}
