'use client';

import { useId } from 'react';
import type { ConsentTool } from '#app/data/grant-types.ts';
import { Badge } from '#app/ui/badge.tsx';
import { Checkbox } from '#app/ui/checkbox.tsx';

export interface ToolChoiceProps {
  tools: readonly ConsentTool[];
  /** Names of those that the app gets. */
  given: readonly string[];
  /** Null where the tools follow from something else. */
  onChange: ((names: readonly string[]) => void) | null;
}

/** The tools that the person may use, each with whether it changes something. */
export function ToolChoice({ tools, given, onChange }: ToolChoiceProps) {
  if (tools.length === 0) {
    return (
      <p className="rounded-md border border-line bg-surface p-4 text-13 text-muted">
        Nothing is published here yet that you may use.
      </p>
    );
  }
  return (
    <ul className="max-h-80 divide-y divide-line overflow-auto rounded-md border border-line bg-surface">
      {tools.map((tool) => (
        <Choice
          key={tool.name}
          tool={tool}
          checked={given.includes(tool.name)}
          onChange={
            onChange && tool.asked
              ? (checked) => {
                  const others = given.filter((name) => name !== tool.name);
                  onChange(checked ? [...others, tool.name] : others);
                }
              : null
          }
        />
      ))}
    </ul>
  );
}

const KINDS = { tool: null, resource: 'Resource', prompt: 'Prompt' } as const;

function Choice({
  tool: { kind, name, title, description, reads, asked },
  checked,
  onChange,
}: {
  tool: ConsentTool;
  checked: boolean;
  onChange: ((checked: boolean) => void) | null;
}) {
  const id = useId();
  return (
    <li className="flex items-start gap-3 px-4 py-2.5">
      <Checkbox
        id={id}
        className="mt-0.5"
        checked={checked}
        disabled={onChange === null}
        onCheckedChange={(next) => onChange?.(next === true)}
      />
      <label htmlFor={id} className="min-w-0 flex-1">
        <span className="flex flex-wrap items-center gap-x-2">
          <span className="font-medium text-13">{title || name}</span>
          <span className="font-mono text-12 text-muted">{name}</span>
        </span>
        {description && <span className="line-clamp-2 text-12 text-muted">{description}</span>}
        {!asked && <span className="block text-12 text-muted">The app does not ask for it.</span>}
      </label>
      {KINDS[kind] && <Badge tone="outline">{KINDS[kind]}</Badge>}
      <Badge tone={reads ? 'neutral' : 'warning'}>{reads ? 'Reads' : 'Writes'}</Badge>
    </li>
  );
}
