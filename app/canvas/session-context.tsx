'use client';
import { createContext, useContext, useSyncExternalStore } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { Workflow } from '#app/data/types.ts';
import type { LiveState } from './live.ts';
import type { ScreenActions, ScreenState, ScreenStore } from './screen-store.ts';
import type { Session } from './session.ts';
import type { Autosave } from './system/autosave.ts';

/** The opened screen and where it stands. */
export interface SessionScope {
  session: Session;
  /** Slug. */
  project: string;
  workflow: Workflow;
}

const SessionContext = createContext<SessionScope | null>(null);

export const SessionProvider = SessionContext.Provider;

export function useCanvasSession(): SessionScope {
  const scope = useContext(SessionContext);
  if (!scope) throw new Error('a part of the canvas screen needs a SessionProvider around it');
  return scope;
}

const ScreenContext = createContext<ScreenStore | null>(null);

/** What the screen shows is known from the first moment, also before its session. */
export const ScreenProvider = ScreenContext.Provider;

/** One part of what the screen shows. */
export function useScreen<T>(select: (state: ScreenState & ScreenActions) => T): T {
  const screen = useContext(ScreenContext);
  if (!screen) throw new Error('a part of the canvas screen needs a ScreenProvider around it');
  return useStore(screen, select);
}

const NOBODY = createStore<LiveState>()(() => ({ others: [], editing: null }));

/** Who else is there; nobody where no workflow is opened for drawing. */
export function useLive<T>(select: (state: LiveState) => T): T {
  return useStore(useContext(SessionContext)?.session.live ?? NOBODY, select);
}

/** How the draft stands with the server. */
export function useAutosave(): Autosave {
  const { saver } = useCanvasSession().session;
  return useSyncExternalStore(saver.subscribe, saver.state, saver.state);
}
