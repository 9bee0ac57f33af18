import { hiddenCharacter } from '#lib/workflow/hidden-characters.ts';
import { oneLine } from '#lib/workflow/text.ts';

/** A text of a stranger's as it may be shown to a model: on one line, cut, nothing in it that nobody sees. */
export function plainText(value: unknown, max: number): string {
  if (typeof value !== 'string') return '';
  return oneLine(visible(value), max);
}

/** The same with its paragraphs kept. */
export function plainParagraphs(value: unknown, max: number): string {
  if (typeof value !== 'string') return '';
  const paragraphs = visible(value)
    .split(/\r?\n\s*\r?\n/)
    .map((paragraph) => oneLine(paragraph, max))
    .filter(Boolean);
  let text = '';
  for (const paragraph of paragraphs) {
    const longer = text === '' ? paragraph : `${text}\n\n${paragraph}`;
    if (longer.length > max) return text;
    text = longer;
  }
  return text;
}

/** Whether a text has nothing in it that a person does not see. */
export function isVisible(text: string): boolean {
  return hiddenCharacter(text) === null;
}

function visible(text: string): string {
  const wellFormed = text.toWellFormed().replace(/<!--[\s\S]*?-->|<\/?[a-z][^>]{0,200}>/gi, ' ');
  if (isVisible(wellFormed)) return wellFormed;
  return [...wellFormed].filter((character) => isVisible(character) && !/\p{Cf}/u.test(character)).join('');
}
