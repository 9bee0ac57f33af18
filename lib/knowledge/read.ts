import { type Chunk, type ChunkSettings, chunk } from './chunk.ts';
import type { DocumentMetadata, UploadedFile } from './document.ts';
import { parseDocument } from './parse.ts';

/** A document as it is stored: what it is called, what it says of itself, and its passages. */
export interface Reading {
  title: string;
  metadata: DocumentMetadata;
  /** What was left out of the text, in sentences for whoever uploaded the file. */
  notes: string[];
  chunks: Chunk[];
}

/**
 * From the bytes of a file to what is stored. Pure: it runs in the process that reads documents, away from the server
 * (`readDocument`). Throws AppError as `parseDocument` does.
 */
export async function read(file: UploadedFile, settings: ChunkSettings): Promise<Reading> {
  const { title, sections, metadata = {}, notes = [] } = await parseDocument(file);
  return { title, metadata, notes, chunks: chunk(sections, settings) };
}
