import { Field } from '#app/ui/field.tsx';
import { Input } from '#app/ui/input.tsx';
import { Select } from '#app/ui/select.tsx';
import type { ResourceSettings } from '#lib/workflow/document.ts';
import { useCanvas } from './canvas-context.tsx';

const AUDIENCES = [
  { value: 'all', label: 'People and models' },
  { value: 'user', label: 'People' },
  { value: 'assistant', label: 'Models' },
] as const;

const LEAST_SECONDS = 5;
const MOST_SECONDS = 86_400;

/** Where a resource is read, and what is told of it. */
export function ResourceFields() {
  const settings = useCanvas((state) => state.document.settings);
  const setWorkflow = useCanvas((state) => state.setWorkflow);
  const resource: ResourceSettings = settings.resource ?? { uri: '' };
  const { uri, mimeType = '', annotations = {}, pollMs } = resource;
  const set = (change: Partial<Record<keyof ResourceSettings, unknown>>) => {
    const members = Object.entries({ ...resource, ...change }).filter(([, value]) => value !== undefined);
    setWorkflow({
      settings: { ...settings, resource: Object.fromEntries(members) as unknown as ResourceSettings },
    });
  };
  const audience = annotations.audience?.length === 1 ? annotations.audience[0]! : 'all';
  return (
    <>
      <Field label="URI" description="Fixed, or with the arguments as variables: orders://{id}.">
        {(ids) => (
          <Input
            {...ids}
            mono
            value={uri}
            maxLength={400}
            placeholder="orders://{id}"
            onChange={({ target }) => set({ uri: target.value })}
          />
        )}
      </Field>
      <Field label="MIME type" description="Of its texts; files have their own.">
        {(ids) => (
          <Input
            {...ids}
            mono
            value={mimeType}
            maxLength={255}
            placeholder="text/plain"
            onChange={({ target }) => set({ mimeType: target.value || undefined })}
          />
        )}
      </Field>
      <Field
        label="Read again every"
        description="Seconds, 5 at least, while somebody is subscribed to it. Left empty: only when a step says that it changed."
      >
        {(ids) => (
          <Input
            {...ids}
            key={pollMs}
            type="number"
            min={LEAST_SECONDS}
            max={MOST_SECONDS}
            defaultValue={pollMs === undefined ? '' : pollMs / 1000}
            onBlur={({ target }) => {
              const seconds = Math.round(Number(target.value));
              const isSome = target.value !== '' && Number.isFinite(seconds);
              const bounded = Math.min(Math.max(seconds, LEAST_SECONDS), MOST_SECONDS);
              set({ pollMs: isSome ? bounded * 1000 : undefined });
            }}
          />
        )}
      </Field>
      <Field label="For">
        {(ids) => (
          <Select
            {...ids}
            value={audience}
            options={AUDIENCES}
            onValueChange={(value) => {
              const { audience: _, ...others } = annotations;
              const next = value === 'all' ? others : { ...others, audience: [value] };
              set({ annotations: Object.keys(next).length > 0 ? next : undefined });
            }}
          />
        )}
      </Field>
    </>
  );
}
