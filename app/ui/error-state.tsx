'use client';

import { CircleAlert } from 'lucide-react';
import Link from 'next/link';
import { Button } from './button.tsx';
import { CodeBlock } from './code-block.tsx';
import { Disclosure } from './disclosure.tsx';

export interface ErrorStateProps {
  /** What could not be done: `The runs could not be loaded`. */
  title: string;
  /** What was thrown. An ApiError tells its sentence and, folded, its details. */
  error: unknown;
  onRetry?(): void;
  /** Where else to go, when trying again would not help. */
  way?: { href: string; label: string };
}

/** What happened and what to do, with details to copy. */
export function ErrorState({ title, error, onRetry, way }: ErrorStateProps) {
  const words = error instanceof Error ? error.message : String(error);
  const details = detailsOf(error);
  return (
    <div role="alert" className="mx-auto flex w-full max-w-md flex-col items-start gap-2 px-6 py-8">
      <p className="flex items-center gap-1.5 text-14 font-medium">
        <CircleAlert aria-hidden className="size-4 shrink-0 text-danger-ink" />
        {title}
      </p>
      <p className="text-13 text-muted">{words}</p>
      {onRetry && (
        <Button size="small" onClick={onRetry}>
          Try again
        </Button>
      )}
      {way && (
        <Button asChild size="small">
          <Link href={way.href}>{way.label}</Link>
        </Button>
      )}
      {details && (
        <Disclosure title="Details">
          <CodeBlock code={details} label="Details of the error" />
        </Disclosure>
      )}
    </div>
  );
}

function detailsOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('details' in error) || !error.details) return null;
  const code = 'code' in error ? { code: error.code } : {};
  return JSON.stringify({ ...code, ...error.details }, null, 2);
}
