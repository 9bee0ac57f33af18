import type { KnowledgeBase } from '#app/data/types.ts';
import { number } from '#app/ui/quantity.ts';
import { Status } from '#app/ui/status.tsx';

/** How far reading the documents of a base is, and how many could not be read. */
export function BaseStanding({ base }: { base: KnowledgeBase }) {
  const { documentCount, pendingCount, failedCount } = base;
  return (
    <span className="inline-flex flex-wrap items-center gap-x-3">
      {pendingCount > 0 && (
        <Status status="pending" className="tabular-nums">
          Reading {number(pendingCount)} of {number(documentCount)}
        </Status>
      )}
      {failedCount > 0 && <Status status="failed">{number(failedCount)} failed</Status>}
      {pendingCount === 0 && failedCount === 0 && documentCount > 0 && <Status status="ready" />}
    </span>
  );
}

/** What finds passages: words, and a model where there is one. */
export function findsBy({ model }: Pick<KnowledgeBase, 'model'>): string {
  return model === null ? 'Full text' : `Full text + ${model}`;
}
