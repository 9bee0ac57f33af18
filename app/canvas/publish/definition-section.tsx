'use client';
import { AdviceList, scoreWords } from './definition.tsx';
import { useReview } from './use-review.ts';

/** How good the definition is for the models that read it, beside the workflow's fields. */
export function DefinitionSection() {
  const review = useReview();
  if (!review) return <p className="text-muted">Shown once no problem stands in the way.</p>;
  return (
    <div className="flex flex-col gap-2">
      <p className="font-medium tabular-nums">{scoreWords(review.lint)}</p>
      <AdviceList advice={review.lint.advice} />
    </div>
  );
}
