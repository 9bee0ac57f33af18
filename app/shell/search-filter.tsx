'use client';

import { type ComponentProps, useEffect, useState } from 'react';
import { Input } from '#app/ui/input.tsx';

const PAUSE_MS = 300;

/** Narrows a list by text. Follows the typing with a pause, so that not every letter is looked for. */
export function SearchFilter({
  label,
  text,
  onChange,
  ...rest
}: {
  label: string;
  text: string;
  onChange(text: string): void;
} & Pick<ComponentProps<'input'>, 'id' | 'className' | 'maxLength' | 'autoFocus'>) {
  const [typed, setTyped] = useState(text);
  const [told, setTold] = useState(text);
  if (told !== text) {
    setTold(text);
    setTyped(text);
  }
  useEffect(() => {
    if (typed.trim() === text) return;
    const timer = setTimeout(() => onChange(typed.trim()), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, text, onChange]);
  return (
    <Input
      type="search"
      // One that has a label of its own is named by that.
      aria-label={rest.id === undefined ? label : undefined}
      placeholder={label}
      maxLength={200}
      {...rest}
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
    />
  );
}
