'use client';

import { Sparkles } from 'lucide-react';
import { useState } from 'react';
import type { VectorModel } from '#app/data/types.ts';
import { useEmbedding, useRemoveEmbedding } from '#app/data/use-embedding.ts';
import { useRefusal } from '#app/data/use-refusal.ts';
import { Section } from '#app/shell/page-body.tsx';
import { Button } from '#app/ui/button.tsx';
import { Refusal } from '#app/ui/changeable.tsx';
import { ConfirmMutation } from '#app/ui/confirm-mutation.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { number } from '#app/ui/quantity.ts';
import { QueryView } from '#app/ui/query-view.tsx';
import { Status } from '#app/ui/status.tsx';
import { useBase } from './base-context.tsx';
import { ModelDialog } from './model-dialog.tsx';

/** The model whose vectors find what is said in other words; without one, what it would bring. */
export function ModelSection() {
  const { project, base } = useBase();
  const embedding = useEmbedding(project, base.id);
  const refusal = useRefusal('editor');
  const remove = useRemoveEmbedding(project, base.id);
  const [choosing, setChoosing] = useState(false);
  const [asking, setAsking] = useState(false);
  return (
    <Section
      id="model"
      title="Model"
      description="Finds passages by what they mean, beside the full text that finds them by their words."
    >
      <QueryView query={embedding} what="the model">
        {({ serving, filling }) => (
          <div className="flex max-w-160 flex-col gap-4 p-4">
            {refusal && <Refusal>{refusal}</Refusal>}
            {!serving && !filling && <WithoutModel />}
            {serving && (
              <div className="flex flex-col gap-0.5">
                <p className="flex flex-wrap items-center gap-x-3">
                  <span className="font-medium font-mono">{modelName(serving)}</span>
                  <Status status="live">Searched</Status>
                </p>
                <p className="text-12 text-muted tabular-nums">
                  {placeOf(serving)} · {number(serving.done)} of {number(serving.total)} passages
                  {serving.dimensions !== null && ` · ${number(serving.dimensions)} dimensions`}
                </p>
                {serving.error && <FieldMessage severity="warning" message={serving.error} />}
              </div>
            )}
            {filling && <Filling model={filling} serving={serving !== null} />}
            <div className="flex gap-2">
              <Button
                variant={serving || filling ? 'secondary' : 'primary'}
                disabled={refusal !== null}
                onClick={() => setChoosing(true)}
              >
                <Sparkles /> {serving || filling ? 'Change the model' : 'Add a model'}
              </Button>
              {(serving || filling) && (
                <Button variant="danger" disabled={refusal !== null} onClick={() => setAsking(true)}>
                  Turn off
                </Button>
              )}
            </div>
            {choosing && <ModelDialog model={filling ?? serving} onClose={() => setChoosing(false)} />}
            <ConfirmMutation
              mutation={remove}
              variables={asking ? true : null}
              onClose={() => setAsking(false)}
              title="Turn the model off?"
              description="Look-ups go by full text alone from now on, and the stored vectors are lost: with a model again, all of them are made anew."
              action="Turn off"
              done="The model is off"
            />
          </div>
        )}
      </QueryView>
    </Section>
  );
}

function WithoutModel() {
  return (
    <div className="flex flex-col gap-2 text-muted">
      <p>
        <span className="font-medium text-ink">Full text is complete by itself.</span> It knows the forms of
        words in 17 languages, finds names and codes by their beginning, and weighs rare words and headings.
      </p>
      <p>
        A model adds what words alone do not find: a question in quite other words than the document, or in
        another language. Every passage is sent to it once, and every question; both orders are put together.
        Questions under Quality show what that brings here, before you rely on it.
      </p>
    </div>
  );
}

function Filling({ model, serving }: { model: VectorModel; serving: boolean }) {
  const failed = model.state === 'failed';
  return (
    <div className="flex flex-col gap-1 rounded-md border border-line bg-sunken px-3 py-2">
      <p className="flex flex-wrap items-center gap-x-3">
        <span className="font-medium font-mono">{modelName(model)}</span>
        {failed ? (
          <Status status="failed">Could not be filled</Status>
        ) : (
          <Status status="pending" className="tabular-nums">
            {number(model.done)} of {number(model.total)} passages
          </Status>
        )}
      </p>
      {!failed && (
        <progress
          aria-label="Passages with vectors"
          max={Math.max(1, model.total)}
          value={model.done}
          className="h-1 w-full accent-(--accent)"
        />
      )}
      <p className="text-12 text-muted">
        {placeOf(model)}.{' '}
        {serving
          ? 'The present model is searched until all are there.'
          : 'Full text alone is searched until then.'}
      </p>
      {model.error && <FieldMessage severity={failed ? 'error' : 'warning'} message={model.error} />}
    </div>
  );
}

function modelName({ config }: VectorModel): string {
  return config.kind === 'local' ? config.folder : config.model;
}

/** Where the model runs. */
function placeOf({ config }: VectorModel): string {
  return config.kind === 'local' ? 'A folder on this server' : (config.url ?? 'OpenAI');
}
