/** Text at a place of a page: points from its left and lower edge. */
export interface Placed {
  x: number;
  y: number;
  text: string;
  size?: number;
}

/** A small PDF by hand: one line of text per entry of a page, or where it is placed. */
export function makePdf(
  pages: (string | Placed)[][],
  options: { title?: string; author?: string; pageCount?: number; encrypted?: boolean } = {},
): Uint8Array {
  const objects: string[] = [];
  const add = (body: string) => objects.push(body);
  const kids = pages.map((_, index) => `${4 + index * 2} 0 R`);
  while (kids.length < (options.pageCount ?? 0)) kids.push(kids[0]!);
  add('<< /Type /Catalog /Pages 2 0 R >>');
  add(`<< /Type /Pages /Count ${kids.length} /Kids [${kids.join(' ')}] >>`);
  add('<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>');
  for (const [index, lines] of pages.entries()) {
    const shown = (text: string) => `(${text.replace(/[\\()]/g, '\\$&')}) Tj`;
    const text = lines.map((line) => {
      if (typeof line === 'string') return `${shown(line)} 0 -14 Td`;
      const { x, y, text: placed, size = 12 } = line;
      return `/F1 ${size} Tf 1 0 0 1 ${x} ${y} Tm ${shown(placed)}`;
    });
    const stream = `BT /F1 12 Tf 72 720 Td\n${text.join('\n')}\nET`;
    add(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents ${5 + index * 2} 0 R ` +
        '/Resources << /Font << /F1 3 0 R >> >> >>',
    );
    add(`<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`);
  }
  add(
    `<< /Title (${options.title ?? ''}) /Author (${options.author ?? ''}) /CreationDate (D:20261103101500+01'00') >>`,
  );
  const secret = 'a'.repeat(64);
  const encrypt = options.encrypted
    ? `/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <${secret}> /U <${secret}> >> /ID [<${secret}> <${secret}>]`
    : '';
  return pdfOf(objects, `/Info ${objects.length} 0 R ${encrypt}`);
}

/** A PDF of these objects, numbered from 1; the first is the catalogue. */
export function pdfOf(objects: readonly (string | Uint8Array)[], trailer = ''): Buffer {
  const parts = [Buffer.from('%PDF-1.4\n')];
  let at = parts[0]!.length;
  const offsets = objects.map((body, index) => {
    const offset = at;
    const content = typeof body === 'string' ? Buffer.from(body, 'latin1') : body;
    const part = Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`), content, Buffer.from('\nendobj\n')]);
    parts.push(part);
    at += part.length;
    return offset;
  });
  const list = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const end =
    `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${list}` +
    `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R ${trailer} >>\nstartxref\n${at}\n%%EOF\n`;
  return Buffer.concat([...parts, Buffer.from(end)]);
}
