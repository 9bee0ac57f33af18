import { z } from '@hono/zod-openapi';
import { DOCUMENT_SORTS } from '#lib/db/documents.ts';
import { isJsonObject, type JsonObject } from '#lib/workflow/json.ts';
import { id, name, time } from './schemas.ts';

const language = z
  .string()
  .regex(/^(auto|[a-z]{2})$/)
  .openapi({ description: 'Of the documents: auto, or a code of ISO 639-1.', example: 'auto' });
const chunkSize = z.int().min(200).max(4000).openapi({ description: 'Characters of a passage, about.' });
const chunkOverlap = z.int().min(0).max(2000).openapi({
  description: 'Characters that a passage repeats of the one before it, at most; at most half of the size.',
});
const offered = z.boolean().openapi({ description: 'Its documents are resources of the MCP server.' });
/** Not as a schema of JSON: that one is about itself, and the document of the API would never end. */
const metadata = z.custom<JsonObject>(isJsonObject).openapi({
  type: 'object',
  additionalProperties: true,
  description: 'For filters. Names of letters, digits, space, _ . and -; at most 50.',
});

export const base = z
  .object({
    id,
    name: z.string(),
    offered,
    language: z.string(),
    chunkSize: z.int(),
    chunkOverlap: z.int(),
    documentCount: z.int(),
    pendingCount: z.int().openapi({ description: 'Documents whose newest version is not read yet.' }),
    failedCount: z.int().openapi({ description: 'Documents whose newest version cannot be read.' }),
    chunkCount: z.int().openapi({ description: 'Passages that are searched.' }),
    bytes: z.int().openapi({ description: 'Of the files.' }),
    sourceCount: z.int(),
    questionCount: z.int(),
    model: z.string().nullable().openapi({
      description: 'Whose vectors are searched beside the full text.',
    }),
    updatedAt: time,
  })
  .openapi('KnowledgeBase');
export const baseList = z.object({ items: z.array(base) }).openapi('KnowledgeBaseList');
export const baseCreate = z
  .strictObject({
    name,
    language: language.optional(),
    chunkSize: chunkSize.optional(),
    chunkOverlap: chunkOverlap.optional(),
  })
  .openapi('KnowledgeBaseCreate');
export const basePatch = z
  .strictObject({ name, offered, language, chunkSize, chunkOverlap })
  .partial()
  .openapi('KnowledgeBasePatch');

const status = z.enum(['pending', 'ready', 'failed']).openapi({
  description: 'How far the newest version is. One before it may be found nevertheless: see live.',
});
const versionState = z.enum(['waiting', 'reading', 'embedding', 'live', 'replaced', 'failed']);
const progress = z.int().openapi({ description: 'Percent of the state.' });

export const knowledgeDocument = z
  .object({
    id,
    name: z.string(),
    path: z.string().openapi({
      description: 'Within its source, or as it was uploaded. The same path again is its next version.',
    }),
    uri: z.string().nullable().openapi({ description: 'Where it is found outside.' }),
    mimeType: z.string(),
    bytes: z.int(),
    status,
    error: z.string().nullable().openapi({ description: 'Why the newest version cannot be read.' }),
    notes: z.array(z.string()).openapi({ description: 'What was left out when it was read.' }),
    chunkCount: z.int().openapi({ description: 'Passages that are searched.' }),
    title: z.string().nullable(),
    language: z.string().nullable(),
    sourceId: id.nullable(),
    metadata,
    createdAt: time,
    updatedAt: time,
    live: z.object({ version: z.int(), at: time }).nullable().openapi({ description: 'What is searched.' }),
    next: z
      .object({ version: z.int(), state: versionState, progress })
      .nullable()
      .openapi({ description: 'The newest version, when it is not the one that is searched.' }),
  })
  .openapi('KnowledgeDocument');
export const documentQuery = z.object({
  status: status.optional(),
  source: z
    .string()
    .max(64)
    .optional()
    .openapi({ description: 'Id of a source; none: what no source brought.' }),
  q: z.string().max(200).optional().openapi({ description: 'Part of the name or the path.' }),
  sort: z
    .enum(DOCUMENT_SORTS)
    .optional()
    .openapi({ description: 'With - before it: downwards. Newest first unless said.' }),
  cursor: z.string().max(1000).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export const knowledgeDocumentList = z
  .object({
    items: z.array(knowledgeDocument),
    nextCursor: z.string().nullable(),
    counts: z
      .object({ pending: z.int(), ready: z.int(), failed: z.int() })
      .openapi({ description: 'Of the whole base, whatever is asked for.' }),
  })
  .openapi('KnowledgeDocumentList');
const outcome = z.enum(['added', 'changed', 'unchanged']).openapi({
  description: 'changed: the next version of a document; unchanged: it holds these bytes already.',
});
export const putDocument = z.object({ document: knowledgeDocument, outcome }).openapi('PutKnowledgeDocument');
export const uploadedDocuments = z
  .object({
    items: z.array(
      z.union([
        putDocument,
        z
          .object({ name: z.string(), error: z.string() })
          .openapi({ description: 'A file that was left out, and why.' }),
      ]),
    ),
  })
  .openapi('UploadedKnowledgeDocuments');
export const pastedText = z
  .strictObject({
    name: z.string().min(1).max(200).openapi({ description: 'Its ending says what it is; none: Markdown.' }),
    text: z.string().min(1),
    metadata: metadata.optional(),
  })
  .openapi('PastedText');
export const documentPatch = z
  .strictObject({ name: z.string().min(1).max(200), metadata })
  .partial()
  .openapi('KnowledgeDocumentPatch');
export const retried = z
  .object({ count: z.int().openapi({ description: 'Documents that are read again.' }) })
  .openapi('RetriedKnowledgeDocuments');

export const chunkPreview = z
  .strictObject({ documentId: id, chunkSize, chunkOverlap })
  .openapi('ChunkPreviewInput');

export const documentVersionList = z
  .object({
    items: z.array(
      z.object({
        version: z.int(),
        state: versionState,
        progress,
        error: z.string().nullable(),
        notes: z.array(z.string()),
        bytes: z.int(),
        mimeType: z.string(),
        hash: z.string().openapi({ description: 'SHA-256 of the file, hexadecimal.' }),
        title: z.string().nullable(),
        language: z.string().nullable(),
        chunkCount: z.int(),
        createdAt: time,
        liveAt: time.nullable(),
      }),
    ),
  })
  .openapi('KnowledgeDocumentVersions');

export const passageQuery = z.object({
  cursor: z.string().max(20).optional(),
  q: z
    .string()
    .max(1000)
    .optional()
    .openapi({ description: 'Marks the passages that the look-up finds for this.' }),
});
const passage = z.object({
  ordinal: z.int().openapi({ description: 'Its place in the document, from 0.' }),
  headings: z.array(z.string()),
  page: z.int().nullable(),
  text: z.string(),
});
export const passageList = z
  .object({
    items: z.array(
      passage.extend({
        score: z.number().nullable().openapi({ description: 'null: the look-up does not find it.' }),
        snippet: z.string().nullable(),
      }),
    ),
    nextCursor: z.string().nullable(),
    found: z
      .array(z.int())
      .openapi({ description: 'Places of all passages of the document that the look-up finds.' }),
  })
  .openapi('KnowledgePassages');

export const previewedChunks = z
  .object({
    items: z.array(passage).openapi({ description: 'The first of them.' }),
    count: z.int().openapi({ description: 'How many there would be.' }),
  })
  .openapi('ChunkPreview');
