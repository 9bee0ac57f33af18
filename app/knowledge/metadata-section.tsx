'use client';

import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import type { KnowledgeDocument } from '#app/data/types.ts';
import { useUpdateDocument } from '#app/data/use-document.ts';
import { Button } from '#app/ui/button.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { IconButton } from '#app/ui/icon-button.tsx';
import { Input } from '#app/ui/input.tsx';
import { toast } from '#app/ui/toast.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { useBase } from './base-context.tsx';
import { type MetadataLine, metadataLines, metadataOf, metadataText } from './metadata-text.ts';
import { SidePart } from './side-part.tsx';

/** What filters of look-ups go by. */
export function MetadataSection({ document, editable }: { document: KnowledgeDocument; editable: boolean }) {
  const [editing, setEditing] = useState(false);
  const metadata = document.metadata as JsonObject;
  const names = Object.keys(metadata);
  return (
    <SidePart
      title="Metadata"
      actions={
        editable &&
        !editing && (
          <Button size="small" variant="ghost" onClick={() => setEditing(true)}>
            Edit<span className="sr-only"> metadata</span>
          </Button>
        )
      }
    >
      {editing ? (
        <MetadataForm document={document} onClose={() => setEditing(false)} />
      ) : names.length === 0 ? (
        <p className="text-12 text-muted">None. Look-ups can be narrowed to documents by their metadata.</p>
      ) : (
        <dl className="grid grid-cols-[minmax(0,auto)_minmax(0,1fr)] gap-x-3 gap-y-1 text-12">
          {names.map((name) => (
            <div key={name} className="contents">
              <dt className="truncate text-muted">{name}</dt>
              <dd className="break-words">{metadataText(metadata[name] ?? null)}</dd>
            </div>
          ))}
        </dl>
      )}
    </SidePart>
  );
}

function MetadataForm({ document, onClose }: { document: KnowledgeDocument; onClose(): void }) {
  const { project, base } = useBase();
  const update = useUpdateDocument(project, base.id, document.id);
  const [lines, setLines] = useState<readonly (MetadataLine & { key: number })[]>(() => [
    ...metadataLines(document.metadata as JsonObject).map((line, key) => ({ ...line, key })),
    { name: '', text: '', key: -1 },
  ]);
  const change = (key: number, part: Partial<MetadataLine>): void =>
    setLines(lines.map((line) => (line.key === key ? { ...line, ...part } : line)));
  const metadata = metadataOf(lines);
  return (
    <form
      className="flex flex-col gap-1.5"
      onSubmit={(event) => {
        event.preventDefault();
        if (!metadata) return;
        update.mutate(
          { metadata },
          {
            onSuccess: () => {
              toast.success('Metadata saved');
              onClose();
            },
          },
        );
      }}
    >
      {lines.map(({ key, name, text }, index) => (
        <div key={key} className="flex items-center gap-1">
          <Input
            aria-label={`Name ${index + 1}`}
            placeholder="Name"
            mono
            maxLength={100}
            className="w-2/5"
            value={name}
            onChange={(event) => change(key, { name: event.target.value })}
          />
          <Input
            aria-label={`Value ${index + 1}`}
            placeholder="Value"
            maxLength={1000}
            value={text}
            onChange={(event) => change(key, { text: event.target.value })}
          />
          <IconButton
            size="small"
            label={`Remove ${name || `line ${index + 1}`}`}
            onClick={() => setLines(lines.filter((line) => line.key !== key))}
          >
            <X />
          </IconButton>
        </div>
      ))}
      {metadata === null && <FieldMessage severity="error" message="A name stands there twice." />}
      {update.error && <FieldMessage severity="error" message={update.error.message} />}
      <div className="flex items-center gap-2 pt-1">
        <Button
          size="small"
          variant="ghost"
          onClick={() => setLines([...lines, { name: '', text: '', key: Date.now() }])}
        >
          <Plus /> Line
        </Button>
        <span className="flex-1" />
        <Button size="small" onClick={onClose}>
          Cancel
        </Button>
        <Button size="small" type="submit" variant="primary" busy={update.isPending} disabled={!metadata}>
          Save metadata
        </Button>
      </div>
    </form>
  );
}
