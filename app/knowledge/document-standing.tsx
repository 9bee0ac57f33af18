import type { KnowledgeDocument } from '#app/data/types.ts';
import { Status } from '#app/ui/status.tsx';
import { documentState } from './document-words.ts';

/** Whether a document is found, and how far reading it is. */
export function DocumentStanding({ document }: { document: KnowledgeDocument }) {
  const { status, words, detail, progress } = documentState(document);
  return (
    <span className="flex min-w-0 flex-col py-1">
      <Status status={status} className="tabular-nums">
        {words}
      </Status>
      {progress !== null && (
        <progress aria-hidden max={100} value={progress} className="mt-1 h-1 w-32 accent-(--accent)" />
      )}
      {detail && <span className="text-12 text-muted">{detail}</span>}
    </span>
  );
}
