import type { Section } from './document.ts';

/** A section of fewer characters says little by itself. */
const TINY = 60;

/**
 * Small sections together with those beside them, under the headings that they share; the headings they do not share
 * stand in the text. Nothing is put together that is on different pages, or has no heading in common.
 */
export function mergeSections(sections: readonly Section[], size: number): Section[] {
  const merged: Section[] = [];
  // Whether the last one is small, and stands alone.
  let small = false;
  for (const section of sections) {
    const before = merged.at(-1);
    const tiny = section.text.length < TINY;
    const one: Section | null = before && (small || tiny) ? together(before, section, size) : null;
    if (one) merged[merged.length - 1] = one;
    else merged.push(section);
    small = !one && tiny;
  }
  return merged;
}

/** Null when they had better stay two. */
function together(before: Section, section: Section, size: number): Section | null {
  if (before.page !== section.page) return null;
  let shared = 0;
  while (shared < before.headings.length && before.headings[shared] === section.headings[shared]) shared += 1;
  if (shared === 0) return null;
  const length = before.text.length + section.text.length;
  const below = shared === before.headings.length;
  // A few words before the first part of a chapter belong to that part.
  if (below && section.text.length >= TINY && length > size / 2) {
    return { ...section, text: `${before.text}\n\n${section.text}` };
  }
  // A heading that is not shared is no heading of the passages any more: not for the sake of a few words beside many.
  if (length > (below ? 4 * size : size / 2)) return null;
  return {
    ...before,
    headings: before.headings.slice(0, shared),
    text: [withHeadings(before, shared), withHeadings(section, shared)].join('\n\n'),
  };
}

function withHeadings({ headings, text }: Section, from: number): string {
  const own = headings
    .slice(from)
    .map((heading, index) => `${'#'.repeat(Math.min(6, from + index + 1))} ${heading}`);
  return [...own, text].join('\n\n');
}
