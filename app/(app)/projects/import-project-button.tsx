'use client';

import { Upload } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useRef, useState } from 'react';
import { useImportProject } from '#app/data/use-import-project.ts';
import { Button } from '#app/ui/button.tsx';
import { Dialog, DialogContent, DialogTitle } from '#app/ui/dialog.tsx';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from '#app/ui/dropdown-menu.tsx';
import { ErrorState } from '#app/ui/error-state.tsx';
import { toast } from '#app/ui/toast.ts';
import { filesOfExport, filesOfFolder } from './import-files.ts';

/** Makes a new project of an exported folder or file. Nothing in it is run. */
export function ImportProjectButton() {
  const router = useRouter();
  const load = useImportProject();
  const folder = useRef<HTMLInputElement>(null);
  const file = useRef<HTMLInputElement>(null);
  const [failure, setFailure] = useState<unknown>(null);

  const take = async (read: Promise<Record<string, string>>): Promise<void> => {
    try {
      const project = await load.mutateAsync({ files: await read });
      toast.success(`${project.name} is imported. Its workflows are drafts until you publish them.`);
      router.push(`/projects/${project.slug}`);
    } catch (error) {
      setFailure(error);
    }
  };

  return (
    <>
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <Button busy={load.isPending}>
            <Upload /> Import
          </Button>
        </DropdownMenuTrigger>
        <DropdownMenuContent align="end">
          <DropdownMenuItem onSelect={() => folder.current?.click()}>A project folder…</DropdownMenuItem>
          <DropdownMenuItem onSelect={() => file.current?.click()}>An exported JSON file…</DropdownMenuItem>
        </DropdownMenuContent>
      </DropdownMenu>
      <input
        ref={folder}
        type="file"
        aria-label="Project folder"
        hidden
        // Not in React's types; every browser knows it.
        {...{ webkitdirectory: '' }}
        multiple
        onChange={(event) => {
          if (event.target.files?.length) void take(filesOfFolder([...event.target.files]));
          event.target.value = '';
        }}
      />
      <input
        ref={file}
        type="file"
        aria-label="Exported file"
        hidden
        accept=".json"
        onChange={(event) => {
          const [chosen] = event.target.files ?? [];
          if (chosen) void take(filesOfExport(chosen));
          event.target.value = '';
        }}
      />
      <Dialog open={failure !== null} onOpenChange={(open) => !open && setFailure(null)}>
        <DialogContent aria-describedby={undefined}>
          <DialogTitle>Import</DialogTitle>
          <ErrorState title="The project could not be imported" error={failure} />
        </DialogContent>
      </Dialog>
    </>
  );
}
