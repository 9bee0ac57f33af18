'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import type { Project } from '#app/data/types.ts';
import { useMoveProject } from '#app/data/use-move-project.ts';
import { useRefusal } from '#app/data/use-refusal.ts';
import { useUsage } from '#app/data/use-usage.ts';
import { Section } from '#app/shell/page-body.tsx';
import { Button } from '#app/ui/button.tsx';
import { Changeable } from '#app/ui/changeable.tsx';
import { ConfirmDialog } from '#app/ui/confirm-dialog.tsx';
import { Field } from '#app/ui/field.tsx';
import { Input } from '#app/ui/input.tsx';
import { count } from '#app/ui/quantity.ts';
import { toast } from '#app/ui/toast.ts';

/** Where clients find the project, and how to move it. */
export function AddressSection({ project }: { project: Project }) {
  const router = useRouter();
  const refusal = useRefusal('admin');
  const usage = useUsage(project.slug);
  const move = useMoveProject();
  const [slug, setSlug] = useState(project.slug);
  const [asking, setAsking] = useState(false);
  const before = project.mcpUrl.slice(0, -project.slug.length);

  // Undone from a toast, when this page is long gone: only the promise still tells.
  const moveTo = (from: string, to: string, undo: boolean): void => {
    move.mutateAsync({ from, to }).then(
      () => {
        setAsking(false);
        router.replace(`/projects/${to}/settings#address`);
        if (undo) toast.success('The old address is back');
        else {
          toast.success(`The project is at ${before}${to} now`, {
            action: { label: 'Undo', onClick: () => moveTo(to, from, true) },
          });
        }
      },
      (error: Error) => {
        setAsking(false);
        if (undo) toast.error(error.message);
      },
    );
  };

  return (
    <Section
      id="address"
      title="Address"
      description="Where MCP clients connect. Part of it is the name of the project in links."
    >
      <form
        className="flex max-w-160 flex-col items-start gap-3 p-4"
        onSubmit={(event) => {
          event.preventDefault();
          move.reset();
          setAsking(true);
        }}
      >
        <Changeable refusal={refusal}>
          <Field
            className="w-full"
            label="Address"
            description="Starts with a letter; then a-z, 0-9 and -; 2 to 39 characters."
            error={move.error?.message ?? null}
          >
            {(ids) => (
              <span className="flex items-center gap-1">
                <code className="truncate text-12 text-muted">{before}</code>
                <Input
                  {...ids}
                  mono
                  required
                  className="max-w-72"
                  pattern="[a-z][a-z0-9\-]{1,38}"
                  title="Starts with a letter; then a-z, 0-9 and -; 2 to 39 characters"
                  value={slug}
                  onChange={(event) => setSlug(event.target.value)}
                />
              </span>
            )}
          </Field>
          <Button type="submit" disabled={slug === project.slug}>
            Change address
          </Button>
        </Changeable>
      </form>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={`Move ${project.name} to ${slug}?`}
        description="From that moment on the old address answers as if it had never been."
        action="Change address"
        mustType={slug}
        busy={move.isPending}
        onConfirm={() => moveTo(project.slug, slug, false)}
      >
        <ul className="list-disc space-y-1 pl-4">
          <li>
            Clients that know <code className="text-12">{project.mcpUrl}</code> stop working until they are
            given the new address. {keysStay(usage.data?.keys)}
          </li>
          {project.release > 0 && (
            <li>
              So do addresses that are pinned to a release, such as{' '}
              <code className="text-12">
                {project.slug}@{project.release}
              </code>
              .
            </li>
          )}
          <li>Links to pages of this project lead nowhere.</li>
          <li>Somebody else can take the old address.</li>
        </ul>
      </ConfirmDialog>
    </Section>
  );
}

function keysStay(keys: number | undefined): string {
  if (!keys) return '';
  return keys === 1 ? 'Its key stays valid.' : `Their ${count(keys, 'key')} stay valid.`;
}
