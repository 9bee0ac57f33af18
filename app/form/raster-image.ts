/** Larger images are only told of, in bytes. */
const MOST_BYTES = 4 * 1024 * 1024;

/** A text longer than this is not looked at for an image, in characters. */
const MOST_TEXT = 1024 * 1024;

const RASTER: readonly string[] = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];

/** Whether a file may be an image that is shown; what it is, its bytes say. */
export function mayBeImage({ mimeType, bytes }: { mimeType: string; bytes: number }): boolean {
  return RASTER.includes(mimeType) && bytes <= MOST_BYTES;
}

/** What kind of pixels these bytes are, by how they begin; null for all else, also for SVG, which can hold scripts. */
export function rasterType(bytes: Uint8Array): string | null {
  const begins = (at: number, ...wanted: number[]): boolean =>
    wanted.every((byte, index) => bytes[at + index] === byte);
  if (begins(0, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'image/png';
  if (begins(0, 0xff, 0xd8, 0xff)) return 'image/jpeg';
  if (begins(0, 0x47, 0x49, 0x46, 0x38)) return 'image/gif';
  if (begins(0, 0x52, 0x49, 0x46, 0x46) && begins(8, 0x57, 0x45, 0x42, 0x50)) return 'image/webp';
  return null;
}

const DATA = /^data:(image\/(?:png|jpeg|gif|webp));base64,([A-Za-z0-9+/]{24,}={0,2})$/;

/** The text, where it is a `data:` address of an image that may be shown; else null. */
export function imageAddress(text: string): string | null {
  if (!text.startsWith('data:image/') || text.length > MOST_TEXT) return null;
  const [, type, base64 = ''] = DATA.exec(text) ?? [];
  if (type === undefined) return null;
  const head = Uint8Array.from(atob(base64.slice(0, 24)), (sign) => sign.charCodeAt(0));
  return rasterType(head) === type ? text : null;
}
