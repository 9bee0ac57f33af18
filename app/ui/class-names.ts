import { type ClassValue, clsx } from 'clsx';
import { extendTailwindMerge } from 'tailwind-merge';

const merge = extendTailwindMerge({
  extend: {
    theme: { text: ['12', '13', '14', '16', '20', '28'], leading: ['text', 'table'], shadow: ['float'] },
  },
});

/** Joins class names; of two that set the same thing the later one stays. */
export function classNames(...names: ClassValue[]): string {
  return merge(clsx(names));
}
