import { useKnowledgeBases } from '#app/data/use-knowledge-bases.ts';
import { useWorkflows } from '#app/data/use-workflows.ts';
import { Field } from '#app/ui/field.tsx';
import { Select } from '#app/ui/select.tsx';
import { Textarea } from '#app/ui/textarea.tsx';
import type { Completion } from '#lib/workflow/document.ts';
import { useCanvas } from './canvas-context.tsx';
import { useCanvasSession } from './session-context.tsx';
import { inputSchemaOf } from './system/input-schema.ts';

const SOURCES = [
  { value: 'none', label: 'Nothing' },
  { value: 'list', label: 'A list' },
  { value: 'workflow', label: 'A workflow' },
  { value: 'knowledge-base', label: 'Names of documents' },
] as const;

const INITIAL: Record<Completion['type'], Completion> = {
  list: { type: 'list', values: [] },
  workflow: { type: 'workflow', workflow: '' },
  'knowledge-base': { type: 'knowledge-base', base: '' },
};

/** What clients propose while somebody fills in an argument. */
export function CompletionFields() {
  const document = useCanvas((state) => state.document);
  const setWorkflow = useCanvas((state) => state.setWorkflow);
  const kinds = useCanvas((state) => state.kinds);
  const { settings } = document;
  const { completions = {} } = settings;
  const names = Object.keys(inputSchemaOf(document, kinds)?.['properties'] ?? {});
  const left = Object.keys(completions).filter((name) => !names.includes(name));
  const set = (name: string, completion: Completion | undefined) => {
    const { [name]: _, ...others } = completions;
    const next = completion ? { ...others, [name]: completion } : others;
    const { completions: __, ...rest } = settings;
    setWorkflow({ settings: Object.keys(next).length > 0 ? { ...rest, completions: next } : rest });
  };
  return [...names, ...left].map((name) => (
    <CompletionField
      key={name}
      name={name}
      completion={completions[name]}
      onChange={(completion) => set(name, completion)}
    />
  ));
}

function CompletionField({
  name,
  completion,
  onChange,
}: {
  name: string;
  completion: Completion | undefined;
  onChange: (completion: Completion | undefined) => void;
}) {
  return (
    <div className="flex flex-col gap-2">
      <Field label={`Propose for ${name}`}>
        {(ids) => (
          <Select
            {...ids}
            value={completion?.type ?? 'none'}
            options={SOURCES}
            onValueChange={(type) => onChange(type === 'none' ? undefined : INITIAL[type])}
          />
        )}
      </Field>
      {completion?.type === 'list' && (
        <Field label={`Values for ${name}`} description="One on each line.">
          {(ids) => (
            <Textarea
              {...ids}
              rows={3}
              value={completion.values.join('\n')}
              onChange={({ target }) => {
                const lines = target.value === '' ? [] : target.value.split('\n');
                onChange({ type: 'list', values: lines.slice(0, 1000).map((line) => line.slice(0, 200)) });
              }}
            />
          )}
        </Field>
      )}
      {completion?.type === 'workflow' && (
        <WorkflowChoice
          label={`Workflow for ${name}`}
          value={completion.workflow}
          onChange={(workflow) => onChange({ type: 'workflow', workflow })}
        />
      )}
      {completion?.type === 'knowledge-base' && (
        <BaseChoice
          label={`Knowledge base for ${name}`}
          value={completion.base}
          onChange={(base) => onChange({ type: 'knowledge-base', base })}
        />
      )}
    </div>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
}

function WorkflowChoice(props: ChoiceProps) {
  const { project, workflow } = useCanvasSession();
  const { data } = useWorkflows(project);
  const names = (data?.items ?? []).filter(({ id }) => id !== workflow.id).map(({ name }) => name);
  const description =
    'It gets value, argument and the other arguments, as far as it takes them, and answers with { values } or a line for each.';
  return <Choice {...props} names={names} description={description} />;
}

function BaseChoice(props: ChoiceProps) {
  const { project } = useCanvasSession();
  const { data } = useKnowledgeBases(project);
  return <Choice {...props} names={(data?.items ?? []).map(({ name }) => name)} />;
}

function Choice({
  label,
  value,
  names,
  description,
  onChange,
}: ChoiceProps & { names: readonly string[]; description?: string }) {
  const known = value === '' || names.includes(value) ? names : [...names, value];
  return (
    <Field label={label} description={description}>
      {(ids) => (
        <Select
          {...ids}
          value={value || undefined}
          options={known.map((name) => ({ value: name, label: name }))}
          onValueChange={onChange}
        />
      )}
    </Field>
  );
}
