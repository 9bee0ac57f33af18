import {
  Ban,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CirclePause,
  CornerDownRight,
  Hourglass,
  LoaderCircle,
  type LucideIcon,
  TimerOff,
  TriangleAlert,
} from 'lucide-react';
import { classNames } from './class-names.ts';

type Tone = 'success' | 'danger' | 'warning' | 'accent' | 'muted';

interface Look {
  icon: LucideIcon;
  word: string;
  tone: Tone;
  spin?: boolean;
}

/** Every state that is shown, with its icon and its word: colour is never alone. */
const looks = {
  ok: { icon: CircleCheck, word: 'OK', tone: 'success' },
  ready: { icon: CircleCheck, word: 'Ready', tone: 'success' },
  live: { icon: CircleCheck, word: 'Live', tone: 'success' },
  succeeded: { icon: CircleCheck, word: 'Succeeded', tone: 'success' },
  failed: { icon: CircleAlert, word: 'Failed', tone: 'danger' },
  crashed: { icon: CircleAlert, word: 'Crashed', tone: 'danger' },
  error: { icon: CircleAlert, word: 'Error', tone: 'danger' },
  warning: { icon: TriangleAlert, word: 'Warning', tone: 'warning' },
  timed_out: { icon: TimerOff, word: 'Timed out', tone: 'danger' },
  cancelled: { icon: Ban, word: 'Cancelled', tone: 'muted' },
  suspended: { icon: CirclePause, word: 'Waiting for an answer', tone: 'warning' },
  queued: { icon: Hourglass, word: 'Queued', tone: 'muted' },
  approved: { icon: CircleCheck, word: 'Approved', tone: 'success' },
  refused: { icon: Ban, word: 'Refused', tone: 'danger' },
  expired: { icon: TimerOff, word: 'Expired', tone: 'muted' },
  running: { icon: LoaderCircle, word: 'Running', tone: 'accent', spin: true },
  pending: { icon: LoaderCircle, word: 'Being read', tone: 'accent', spin: true },
  skipped: { icon: CircleDashed, word: 'Skipped', tone: 'muted' },
  draft: { icon: CircleDashed, word: 'Draft', tone: 'muted' },
  reused: { icon: CornerDownRight, word: 'Not run, value given', tone: 'muted' },
} as const satisfies Record<string, Look>;

export type StatusName = keyof typeof looks;

const tones: Record<Tone, string> = {
  success: 'text-success-ink',
  danger: 'text-danger-ink',
  warning: 'text-warning-ink',
  accent: 'text-accent-ink',
  muted: 'text-muted',
};

export interface StatusProps {
  status: StatusName;
  /** Other words than the usual ones. */
  children?: React.ReactNode;
  /** The icon only; the word is told to screen readers. */
  compact?: boolean;
  className?: string;
}

/** A state: icon, word, colour. */
export function Status({ status, children, compact, className }: StatusProps) {
  const { icon: Icon, word, tone, spin }: Look = looks[status];
  return (
    <span className={classNames('inline-flex items-center gap-1 whitespace-nowrap', tones[tone], className)}>
      <Icon aria-hidden className={classNames('size-3.5 shrink-0', spin && 'animate-spin')} />
      <span className={compact ? 'sr-only' : undefined}>{children ?? word}</span>
    </span>
  );
}
