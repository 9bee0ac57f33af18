import type { JsonObject } from '#lib/workflow/json.ts';
import { metadataOf } from './metadata-text.ts';

/** How a look-up is tried. */
export type SearchMode = 'auto' | 'text' | 'vectors' | 'hybrid';

export interface SearchOptions {
  q: string;
  mode: SearchMode;
  topK: number;
  minScore: number;
  /** Values that the metadata of documents must have. */
  filter: JsonObject;
}

export const SEARCH_MODES: readonly { value: SearchMode; label: string; needsModel: boolean }[] = [
  { value: 'auto', label: 'Automatic', needsModel: false },
  { value: 'text', label: 'Full text', needsModel: false },
  { value: 'vectors', label: 'Vectors', needsModel: true },
  { value: 'hybrid', label: 'Both, fused', needsModel: true },
];

/** As the look-up step has it when nobody changed it. */
const USUAL = { mode: 'auto', topK: 5, minScore: 0 } as const;

/** What the address asks for; what it cannot mean is as usual. */
export function readSearch(search: URLSearchParams): SearchOptions {
  const topK = Number(search.get('k'));
  const minScore = Number(search.get('min'));
  return {
    q: (search.get('q') ?? '').slice(0, 1000),
    mode: SEARCH_MODES.find(({ value }) => value === search.get('mode'))?.value ?? USUAL.mode,
    topK: Number.isInteger(topK) && topK >= 1 && topK <= 50 ? topK : USUAL.topK,
    minScore: minScore > 0 && minScore <= 1 ? minScore : USUAL.minScore,
    filter: filterOf(search.get('filter') ?? ''),
  };
}

/** What `country = Norway, year = 2026` asks of the metadata; parts without a name and a value are left out. */
export function filterOf(text: string): JsonObject {
  const lines = text.split(',').flatMap((part) => {
    const [, name = '', value = ''] = /^\s*([^=]+?)\s*=\s*(.+)$/.exec(part) ?? [];
    return value.trim() === '' ? [] : [{ name, text: value }];
  });
  return metadataOf(lines) ?? {};
}

/** In words: how was searched. */
export function modeWords(mode: SearchMode | 'hybrid+rerank'): string {
  switch (mode) {
    case 'text':
      return 'full text';
    case 'vectors':
      return 'vectors';
    case 'hybrid':
      return 'full text and vectors, fused';
    default:
      return 'automatic';
  }
}
