/** How a file is read. */
export type DocumentFormat =
  | 'markdown'
  | 'text'
  | 'html'
  | 'csv'
  | 'json'
  | 'jsonl'
  | 'pdf'
  | 'docx'
  | 'pptx'
  | 'xlsx'
  | 'odt'
  | 'epub'
  | 'email';

/** What the bytes of a file are by their looks. `office` is the container of old Office files and of protected new ones. */
export type Content = 'text' | 'pdf' | 'zip' | 'office' | 'binary';

interface FormatEntry {
  format: DocumentFormat;
  /** As people call it. */
  name: string;
  /** Of the file's name; the first is the usual one. */
  endings: readonly string[];
  /** MIME types; the first is what a stored file of this format is said to be. */
  types: readonly [string, ...string[]];
  content: Content;
}

const OFFICE = 'application/vnd.openxmlformats-officedocument';
const MACROS = 'application/vnd.ms';

/** Every format of documents that is read: the one list that uploads, drop zones and the reader go by. */
export const DOCUMENT_FORMATS: readonly FormatEntry[] = [
  {
    format: 'markdown',
    name: 'Markdown',
    endings: ['md', 'markdown', 'mdx'],
    types: ['text/markdown'],
    content: 'text',
  },
  {
    format: 'text',
    name: 'plain text',
    endings: ['txt', 'text', 'log', 'rst', 'adoc'],
    types: ['text/plain'],
    content: 'text',
  },
  {
    format: 'html',
    name: 'HTML',
    endings: ['html', 'htm', 'xhtml'],
    types: ['text/html', 'application/xhtml+xml'],
    content: 'text',
  },
  {
    format: 'csv',
    name: 'CSV',
    endings: ['csv', 'tsv', 'tab'],
    types: ['text/csv', 'text/tab-separated-values'],
    content: 'text',
  },
  { format: 'json', name: 'JSON', endings: ['json'], types: ['application/json'], content: 'text' },
  {
    format: 'jsonl',
    name: 'JSON Lines',
    endings: ['jsonl', 'ndjson'],
    types: ['application/x-ndjson', 'application/jsonl', 'application/json-lines'],
    content: 'text',
  },
  { format: 'pdf', name: 'PDF', endings: ['pdf'], types: ['application/pdf'], content: 'pdf' },
  {
    format: 'docx',
    name: 'Word',
    endings: ['docx', 'docm'],
    types: [`${OFFICE}.wordprocessingml.document`, `${MACROS}-word.document.macroenabled.12`],
    content: 'zip',
  },
  {
    format: 'pptx',
    name: 'PowerPoint',
    endings: ['pptx', 'pptm'],
    types: [`${OFFICE}.presentationml.presentation`, `${MACROS}-powerpoint.presentation.macroenabled.12`],
    content: 'zip',
  },
  {
    format: 'xlsx',
    name: 'Excel',
    endings: ['xlsx', 'xlsm'],
    types: [`${OFFICE}.spreadsheetml.sheet`, `${MACROS}-excel.sheet.macroenabled.12`],
    content: 'zip',
  },
  {
    format: 'odt',
    name: 'OpenDocument text',
    endings: ['odt'],
    types: ['application/vnd.oasis.opendocument.text'],
    content: 'zip',
  },
  { format: 'epub', name: 'EPUB', endings: ['epub'], types: ['application/epub+zip'], content: 'zip' },
  { format: 'email', name: 'e-mail (.eml)', endings: ['eml'], types: ['message/rfc822'], content: 'text' },
];

/** For the `accept` of a file field. */
export const DOCUMENT_ENDINGS = DOCUMENT_FORMATS.flatMap(({ endings }) => endings.map((one) => `.${one}`));

/** Their names in a sentence. */
export const READABLE_FORMATS =
  'PDF, Word, PowerPoint, Excel, OpenDocument text, EPUB, HTML, Markdown, plain text, CSV, JSON and e-mail (.eml)';

/** Largest document, in bytes. */
export const MOST_DOCUMENT_BYTES = 25 * 1024 * 1024;

/** The entry of a file by the ending of its name, or, when that is not known, by the type it is said to have. */
export function documentFormat(name: string, mimeType = ''): FormatEntry | undefined {
  const ending = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
  const type = mimeType.split(';')[0]!.trim().toLowerCase();
  return (
    DOCUMENT_FORMATS.find(({ endings }) => endings.includes(ending)) ??
    DOCUMENT_FORMATS.find(({ types }) => types.includes(type))
  );
}

/** Old formats that people may take for the new ones, and what to save them as. */
const OLD: Record<string, string> = {
  doc: '.docx',
  dot: '.docx',
  xls: '.xlsx',
  ppt: '.pptx',
  pps: '.pptx',
  rtf: '.docx',
  odp: '.pptx',
  ods: '.xlsx',
  pages: '.docx',
  numbers: '.xlsx',
  key: '.pptx',
};

/** Why a file cannot be read by its name and the looks of its bytes; null when it may be. */
export function refusalOf(name: string, mimeType: string, data: Uint8Array): string | null {
  const entry = documentFormat(name, mimeType);
  if (!entry) {
    const better = OLD[/\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? ''];
    return better
      ? `"${name}" is of a kind that cannot be read; save it as ${better} and upload that.`
      : `"${name}" is of a kind that cannot be read. Upload ${READABLE_FORMATS}.`;
  }
  if (data.byteLength === 0) return null;
  const content = contentOf(data);
  if (content === entry.content) return null;
  switch (content) {
    case 'pdf':
      return `"${name}" is a PDF under another name; let its name end in .pdf.`;
    case 'zip':
      return `"${name}" is an archive or an Office file under another name, not ${entry.name}.`;
    case 'office':
      if (entry.content === 'zip' && includes(data, ENCRYPTED)) {
        return `"${name}" is protected by a password; remove it and upload the file again.`;
      }
      return `"${name}" is an Office file of an old kind; save it as .docx, .xlsx or .pptx and upload that.`;
    case 'binary':
      return entry.content === 'text'
        ? `"${name}" is not text: it holds binary data.`
        : `"${name}" is named like ${entry.name} but is not one.`;
    case 'text':
      return `"${name}" is named like ${entry.name} but is not one.`;
  }
}

/** What the bytes are, by their beginning. */
export function contentOf(data: Uint8Array): Content {
  // Readers accept some bytes of noise before the mark; so do we.
  if (includes(data.subarray(0, 1024), bytes('%PDF-'))) return 'pdf';
  if (starts(data, [0x50, 0x4b, 3, 4]) || starts(data, [0x50, 0x4b, 5, 6])) return 'zip';
  if (starts(data, [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1])) return 'office';
  if (starts(data, [0xff, 0xfe]) || starts(data, [0xfe, 0xff])) return 'text';
  return data.subarray(0, 4096).some(isBinary) ? 'binary' : 'text';
}

/** Control characters that no text holds. */
const isBinary = (byte: number) => byte < 8 || (byte > 13 && byte < 32 && byte !== 27 && byte !== 26);

/** Name of the stream in which Office keeps a protected file, in UTF-16. */
const ENCRYPTED = bytes([...'EncryptedPackage'].join('\0'));

function bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function starts(data: Uint8Array, mark: readonly number[]): boolean {
  return mark.every((byte, index) => data[index] === byte);
}

function includes(data: Uint8Array, wanted: Uint8Array): boolean {
  const first = wanted[0]!;
  for (let at = data.indexOf(first); at >= 0; at = data.indexOf(first, at + 1)) {
    if (wanted.every((byte, index) => data[at + index] === byte)) return true;
  }
  return false;
}
