/** A file, as somebody uploaded it. Name and type are what they say. */
export interface UploadedFile {
  name: string;
  mimeType: string;
  data: Uint8Array;
}

/** What stands under one heading. */
export interface Section {
  /** From the document's title down. */
  headings: string[];
  /** Markdown, without the heading itself. */
  text: string;
}

/** The text of a document, of whatever format. */
export interface ParsedDocument {
  title: string;
  sections: Section[];
}

/** What a document may be at most. */
export const LIMITS = {
  bytes: 25 * 1024 * 1024,
  pages: 2000,
  /** Characters of text, after the format is gone. */
  text: 10 * 1024 * 1024,
};
