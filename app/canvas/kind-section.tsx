import { Field } from '#app/ui/field.tsx';
import { Segmented } from '#app/ui/segmented.tsx';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import { useCanvas } from './canvas-context.tsx';
import { inputSchemaOf } from './system/input-schema.ts';
import { settingsFor } from './system/kind-settings.ts';

const KINDS = [
  { value: 'tool', label: 'Tool' },
  { value: 'resource', label: 'Resource' },
  { value: 'prompt', label: 'Prompt' },
] as const;

const WORDS: Record<WorkflowDocument['kind'], string> = {
  tool: 'The model calls it.',
  resource: 'The client reads it, at its URI.',
  prompt: 'The person chooses it; its answer is the messages.',
};

/** What the workflow is to clients. Settings that the other kinds do not have go with the change. */
export function KindField() {
  const document = useCanvas((state) => state.document);
  const setWorkflow = useCanvas((state) => state.setWorkflow);
  const editable = useCanvas((state) => state.editable);
  const kinds = useCanvas((state) => state.kinds);
  return (
    <Field label="Kind" description={WORDS[document.kind]}>
      {() => (
        <Segmented
          label="Kind"
          value={document.kind}
          options={KINDS.map((option) => ({ ...option, disabled: !editable }))}
          onValueChange={(kind) => {
            const names = Object.keys(inputSchemaOf(document, kinds)?.['properties'] ?? {});
            setWorkflow({ kind, settings: settingsFor(kind, document, names) });
          }}
          className="self-start"
        />
      )}
    </Field>
  );
}
