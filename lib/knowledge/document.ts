/** A file, as somebody uploaded it. Name and type are what they say. */
export interface UploadedFile {
  name: string;
  mimeType: string;
  data: Uint8Array;
}

/** What stands under one heading, or on one page, slide or sheet. */
export interface Section {
  /** From the document's title down. */
  headings: string[];
  /** Markdown, without the heading itself. */
  text: string;
  /** Number of its page, slide or sheet, from 1, where the format has them. */
  page?: number;
}

/** What a file says of itself beside its text (`author`, `created`, `from` …): few and short entries. */
export type DocumentMetadata = Record<string, string | number | boolean>;

/** The text of a document, of whatever format. */
export interface ParsedDocument {
  title: string;
  sections: Section[];
  metadata?: DocumentMetadata;
  /** What was left out of the text, in sentences for whoever uploaded the file. */
  notes?: string[];
}

/** What a document may be at most. */
export const LIMITS = {
  bytes: 25 * 1024 * 1024,
  pages: 2000,
  /** Characters of text, after the format is gone. */
  text: 10 * 1024 * 1024,
};
