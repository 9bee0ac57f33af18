import { hmac } from '@noble/hashes/hmac.js';
import { md5, sha1 } from '@noble/hashes/legacy.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { ExpressionError } from './expression-error.ts';
import { type Frame, isList, jsonText, toText, type Value } from './expression-value.ts';
import { type FunctionEntry, recordOf, textOf, wholeOf } from './function-entry.ts';

type Hash = typeof sha256 | typeof sha512 | typeof sha1 | typeof md5;

function encoded(bytes: Uint8Array, encoding: Value, frame: Frame): string {
  const name = encoding === undefined ? 'hex' : textOf(encoding, frame);
  if (name === 'hex') return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  if (name === 'base64') return toBase64(bytes);
  if (name === 'base64url') return urlSafe(toBase64(bytes));
  throw new ExpressionError(`there is no encoding "${name.slice(0, 20)}": use hex, base64 or base64url.`);
}

/** In slices, as a call takes only so many arguments. */
function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += 8192) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return btoa(binary);
}

function urlSafe(base64: string): string {
  return base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function utf8(value: Value, frame: Frame): Uint8Array {
  const text = textOf(value, frame);
  // A hash in plain JavaScript takes about 20 ns a byte.
  frame.spend(20 + text.length);
  return new TextEncoder().encode(text);
}

function hashFunction(name: string, hash: Hash): FunctionEntry {
  return {
    name,
    signature: `${name}(text, encoding?)`,
    summary: `The ${name.toUpperCase()} hash of the text: hex unless "base64" or "base64url" is said.`,
    group: 'encoding',
    arity: [1, 2],
    run: ([value, encoding], frame) => encoded(hash(utf8(value, frame)), encoding, frame),
  };
}

/** Those that begin with `url` refuse what is no text, where JavaScript's would write `undefined` into an address. */
function uriFunction(name: string, call: (text: string) => string, summary: string): FunctionEntry {
  return {
    name,
    signature: `${name}(text)`,
    summary,
    group: 'encoding',
    arity: [1, 1],
    run: ([value], frame) => {
      const text = name.startsWith('url') ? textOf(value, frame) : toText(value, frame);
      frame.make(text.length * 3);
      try {
        return call(text);
      } catch {
        throw new ExpressionError('the text is not well formed.');
      }
    },
  };
}

export const encodingFunctions: FunctionEntry[] = [
  {
    name: 'JSON.stringify',
    signature: 'JSON.stringify(value, null?, indent?)',
    summary: 'The value as JSON text.',
    group: 'encoding',
    arity: [1, 3],
    run: ([value, , indent], frame) =>
      jsonText(value, frame, indent === undefined ? 0 : wholeOf(indent, [0, 10], frame)),
  },
  {
    name: 'JSON.parse',
    signature: 'JSON.parse(text)',
    summary: 'The value that a JSON text says.',
    group: 'encoding',
    arity: [1, 1],
    run: ([value], frame) => {
      const text = textOf(value, frame);
      frame.spend(text.length >> 3);
      try {
        return JSON.parse(text) as Value;
      } catch {
        throw new ExpressionError(`this is not JSON: ${text.slice(0, 40)}`);
      }
    },
  },
  {
    name: 'base64Encode',
    signature: 'base64Encode(text)',
    summary: 'The text (as UTF-8) in base64.',
    group: 'encoding',
    arity: [1, 1],
    run: ([value], frame) => toBase64(utf8(value, frame)),
  },
  {
    name: 'base64UrlEncode',
    signature: 'base64UrlEncode(text)',
    summary: 'The text (as UTF-8) in base64 for addresses: - and _, no padding.',
    group: 'encoding',
    arity: [1, 1],
    run: ([value], frame) => urlSafe(toBase64(utf8(value, frame))),
  },
  {
    name: 'base64Decode',
    signature: 'base64Decode(text)',
    summary: 'The text (UTF-8) that was written in base64, of either alphabet.',
    group: 'encoding',
    arity: [1, 1],
    run: ([value], frame) => {
      const text = textOf(value, frame).replaceAll('-', '+').replaceAll('_', '/');
      frame.spend(text.length);
      try {
        const bytes = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
        return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
      } catch {
        throw new ExpressionError('this is not text in base64.');
      }
    },
  },
  uriFunction(
    'urlEncode',
    encodeURIComponent,
    'Written so that it can be part of an address: "a/b" becomes "a%2Fb".',
  ),
  uriFunction('urlDecode', decodeURIComponent, 'The reverse of urlEncode.'),
  uriFunction(
    'encodeURIComponent',
    encodeURIComponent,
    'As urlEncode; what is no text is made one, as in JavaScript.',
  ),
  uriFunction('decodeURIComponent', decodeURIComponent, 'The reverse of encodeURIComponent.'),
  {
    name: 'buildQuery',
    signature: 'buildQuery(object)',
    summary: 'The members as a query: "a=1&b=x%20y". A list repeats its name; null is left out.',
    group: 'encoding',
    arity: [1, 1],
    run: ([value], frame) => {
      const parts: string[] = [];
      for (const [name, member] of Object.entries(recordOf(value))) {
        for (const item of isList(member) ? member : [member]) {
          if (item === null || item === undefined) continue;
          const text = typeof item === 'object' ? jsonText(item, frame)! : toText(item, frame);
          frame.make((name.length + text.length) * 3);
          parts.push(`${encodeURIComponent(name.toWellFormed())}=${encodeURIComponent(text.toWellFormed())}`);
        }
      }
      return parts.join('&');
    },
  },
  {
    name: 'parseUrl',
    signature: 'parseUrl(text)',
    summary:
      'The parts of an address: protocol, host, hostname, port, path, hash and query (an object); null when it is none.',
    group: 'encoding',
    arity: [1, 1],
    run: ([value], frame) => {
      const text = textOf(value, frame);
      frame.spend(20 + (text.length >> 2));
      const url = URL.parse(text);
      if (!url) return null;
      const { protocol, host, hostname, port, pathname, hash, searchParams } = url;
      const query: { [key: string]: Value } = {};
      for (const [name, text] of searchParams) if (name !== '__proto__') query[name] = text;
      return { protocol, host, hostname, port, path: pathname, hash, query };
    },
  },
  hashFunction('sha256', sha256),
  hashFunction('sha512', sha512),
  hashFunction('sha1', sha1),
  hashFunction('md5', md5),
  {
    name: 'hmacSha256',
    signature: 'hmacSha256(text, key, encoding?)',
    summary: 'The HMAC-SHA256 of the text under the key: hex unless "base64" or "base64url" is said.',
    group: 'encoding',
    arity: [2, 3],
    run: ([value, key, encoding], frame) =>
      encoded(hmac(sha256, utf8(key, frame), utf8(value, frame)), encoding, frame),
  },
];
