'use client';

import { useState } from 'react';
import { classNames } from '#app/ui/class-names.ts';
import { Input } from '#app/ui/input.tsx';
import type { Offer, OfferKind } from './offers.ts';

const HEADINGS: { kind: OfferKind; heading: string }[] = [
  { kind: 'tool', heading: 'Tools' },
  { kind: 'resource', heading: 'Resources' },
  { kind: 'template', heading: 'Resource templates' },
  { kind: 'prompt', heading: 'Prompts' },
];

/** As many need a filter. */
const MANY = 8;

/** All that the server offers, to choose from. */
export function OfferList({
  items,
  chosen,
  onChoose,
}: {
  items: readonly Offer[];
  chosen: string | null;
  onChoose(id: string): void;
}) {
  const [filter, setFilter] = useState('');
  const wanted = filter.trim().toLowerCase();
  const shown = items.filter(({ name, title }) => `${name} ${title}`.toLowerCase().includes(wanted));
  return (
    <nav aria-label="What is offered" className="flex min-w-0 flex-col gap-3">
      {items.length > MANY && (
        <Input
          aria-label="Filter what is offered"
          placeholder="Filter"
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
        />
      )}
      {HEADINGS.map(({ kind, heading }) => {
        const group = shown.filter((item) => item.kind === kind);
        if (group.length === 0) return null;
        return (
          <div key={kind} className="flex flex-col gap-0.5">
            <p className="px-2 text-12 text-muted">
              {heading} <span className="tabular-nums">{group.length}</span>
            </p>
            <ul className="flex flex-col">
              {group.map(({ id, name, title }) => (
                <li key={id}>
                  <button
                    type="button"
                    aria-current={id === chosen}
                    onClick={() => onChoose(id)}
                    className={classNames(
                      'w-full min-w-0 rounded-md px-2 py-1 text-left hover:bg-hover',
                      id === chosen && 'bg-selected',
                    )}
                  >
                    <span className="block truncate font-mono text-12">{name}</span>
                    {title !== name && <span className="block truncate text-12 text-muted">{title}</span>}
                  </button>
                </li>
              ))}
            </ul>
          </div>
        );
      })}
      {shown.length === 0 && items.length > 0 && <p className="px-2 text-muted">Nothing is called that.</p>}
    </nav>
  );
}
