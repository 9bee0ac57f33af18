'use client';

import { useRouter } from 'next/navigation';
import { type ReactNode, useId } from 'react';
import { ApiError } from '#app/data/api-error.ts';
import { useImportProject } from '#app/data/use-import-project.ts';
import { Button } from '#app/ui/button.tsx';
import { toast } from '#app/ui/toast.ts';

/** Reads the folder of an exported project and makes a new project of it. Nothing in it is run. */
export function ImportProjectButton({ children }: { children: ReactNode }) {
  const router = useRouter();
  const load = useImportProject();
  const id = useId();

  const read = async (chosen: FileList): Promise<void> => {
    const files: Record<string, string> = {};
    for (const file of chosen) {
      // The browser puts the chosen folder's own name first.
      const path = file.webkitRelativePath.split('/').slice(1).join('/');
      if (path !== '' && !path.startsWith('.')) files[path] = await file.text();
    }
    load.mutate(
      { files },
      {
        onSuccess: (project) => {
          toast.success(`${project.name} is imported. Its workflows are drafts until you publish them.`);
          router.push(`/projects/${project.slug}`);
        },
        onError: (error) =>
          toast.error(error.message, {
            description: error instanceof ApiError ? error.title : undefined,
            duration: 10_000,
          }),
      },
    );
  };

  return (
    <Button asChild busy={load.isPending}>
      <label htmlFor={id} className="cursor-pointer focus-within:outline-2 focus-within:outline-accent">
        {children}
        <input
          id={id}
          type="file"
          className="sr-only"
          // Not in React's types; every browser knows it.
          {...{ webkitdirectory: '' }}
          multiple
          onChange={(event) => {
            if (event.target.files?.length) void read(event.target.files);
            event.target.value = '';
          }}
        />
      </label>
    </Button>
  );
}
