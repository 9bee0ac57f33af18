'use client';

import { sampleInput } from '#app/canvas/system/input-schema.ts';
import type { Trigger } from '#app/data/types.ts';
import { Button } from '#app/ui/button.tsx';
import { CodeBlock } from '#app/ui/code-block.tsx';
import { Dialog, DialogContent, DialogDescription, DialogFooter, DialogTitle } from '#app/ui/dialog.tsx';
import type { JsonSchema } from '#lib/workflow/json.ts';
import { webhookExample } from './webhook-example.ts';

/** Where a webhook is sent and how it is signed; with its secret only when it was just made. */
export function WebhookAddressDialog({
  trigger,
  secret,
  schema,
  onClose,
}: {
  trigger: Trigger;
  secret: string | null;
  /** Of the workflow's arguments. */
  schema: JsonSchema;
  onClose: () => void;
}) {
  const url = trigger.url ?? '';
  const example = webhookExample({
    url,
    secret,
    signature: trigger.signature ?? 'standard',
    body: sampleInput(schema),
  });
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent className="max-w-160">
        <DialogTitle>{secret === null ? trigger.name : 'Copy the secret now'}</DialogTitle>
        <DialogDescription>
          {secret === null
            ? 'The secret was shown once. If it is lost, make a new one in the menu of the webhook.'
            : 'It is stored sealed and will not be shown again.'}
        </DialogDescription>
        <Part title="Address">
          <CodeBlock code={url} label="Address" />
        </Part>
        {secret !== null && (
          <Part title="Secret">
            <CodeBlock code={secret} label="Secret" />
          </Part>
        )}
        <Part title="Send one from a shell">
          <CodeBlock code={example} label="Example" />
        </Part>
        {trigger.signature === 'github' && (
          <p className="text-12 text-muted">
            At GitHub: Settings, Webhooks, Add webhook, with this address, this secret and the content type
            application/json.
          </p>
        )}
        <DialogFooter>
          <Button variant="primary" onClick={onClose}>
            {secret === null ? 'Close' : 'I have copied it'}
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}

function Part({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <h3 className="text-12 font-medium">{title}</h3>
      {children}
    </div>
  );
}
