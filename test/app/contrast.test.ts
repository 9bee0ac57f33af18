import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('../../app/globals.css', import.meta.url), 'utf8');

function tokens(selector: string): Record<string, string> {
  const block = css.slice(css.indexOf(`${selector} {`)).split('}')[0]!;
  return Object.fromEntries(
    [...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map(([, name, hex]) => [name, hex]),
  );
}

/** Relative luminance, WCAG 2.2. */
function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (light! + 0.05) / (dark! + 0.05);
}

const surfaces = ['page', 'surface', 'raised', 'sunken', 'hover', 'selected'];
const text = ['ink', 'muted', 'accent-ink', 'danger-ink', 'warning-ink', 'success-ink'];
const notes = ['yellow', 'green', 'blue', 'purple', 'red', 'grey'].map((colour) => `note-${colour}`);
const groups = ['group-start-end', 'group-do', 'group-shape', 'group-flow', 'group-client'];

it('measures contrast', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
  expect(contrast('#777777', '#ffffff')).toBeLessThan(4.5);
});

describe.each([':root', '.dark'])('the colours of %s', (theme) => {
  const given = tokens(theme);
  const pairs = [
    ...text.flatMap((name) => surfaces.map((surface) => [name, surface] as const)),
    ...groups.flatMap((name) =>
      ['surface', 'raised', 'sunken', 'page'].map((surface) => [name, surface] as const),
    ),
    ...['ink', 'muted', 'accent-ink', 'danger-ink', 'warning-ink'].flatMap((name) =>
      notes.map((note) => [name, note] as const),
    ),
    ['accent-ink', 'accent-soft'] as const,
    ['danger-ink', 'danger-soft'] as const,
    ['warning-ink', 'warning-soft'] as const,
    ['success-ink', 'success-soft'] as const,
    ['success-ink', 'accent-soft'] as const,
    ['on-accent', 'accent'] as const,
    ['on-accent', 'accent-hover'] as const,
  ];
  it.each(pairs)('%s on %s is at least 4.5:1', (one, other) => {
    expect(contrast(given[one]!, given[other]!)).toBeGreaterThanOrEqual(4.5);
  });
  it.each(['accent', 'danger', 'warning', 'success', 'faint'])(
    '%s as a border or icon is at least 3:1',
    (name) => {
      expect(contrast(given[name]!, given['surface']!)).toBeGreaterThanOrEqual(3);
    },
  );
});
