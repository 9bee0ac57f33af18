'use client';
import { useMutation } from '@tanstack/react-query';
import { useDeferredValue, useMemo } from 'react';
import { usePublish } from '#app/data/use-publish.ts';
import { useVersion } from '#app/data/use-version.ts';
import { useVersions } from '#app/data/use-versions.ts';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import { useCanvas } from './canvas-context.tsx';
import { savedRevision } from './saver.ts';
import { useCanvasSession } from './session-context.tsx';
import { type Change, changesBetween } from './system/changes.ts';

/** The published versions, newest first, and which of them is live. */
export function useReleaseState() {
  const { project, workflow } = useCanvasSession();
  const { data } = useVersions(project, workflow.id);
  const versions = data?.items;
  return {
    versions: versions ?? [],
    /** Whether the server has told. */
    known: versions !== undefined,
    liveVersion: versions
      ? (versions.find((version) => version.live)?.version ?? null)
      : workflow.liveVersion,
    latestVersion: versions ? (versions[0]?.version ?? null) : workflow.latestVersion,
  };
}

/** What the draft changes against the live version, or the newest one when none is live; null while not known. */
export function useChanges(): Change[] | null {
  const { project, workflow } = useCanvasSession();
  const { liveVersion, latestVersion } = useReleaseState();
  const { data } = useVersion(project, workflow.id, liveVersion ?? latestVersion);
  // Comparing a large graph takes longer than a frame of a drag may.
  const document = useDeferredValue(useCanvas((state) => state.document));
  return useMemo(
    () => (data ? changesBetween(data.document as WorkflowDocument, document) : null),
    [data, document],
  );
}

interface PublishChoices {
  note: string;
  despiteTests: boolean;
  despiteBreaking: boolean;
  despiteTexts: boolean;
}

/** Publishes what is on the screen: first it is saved, then that revision is frozen. */
export function usePublishDraft() {
  const { project, workflow, session } = useCanvasSession();
  const { mutateAsync } = usePublish(project, workflow.id);
  return useMutation({
    mutationFn: async ({ note, despiteTests, despiteBreaking, despiteTexts }: PublishChoices) =>
      mutateAsync({
        revision: await savedRevision(session.saver),
        ...(note !== '' && { note }),
        ...(despiteTests && { despiteTests }),
        ...(despiteBreaking && { despiteBreaking }),
        ...(despiteTexts && { despiteTexts }),
      }),
  });
}
