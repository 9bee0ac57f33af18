import { describe, expect, test } from 'vitest';
import { imageAddress, mayBeImage, rasterType } from '#app/form/raster-image.ts';

const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const bytes = (text: string): Uint8Array => Uint8Array.from(text, (sign) => sign.charCodeAt(0));

describe('images in values', () => {
  test.each([
    ['png', bytes('\x89PNG\r\n\x1a\n...'), 'image/png'],
    ['jpeg', bytes('\xff\xd8\xff\xe0'), 'image/jpeg'],
    ['gif', bytes('GIF89a'), 'image/gif'],
    ['webp', bytes('RIFF....WEBPVP8 '), 'image/webp'],
    ['svg', bytes('<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'), null],
    ['wave', bytes('RIFF....WAVEfmt '), null],
    ['html', bytes('<html>'), null],
    ['nothing', bytes(''), null],
  ])('%s is told by its bytes', (_, data, type) => {
    expect(rasterType(data)).toBe(type);
  });

  test('a data address is shown where it holds what it says', () => {
    const address = `data:image/png;base64,${PNG}`;
    expect(imageAddress(address)).toBe(address);
  });

  test.each([
    ['another type than it says', `data:image/jpeg;base64,${PNG}`],
    ['SVG', `data:image/svg+xml;base64,${btoa('<svg xmlns="http://www.w3.org/2000/svg"/>')}`],
    [
      'a page that says it is an image',
      `data:image/png;base64,${btoa('<html><script>alert(1)</script></html>')}`,
    ],
    ['text behind it', `data:image/png;base64,${PNG}" onerror="alert(1)`],
    ['another address', 'https://evil.example/x.png'],
    ['much of it', `data:image/png;base64,${PNG.slice(0, -2)}${'A'.repeat(1_100_000)}`],
  ])('not %s', (_, text) => {
    expect(imageAddress(text)).toBeNull();
  });

  test('a file is looked at by type and size', () => {
    expect(mayBeImage({ mimeType: 'image/png', bytes: 2000 })).toBe(true);
    expect(mayBeImage({ mimeType: 'image/svg+xml', bytes: 2000 })).toBe(false);
    expect(mayBeImage({ mimeType: 'image/png', bytes: 5_000_000 })).toBe(false);
  });
});
