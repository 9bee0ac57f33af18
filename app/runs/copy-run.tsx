'use client';

import { ChevronDown, Copy } from 'lucide-react';
import type { Run } from '#app/data/types.ts';
import { useProject } from '#app/data/use-project.ts';
import { Button } from '#app/ui/button.tsx';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '#app/ui/dropdown-menu.tsx';
import { toast } from '#app/ui/toast.ts';
import { useCopy } from '#app/ui/use-copy.ts';
import { callOfRun } from './call-of-run.ts';
import { mcpCurl, mcpRequest } from './mcp-request.ts';

/** Copies the call that a run was, as a command or as a message; and the address of this page. */
export function CopyRun({ project, run }: { project: string; run: Run }) {
  const target = useProject(project).data;
  const { copy } = useCopy();
  const call = target ? callOfRun(run, { url: target.mcpUrl, access: target.access }) : null;
  const copyWith = (text: string, said: string): void => {
    copy(text).then(
      () => toast.success(said),
      () => toast.error('The browser did not allow to copy.'),
    );
  };
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button>
          <Copy aria-hidden />
          Copy
          <ChevronDown aria-hidden />
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end">
        {call && (
          <>
            <DropdownMenuItem
              onSelect={() =>
                copyWith(
                  mcpCurl(call),
                  call.access !== 'public'
                    ? 'Copied: put a key where YOUR_API_KEY stands. It calls the live version.'
                    : 'Copied. It calls the live version.',
                )
              }
            >
              Copy as curl
            </DropdownMenuItem>
            <DropdownMenuItem
              onSelect={() => copyWith(JSON.stringify(mcpRequest(call), null, 2), 'Copied as JSON-RPC')}
            >
              Copy as JSON-RPC
            </DropdownMenuItem>
            <DropdownMenuSeparator />
          </>
        )}
        <DropdownMenuItem onSelect={() => copyWith(JSON.stringify(run.input, null, 2), 'Copied')}>
          Copy the arguments
        </DropdownMenuItem>
        <DropdownMenuItem onSelect={() => copyWith(window.location.href, 'Copied')}>
          Copy the link to this run
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
