/**
 * Characters that a person does not see and a model reads: control characters (but tab and line ends), zero-width
 * and bidirectional marks, tags (U+E0000), runs of variation selectors, terminal escapes (hidden
 * instructions in tool descriptions travel this way).
 */
const HIDDEN = new RegExp(
  [
    '[\\u0000-\\u0008\\u000B\\u000C\\u000E-\\u001F\\u007F-\\u009F]',
    '[\\u00AD\\u061C\\u115F\\u1160\\u200B\\u200E\\u200F\\u3164\\uFEFF\\uFFA0]',
    '[\\u180B-\\u180F\\u202A-\\u202E\\u2060-\\u206F\\uFFF9-\\uFFFB]',
    '[\\u{E0000}-\\u{E0FFF}]',
    '[\\uFE00-\\uFE0F]{2}',
  ].join('|'),
  'u',
);

/** Joiners are part of emoji and of Persian and Indic words, and hidden anywhere else. */
const JOINER =
  /(?<![\p{L}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}])[\u200C\u200D]|\u200C\u200C|\u200D\u200D/u;

/** The first character of a text that is not seen, as `U+200B`; null when there is none. */
export function hiddenCharacter(text: string): string | null {
  const found = HIDDEN.exec(text) ?? JOINER.exec(text);
  if (!found) return null;
  return `U+${found[0].codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
}
