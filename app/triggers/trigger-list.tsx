'use client';

import { Plus } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useState } from 'react';
import type { Trigger } from '#app/data/types.ts';
import { useDeleteTrigger } from '#app/data/use-delete-trigger.ts';
import { useTriggers } from '#app/data/use-triggers.ts';
import { useUpdateTrigger } from '#app/data/use-update-trigger.ts';
import { Button } from '#app/ui/button.tsx';
import { ConfirmDialog } from '#app/ui/confirm-dialog.tsx';
import { ConfirmMutation } from '#app/ui/confirm-mutation.tsx';
import { QueryView } from '#app/ui/query-view.tsx';
import { toast } from '#app/ui/toast.ts';
import type { JsonSchema } from '#lib/workflow/json.ts';
import { TriggerRow } from './trigger-row.tsx';

const ScheduleDialog = dynamic(
  () => import('./schedule-dialog.tsx').then((module) => module.ScheduleDialog),
  { ssr: false },
);
const WebhookDialog = dynamic(() => import('./webhook-dialog.tsx').then((module) => module.WebhookDialog), {
  ssr: false,
});
const WebhookAddressDialog = dynamic(
  () => import('./webhook-address-dialog.tsx').then((module) => module.WebhookAddressDialog),
  { ssr: false },
);

/** Which dialog is in front, and what it is about; null: a new one. */
type Open =
  | { what: 'schedule' | 'webhook'; trigger: Trigger | null }
  | { what: 'address'; trigger: Trigger; secret: string | null };

/** What starts a workflow besides its callers: schedules and webhooks. */
export function TriggerList({
  project,
  workflow,
  schema,
  editable,
}: {
  project: string;
  /** Id. */
  workflow: string;
  /** Of the workflow's arguments. */
  schema: JsonSchema;
  editable: boolean;
}) {
  const triggers = useTriggers(project, workflow);
  const update = useUpdateTrigger(project, workflow);
  const remove = useDeleteTrigger(project, workflow);
  const renew = useUpdateTrigger(project, workflow);
  const [open, setOpen] = useState<Open | null>(null);
  const [doomed, setDoomed] = useState<Trigger | null>(null);
  const [renewed, setRenewed] = useState<Trigger | null>(null);
  const close = (): void => setOpen(null);
  const makeSecret = ({ id }: Trigger): void =>
    renew.mutate(
      { trigger: id, newSecret: true },
      {
        onError: (error) => toast.error(error.message),
        onSuccess: ({ secret, ...trigger }) => {
          setRenewed(null);
          setOpen({ what: 'address', trigger, secret });
        },
      },
    );
  const at = { project, workflow, schema };
  const switched = update.isPending ? update.variables : null;

  return (
    <>
      <QueryView query={triggers} what="the triggers">
        {({ items }) =>
          items.length === 0 ? (
            <p className="text-muted">None: it runs when a client calls it.</p>
          ) : (
            <ul aria-label="Triggers" className="-my-2 divide-y divide-line">
              {items.map((trigger) => (
                <TriggerRow
                  key={trigger.id}
                  project={project}
                  trigger={
                    switched?.trigger === trigger.id && switched.enabled !== undefined
                      ? { ...trigger, enabled: switched.enabled }
                      : trigger
                  }
                  editable={editable}
                  onSwitch={(enabled) =>
                    update.mutate(
                      { trigger: trigger.id, enabled },
                      { onError: (error) => toast.error(error.message) },
                    )
                  }
                  onEdit={() => setOpen({ what: trigger.type, trigger })}
                  onShowAddress={() => setOpen({ what: 'address', trigger, secret: null })}
                  onNewSecret={() => setRenewed(trigger)}
                  onDelete={() => setDoomed(trigger)}
                />
              ))}
            </ul>
          )
        }
      </QueryView>
      {editable && (
        <div className="mt-3 flex gap-2">
          <Button size="small" onClick={() => setOpen({ what: 'schedule', trigger: null })}>
            <Plus /> Schedule
          </Button>
          <Button size="small" onClick={() => setOpen({ what: 'webhook', trigger: null })}>
            <Plus /> Webhook
          </Button>
        </div>
      )}
      {open?.what === 'schedule' && <ScheduleDialog {...at} trigger={open.trigger} onClose={close} />}
      {open?.what === 'webhook' && (
        <WebhookDialog
          {...at}
          trigger={open.trigger}
          onClose={close}
          onMade={({ secret, ...trigger }) => setOpen({ what: 'address', trigger, secret })}
        />
      )}
      {open?.what === 'address' && (
        <WebhookAddressDialog trigger={open.trigger} secret={open.secret} schema={schema} onClose={close} />
      )}
      <ConfirmMutation
        mutation={remove}
        variables={doomed?.id ?? null}
        onClose={() => setDoomed(null)}
        title={`Delete ${doomed?.name}?`}
        description={
          doomed?.type === 'webhook'
            ? 'Whoever sends to its address is refused from now on. The runs it started stay.'
            : 'It starts nothing any more. The runs it started stay.'
        }
        action={doomed?.type === 'webhook' ? 'Delete webhook' : 'Delete schedule'}
      />
      <ConfirmDialog
        open={renewed !== null}
        onOpenChange={() => setRenewed(null)}
        busy={renew.isPending}
        onConfirm={() => renewed && makeSecret(renewed)}
        title={`Make a new secret for ${renewed?.name}?`}
        description="The old one is no longer good at once: give the new one to the sender."
        action="Make a new secret"
      />
    </>
  );
}
