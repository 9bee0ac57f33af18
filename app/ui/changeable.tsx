import { Lock } from 'lucide-react';
import type { ReactNode } from 'react';

/** Controls that not everybody may use: with a `refusal` they are off, and it is said why. */
export function Changeable({ refusal, children }: { refusal: string | null; children: ReactNode }) {
  return (
    <>
      {refusal !== null && <Refusal>{refusal}</Refusal>}
      <fieldset disabled={refusal !== null} className="contents">
        {children}
      </fieldset>
    </>
  );
}

/** Why something cannot be changed. */
export function Refusal({ children }: { children: ReactNode }) {
  return (
    <p className="flex items-start gap-1.5 text-12 text-muted">
      <Lock aria-hidden className="mt-0.5 size-3.5 shrink-0" />
      {children}
    </p>
  );
}
