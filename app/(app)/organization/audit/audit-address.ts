import type { AuditFilter } from '#app/data/use-audit.ts';
import { ABOUT, OUTCOMES, SINCE } from './audit-words.ts';

/** A part of the address that filters. */
export type AuditPart = 'about' | 'actor' | 'project' | 'tool' | 'client' | 'outcome' | 'since';

/** Nothing, or an empty text, takes the part away. */
export function putPart(part: AuditPart, value: string | null): void {
  const address = new URL(window.location.href);
  if (value) address.searchParams.set(part, value);
  else address.searchParams.delete(part);
  if (address.href !== window.location.href) window.history.replaceState(null, '', address);
}

/** What the address asks for; what it cannot mean is left out. */
export function readFilter(search: URLSearchParams, now: number): AuditFilter {
  const words = (part: AuditPart, most: number) => {
    const value = search.get(part);
    return value !== null && value.length <= most && value !== '' ? value : undefined;
  };
  const about = words('about', 40);
  const actor = words('actor', 64);
  const projectId = words('project', 64);
  const tool = words('tool', 128);
  const client = words('client', 120);
  const outcome = outcomeOf(words('outcome', 40));
  const since = search.get('since') ?? '';
  const ms = Object.hasOwn(SINCE, since) ? SINCE[since]?.ms : undefined;
  return {
    ...(about !== undefined && Object.hasOwn(ABOUT, about) && { about }),
    ...(actor !== undefined && { actor }),
    ...(projectId !== undefined && { projectId }),
    ...(tool !== undefined && { tool }),
    ...(client !== undefined && { client }),
    ...(outcome !== undefined && { outcome }),
    ...(ms !== undefined && { from: new Date(now - ms).toISOString() }),
  };
}

/** Where the file with these events is. */
export function exportAddress(filter: AuditFilter, format: 'jsonl' | 'otlp'): string {
  return `/api/v1/audit/export?${new URLSearchParams({ ...filter, format })}`;
}

function outcomeOf(text: string | undefined): AuditFilter['outcome'] {
  return text !== undefined && Object.hasOwn(OUTCOMES, text) ? (text as AuditFilter['outcome']) : undefined;
}
