'use client';
import { lazy, Suspense, useState } from 'react';
import { IconField } from '#app/form/icon-field.tsx';
import { JsonTree } from '#app/form/json-tree.tsx';
import { TestList } from '#app/tests/test-list.tsx';
import { TriggerList } from '#app/triggers/trigger-list.tsx';
import { Field } from '#app/ui/field.tsx';
import { Input } from '#app/ui/input.tsx';
import { Select } from '#app/ui/select.tsx';
import { Switch } from '#app/ui/switch.tsx';
import { Textarea } from '#app/ui/textarea.tsx';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import { WORKFLOW_ICON_BYTES } from '#lib/workflow/icon.ts';
import { WORKFLOW_NAME } from '#lib/workflow/name-patterns.ts';
import { useCanvas, useChecked } from './canvas-context.tsx';
import { CompletionFields } from './completions-section.tsx';
import { KindField } from './kind-section.tsx';
import { ProblemsList } from './problems-list.tsx';
import { ResourceFields } from './resource-section.tsx';
import { savedRevision } from './saver.ts';
import { useCanvasSession } from './session-context.tsx';
import type { WorkflowFields } from './store.ts';
import { inputSchemaOf } from './system/input-schema.ts';

const DefinitionSection = lazy(async () => ({
  default: (await import('./publish/definition-section.tsx')).DefinitionSection,
}));

const HINTS = [
  {
    hint: 'readOnlyHint',
    words: 'Only reads',
    detail: 'Changes nothing. Clients may call it without asking, and callers who may only read may call it.',
  },
  {
    hint: 'destructiveHint',
    words: 'May destroy',
    detail: 'Deletes or overwrites. Clients ask before they call it.',
  },
  { hint: 'idempotentHint', words: 'Safe to repeat', detail: 'The same call twice has the effect of one.' },
  { hint: 'openWorldHint', words: 'Reaches outside', detail: 'Talks to services beyond this server.' },
] as const;

/** With nothing selected: the workflow as its clients see it, and what is wrong with it. */
export function WorkflowPanel() {
  const document = useCanvas((state) => state.document);
  const setWorkflow = useCanvas((state) => state.setWorkflow);
  const endGesture = useCanvas((state) => state.endGesture);
  const editable = useCanvas((state) => state.editable);
  const kinds = useCanvas((state) => state.kinds);
  const { project, workflow, session } = useCanvasSession();
  const count = useChecked((state) => state.problems.length);
  return (
    <div className="flex flex-col">
      <Section title="Workflow">
        <fieldset data-form disabled={!editable} className="flex flex-col gap-3" onBlur={endGesture}>
          <KindField />
          <Name kind={document.kind} name={document.name} onChange={(name) => setWorkflow({ name })} />
          <Field label="Title">
            {(ids) => (
              <Input
                {...ids}
                value={document.title}
                maxLength={120}
                onChange={(event) => setWorkflow({ title: event.target.value })}
              />
            )}
          </Field>
          <Field label="Description" description={DESCRIPTIONS[document.kind]}>
            {(ids) => (
              <Textarea
                {...ids}
                rows={4}
                maxLength={2000}
                value={document.description}
                placeholder={
                  document.kind === 'tool'
                    ? 'When should a model call this, and what does it get back?'
                    : undefined
                }
                onChange={(event) => setWorkflow({ description: event.target.value })}
              />
            )}
          </Field>
          <IconField
            description="Shown by clients beside the title: the https address of an image, or an image of 6 KB at most."
            value={document.settings.icon ?? ''}
            mostBytes={WORKFLOW_ICON_BYTES}
            onChange={(icon) => setWorkflow({ settings: withIcon(document.settings, icon) })}
          />
          {document.kind === 'resource' && <ResourceFields />}
          {document.kind !== 'tool' && <CompletionFields />}
          {document.kind === 'tool' && <Annotations document={document} setWorkflow={setWorkflow} />}
          {document.kind === 'tool' && <Task document={document} setWorkflow={setWorkflow} />}
          {document.kind === 'tool' && <AnySchema document={document} setWorkflow={setWorkflow} />}
        </fieldset>
      </Section>
      <Section title={count === 0 ? 'Problems' : `Problems (${count})`}>
        <ProblemsList />
      </Section>
      <Section title="Definition">
        <Suspense fallback={null}>
          <DefinitionSection />
        </Suspense>
      </Section>
      <Section title="Triggers">
        <TriggerList
          project={project}
          workflow={workflow.id}
          schema={inputSchemaOf(document, kinds) ?? {}}
          editable={editable}
        />
      </Section>
      <Section title="Tests">
        <TestList
          project={project}
          workflow={workflow.id}
          editable={editable}
          save={() => savedRevision(session.saver)}
        />
      </Section>
      <Section title="As the client sees it">
        <ContractView />
      </Section>
    </div>
  );
}

function Section({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section className="border-line border-b p-4">
      <h2 className="mb-2 font-medium text-14">{title}</h2>
      {children}
    </section>
  );
}

const DESCRIPTIONS: Record<WorkflowDocument['kind'], string> = {
  tool: 'What the model reads when it chooses a tool.',
  resource: 'What people and models read when they look for a resource.',
  prompt: 'What people read when they choose a prompt.',
};

function withIcon({ icon: _, ...settings }: WorkflowDocument['settings'], icon: string) {
  return icon === '' ? settings : { ...settings, icon };
}

/** The workflow's name; what cannot be a name stays in the field, with the reason, and out of the document. */
function Name({
  kind,
  name,
  onChange,
}: {
  kind: WorkflowDocument['kind'];
  name: string;
  onChange: (name: string) => void;
}) {
  const [typed, setTyped] = useState(name);
  const [shown, setShown] = useState(name);
  if (shown !== name) {
    setShown(name);
    setTyped(name);
  }
  const valid = WORKFLOW_NAME.test(typed);
  return (
    <Field
      label="Name"
      description={`The ${kind}’s name. Clients that know the old one lose it.`}
      error={valid ? null : 'Starts with a letter; then a–z, 0–9 and _; at most 45 characters.'}
    >
      {(ids) => (
        <Input
          {...ids}
          mono
          value={typed}
          maxLength={45}
          onChange={(event) => {
            const text = event.target.value;
            setTyped(text);
            if (!WORKFLOW_NAME.test(text)) return;
            setShown(text);
            onChange(text);
          }}
          onBlur={() => setTyped(name)}
        />
      )}
    </Field>
  );
}

function Annotations({
  document,
  setWorkflow,
}: {
  document: WorkflowDocument;
  setWorkflow: (fields: WorkflowFields) => void;
}) {
  const annotations = document.settings.annotations ?? {};
  return (
    <div className="flex flex-col gap-2">
      {HINTS.map(({ hint, words, detail }) => (
        // biome-ignore lint/a11y/noLabelWithoutControl: Switch is the control
        <label key={hint} className="flex items-start justify-between gap-3">
          <span>
            {words}
            <span className="block text-12 text-muted">{detail}</span>
          </span>
          <Switch
            checked={annotations[hint] === true}
            onCheckedChange={(checked: boolean) =>
              setWorkflow({
                settings: { ...document.settings, annotations: { ...annotations, [hint]: checked } },
              })
            }
          />
        </label>
      ))}
    </div>
  );
}

const TASKS = [
  { value: 'never', label: 'No: the call waits for the answer' },
  { value: 'optional', label: 'For clients that can take one' },
  { value: 'required', label: 'Always: other clients are refused' },
] as const;

function Task({
  document: { settings },
  setWorkflow,
}: {
  document: WorkflowDocument;
  setWorkflow: (fields: WorkflowFields) => void;
}) {
  return (
    <Field
      label="Answers with a task"
      description="The client gets a task at once and asks how far it is; the run goes on by itself."
    >
      {(ids) => (
        <Select
          {...ids}
          value={settings.task ?? 'never'}
          options={TASKS}
          onValueChange={(task) => setWorkflow({ settings: { ...settings, task } })}
        />
      )}
    </Field>
  );
}

function AnySchema({
  document: { settings },
  setWorkflow,
}: {
  document: WorkflowDocument;
  setWorkflow: (fields: WorkflowFields) => void;
}) {
  const { anySchema: on, ...others } = settings;
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: Switch is the control
    <label className="flex items-start justify-between gap-3">
      <span>
        Any JSON Schema
        <span className="block text-12 text-muted">
          Clients get the schema of the arguments as it is written. Claude, OpenAI and Gemini refuse tools
          whose arguments have allOf, anyOf, oneOf or if at the root, and some clients then lose all tools of
          the server. Leave it off unless your own client needs it.
        </span>
      </span>
      <Switch
        checked={on === true}
        onCheckedChange={(checked: boolean) =>
          setWorkflow({ settings: checked ? { ...others, anySchema: true } : others })
        }
      />
    </label>
  );
}

function ContractView() {
  const contract = useChecked((state) => state.contract);
  if (!contract) {
    return <p className="text-muted">Shown once no problem stands in the way.</p>;
  }
  return (
    <div className="flex flex-col gap-3">
      <p>
        <span className="font-mono">{contract.name}</span>
        {contract.title !== '' && <span className="text-muted"> · {contract.title}</span>}
      </p>
      {contract.resource && (
        <p className="break-all font-mono text-12">
          {contract.resource.uri ?? contract.resource.uriTemplate}
        </p>
      )}
      <div>
        <h3 className="mb-1 text-12 text-muted">Arguments</h3>
        <JsonTree value={contract.inputSchema} />
      </div>
      <div>
        <h3 className="mb-1 text-12 text-muted">Structured answer</h3>
        {contract.outputSchema ? (
          <JsonTree value={contract.outputSchema} />
        ) : (
          <p className="text-muted">None: it answers with text or files only.</p>
        )}
      </div>
    </div>
  );
}
