'use client';
import { Field } from '#app/ui/field.tsx';
import { Input } from '#app/ui/input.tsx';
import { Select } from '#app/ui/select.tsx';
import { Switch } from '#app/ui/switch.tsx';
import type { NodeSettings, WorkflowNode } from '#lib/workflow/document.ts';
import { useCanvas } from './canvas-context.tsx';
import { undoCandidates } from './system/undo-steps.ts';

const ON_ERROR: readonly { value: NonNullable<NodeSettings['onError']>; label: string }[] = [
  { value: 'fail', label: 'End the run' },
  { value: 'continue', label: 'Go on, with { error } as the value' },
  { value: 'handle', label: 'Take the “on error” handle' },
];

const NO_UNDO = 'none';

/** How a step behaves, whatever its kind: time, retries, failure, on and off. */
export function NodeSettingsForm({ node }: { node: WorkflowNode }) {
  const set = useCanvas((state) => state.setSettings);
  const kind = useCanvas((state) => state.kinds.get(node.kind));
  const endGesture = useCanvas((state) => state.endGesture);
  const editable = useCanvas((state) => state.editable);
  const settings = node.settings ?? {};
  const attempts = settings.retry?.attempts ?? 1;
  const backoffMs = settings.retry?.backoffMs ?? 500;
  const change = (next: Partial<NodeSettings>): void => set(node.id, next);
  return (
    <fieldset data-form disabled={!editable} className="flex flex-col gap-4 p-4" onBlur={endGesture}>
      {/* biome-ignore lint/a11y/noLabelWithoutControl: Switch is the control */}
      <label className="flex items-start justify-between gap-3">
        <span>
          Disabled
          <span className="block text-12 text-muted">The step is passed through; its value is null.</span>
        </span>
        <Switch
          checked={settings.disabled === true}
          onCheckedChange={(checked: boolean) => change({ disabled: checked || undefined })}
        />
      </label>
      <Field
        label="Time-out in seconds"
        description={
          kind?.body
            ? 'At most 300. The steps inside are tried again each for itself.'
            : 'For one attempt; at most 300.'
        }
      >
        {(ids) => (
          <Input
            {...ids}
            type="number"
            min={0.001}
            max={300}
            step="any"
            placeholder="As long as the run may take"
            value={settings.timeoutMs === undefined ? '' : settings.timeoutMs / 1000}
            onChange={(event) => change({ timeoutMs: milliseconds(event.target.value, 300_000) })}
          />
        )}
      </Field>
      {kind && kind.role === undefined && (
        <>
          {kind.body === undefined && (
            <div className="grid grid-cols-2 gap-3">
              <Field label="Attempts">
                {(ids) => (
                  <Input
                    {...ids}
                    type="number"
                    min={1}
                    max={10}
                    value={attempts}
                    onChange={(event) => {
                      const wanted = Math.min(10, Math.max(1, Math.trunc(Number(event.target.value)) || 1));
                      change({ retry: wanted === 1 ? undefined : { attempts: wanted, backoffMs } });
                    }}
                  />
                )}
              </Field>
              <Field label="First pause in ms">
                {(ids) => (
                  <Input
                    {...ids}
                    type="number"
                    min={0}
                    max={60_000}
                    step={100}
                    disabled={attempts === 1}
                    value={backoffMs}
                    onChange={(event) => {
                      const wanted = Math.min(
                        60_000,
                        Math.max(0, Math.trunc(Number(event.target.value)) || 0),
                      );
                      change({ retry: { attempts, backoffMs: wanted } });
                    }}
                  />
                )}
              </Field>
              <p className="col-span-2 text-12 text-muted">
                Tried again after failures that may pass: a broken connection, 429, 5xx. The pause doubles.
              </p>
            </div>
          )}
          <Field label="When it fails for good">
            {(ids) => (
              <Select
                {...ids}
                value={settings.onError ?? 'fail'}
                onValueChange={(value) => change({ onError: value === 'fail' ? undefined : value })}
                options={ON_ERROR}
                disabled={!editable}
              />
            )}
          </Field>
          <UndoField node={node} editable={editable} change={change} />
        </>
      )}
    </fieldset>
  );
}

/** Which step takes the effect of this one back. */
function UndoField({
  node,
  editable,
  change,
}: {
  node: WorkflowNode;
  editable: boolean;
  change: (next: Partial<NodeSettings>) => void;
}) {
  const document = useCanvas((state) => state.document);
  const kinds = useCanvas((state) => state.kinds);
  const candidates = undoCandidates(document, node, kinds).map(({ id, key }) => ({ value: id, label: key }));
  const chosen = node.settings?.undo;
  const known = chosen === undefined || candidates.some(({ value }) => value === chosen);
  return (
    <Field
      label="Undo with"
      description="Runs when a later step fails for good. Put a step on the canvas without connecting it, then choose it here."
    >
      {(ids) => (
        <Select
          {...ids}
          value={chosen ?? NO_UNDO}
          onValueChange={(value) => change({ undo: value === NO_UNDO ? undefined : value })}
          options={[
            { value: NO_UNDO, label: 'Nothing' },
            ...candidates,
            ...(known ? [] : [{ value: chosen, label: 'A step that cannot undo' }]),
          ]}
          disabled={!editable || (candidates.length === 0 && chosen === undefined)}
        />
      )}
    </Field>
  );
}

/** Seconds as typed, in ms within the bounds; undefined for an empty or senseless field. */
function milliseconds(typed: string, most: number): number | undefined {
  const ms = Math.round(Number(typed) * 1000);
  return typed === '' || !Number.isFinite(ms) || ms < 1 ? undefined : Math.min(ms, most);
}
