'use client';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { lookUpReviews } from '#app/data/look-up-reviews.ts';
import { queryKeys } from '#app/data/query-keys.ts';
import type { LookUpReview } from '#app/data/types.ts';
import { count } from '#app/ui/quantity.ts';
import { savedRevision } from '../saver.ts';
import { useCanvasSession } from '../session-context.tsx';
import { useReleaseState } from '../use-release.ts';
import { ReviewItem } from './review-item.tsx';

/** How the look-ups of the draft do beside those that are live; nothing where no base of theirs has questions. */
export function LookUpItem() {
  const { project, workflow, session } = useCanvasSession();
  const { liveVersion } = useReleaseState();
  const { data } = useQuery({
    queryKey: queryKeys.lookUps(project, workflow.id),
    queryFn: async ({ signal }) => {
      await savedRevision(session.saver);
      return lookUpReviews(project, workflow.id, signal);
    },
    enabled: liveVersion !== null,
    staleTime: 0,
    gcTime: 0,
  });
  if (!data || data.items.length === 0) return null;
  const worse = data.items.filter((item) => item.worse);
  return (
    <ReviewItem
      status={worse.length > 0 ? 'warning' : 'ok'}
      title={
        worse.length > 0
          ? `${count(worse.length, 'look-up')} would find less than v${liveVersion}`
          : `Look-ups find as much as in v${liveVersion}`
      }
    >
      <ul aria-label="Look-ups" className="flex flex-col gap-1 text-12">
        {data.items.map((item) => (
          <li key={item.step} className="min-w-0 break-words">
            <code className="font-mono">{item.step}</code>
            <span className="text-muted">: {wordsOf(item)} </span>
            <Link
              className="text-accent-ink underline-offset-2 hover:underline"
              href={`/projects/${project}/knowledge/${item.base.id}/quality`}
            >
              Quality of {item.base.name}
            </Link>
          </li>
        ))}
      </ul>
    </ReviewItem>
  );
}

/** `finds 18 of 20 answers, before 20; first right passage at 0.81, before 0.92.` */
function wordsOf({ questions, before, now, of }: LookUpReview): string {
  const found = (share: number) => Math.round(share * questions);
  const why = of === 'documents' ? ' The documents are others since.' : '';
  return `finds ${found(now.found)} of ${count(questions, 'answer')}, before ${found(before.found)}; MRR ${now.mrr.toFixed(2)}, before ${before.mrr.toFixed(2)}.${why}`;
}
