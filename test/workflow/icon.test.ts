import { describe, expect, it } from 'vitest';
import { iconFault, PROJECT_ICON_BYTES, toldIcon, WORKFLOW_ICON_BYTES } from '#lib/workflow/icon.ts';

const data = (type: string, bytes: string | Uint8Array) =>
  `data:${type};base64,${Buffer.from(bytes as string, 'latin1').toString('base64')}`;
const PNG = Buffer.from('89504e470d0a1a0a0000000d494844520000003000000018', 'hex');
const png = `data:image/png;base64,${PNG.toString('base64')}`;
const svg = data('image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg"/>');

describe('an icon is told', () => {
  it.each([
    ['https://example.com/icons/shop.png', { mimeType: 'image/png' }],
    ['https://example.com/shop.JPG?v=2', { mimeType: 'image/jpeg' }],
    ['https://example.com/icon', {}],
    [png, { mimeType: 'image/png', sizes: ['48x24'] }],
    [svg, { mimeType: 'image/svg+xml', sizes: ['any'] }],
    [data('image/jpeg', '\xff\xd8\xff\xe0'), { mimeType: 'image/jpeg' }],
    [data('image/webp', 'RIFF\0\0\0\0WEBPVP8 '), { mimeType: 'image/webp' }],
  ])('%s', (src, more) => {
    expect(iconFault(src, WORKFLOW_ICON_BYTES)).toBeNull();
    expect(toldIcon(src)).toEqual({ src, ...more });
  });
});

describe('an icon is refused', () => {
  const ADDRESS = /https:\/\/ address/;
  const DATA = /data:image\/png;base64/;
  it.each([
    ['javascript:alert(1)', ADDRESS],
    ['JaVaScRiPt:alert(1)//https://example.com/a.png', ADDRESS],
    ['java\nscript:alert(1)', ADDRESS],
    ['http://example.com/a.png', ADDRESS],
    ['https://example.com/a.png\njavascript:alert(1)', ADDRESS],
    ['https://example.com/\u202egnp.exe', ADDRESS],
    ['//example.com/a.png', ADDRESS],
    ['file:///etc/passwd', ADDRESS],
    ['blob:https://example.com/1', ADDRESS],
    ['icon.png', ADDRESS],
    ['https://me:secret@example.com/a.png', /no name and no password/],
    [`https://example.com/${'a'.repeat(2000)}`, /longer than 2000/],
    [data('text/html', '<script>alert(1)</script>'), DATA],
    ['DATA:text/html,<script>alert(1)</script>', DATA],
    ['data:image/svg+xml,<svg onload="alert(1)"/>', DATA],
    ['data:image/svg+xml;charset=utf-8;base64,PHN2Zy8+', DATA],
    ['data:image/png;base64,', DATA],
    ['data:image/png;base64,A', DATA],
    ['data:image/png;base64,AAAA,text/html', DATA],
    ['data:image/gif;base64,R0lGODlhAQABAAAAACw=', DATA],
    [data('image/png', '<html></html>'), /holds is no image\/png/],
    [data('image/svg+xml', '<html></html>'), /holds is no image\/svg\+xml/],
    [data('image/png', Buffer.concat([PNG, Buffer.alloc(WORKFLOW_ICON_BYTES)])), /has 7 KiB, and 6 KiB are/],
    [data('image/png', Buffer.concat([PNG, Buffer.alloc(100_000)])), /too large: 6 KiB/],
  ])('case %#', (src, words) => {
    expect(iconFault(src, WORKFLOW_ICON_BYTES)).toMatch(words);
  });

  it('within what a project may have', () => {
    const padded = (bytes: number) =>
      data('image/png', Buffer.concat([PNG, Buffer.alloc(bytes - PNG.length)]));
    expect(iconFault(padded(PROJECT_ICON_BYTES), PROJECT_ICON_BYTES)).toBeNull();
    expect(iconFault(padded(PROJECT_ICON_BYTES + 1), PROJECT_ICON_BYTES)).toMatch(/49 KiB, and 48 KiB/);
  });
});
