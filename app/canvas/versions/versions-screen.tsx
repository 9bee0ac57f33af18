'use client';
import { ArrowLeft, RotateCcw } from 'lucide-react';
import Link from 'next/link';
import { useSearchParams } from 'next/navigation';
import { useEffect, useMemo, useState } from 'react';
import type { VersionStory, Workflow } from '#app/data/types.ts';
import { useHistory } from '#app/data/use-history.ts';
import { useProject } from '#app/data/use-project.ts';
import { useRole } from '#app/data/use-role.ts';
import { useRollback } from '#app/data/use-rollback.ts';
import { JsonTree } from '#app/form/json-tree.tsx';
import { Button } from '#app/ui/button.tsx';
import { ConfirmMutation } from '#app/ui/confirm-mutation.tsx';
import { ErrorState } from '#app/ui/error-state.tsx';
import { LoadingState } from '#app/ui/loading-state.tsx';
import { Select } from '#app/ui/select.tsx';
import { toast } from '#app/ui/toast.ts';
import { contractChanges } from '#lib/workflow/contract-changes.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import { lastingStorage, type ReplacedDraft, replacedDrafts } from '../system/replaced-drafts.ts';
import { versionDiff } from '../system/version-diff.ts';
import { useOpenedWorkflow } from '../use-opened-workflow.ts';
import { ChangeList } from './change-list.tsx';
import type { Marks } from './marks-context.ts';
import { readSide, type Side, sideWords, usualBase, versionOf } from './sides.ts';
import { useSide } from './use-side.ts';
import { VersionGraph } from './version-graph.tsx';
import { type MoreVersions, VersionList } from './version-list.tsx';

const NOTHING = 'nothing';
const NO_MARKS: Marks = new Map();

/** The versions of a workflow: what each changed, each on the canvas, and any two of them as one graph. */
export function VersionsScreen({ project, workflow }: { project: string; workflow: string }) {
  const opened = useOpenedWorkflow(project, workflow);
  const history = useHistory(project, workflow);
  const error = opened.error ?? history.error;
  if (error && !(opened.data && history.data)) {
    return (
      <div className="grid h-full place-items-center">
        <ErrorState
          title="The versions could not be loaded"
          error={error}
          onRetry={() => void Promise.all([opened.refetch(), history.refetch()])}
        />
      </div>
    );
  }
  if (!opened.data || !history.data) {
    return (
      <div className="grid h-full place-items-center">
        <LoadingState>Loading the versions</LoadingState>
      </div>
    );
  }
  return (
    <Versions
      project={project}
      workflow={opened.data}
      versions={history.data.pages.flatMap(({ items }) => items)}
      more={
        history.hasNextPage
          ? { loading: history.isFetchingNextPage, load: () => void history.fetchNextPage() }
          : null
      }
    />
  );
}

function Versions({
  project,
  workflow,
  versions,
  more,
}: {
  project: string;
  workflow: Workflow;
  versions: readonly VersionStory[];
  /** How older ones are fetched; null where there are none. */
  more: MoreVersions | null;
}) {
  const replaced = useReplaced(workflow.id);
  const live = versions.find((version) => version.live)?.version ?? null;
  const { shown, base, step, go } = useAddress({ versions, live });
  const facts = { project, workflow: workflow.id, draft: workflow.document, replaced };
  const after = useSide(shown, facts);
  const before = useSide(base, facts);
  const diff = useMemo(
    () => (before.shown && after.shown ? versionDiff(before.shown.document, after.shown.document) : null),
    [before.shown, after.shown],
  );
  const contract = useMemo(
    () =>
      before.shown?.contract && after.shown?.contract
        ? contractChanges(before.shown.contract, after.shown.contract)
        : null,
    [before.shown, after.shown],
  );
  const marks = useMemo<Marks>(
    () => (diff ? new Map([...diff.steps, ...diff.edges].map(({ id, mark }) => [id, mark])) : NO_MARKS),
    [diff],
  );
  const document = base === null ? after.shown?.document : diff?.merged;
  const failure = after.error ?? before.error;

  useEffect(() => {
    window.document.title = `Versions of ${workflow.name} · Patchbay`;
  }, [workflow.name]);

  return (
    <div className="grid h-full min-h-0 grid-cols-[260px_minmax(0,1fr)_360px] grid-rows-[48px_minmax(0,1fr)]">
      <Bar
        project={project}
        workflow={workflow}
        versions={versions}
        live={live}
        shown={shown}
        base={base}
        onBase={(next) => go({ base: next, step: null })}
      />
      <div className="min-h-0 overflow-y-auto border-line border-r bg-surface">
        <VersionList
          versions={versions}
          more={more}
          replaced={replaced}
          shown={shown}
          onShow={(next) => go({ shown: next, base: undefined, step: null })}
        />
      </div>
      <main className="min-h-0 min-w-0">
        {failure ? (
          <ErrorState title="This version could not be loaded" error={failure} />
        ) : document ? (
          <VersionGraph
            // Another graph is shown whole.
            key={`${shown} ${base}`}
            document={document}
            marks={marks}
            selected={step}
            onSelect={(node) => go({ step: node })}
          />
        ) : (
          <LoadingState>Loading the version</LoadingState>
        )}
      </main>
      <aside aria-label="Changes" className="min-h-0 overflow-y-auto border-line border-l bg-surface">
        {diff ? (
          <ChangeList
            diff={diff}
            contract={contract}
            selected={step}
            onSelect={(node) => go({ step: node })}
          />
        ) : (
          document && <Looked document={document} step={step} />
        )}
      </aside>
    </div>
  );
}

function Bar({
  project,
  workflow,
  versions,
  live,
  shown,
  base,
  onBase,
}: {
  project: string;
  workflow: Workflow;
  versions: readonly VersionStory[];
  live: number | null;
  shown: Side;
  base: Side | null;
  onBase: (base: Side | null) => void;
}) {
  const role = useRole();
  const { data: facts } = useProject(project);
  const editable = role !== undefined && role !== 'viewer';
  const canvas = `/projects/${project}/workflows/${workflow.id}`;
  const number = versionOf(shown);
  const options = [
    { value: NOTHING, label: 'Nothing' },
    ...(shown === 'draft' ? [] : [{ value: 'draft', label: 'Draft' }]),
    ...versions
      .filter(({ version }) => version !== number)
      .map(({ version }) => ({
        value: `v${version}`,
        label: version === live ? `v${version}, live` : `v${version}`,
      })),
  ];
  return (
    <header className="col-span-3 flex min-w-0 items-center gap-3 border-line border-b bg-surface px-3">
      <nav aria-label="Breadcrumb" className="flex min-w-0 items-center gap-1.5">
        <Link href={`/projects/${project}`} className="truncate text-muted hover:text-ink">
          {facts?.name ?? project}
        </Link>
        <span aria-hidden className="text-faint">
          ▸
        </span>
        <Link href={canvas} className="truncate text-muted hover:text-ink">
          {workflow.name}
        </Link>
        <span aria-hidden className="text-faint">
          ▸
        </span>
        <h1 className="font-semibold text-14">Versions</h1>
      </nav>
      <span className="flex items-center gap-2 text-12 text-muted">
        <span className="whitespace-nowrap">{sideWords(shown).replace(/^t/, 'T')} compared with</span>
        <Select
          size="small"
          aria-label="Compared with"
          className="w-28"
          value={base ?? NOTHING}
          onValueChange={(value) => onBase(readSide(value))}
          options={options}
        />
      </span>
      <span className="ml-auto flex shrink-0 items-center gap-2">
        {editable && number !== null && number !== live && (
          <MakeLive project={project} workflow={workflow} version={number} live={live} />
        )}
        {editable && shown !== 'draft' && (
          <Button variant="primary" asChild>
            <Link href={`${canvas}?restore=${shown}`}>
              <RotateCcw aria-hidden /> Restore {sideWords(shown)}
            </Link>
          </Button>
        )}
        {(shown === 'draft' || !editable) && (
          <Button asChild>
            <Link href={canvas}>
              <ArrowLeft aria-hidden /> Back to the canvas
            </Link>
          </Button>
        )}
      </span>
    </header>
  );
}

/** Rolls the workflow back, or forward, to a version. */
function MakeLive({
  project,
  workflow,
  version,
  live,
}: {
  project: string;
  workflow: Workflow;
  version: number;
  live: number | null;
}) {
  const rollBack = useRollback(project, workflow.id);
  const [asked, setAsked] = useState<number | null>(null);
  return (
    <>
      <Button onClick={() => setAsked(version)}>Make v{version} live</Button>
      <ConfirmMutation
        mutation={rollBack}
        variables={asked}
        onClose={() => setAsked(null)}
        onDone={() => {
          setAsked(null);
          toast.success(`${workflow.name} v${version} is live`);
        }}
        title={`Make v${version} live?`}
        description={
          live === null
            ? `Clients get ${workflow.name} again, as it was in v${version}. The draft stays as it is.`
            : `Clients get v${version} in place of v${live} with their next call. The draft stays as it is, and v${live} can be made live again.`
        }
        action={`Make v${version} live`}
      />
    </>
  );
}

/** A version that is compared with nothing: the step that is chosen. */
function Looked({ document, step }: { document: Workflow['document']; step: string | null }) {
  const node = document.nodes.find(({ id }) => id === step);
  if (!node) return <p className="p-4 text-muted">Choose a step to see how it was set up.</p>;
  const { key, config, settings } = node;
  return (
    <section className="flex flex-col gap-2 p-4">
      <h2 className="font-medium text-14">
        <span className="font-mono">{key}</span>
      </h2>
      <JsonTree
        value={{ ...config, ...(settings && { settings }) } as JsonValue}
        label={`Settings of ${key}`}
        openDepth={3}
      />
    </section>
  );
}

/** Drafts that were replaced; read after the page is there, as only the browser has them. */
function useReplaced(workflowId: string): readonly ReplacedDraft[] {
  const [drafts, setDrafts] = useState<readonly ReplacedDraft[]>([]);
  useEffect(() => setDrafts(replacedDrafts(lastingStorage(), workflowId)), [workflowId]);
  return drafts;
}

interface Place {
  shown: Side;
  /** Null: nothing. Left out: what is usual. */
  base: Side | null | undefined;
  step: string | null;
}

/** What the address says is shown; `go` writes it. */
function useAddress({ versions, live }: { versions: readonly VersionStory[]; live: number | null }) {
  const search = useSearchParams();
  const shown = readSide(search.get('show')) ?? 'draft';
  const told = search.get('with');
  const numbers = versions.map(({ version }) => version);
  const base = told === NOTHING ? null : (readSide(told) ?? usualBase(shown, { versions: numbers, live }));
  const step = search.get('step');
  const go = (change: Partial<Place>): void => {
    const next: Place = { shown, base: told === null ? undefined : base, step, ...change };
    const query = new URLSearchParams();
    if (next.shown !== 'draft') query.set('show', next.shown);
    if (next.base !== undefined) query.set('with', next.base ?? NOTHING);
    if (next.step !== null) query.set('step', next.step);
    const text = query.toString();
    window.history.replaceState(null, '', `${window.location.pathname}${text === '' ? '' : `?${text}`}`);
  };
  return { shown, base: base === shown ? null : base, step, go };
}
