import type { Project } from '#app/data/types.ts';
import { Field } from '#app/ui/field.tsx';
import { Select } from '#app/ui/select.tsx';
import { ACCESS_MEANS, ACCESS_OPTIONS } from './access-words.ts';

/** Who is let in at an address. */
export function AccessField({
  value,
  onValueChange,
}: {
  value: Project['access'];
  onValueChange(access: Project['access']): void;
}) {
  return (
    <Field label="Access" description={ACCESS_MEANS[value]}>
      {(ids) => <Select {...ids} value={value} onValueChange={onValueChange} options={[...ACCESS_OPTIONS]} />}
    </Field>
  );
}
