'use client';

import { useState } from 'react';
import type { Embedding } from '#app/data/types.ts';
import { useEmbedding, useSetReranker } from '#app/data/use-embedding.ts';
import { useRefusal } from '#app/data/use-refusal.ts';
import { Section } from '#app/shell/page-body.tsx';
import { Button } from '#app/ui/button.tsx';
import { Changeable } from '#app/ui/changeable.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { QueryView } from '#app/ui/query-view.tsx';
import { TextField } from '#app/ui/text-field.tsx';
import { toast } from '#app/ui/toast.ts';
import { useBase } from './base-context.tsx';
import { ConnectionChoice } from './connection-choice.tsx';

/** A model that reads the best passages once more beside the question, and orders them. */
export function RerankerSection() {
  const { project, base } = useBase();
  const embedding = useEmbedding(project, base.id);
  return (
    <Section
      id="reranker"
      title="Reranker"
      description="A model that reads the best passages beside the question and orders them once more. Better first places; each look-up waits for it."
    >
      <QueryView query={embedding} what="the reranker">
        {({ reranker }) => <RerankerForm key={JSON.stringify(reranker)} reranker={reranker} />}
      </QueryView>
    </Section>
  );
}

function RerankerForm({ reranker }: Pick<Embedding, 'reranker'>) {
  const { project, base } = useBase();
  const refusal = useRefusal('editor');
  const set = useSetReranker(project, base.id);
  const [model, setModel] = useState(reranker?.model ?? '');
  const [url, setUrl] = useState(reranker?.url ?? '');
  const [connection, setConnection] = useState(reranker?.connection ?? '');
  return (
    <form
      className="flex max-w-160 flex-col gap-3 p-4"
      onSubmit={(event) => {
        event.preventDefault();
        set.mutate(
          {
            model: model.trim(),
            connection: connection === '' ? null : connection,
            ...(url.trim() !== '' && { url: url.trim() }),
          },
          { onSuccess: () => toast.success('Reranker saved') },
        );
      }}
    >
      <Changeable refusal={refusal}>
        <div className="grid grid-cols-2 gap-3">
          <TextField
            label="Model"
            mono
            required
            maxLength={200}
            placeholder="rerank-v3.5"
            value={model}
            onValueChange={setModel}
          />
          <TextField
            label="Address"
            mono
            optional
            placeholder="https://api.cohere.com/v2"
            description="Of a server with /rerank."
            value={url}
            onValueChange={setUrl}
          />
        </div>
        <ConnectionChoice project={project} optional value={connection} onChange={setConnection} />
        {set.error && <FieldMessage severity="error" message={set.error.message} />}
        <div className="flex gap-2">
          <Button type="submit" busy={set.isPending} disabled={model.trim() === ''}>
            {reranker ? 'Save reranker' : 'Turn reranking on'}
          </Button>
          {reranker && (
            <Button
              variant="danger"
              disabled={set.isPending}
              onClick={() => set.mutate(null, { onSuccess: () => toast('Reranking is off') })}
            >
              Turn off
            </Button>
          )}
        </div>
      </Changeable>
    </form>
  );
}
