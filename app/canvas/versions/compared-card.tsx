'use client';
import type { NodeProps } from '@xyflow/react';
import { memo, type ReactNode } from 'react';
import { FrameCard } from '../frame-card.tsx';
import { StepCard } from '../step-card.tsx';
import type { StepNode } from '../system/flow.ts';
import type { Mark } from '../system/version-diff.ts';
import { MarkBadge } from './mark.tsx';
import { useMark } from './marks-context.ts';

const RING: Record<Mark, string> = {
  added: 'outline-success',
  removed: 'outline-danger outline-dashed',
  changed: 'outline-warning',
};

/** A card with what became of it. */
function Marked({ id, children }: { id: string; children: ReactNode }) {
  const mark = useMark(id);
  if (!mark) return children;
  return (
    <div className={`relative rounded-md outline-2 outline-offset-2 ${RING[mark]}`}>
      <MarkBadge mark={mark} className="absolute -top-7 left-0" />
      {children}
    </div>
  );
}

export const ComparedStep = memo(function ComparedStep(props: NodeProps<StepNode>) {
  return (
    <Marked id={props.id}>
      <StepCard {...props} />
    </Marked>
  );
});

export const ComparedFrame = memo(function ComparedFrame(props: NodeProps<StepNode>) {
  return (
    <Marked id={props.id}>
      <FrameCard {...props} />
    </Marked>
  );
});
