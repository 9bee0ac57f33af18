'use client';

import { RadioGroup } from 'radix-ui';
import { useState } from 'react';
import type { KnowledgeSource } from '#app/data/types.ts';
import { useDeleteSource } from '#app/data/use-sources.ts';
import { ConfirmDialog } from '#app/ui/confirm-dialog.tsx';
import { count } from '#app/ui/quantity.ts';
import { toast } from '#app/ui/toast.ts';
import { useBase } from './base-context.tsx';

type Fate = 'keep' | 'remove';

/** Asks what becomes of the documents of a source that is deleted. */
export function DeleteSourceDialog({ source, onClose }: { source: KnowledgeSource; onClose(): void }) {
  const { project, base } = useBase();
  const remove = useDeleteSource(project, base.id);
  const [fate, setFate] = useState<Fate>('keep');
  const { id, name, documentCount } = source;
  const documents = count(documentCount, 'document');
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Delete the source ${name}?`}
      description="It is looked through no more, and what was set up for it is lost."
      action={fate === 'remove' && documentCount > 0 ? `Delete source and ${documents}` : 'Delete source'}
      busy={remove.isPending}
      onConfirm={() =>
        remove.mutate(
          { source: id, documents: fate },
          {
            onSuccess: () => {
              toast.success('Source deleted');
              onClose();
            },
            onError: (error) => toast.error(error.message),
          },
        )
      }
    >
      {documentCount > 0 && (
        <RadioGroup.Root
          aria-label="What becomes of its documents"
          value={fate}
          onValueChange={(value) => setFate(value as Fate)}
          className="flex flex-col gap-2"
        >
          <FateChoice value="keep" title={`Keep ${documents}`}>
            They stay as they are, as if they had been uploaded.
          </FateChoice>
          <FateChoice value="remove" title={`Remove ${documents}`}>
            Look-ups find nothing of them any more.
          </FateChoice>
        </RadioGroup.Root>
      )}
    </ConfirmDialog>
  );
}

function FateChoice({ value, title, children }: { value: Fate; title: string; children: string }) {
  return (
    <RadioGroup.Item
      value={value}
      className="group flex items-start gap-2 rounded-md border border-line px-3 py-2 text-left hover:bg-hover data-[state=checked]:border-accent data-[state=checked]:bg-accent-soft"
    >
      <span className="mt-0.5 grid size-4 shrink-0 place-items-center rounded-full border border-faint group-data-[state=checked]:border-accent">
        <RadioGroup.Indicator className="size-2 rounded-full bg-accent" />
      </span>
      <span>
        <span className="block font-medium">{title}</span>
        <span className="block text-12 text-muted">{children}</span>
      </span>
    </RadioGroup.Item>
  );
}
