import { type AnalysedChunk, analyseChunks } from './analyse.ts';
import { type Chunk, type ChunkSettings, chunk } from './chunk.ts';
import type { DocumentMetadata, UploadedFile } from './document.ts';
import { parseDocument } from './parse.ts';

/** A document as it is stored: what it is called, what it says of itself, and its passages. */
export interface Reading {
  title: string;
  metadata: DocumentMetadata;
  /** What was left out of the text, in sentences for whoever uploaded the file. */
  notes: string[];
  /** Of ISO 639-1; empty when there is no telling. */
  language: string;
  chunks: (Chunk & AnalysedChunk)[];
}

export interface ReadingSettings extends ChunkSettings {
  /** Of ISO 639-1; `auto`, the default, tells it by the text. */
  language?: string;
}

/**
 * From the bytes of a file to what is stored. Pure: it runs in the process that reads documents, away from the server
 * (`readDocument`). Throws AppError as `parseDocument` does.
 */
export async function read(file: UploadedFile, settings: ReadingSettings): Promise<Reading> {
  const { title, sections, metadata = {}, notes = [] } = await parseDocument(file);
  const chunks = chunk(sections, settings);
  const analysed = analyseChunks(chunks, settings.language ?? 'auto');
  return {
    ...{ title, metadata, notes, language: analysed.language },
    chunks: chunks.map((one, index) => ({ ...one, ...analysed.chunks[index]! })),
  };
}
