/** An icon as clients are told of it. */
export interface Icon {
  src: string;
  mimeType?: string;
  /** `48x48`, or `any` of what can be drawn at every size. */
  sizes?: string[];
}

/** Bytes of an image that is a part of what is told: of a project, and of a workflow, of which lists hold many. */
export const PROJECT_ICON_BYTES = 48 * 1024;
export const WORKFLOW_ICON_BYTES = 6 * 1024;

const MOST_ADDRESS = 2000;
const DATA =
  /^data:(image\/(?:png|jpeg|webp|svg\+xml));base64,((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)$/;
const BY_ENDING: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  svg: 'image/svg+xml',
};

/**
 * What is wrong with the address of an icon, for whoever gave it; null when nothing is. It may be an https address, or
 * a data: address that holds a PNG, JPEG, WebP or SVG of at most this many bytes.
 */
export function iconFault(src: string, mostBytes: number): string | null {
  if (!/^data:/i.test(src)) return addressFault(src);
  const most = `${mostBytes / 1024} KiB`;
  // Before it is taken apart: base64 is a third longer.
  if (src.length > mostBytes * 1.4 + 100) return `The image is too large: ${most} are the most.`;
  const image = imageIn(src);
  if (!image) {
    return 'An icon in a data: address is data:image/png;base64,… or the same of image/jpeg, image/webp or image/svg+xml.';
  }
  if (image.bytes.length > mostBytes) {
    return `The image has ${Math.ceil(image.bytes.length / 1024)} KiB, and ${most} are the most.`;
  }
  return isOfType(image) ? null : `What the icon’s address holds is no ${image.mimeType}.`;
}

/** What clients are told of an icon whose address was found good. */
export function toldIcon(src: string): Icon {
  const image = src.startsWith('data:') ? imageIn(src) : null;
  if (image) {
    const sizes = sizesOf(image);
    return { src, mimeType: image.mimeType, ...(sizes && { sizes }) };
  }
  const ending = /\.([a-z]+)$/i.exec(new URL(src).pathname)?.[1]?.toLowerCase() ?? '';
  const mimeType = BY_ENDING[ending];
  return { src, ...(mimeType !== undefined && { mimeType }) };
}

function addressFault(src: string): string | null {
  if (src.length > MOST_ADDRESS) return `The address of the icon is longer than ${MOST_ADDRESS} characters.`;
  // What a parser would leave out of it: an address that is shown is the address that is meant.
  const url = /[\s\p{C}]/u.test(src) || !URL.canParse(src) ? null : new URL(src);
  if (url?.protocol !== 'https:') {
    return 'An icon is an https:// address, or a PNG, JPEG, WebP or SVG as a data: address.';
  }
  return url.username || url.password ? 'The address of an icon may hold no name and no password.' : null;
}

interface Image {
  mimeType: string;
  bytes: Uint8Array;
}

function imageIn(src: string): Image | null {
  const [, mimeType, base64] = DATA.exec(src) ?? [];
  if (mimeType === undefined || !base64) return null;
  return { mimeType, bytes: Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)) };
}

function isOfType({ mimeType, bytes }: Image): boolean {
  const text = (from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));
  switch (mimeType) {
    case 'image/png':
      return text(0, 8) === '\x89PNG\r\n\x1a\n';
    case 'image/jpeg':
      return text(0, 3) === '\xff\xd8\xff';
    case 'image/webp':
      return text(0, 4) === 'RIFF' && text(8, 12) === 'WEBP';
    default:
      return /<svg[\s>]/.test(new TextDecoder().decode(bytes));
  }
}

/** An SVG has any size; of a PNG it stands at its beginning. */
function sizesOf({ mimeType, bytes }: Image): string[] | null {
  if (mimeType === 'image/svg+xml') return ['any'];
  if (mimeType !== 'image/png' || bytes.length < 24) return null;
  const view = new DataView(bytes.buffer);
  return [`${view.getUint32(16)}x${view.getUint32(20)}`];
}
