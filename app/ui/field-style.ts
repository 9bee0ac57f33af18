import { classNames } from './class-names.ts';

/** The look of everything that is typed into: inputs, selects, editors. */
export const fieldStyle = classNames(
  'w-full rounded-md border border-line-strong bg-sunken text-13 text-ink transition-colors',
  'hover:border-faint focus-visible:border-accent focus-visible:outline-1 focus-visible:outline-accent focus-visible:outline-offset-0',
  'disabled:cursor-not-allowed disabled:opacity-60 aria-invalid:border-danger',
);
