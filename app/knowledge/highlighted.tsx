import type { MarkedPart } from './marked-parts.ts';

/** A text whose finds are marked. */
export function Highlighted({ parts }: { parts: readonly MarkedPart[] }) {
  return parts.map(({ text, marked, at }) =>
    marked ? (
      <mark key={at} className="rounded-sm bg-(--note-yellow) px-px font-medium text-ink">
        {text}
      </mark>
    ) : (
      <span key={at}>{text}</span>
    ),
  );
}
