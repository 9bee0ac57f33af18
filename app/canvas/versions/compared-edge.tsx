'use client';
import { BaseEdge, EdgeLabelRenderer, type EdgeProps, getBezierPath } from '@xyflow/react';
import { memo } from 'react';
import type { StepEdge } from '../system/flow.ts';
import { MarkBadge } from './mark.tsx';
import { useMark } from './marks-context.ts';

const STROKE = { added: 'var(--success)', removed: 'var(--danger)', changed: 'var(--warning)' };

/** The order of two steps, with what became of it. */
export const ComparedEdge = memo(function ComparedEdge(props: EdgeProps<StepEdge>) {
  const mark = useMark(props.id);
  const [path, x, y] = getBezierPath(props);
  return (
    <>
      <BaseEdge
        id={props.id}
        path={path}
        {...(mark && {
          style: {
            stroke: STROKE[mark],
            strokeWidth: 2,
            ...(mark === 'removed' && { strokeDasharray: '5 4' }),
          },
        })}
      />
      {mark && (
        <EdgeLabelRenderer>
          <div className="absolute" style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}>
            <MarkBadge mark={mark} />
          </div>
        </EdgeLabelRenderer>
      )}
    </>
  );
});
