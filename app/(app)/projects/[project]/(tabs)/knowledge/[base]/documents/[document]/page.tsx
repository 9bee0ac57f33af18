import type { Metadata } from 'next';
import { LoadedBase } from '#app/knowledge/base-frame.tsx';
import { DocumentScreen } from '#app/knowledge/document-screen.tsx';

export const metadata: Metadata = { title: 'Document' };

export default async function DocumentPage({
  params,
}: {
  params: Promise<{ project: string; base: string; document: string }>;
}) {
  const { project, base, document } = await params;
  return (
    <LoadedBase project={project} baseId={base}>
      <DocumentScreen documentId={document} />
    </LoadedBase>
  );
}
