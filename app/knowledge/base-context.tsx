'use client';

import { createContext, type ReactNode, useContext } from 'react';
import type { KnowledgeBase } from '#app/data/types.ts';

/** The knowledge base of a page. */
interface OpenBase {
  /** Slug. */
  project: string;
  base: KnowledgeBase;
  /** Address of its pages. */
  at: string;
}

const Context = createContext<OpenBase | null>(null);

/** Tells what is inside which base it is about. */
export function BaseProvider({
  project,
  base,
  children,
}: {
  project: string;
  base: KnowledgeBase;
  children: ReactNode;
}) {
  return (
    <Context value={{ project, base, at: `/projects/${project}/knowledge/${base.id}` }}>{children}</Context>
  );
}

/** The base of the page. Throws outside of a BaseProvider. */
export function useBase(): OpenBase {
  const open = useContext(Context);
  if (!open) throw new Error('There is no knowledge base around this.');
  return open;
}
