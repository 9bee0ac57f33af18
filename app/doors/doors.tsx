'use client';

import { FileJson2, LayoutTemplate, type LucideIcon, SquareTerminal } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { classNames } from '#app/ui/class-names.ts';
import { Kbd } from '#app/ui/kbd.tsx';

export interface DoorsProps {
  /** Slug. */
  project: string;
  onPaste(): void;
  /** The workflow that a template takes the place of, while nothing is drawn in it. */
  instead?: string;
  /** `⌘V` */
  pasteKeys: string;
  className?: string;
}

/** The three ways to begin without drawing. */
export function Doors({ project, onPaste, instead, pasteKeys, className }: DoorsProps) {
  const templates = `/projects/${project}/templates${instead ? `?instead=${instead}` : ''}`;
  return (
    <ul aria-label="Ways to begin" className={classNames('grid gap-2 sm:grid-cols-3', className)}>
      <li>
        <button type="button" className={DOOR} onClick={onPaste}>
          <DoorWords icon={SquareTerminal} title="Paste a cURL command">
            Its values become arguments. Press <Kbd>{pasteKeys}</Kbd> anywhere here.
          </DoorWords>
        </button>
      </li>
      <li>
        <Link className={DOOR} href={`/projects/${project}/import`}>
          <DoorWords icon={FileJson2} title="Import an OpenAPI document">
            Choose operations; each becomes a tool.
          </DoorWords>
        </Link>
      </li>
      <li>
        <Link className={DOOR} href={templates}>
          <DoorWords icon={LayoutTemplate} title="Start from a template">
            Useful tools, nearly all without an account.
          </DoorWords>
        </Link>
      </li>
    </ul>
  );
}

const DOOR =
  'flex h-full w-full items-start gap-3 rounded-md border border-line-strong bg-surface p-3 text-left transition-colors hover:border-accent hover:bg-hover';

function DoorWords({
  icon: Icon,
  title,
  children,
}: {
  icon: LucideIcon;
  title: string;
  children: ReactNode;
}) {
  return (
    <>
      <Icon aria-hidden className="mt-0.5 size-4 shrink-0 text-accent-ink" />
      <span className="flex min-w-0 flex-col gap-0.5">
        <span className="text-13 font-medium text-ink">{title}</span>
        <span className="text-12 text-muted">{children}</span>
      </span>
    </>
  );
}
