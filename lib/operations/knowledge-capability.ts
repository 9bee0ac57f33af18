import { setTimeout as pause } from 'node:timers/promises';
import { AppError, type AppErrorCode } from '#lib/db/app-error.ts';
import type { DocumentText } from '#lib/db/document-texts.ts';
import { repository } from '#lib/db/repository.ts';
import type {
  KnowledgeCapability,
  KnowledgeText,
  NewKnowledge,
  WrittenKnowledge,
} from '#lib/engine/capabilities.ts';
import { StepError } from '#lib/engine/errors.ts';
import { joinPassages } from '#lib/workflow/join-passages.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { KNOWLEDGE_SCHEME, WRITTEN_PATH } from '#lib/workflow/kind-face.ts';
import type { App } from './app.ts';
import { answerLookUp } from './look-up.ts';
import { documentUri, namesOf } from './offered.ts';
import { putDocument } from './put-document.ts';
import { removeDocuments } from './remove-documents.ts';
import type { SecretMask } from './secret-mask.ts';

/** Documents that one run may write. */
const MOST_DOCUMENTS = 100;
/** ms between two looks at a document that is being read. */
const LOOK_AGAIN_MS = 250;

const SYSTEM = { type: 'system' } as const;

/** What a workflow may do is its own right, as its editors gave it, whoever calls it. */
export interface KnowledgeScope {
  organizationId: string;
  projectId: string;
  runId: string;
}

/** The knowledge bases of one project, for one run. Secrets that the run got hold of are not written into any. */
export function knowledgeFor(app: App, scope: KnowledgeScope, mask: SecretMask): KnowledgeCapability {
  const { organizationId, projectId } = scope;
  const principal = { type: 'public', organizationId, projectId } as const;
  const repo = repository(app.db, principal);
  let written = 0;

  /** The base, if it is of this project: from here on it is named by its id. */
  async function placeOf(base: string) {
    const [found, project] = await Promise.all([
      repo.passages.base(projectId, base),
      repo.projects.get(projectId),
    ]);
    if (!project) throw new AppError('not_found', 'There is no such project.');
    return { base: found, at: { project: project.slug, base: found.id } };
  }

  return {
    search: ({ base, onWarning, ...query }, signal) =>
      told(async () => {
        const found = await answerLookUp(app, principal, { projectId, base }, query, signal);
        if (found.warning !== null) onWarning?.(found.warning);
        return found.hits;
      }),

    read: ({ base, document, passage, characters }) =>
      told(async () => {
        const named = nameIn(base, document);
        const found = await repo.documentTexts.read(projectId, named.base, named.document, {
          from: passage,
          characters,
        });
        if (!found) {
          throw new StepError(
            'DOCUMENT_MISSING',
            `The knowledge base has no document ${JSON.stringify(document.slice(0, 200))} that can be read.`,
            { details: { field: ['document'] } },
          );
        }
        return textOf(found, { passage, characters });
      }),

    put: (document, signal) =>
      told(async () => {
        written += 1;
        if (written > MOST_DOCUMENTS) {
          throw new StepError(
            'KNOWLEDGE_LIMIT',
            `The run has written ${MOST_DOCUMENTS} documents, which is its limit.`,
          );
        }
        const { base, at } = await placeOf(document.base);
        const { path, name, metadata } = document;
        const data = mask.isEmpty ? document.data : mask.bytes(document.data);
        const put = await putDocument(app, SYSTEM, at, {
          ...{ path: `${WRITTEN_PATH}${path}`, name, data },
          ...(metadata && { metadata }),
        });
        const { id } = put.document;
        if (put.outcome !== 'unchanged') {
          await audit(scope, app, 'knowledge.put', base.id, { document: id, name: put.document.name });
        }
        const uri = documentUri(base.name, put.document.path);
        const now = { ...at, projectId, document: id };
        const state = await stateAfter(app, now, document, signal);
        return { document: put.document.name, documentId: id, uri, outcome: put.outcome, ...state };
      }),

    remove: ({ base, path }) =>
      told(async () => {
        const place = await placeOf(base);
        const known = await repo.documentTexts.ofPath(projectId, place.base.id, `${WRITTEN_PATH}${path}`);
        if (known === null) return false;
        const count = await removeDocuments(app, SYSTEM, place.at, [known]);
        if (count > 0) await audit(scope, app, 'knowledge.take', place.base.id, { document: known });
        return count > 0;
      }),
  };
}

/** A URI of ours names base and document; the base of the step has to be the same. */
function nameIn(base: string, document: string): { base: string; document: string } {
  if (!document.startsWith(KNOWLEDGE_SCHEME)) return { base, document };
  return { base, document: namesOf(document)?.document ?? document };
}

async function audit(
  { organizationId, projectId, runId }: KnowledgeScope,
  app: App,
  action: string,
  baseId: string,
  details: JsonObject,
): Promise<void> {
  const entry = { action, target: `knowledge:${baseId}`, projectId, details: { ...details, run: runId } };
  await repository(app.db, SYSTEM).audit.append(entry, organizationId);
}

/** How far the newest version is, looked at until it is decided or the time is over. */
async function stateAfter(
  app: App,
  at: { projectId: string; base: string; document: string },
  { waitMs }: Pick<NewKnowledge, 'waitMs'>,
  signal: AbortSignal,
): Promise<Pick<WrittenKnowledge, 'state' | 'error'>> {
  const { documents } = repository(app.db, SYSTEM);
  const end = performance.now() + waitMs;
  for (;;) {
    const now = await documents.get(at.projectId, at.base, at.document);
    if (now?.status === 'ready') return { state: 'searchable', error: null };
    if (now?.status === 'failed') return { state: 'failed', error: now.error };
    if (!now || performance.now() >= end) return { state: 'reading', error: null };
    await pause(LOOK_AGAIN_MS, undefined, { signal });
  }
}

/** As many passages as fit, one at least, with the headings that begin in them. */
function textOf(
  { base, chunks, chunkCount, path, ...found }: DocumentText,
  { passage, characters }: { passage: number; characters: number },
): KnowledgeText {
  let text = '';
  let section = '';
  let headings: string[] = [];
  let next: number | null = null;
  const whole = () => [text, section].filter((part) => part !== '').join('\n\n');
  for (const chunk of chunks) {
    const heads = newHeadings(headings, chunk.headings);
    const before = { text, section };
    if (heads === '') section = joinPassages(section, chunk.text);
    else {
      text = [whole(), heads].filter((part) => part !== '').join('\n\n');
      section = chunk.text;
    }
    if (whole().length > characters && chunk !== chunks[0]) {
      ({ text, section } = before);
      next = chunk.ordinal;
      break;
    }
    headings = chunk.headings;
  }
  const last = chunks.at(-1);
  if (next === null && last && last.ordinal + 1 < chunkCount) next = last.ordinal + 1;
  const { document, documentId, title, uri, mimeType, metadata } = found;
  return {
    ...{ document, documentId, title: title ?? document, uri: uri ?? documentUri(base, path || document) },
    ...{ mimeType, metadata: JSON.parse(metadata) as JsonObject, text: whole() },
    ...{ passage, next, passages: chunkCount },
  };
}

/** The headings that a chunk stands under and the one before it did not, as lines of Markdown. */
function newHeadings(before: readonly string[], now: readonly string[]): string {
  const same = now.findIndex((heading, level) => heading !== before[level]);
  if (same < 0) return '';
  return now
    .slice(same)
    .map((heading, index) => `${'#'.repeat(Math.min(6, same + index + 1))} ${heading}`)
    .join('\n\n');
}

/** What the author or the caller can mend, by what the operation says. Of anything else nothing is told. */
const CODES: Partial<Record<AppErrorCode, string>> = {
  bad_request: 'KNOWLEDGE_QUERY',
  invalid: 'DOCUMENT_REFUSED',
  too_large: 'DOCUMENT_REFUSED',
  unsupported_media: 'DOCUMENT_REFUSED',
};

async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.code === 'not_found') {
      throw new StepError(
        'KNOWLEDGE_MISSING',
        'The knowledge base of this step is not there any more. Choose another one.',
        { cause: error },
      );
    }
    const code = CODES[error.code];
    if (code === undefined) throw error;
    throw new StepError(code, error.message, { cause: error });
  }
}
