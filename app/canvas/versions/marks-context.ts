'use client';
import { createContext, useContext } from 'react';
import type { Mark } from '../system/version-diff.ts';

/** What became of steps and edges, by id. */
export type Marks = ReadonlyMap<string, Mark>;

const MarksContext = createContext<Marks>(new Map());

export const MarksProvider = MarksContext.Provider;

/** What became of this step or edge; undefined when nothing did. */
export function useMark(id: string): Mark | undefined {
  return useContext(MarksContext).get(id);
}
