'use client';

import type { Release, Toolset } from '#app/data/types.ts';
import { Checkbox } from '#app/ui/checkbox.tsx';
import { Field } from '#app/ui/field.tsx';
import { Select } from '#app/ui/select.tsx';
import { type Abilities, ERAS, type Era } from './mcp-client.ts';

/** Which client is played, at which address. */
export interface ClientChoice {
  era: Era;
  abilities: Abilities;
  /** Null for what is live. */
  release: number | null;
  /** By name; null for the address of the whole project. */
  toolset: string | null;
}

const LIVE = 'live';
/** No toolset is called this: their names have no sign such as this one. */
const WHOLE = '*';

const ABILITIES: { name: keyof Abilities; label: string; about: string }[] = [
  { name: 'elicitation', label: 'Asks its user', about: 'elicitation' },
  { name: 'sampling', label: 'Lends its model', about: 'sampling' },
  { name: 'roots', label: 'Tells its folders', about: 'roots' },
];

/** The client that is played: the address and release it sees, its revision of MCP, and what it can do. */
export function ClientChoiceFields({
  choice,
  releases,
  toolsets,
  onChange,
}: {
  choice: ClientChoice;
  releases: readonly Release[];
  toolsets: readonly Toolset[];
  onChange(choice: ClientChoice): void;
}) {
  const { era, abilities, release, toolset } = choice;
  return (
    <fieldset className="flex flex-col gap-3 border-line border-t pt-3">
      <legend className="sr-only">The client</legend>
      {(toolsets.length > 0 || toolset !== null) && (
        <Field label="Address">
          {(ids) => (
            <Select
              {...ids}
              value={toolset ?? WHOLE}
              onValueChange={(value) => onChange({ ...choice, toolset: value === WHOLE ? null : value })}
              options={[
                { value: WHOLE, label: 'All of the project' },
                ...toolsets.map(({ name, title }) => ({ value: name, label: title })),
                // One that is gone since the page was linked to is still what is asked for.
                ...(toolset === null || toolsets.some(({ name }) => name === toolset)
                  ? []
                  : [{ value: toolset, label: toolset }]),
              ]}
            />
          )}
        </Field>
      )}
      <Field label="Release">
        {(ids) => (
          <Select
            {...ids}
            value={release === null ? LIVE : String(release)}
            onValueChange={(value) => onChange({ ...choice, release: value === LIVE ? null : Number(value) })}
            options={[
              { value: LIVE, label: 'What is live' },
              ...releases.map((one) => ({
                value: String(one.release),
                label: `Release ${one.release} (pinned)`,
              })),
            ]}
          />
        )}
      </Field>
      <Field label="Revision of MCP">
        {(ids) => (
          <Select
            {...ids}
            value={era}
            onValueChange={(value) => onChange({ ...choice, era: value })}
            options={ERAS.map((value) => ({ value, label: value }))}
          />
        )}
      </Field>
      <div className="flex flex-col gap-1.5">
        <span className="font-medium text-12">This client</span>
        {ABILITIES.map(({ name, label, about }) => (
          // biome-ignore lint/a11y/noLabelWithoutControl: the checkbox is a Radix control inside the label
          <label key={name} className="flex items-center gap-2">
            <Checkbox
              checked={abilities[name]}
              onCheckedChange={(checked) =>
                onChange({ ...choice, abilities: { ...abilities, [name]: checked === true } })
              }
            />
            <span>
              {label} <span className="text-12 text-muted">({about})</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
