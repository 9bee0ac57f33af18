const segmenter = new Intl.Segmenter('und', { granularity: 'sentence' });

/** A text in its sentences, each with the white space after it: joined they are the text again. */
export function sentencesOf(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}
