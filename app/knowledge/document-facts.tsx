'use client';

import { ExternalLink } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import type { KnowledgeDocument } from '#app/data/types.ts';
import { useSources } from '#app/data/use-sources.ts';
import { bytes } from '#app/ui/quantity.ts';
import { RelativeTime } from '#app/ui/relative-time.tsx';
import { documentFormat } from '#lib/workflow/document-formats.ts';
import { useBase } from './base-context.tsx';
import { languageName } from './languages.ts';
import { SidePart } from './side-part.tsx';

/** Where a document came from, and what it is. */
export function DocumentFacts({ document }: { document: KnowledgeDocument }) {
  const { project, base, at } = useBase();
  const { path, name, uri, mimeType, language, sourceId, createdAt, updatedAt } = document;
  const source = useSources(project, base.id).data?.items.find(({ id }) => id === sourceId);
  return (
    <SidePart title="About">
      <dl className="grid grid-cols-[5rem_minmax(0,1fr)] gap-x-3 gap-y-1.5 text-12">
        <Fact name="Came from">
          {isWeb(uri) ? (
            <a
              href={uri}
              target="_blank"
              rel="noopener noreferrer nofollow"
              className="break-all text-accent-ink hover:underline"
            >
              {uri} <ExternalLink aria-label="opens another page" className="inline size-3" />
            </a>
          ) : (
            <span className="break-all">{uri ?? 'Upload'}</span>
          )}
        </Fact>
        {sourceId !== null && (
          <Fact name="Source">
            <Link href={`${at}/sources`} className="hover:underline">
              {source?.name ?? 'A source'}
            </Link>
          </Fact>
        )}
        {path !== name && path !== uri && path !== '' && (
          <Fact name="Path">
            <span className="break-all">{path}</span>
          </Fact>
        )}
        <Fact name="Type">{capital(documentFormat(path || name, mimeType)?.name ?? mimeType)}</Fact>
        <Fact name="Size">{bytes(document.bytes)}</Fact>
        {language !== null && <Fact name="Language">{languageName(language)}</Fact>}
        <Fact name="Added">
          <RelativeTime at={createdAt} />
        </Fact>
        <Fact name="Changed">
          <RelativeTime at={updatedAt} />
        </Fact>
      </dl>
    </SidePart>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </>
  );
}

/** Only such an address is a link: it was written by somebody else. */
function isWeb(uri: string | null): uri is string {
  return uri !== null && /^https?:\/\//i.test(uri);
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
