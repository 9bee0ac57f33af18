import type { Contract } from '#lib/workflow/contract.ts';
import { type ContractChange, contractChanges } from '#lib/workflow/contract-changes.ts';
import { type Lint, type LintContext, lint } from '#lib/workflow/lint.ts';
import { type SuspiciousText, suspiciousTexts } from '#lib/workflow/suspicious-text.ts';

/** Advice that takes as much from the score is worth a look before clients see the definition. */
const WORTH_A_LOOK = 10;

/** What publishing a draft means for clients. */
export interface Review {
  /** What callers of the live version notice; null when none is live. */
  changes: ContractChange[] | null;
  breaking: ContractChange[];
  lint: Lint;
  /** What may be taken for an order by a model. */
  texts: SuspiciousText[];
  /** Nothing of it needs a look: it can be published at a press. */
  smooth: boolean;
}

/** Looks at a draft's contract beside the live one's. */
export function reviewOf(contract: Contract, live: Contract | null, context: LintContext): Review {
  const changes = live && contractChanges(live, contract);
  const breaking = (changes ?? []).filter(({ impact }) => impact === 'breaking');
  const found = lint(contract, context);
  const texts = suspiciousTexts(contract);
  return {
    changes,
    breaking,
    lint: found,
    texts,
    smooth:
      breaking.length === 0 &&
      texts.length === 0 &&
      found.advice.every(({ points }) => points < WORTH_A_LOOK),
  };
}
