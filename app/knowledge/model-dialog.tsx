'use client';

import { useState } from 'react';
import type { EmbeddingInput, VectorModel } from '#app/data/types.ts';
import { useSetEmbedding, useTryEmbedding } from '#app/data/use-embedding.ts';
import { Button } from '#app/ui/button.tsx';
import { Disclosure } from '#app/ui/disclosure.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { FormDialog } from '#app/ui/form-dialog.tsx';
import { count, duration, number } from '#app/ui/quantity.ts';
import { Segmented } from '#app/ui/segmented.tsx';
import { Status } from '#app/ui/status.tsx';
import { TextField } from '#app/ui/text-field.tsx';
import { toast } from '#app/ui/toast.ts';
import { useBase } from './base-context.tsx';
import { ConnectionChoice } from './connection-choice.tsx';

/** Chooses the model of vectors; it can be tried first. */
export function ModelDialog({ model: present, onClose }: { model: VectorModel | null; onClose(): void }) {
  const { project, base } = useBase();
  const set = useSetEmbedding(project, base.id);
  const attempt = useTryEmbedding(project, base.id);
  const config = present?.config;
  const [kind, setKind] = useState<'openai' | 'local'>(config?.kind ?? 'openai');
  const [connection, setConnection] = useState(present?.connection ?? '');
  const [url, setUrl] = useState(config?.kind === 'openai' ? (config.url ?? '') : '');
  const [model, setModel] = useState(config?.kind === 'openai' ? config.model : '');
  const [dimensions, setDimensions] = useState(
    config?.kind === 'openai' && config.dimensions !== undefined ? String(config.dimensions) : '',
  );
  const [folder, setFolder] = useState(config?.kind === 'local' ? config.folder : '');
  const input: EmbeddingInput =
    kind === 'local'
      ? { kind, folder: folder.trim() }
      : {
          kind,
          connection: connection === '' ? null : connection,
          model: model.trim(),
          ...(url.trim() !== '' && { url: url.trim() }),
          ...(dimensions !== '' && { dimensions: Number(dimensions) }),
        };
  const ready = kind === 'local' ? folder.trim() !== '' : model.trim() !== '';
  const tried = attempt.data;
  return (
    <FormDialog
      onClose={onClose}
      title={present ? 'Change the model' : 'Add a model'}
      description={`Vectors of ${count(base.chunkCount, 'passage')} are made in the background; what is searched now is searched until all are there.`}
      action={present ? 'Change the model' : 'Add the model'}
      busy={set.isPending}
      onSubmit={() =>
        set.mutate(input, {
          onSuccess: () => {
            toast.success('The vectors are being made');
            onClose();
          },
        })
      }
    >
      <Segmented
        label="Where the model runs"
        className="self-start"
        value={kind}
        onValueChange={(next) => {
          setKind(next);
          attempt.reset();
        }}
        options={[
          { value: 'openai', label: 'At an address' },
          { value: 'local', label: 'In a folder of this server' },
        ]}
      />
      {kind === 'local' ? (
        <TextField
          label="Folder"
          description="Below LOCAL_MODELS_DIR: a model as it is downloaded, with model.onnx and tokenizer.json."
          mono
          required
          placeholder="all-MiniLM-L6-v2"
          value={folder}
          onValueChange={setFolder}
        />
      ) : (
        <>
          <TextField
            label="Model"
            mono
            required
            maxLength={200}
            placeholder="text-embedding-3-small"
            value={model}
            onValueChange={setModel}
          />
          <TextField
            label="Address"
            description="Of any server with /embeddings as OpenAI has it. Empty: OpenAI’s. Ollama: http://localhost:11434/v1"
            mono
            optional
            placeholder="https://api.openai.com/v1"
            value={url}
            onValueChange={setUrl}
          />
          <ConnectionChoice
            project={project}
            optional
            description="The key goes along to its hosts only."
            value={connection}
            onChange={setConnection}
          />
          <Disclosure title="More">
            <TextField
              label="Dimensions"
              description="For models that can shorten their vectors: fewer take less room and time."
              type="number"
              min={1}
              max={4096}
              optional
              className="w-28"
              value={dimensions}
              onValueChange={setDimensions}
            />
          </Disclosure>
        </>
      )}
      <div className="flex min-h-7 items-center gap-3">
        <Button disabled={!ready} busy={attempt.isPending} onClick={() => attempt.mutate(input)}>
          Try it
        </Button>
        <span aria-live="polite" className="min-w-0 text-12">
          {tried?.ok && (
            <Status status="ok" className="whitespace-normal!">
              It answered in {duration(tried.ms)}
              {tried.dimensions !== null && `, with ${number(tried.dimensions)} dimensions`}
            </Status>
          )}
          {tried && !tried.ok && <FieldMessage severity="error" message={tried.seen} />}
          {attempt.error && <FieldMessage severity="error" message={attempt.error.message} />}
        </span>
      </div>
      {set.error && <FieldMessage severity="error" message={set.error.message} />}
    </FormDialog>
  );
}
