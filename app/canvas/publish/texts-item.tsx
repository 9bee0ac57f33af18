'use client';
import { Checkbox } from '#app/ui/checkbox.tsx';
import { count } from '#app/ui/quantity.ts';
import type { SuspiciousText } from '#lib/workflow/suspicious-text.ts';
import { ReviewItem } from './review-item.tsx';

/** What models are shown and somebody has to read first; nothing where there is no such text. */
export function TextsItem({
  texts,
  unreviewed,
  despite,
  onDespite,
}: {
  texts: readonly SuspiciousText[];
  unreviewed: boolean;
  despite: boolean;
  onDespite: (despite: boolean) => void;
}) {
  if (texts.length === 0 && !unreviewed) return null;
  return (
    <ReviewItem
      status="warning"
      title={
        texts.length === 0
          ? 'Imported: read the texts that models are shown'
          : `${count(texts.length, 'text')} may be taken for an order`
      }
    >
      <p className="text-12 text-muted">
        {texts.length === 0
          ? 'Title, descriptions and arguments were written elsewhere. A model follows what stands in them.'
          : 'Markup and words that speak to the model. Take them out, unless they have to be there.'}
      </p>
      {texts.length > 0 && (
        <ul aria-label="Texts to read" className="flex max-h-40 flex-col gap-1 overflow-y-auto text-12">
          {texts.map(({ at, found }) => (
            <li key={`${at} ${found}`} className="min-w-0 break-words">
              <span className="text-muted">{at}: </span>
              <code className="font-mono">{found}</code>
            </li>
          ))}
        </ul>
      )}
      {/* biome-ignore lint/a11y/noLabelWithoutControl: Checkbox is the control */}
      <label className="flex items-center gap-2">
        <Checkbox checked={despite} onCheckedChange={(checked) => onDespite(checked === true)} />I have read
        the texts, and they are in order
      </label>
    </ReviewItem>
  );
}
