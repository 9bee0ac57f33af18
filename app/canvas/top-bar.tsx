'use client';
import { ChevronDown, CircleAlert, CloudOff, Play, Redo2, Square, Undo2 } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useRollback } from '#app/data/use-rollback.ts';
import { useUnpublish } from '#app/data/use-unpublish.ts';
import { Button } from '#app/ui/button.tsx';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '#app/ui/dropdown-menu.tsx';
import { IconButton } from '#app/ui/icon-button.tsx';
import { count, fullTime, relativeTime } from '#app/ui/quantity.ts';
import { toast } from '#app/ui/toast.ts';
import { useCanvas, useChecked, useRun } from './canvas-context.tsx';
import { PeopleHere } from './people-here.tsx';
import { LIVE_TOAST } from './publish/use-announce.ts';
import { usePublishNow } from './publish/use-publish-now.ts';
import { useAutosave, useCanvasSession, useScreen } from './session-context.tsx';
import { draftWords, savedWords } from './system/draft-words.ts';
import { useChanges, useReleaseState } from './use-release.ts';

/** Of the bar at the top, behind where we are: how the draft stands, and what can be done with it. */
export function TopBar() {
  const { session } = useCanvasSession();
  const editable = useCanvas((state) => state.editable);
  const canUndo = useCanvas((state) => state.history.past.length > 0);
  const canRedo = useCanvas((state) => state.history.future.length > 0);
  const undo = useCanvas((state) => state.undo);
  const redo = useCanvas((state) => state.redo);
  const show = useScreen((state) => state.show);
  const errors = useChecked((state) => state.errors);
  const running = useRun((state) => state.run?.status === 'running');
  return (
    <>
      <DraftState />
      {editable && (
        <span className="flex">
          <IconButton label="Undo" disabled={!canUndo} onClick={undo}>
            <Undo2 aria-hidden />
          </IconButton>
          <IconButton label="Redo" disabled={!canRedo} onClick={redo}>
            <Redo2 aria-hidden />
          </IconButton>
        </span>
      )}
      <span className="ml-auto flex shrink-0 items-center gap-2">
        <PeopleHere />
        {errors > 0 && (
          <button
            type="button"
            className="flex h-8 items-center gap-1.5 rounded-md px-2 text-danger-ink hover:bg-danger-soft"
            onClick={() => session.canvas.getState().select([])}
          >
            <CircleAlert size={14} aria-hidden /> {count(errors, 'problem')}
          </button>
        )}
        {running ? (
          <Button onClick={() => void session.runs.cancel()}>
            <Square size={12} aria-hidden /> Stop
          </Button>
        ) : (
          <Button onClick={() => show({ dialog: 'run', part: null })}>
            <Play size={14} aria-hidden /> Run
          </Button>
        )}
        {editable && <PublishMenu />}
      </span>
    </>
  );
}

/** The state of draft and live, and of saving, always in words. */
function DraftState() {
  const { liveVersion, latestVersion } = useReleaseState();
  const changes = useChanges();
  const { phase } = useAutosave();
  const { project, workflow, session } = useCanvasSession();
  const live = liveVersion !== null && changes?.length === 0;
  const words = draftWords({ liveVersion, latestVersion, changes: changes?.length ?? null });
  const trouble = phase.name === 'offline' || phase.name === 'refused' || phase.name === 'conflict';
  return (
    <p className="flex min-w-0 items-center gap-2 whitespace-nowrap text-12 text-muted" aria-live="polite">
      <span aria-hidden className={`size-2 shrink-0 rounded-full ${live ? 'bg-success' : 'bg-warning'}`} />
      <span className="truncate" title={changes?.map((change) => change.text).join('\n')}>
        {latestVersion === null ? (
          words
        ) : (
          <Link
            href={`/projects/${project}/workflows/${workflow.id}/versions`}
            className="underline-offset-2 hover:text-ink hover:underline"
          >
            {words}
          </Link>
        )}
        {' · '}
        {trouble ? (
          <button
            type="button"
            className="text-danger-ink underline"
            title={phase.name === 'refused' ? phase.message : 'Try again now'}
            onClick={() => void session.saver.flush()}
          >
            <CloudOff size={12} aria-hidden className="mr-1 inline align-[-1px]" />
            {savedWords(phase, session.saver.isKept())}
          </button>
        ) : (
          savedWords(phase)
        )}
      </span>
    </p>
  );
}

/** Publish, and what can be done with what is published. */
function PublishMenu() {
  const router = useRouter();
  const show = useScreen((state) => state.show);
  const { versions, liveVersion, latestVersion } = useReleaseState();
  const { project, workflow } = useCanvasSession();
  const { publish, busy } = usePublishNow();
  const unpublish = useUnpublish(project, workflow.id);
  const rollBack = useRollback(project, workflow.id);
  const failed = (error: Error): void => void toast.error(error.message);
  const older = versions.filter((version) => !version.live).slice(0, 8);
  return (
    <span className="flex">
      <Button variant="primary" className="rounded-r-none" busy={busy} onClick={publish}>
        Publish v{(latestVersion ?? 0) + 1}
      </Button>
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <Button
            variant="primary"
            size="icon"
            className="rounded-l-none border-l border-l-accent-hover"
            aria-label="More about publishing"
          >
            <ChevronDown size={14} aria-hidden />
          </Button>
        </DropdownMenuTrigger>
        <DropdownMenuContent align="end">
          <DropdownMenuItem onSelect={() => show({ dialog: 'publish' })}>
            Review and publish v{(latestVersion ?? 0) + 1}…
          </DropdownMenuItem>
          <DropdownMenuItem
            disabled={liveVersion === null}
            onSelect={() =>
              unpublish.mutate(undefined, {
                onError: failed,
                onSuccess: () =>
                  toast('Unpublished: clients no longer see this tool', {
                    id: LIVE_TOAST,
                    action: {
                      label: 'Undo',
                      onClick: () =>
                        liveVersion !== null && rollBack.mutate(liveVersion, { onError: failed }),
                    },
                  }),
              })
            }
          >
            Unpublish
          </DropdownMenuItem>
          <DropdownMenuItem
            disabled={latestVersion === null}
            onSelect={() => router.push(`/projects/${project}/workflows/${workflow.id}/versions`)}
          >
            Versions and changes
          </DropdownMenuItem>
          {older.length > 0 && <DropdownMenuSeparator />}
          {older.length > 0 && <DropdownMenuLabel>Roll back to</DropdownMenuLabel>}
          {older.map((version) => (
            <DropdownMenuItem
              key={version.version}
              onSelect={() =>
                rollBack.mutate(version.version, {
                  onError: failed,
                  onSuccess: () => {
                    toast.dismiss(LIVE_TOAST);
                    toast.success(`v${version.version} is live`);
                  },
                })
              }
            >
              v{version.version}
              <span className="ml-2 text-muted" title={fullTime(version.publishedAt)}>
                {relativeTime(Date.parse(version.publishedAt), Date.now())} {version.note}
              </span>
            </DropdownMenuItem>
          ))}
        </DropdownMenuContent>
      </DropdownMenu>
    </span>
  );
}
