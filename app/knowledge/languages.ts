/** Languages whose words a look-up brings to one form (ISO 639-1), beside finding out by itself. */
const CODES = 'ar da de el en es fi fr hu it nl no pt ro ru sv tr uk'.split(' ');

const names = new Intl.DisplayNames('en', { type: 'language' });

/** `German`; `auto` is told as what it does. */
export function languageName(code: string): string {
  if (code === 'auto') return 'Found out for each document';
  try {
    return names.of(code) ?? code;
  } catch {
    return code;
  }
}

/** For a choice: automatic first, the others by name. */
export const LANGUAGE_OPTIONS: readonly { value: string; label: string }[] = [
  { value: 'auto', label: languageName('auto') },
  ...CODES.map((value) => ({ value, label: languageName(value) })).toSorted((a, b) =>
    a.label.localeCompare(b.label, 'en'),
  ),
];
