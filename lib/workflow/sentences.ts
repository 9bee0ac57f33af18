const segmenter = new Intl.Segmenter('und', { granularity: 'sentence' });

/** The segmenter is quadratic in places: it gets so many characters at once. */
const MOST_AT_ONCE = 10_000;

/** A text in its sentences and lines, each with the white space after it: joined they are the text again. */
export function sentencesOf(text: string): string[] {
  return (text.match(/[^\n]*\n+|[^\n]+$/g) ?? []).flatMap((line) => {
    const parts: string[] = [];
    for (let start = 0; start < line.length; start += MOST_AT_ONCE) {
      const part = line.slice(start, start + MOST_AT_ONCE);
      parts.push(...Array.from(segmenter.segment(part), ({ segment }) => segment));
    }
    return parts;
  });
}
