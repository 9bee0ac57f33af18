'use client';

import { Download, ExternalLink, FileText } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useMemo, useState } from 'react';
import { JsonTree } from '#app/form/json-tree.tsx';
import { Button } from '#app/ui/button.tsx';
import { CopyButton } from '#app/ui/copy-button.tsx';
import { bytes } from '#app/ui/quantity.ts';
import { Segmented } from '#app/ui/segmented.tsx';
import { isJsonObject, type JsonObject, type JsonValue } from '#lib/workflow/json.ts';

const Markdown = dynamic(() => import('#app/ui/markdown.tsx'));

export interface ContentProps {
  /** One part of an answer: of a tool, of a message of a prompt, or one of the contents of a resource. */
  part: JsonObject;
  /** Names it: `Part 1`. */
  label: string;
  /** Reads the resource of a link in place. */
  onRead(uri: string): void;
}

/** One part of an answer, as people read it. */
export function ContentView({ part, label, onRead }: ContentProps) {
  const { type, text, data, blob, mimeType, resource } = part;
  const media = typeof mimeType === 'string' ? mimeType : '';
  if (isJsonObject(resource)) {
    return (
      <div className="flex min-w-0 flex-col gap-1">
        <ResourceName uri={resource['uri']} mimeType={resource['mimeType']} />
        <ContentView part={{ ...resource, type: 'contents' }} label={label} onRead={onRead} />
      </div>
    );
  }
  if (type === 'resource_link') return <ResourceLink part={part} onRead={onRead} />;
  if (typeof text === 'string') return <TextView text={text} label={label} />;
  const base64 = typeof data === 'string' ? data : typeof blob === 'string' ? blob : null;
  if (base64 !== null) return <Media base64={base64} mimeType={media} label={label} />;
  return <JsonTree value={part} label={label} />;
}

function ResourceName({ uri, mimeType }: { uri: JsonValue | undefined; mimeType: JsonValue | undefined }) {
  return (
    <p className="flex min-w-0 flex-wrap items-center gap-2 text-12 text-muted">
      <FileText aria-hidden className="size-3.5 shrink-0" />
      <code className="break-all">{String(uri ?? '')}</code>
      {typeof mimeType === 'string' && <span>{mimeType}</span>}
    </p>
  );
}

function ResourceLink({ part, onRead }: Pick<ContentProps, 'part' | 'onRead'>) {
  const uri = String(part['uri'] ?? '');
  const words = String(part['title'] ?? part['name'] ?? uri);
  const size = part['size'];
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-2 rounded-md border border-line p-2">
      <FileText aria-hidden className="size-4 shrink-0 text-muted" />
      <span className="min-w-0">
        <span className="font-medium">{words}</span>
        <code className="block break-all text-12 text-muted">
          {uri}
          {typeof size === 'number' && ` · ${bytes(size)}`}
        </code>
      </span>
      <span className="flex-1" />
      {/^https?:\/\//i.test(uri) ? (
        <Button asChild size="small">
          <a href={uri} target="_blank" rel="noreferrer">
            Open <ExternalLink />
          </a>
        </Button>
      ) : (
        <Button size="small" onClick={() => onRead(uri)}>
          Read it
        </Button>
      )}
    </div>
  );
}

type TextMode = 'rendered' | 'plain' | 'tree';

/** A text, as Markdown or as it is; one that is JSON as a tree. */
function TextView({ text, label }: { text: string; label: string }) {
  const value = useMemo(() => jsonIn(text), [text]);
  const [chosen, setChosen] = useState<TextMode | null>(null);
  const mode = chosen ?? (value === undefined ? 'rendered' : 'tree');
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <div className="flex items-center justify-between gap-2">
        <Segmented<TextMode>
          label={`${label} as`}
          value={mode}
          onValueChange={setChosen}
          options={[
            value === undefined ? { value: 'rendered', label: 'Rendered' } : { value: 'tree', label: 'Tree' },
            { value: 'plain', label: 'Text' },
          ]}
        />
        <CopyButton value={text} label={`Copy ${label}`} />
      </div>
      <section
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
        className="max-h-120 min-w-0 overflow-auto rounded-md border border-line bg-sunken p-3"
      >
        {mode === 'tree' && value !== undefined ? (
          <JsonTree value={value} label={`${label} as a tree`} />
        ) : mode === 'rendered' ? (
          <Markdown>{text}</Markdown>
        ) : (
          <pre className="whitespace-pre-wrap break-words text-12 leading-text">{text}</pre>
        )}
      </section>
    </div>
  );
}

/** The value of a text that is an object or a list of JSON; undefined for every other text. */
function jsonIn(text: string): JsonValue | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

function Media({ base64, mimeType, label }: { base64: string; mimeType: string; label: string }) {
  const source = `data:${mimeType};base64,${base64}`;
  const size = bytes(Math.floor((base64.replace(/=+$/, '').length * 3) / 4));
  return (
    <figure className="flex min-w-0 flex-col items-start gap-1">
      {/^image\/(png|jpeg|gif|webp|avif|svg\+xml)$/.test(mimeType) && (
        // biome-ignore lint/performance/noImgElement: the image is in the answer
        <img src={source} alt={label} className="max-h-96 max-w-full rounded-md border border-line" />
      )}
      {mimeType.startsWith('audio/') && (
        // biome-ignore lint/a11y/useMediaCaption: what a tool said has no captions
        <audio controls src={source} aria-label={label} className="max-w-full" />
      )}
      <figcaption className="flex items-center gap-2 text-12 text-muted">
        {mimeType || 'Bytes'}, {size}
        <Button asChild size="small">
          <a href={source} download={`answer.${mimeType.split('/')[1]?.split('+')[0] ?? 'bin'}`}>
            <Download /> Download
          </a>
        </Button>
      </figcaption>
    </figure>
  );
}
