'use client';
import { CircleCheck, Info, TriangleAlert } from 'lucide-react';
import { count } from '#app/ui/quantity.ts';
import type { Advice, Lint } from '#lib/workflow/lint.ts';
import { useCanvasSession } from '../session-context.tsx';
import { goToAdvice } from './go-to-advice.ts';

/** From as many points on, advice is of weight. */
const HEAVY = 10;

/** The score in words: `92 of 100, about 140 tokens in every conversation`. */
export function scoreWords({ score, tokens }: Lint): string {
  return tokens === 0
    ? `${score} of 100`
    : `${score} of 100, about ${count(tokens, 'token')} in every conversation`;
}

/** What could be better in the definition, the costliest first; each leads to its place. */
export function AdviceList({ advice, onGo }: { advice: readonly Advice[]; onGo?: () => void }) {
  const { session } = useCanvasSession();
  if (advice.length === 0) {
    return (
      <p className="flex items-center gap-2 text-success-ink">
        <CircleCheck size={14} aria-hidden /> Nothing to advise.
      </p>
    );
  }
  return (
    <ul aria-label="Advice" className="-mx-2 flex flex-col">
      {advice.map((one) => {
        const Icon = one.points >= HEAVY ? TriangleAlert : Info;
        return (
          <li key={`${one.code} ${one.field.join('.')}`}>
            <button
              type="button"
              className="flex w-full items-start gap-2 rounded-sm px-2 py-1 text-left hover:bg-hover"
              onClick={() => {
                onGo?.();
                goToAdvice(one, session.canvas, session.screen);
              }}
            >
              <Icon
                size={14}
                aria-hidden
                className={`mt-0.5 shrink-0 ${one.points >= HEAVY ? 'text-warning-ink' : 'text-muted'}`}
              />
              <span className="min-w-0 flex-1 break-words">{one.message}</span>
              <span className="shrink-0 text-12 text-muted tabular-nums">−{one.points}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
