'use client';

import { CalendarClock, MoreHorizontal, Webhook } from 'lucide-react';
import Link from 'next/link';
import type { Trigger } from '#app/data/types.ts';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '#app/ui/dropdown-menu.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { IconButton } from '#app/ui/icon-button.tsx';
import { RelativeTime } from '#app/ui/relative-time.tsx';
import { Switch } from '#app/ui/switch.tsx';
import { cronInWords } from './cron-words.ts';

export interface TriggerRowProps {
  project: string;
  trigger: Trigger;
  editable: boolean;
  onSwitch(enabled: boolean): void;
  onEdit(): void;
  onShowAddress(): void;
  onNewSecret(): void;
  onDelete(): void;
}

/** What starts the workflow, when it did last and when it will next. */
export function TriggerRow({ project, trigger, editable, ...on }: TriggerRowProps) {
  const { name, type, enabled, problem } = trigger;
  const Icon = type === 'schedule' ? CalendarClock : Webhook;
  return (
    <li className="flex gap-2 py-2">
      <Icon aria-hidden className="mt-0.5 size-4 shrink-0 text-muted" />
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium">{name}</p>
        <p className="truncate text-12 text-muted">{what(trigger)}</p>
        <p className="text-12 text-muted">
          <Times project={project} trigger={trigger} />
        </p>
        {problem && <FieldMessage severity="warning" message={problem} />}
      </div>
      <span className="flex h-6 shrink-0 items-center gap-1">
        <Switch
          aria-label={`${name} is on`}
          checked={enabled}
          disabled={!editable}
          onCheckedChange={on.onSwitch}
        />
        {editable && (
          <DropdownMenu>
            <DropdownMenuTrigger asChild>
              <IconButton size="small" label={`More about ${name}`}>
                <MoreHorizontal />
              </IconButton>
            </DropdownMenuTrigger>
            <DropdownMenuContent align="end">
              <DropdownMenuItem onSelect={on.onEdit}>Edit…</DropdownMenuItem>
              {type === 'webhook' && (
                <>
                  <DropdownMenuItem onSelect={on.onShowAddress}>Address and example</DropdownMenuItem>
                  <DropdownMenuItem onSelect={on.onNewSecret}>New secret…</DropdownMenuItem>
                </>
              )}
              <DropdownMenuSeparator />
              <DropdownMenuItem danger onSelect={on.onDelete}>
                Delete…
              </DropdownMenuItem>
            </DropdownMenuContent>
          </DropdownMenu>
        )}
      </span>
    </li>
  );
}

function what({ cron, timeZone, signature }: Trigger): string {
  if (cron !== null) return `${cronInWords(cron) ?? cron} · ${timeZone}`;
  return signature === 'github' ? 'Signed as GitHub does' : 'Signed by Standard Webhooks';
}

function Times({ project, trigger }: { project: string; trigger: Trigger }) {
  const { enabled, nextAt, lastAt, lastRunId } = trigger;
  return (
    <>
      {!enabled && 'Off'}
      {nextAt && (
        <>
          Next <RelativeTime at={nextAt} />
        </>
      )}
      {(!enabled || nextAt) && ' · '}
      {lastAt === null ? (
        `${enabled && !nextAt ? 'Never' : 'never'} started a run`
      ) : (
        <>
          {enabled && !nextAt ? 'Last ' : 'last '}
          {lastRunId === null ? (
            <RelativeTime at={lastAt} />
          ) : (
            <Link href={`/projects/${project}/runs/${lastRunId}`} className="underline hover:text-ink">
              <RelativeTime at={lastAt} />
            </Link>
          )}
        </>
      )}
    </>
  );
}
