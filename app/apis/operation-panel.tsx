'use client';

import { X } from 'lucide-react';
import { useEffect } from 'react';
import type { ApiOperationDetail, OperationChoice } from '#app/data/types.ts';
import { useOperation } from '#app/data/use-operation.ts';
import { useSettled } from '#app/form/use-settled.ts';
import { Badge } from '#app/ui/badge.tsx';
import { Checkbox } from '#app/ui/checkbox.tsx';
import { Disclosure } from '#app/ui/disclosure.tsx';
import { Field } from '#app/ui/field.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { IconButton } from '#app/ui/icon-button.tsx';
import { number } from '#app/ui/quantity.ts';
import { QueryView } from '#app/ui/query-view.tsx';
import { TextField } from '#app/ui/text-field.tsx';
import { Textarea } from '#app/ui/textarea.tsx';
import { ArgumentRow } from './argument-row.tsx';
import { depthOf, stateOf, toggled } from './response-choice.ts';

export interface OperationPanelProps {
  project: string;
  source: string;
  operation: string;
  /** With its name. */
  choice: OperationChoice;
  onChange(choice: OperationChoice): void;
  /** What it costs with these choices, and what is wrong with them. */
  onReckoned(operation: string, reckoned: { tokens: number; faults: string[] }): void;
  onClose(): void;
}

/** ms without a key until the costs are reckoned again. */
const SETTLE_MS = 300;

/** Everything that can be decided about an operation before its tool is made. */
export function OperationPanel(props: OperationPanelProps) {
  const { project, source, operation, choice, onReckoned, onClose } = props;
  const settled = useSettled(JSON.stringify(choice), SETTLE_MS);
  const detail = useOperation(project, {
    source,
    operation,
    choice: JSON.parse(settled) as OperationChoice,
  });
  const { data, isPlaceholderData } = detail;
  useEffect(() => {
    if (data && !isPlaceholderData) onReckoned(operation, data);
  }, [data, isPlaceholderData, operation, onReckoned]);
  return (
    <aside
      aria-label={operation}
      className="flex max-h-[66vh] min-w-0 flex-col overflow-hidden rounded-md border border-line bg-surface"
    >
      <header className="flex items-center gap-2 border-b border-line px-4 py-2">
        <h2 className="min-w-0 flex-1 truncate font-mono text-12 font-medium" title={operation}>
          {operation}
        </h2>
        {data && <Badge tone="outline">{`${number(data.tokens)} tokens`}</Badge>}
        <IconButton label="Close" size="small" onClick={onClose}>
          <X />
        </IconButton>
      </header>
      <div className="min-h-0 flex-1 overflow-auto p-4">
        <QueryView query={detail} what="the operation">
          {(loaded) => <Choices {...props} detail={loaded} />}
        </QueryView>
      </div>
    </aside>
  );
}

function Choices({ detail, choice, onChange }: OperationPanelProps & { detail: ApiOperationDetail }) {
  const { arguments: given, fields, faults } = detail;
  const name = choice.name ?? detail.name;
  return (
    <div className="flex flex-col gap-4">
      {faults.map((fault) => (
        <FieldMessage key={fault} severity="error" message={fault} />
      ))}
      <TextField
        label="Name of the tool"
        mono
        maxLength={45}
        value={name}
        error={/^[a-z][a-z0-9_]{0,44}$/.test(name) ? null : 'Begin with a letter; then a-z, 0-9 and _.'}
        onValueChange={(value) => onChange({ ...choice, name: value })}
      />
      <Field label="Description" description="A model chooses the tool by it.">
        {(ids) => (
          <Textarea
            {...ids}
            rows={4}
            maxLength={2000}
            value={choice.description ?? detail.description}
            onChange={(event) => onChange({ ...choice, description: event.target.value })}
          />
        )}
      </Field>
      {given.length > 0 && (
        <section aria-label="Arguments" className="flex flex-col gap-2">
          <h3 className="text-12 font-medium">Arguments</h3>
          <ul className="flex flex-col">
            {given.map((argument) => (
              <ArgumentRow
                key={argument.id}
                argument={argument}
                choice={choice.arguments?.[argument.id] ?? {}}
                onChange={(one) =>
                  onChange({ ...choice, arguments: { ...choice.arguments, [argument.id]: one } })
                }
              />
            ))}
          </ul>
        </section>
      )}
      {fields.length > 0 && (
        <Disclosure
          title="Fields of the answer"
          defaultOpen={fields.length <= 30 || choice.fields !== undefined}
        >
          <ul className="flex flex-col gap-1">
            {fields.map(({ path, type }) => (
              <li key={path} style={{ paddingLeft: depthOf(path) * 16 }} className="min-w-0">
                {/* biome-ignore lint/a11y/noLabelWithoutControl: the checkbox is a button, which a label takes */}
                <label className="flex min-w-0 items-center gap-2 text-13">
                  <Checkbox
                    checked={stateOf(path, fields, choice.fields)}
                    onCheckedChange={() => {
                      const { fields: _, ...rest } = choice;
                      const next = toggled(path, fields, choice.fields);
                      onChange(next ? { ...rest, fields: next } : rest);
                    }}
                  />
                  <span className="truncate font-mono text-12">{path}</span>
                  <span className="shrink-0 text-12 text-muted">{type}</span>
                </label>
              </li>
            ))}
          </ul>
        </Disclosure>
      )}
    </div>
  );
}
