'use client';
import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useMemo, useState } from 'react';
import { answer, api } from '#app/data/api.ts';
import { useCreateWorkflow } from '#app/data/use-create-workflow.ts';
import { Checkbox } from '#app/ui/checkbox.tsx';
import { FormDialog } from '#app/ui/form-dialog.tsx';
import { TextField } from '#app/ui/text-field.tsx';
import { toast } from '#app/ui/toast.ts';
import { WORKFLOW_NAME } from '#lib/workflow/name-patterns.ts';
import { newId } from '#lib/workflow/new-id.ts';
import { useCanvas, useCanvasStore } from './canvas-context.tsx';
import { useCanvasSession, useScreen } from './session-context.tsx';
import { extract } from './system/extract.ts';

/** Makes the selected steps a workflow of their own: its name, and what will be passed and answered. */
export function ExtractDialog() {
  const { project } = useCanvasSession();
  const store = useCanvasStore();
  const show = useScreen((state) => state.show);
  const document = useCanvas((state) => state.document);
  const kinds = useCanvas((state) => state.kinds);
  const selected = useCanvas((state) => state.selectedNodes);
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const [publish, setPublish] = useState(true);
  const create = useCreateWorkflow(project);
  const router = useRouter();
  const path = `/projects/${project}/workflows`;
  const close = (): void => show({ dialog: null });
  const fits = WORKFLOW_NAME.test(name);
  const result = useMemo(
    () => extract(document, selected, { kinds, newId, name: fits ? name : 'part', description }),
    [document, selected, kinds, name, fits, description],
  );

  const make = useMutation({
    mutationFn: async () => {
      if ('refused' in result) throw new Error(result.refused);
      const made = await create.mutateAsync({ name, document: result.workflow });
      if (!publish) return result;
      await answer(
        api.projects[':project'].workflows[':workflow'].publish.$post({
          param: { project, workflow: made.id },
          json: { revision: made.revision, note: 'Taken out of another workflow' },
        }),
      ).catch((error: Error) =>
        toast.error(`${name} is made, but not published: ${error.message}`, {
          action: { label: 'Review', onClick: () => router.push(`${path}/${made.id}?dialog=publish`) },
        }),
      );
      return result;
    },
    onSuccess: (done) => {
      store.getState().replace(done.document, `Extract ${name}`);
      store.getState().select([done.id]);
      close();
      toast(`${name} is a workflow now, and called here`, {
        action: { label: 'Undo here', onClick: () => store.getState().undo() },
      });
    },
  });

  const refused = 'refused' in result ? result.refused : null;
  return (
    <FormDialog
      onClose={close}
      title="Make it a workflow of its own"
      description="One step that calls it takes the place of the selected steps. The answer stays what it is."
      action={publish ? 'Make and publish' : 'Make workflow'}
      busy={make.isPending}
      onSubmit={() => {
        if (fits && refused === null) make.mutate();
      }}
    >
      {refused !== null ? (
        <p role="alert" className="rounded-md bg-danger-soft p-3 text-danger-ink">
          {refused}
        </p>
      ) : (
        !('refused' in result) && (
          <>
            <TextField
              label="Name"
              autoFocus
              value={name}
              onValueChange={(next) => setName(next.toLowerCase().replaceAll(/[\s-]+/g, '_'))}
              placeholder="price_order"
              error={name !== '' && !fits ? 'Starts with a letter; then a-z, 0-9 and _; at most 45.' : null}
            />
            <TextField
              label="Description"
              optional
              value={description}
              maxLength={2000}
              onValueChange={setDescription}
            />
            <Values
              title="Arguments"
              none="It needs none."
              lines={result.arguments.map((one) => [
                `${one.name}${one.required ? '' : '?'}`,
                `${typeWords(one.schema)} from ${one.from}`,
              ])}
            />
            <Values
              title="Answer"
              none="Nothing of it is read later."
              lines={result.answers.map((one) => [one.key, `read by ${one.readers.join(', ')}`])}
            />
            {/* biome-ignore lint/a11y/noLabelWithoutControl: the checkbox is a button, which a label may hold */}
            <label className="flex items-start gap-2">
              <Checkbox
                checked={publish}
                onCheckedChange={(on) => setPublish(on === true)}
                className="mt-0.5"
              />
              <span>
                Publish it
                <span className="block text-12 text-muted">
                  Only what is published can be called, also by a run of the draft. Clients of the project see
                  it as a tool, too.
                </span>
              </span>
            </label>
            {make.error && (
              <p role="alert" className="text-danger-ink">
                {make.error.message}
              </p>
            )}
          </>
        )
      )}
    </FormDialog>
  );
}

function Values({ title, none, lines }: { title: string; none: string; lines: [string, string][] }) {
  return (
    <section aria-label={title} className="rounded-md border border-line p-2.5">
      <h3 className="font-medium text-12 text-muted">{title}</h3>
      {lines.length === 0 ? (
        <p className="text-12 text-muted">{none}</p>
      ) : (
        <ul>
          {lines.map(([name, words]) => (
            <li key={name} className="flex gap-2 text-12">
              <span className="font-mono">{name}</span>
              <span className="text-muted">{words}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function typeWords(schema: { [member: string]: unknown }): string {
  const { type } = schema;
  return typeof type === 'string' ? type : 'anything';
}
