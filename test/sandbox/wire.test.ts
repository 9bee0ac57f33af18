import { describe, expect, test } from 'vitest';
import { olderThan } from '#lib/sandbox/addon.ts';
import { encodeFrame, type Frame, frameReader, MAX_FRAME_BYTES } from '#lib/sandbox/frames.ts';
import { parseGuestJson } from '#lib/sandbox/guest-json.ts';

// What a process that was taken over may send: bytes that are no frames, and JSON made to hurt whoever reads it.

function read(bytes: Buffer, size: number): Frame[] {
  const frames: Frame[] = [];
  const reader = frameReader((frame) => frames.push(frame));
  for (let at = 0; at < bytes.length; at += size) reader(bytes.subarray(at, at + size));
  return frames;
}

describe('frames', () => {
  const frames = [
    { head: { type: 'a', n: 1 }, body: '' },
    { head: { type: 'é' }, body: '{"text":"😀"}' },
    { head: {}, body: 'x'.repeat(5000) },
  ];
  const bytes = Buffer.concat(frames.map(({ head, body }) => encodeFrame(head, body)));

  test.each([1, 3, 7, 100, 100_000])('arrive whole in pieces of %i bytes', (size) => {
    expect(read(bytes, size)).toEqual(frames);
  });

  const length = (value: number) => {
    const buffer = Buffer.alloc(4);
    buffer.writeUInt32BE(value);
    return buffer;
  };
  test.each([
    ['longer than allowed', length(MAX_FRAME_BYTES + 1)],
    ['too short', length(3)],
    ['a head longer than the frame', Buffer.concat([length(6), length(100), Buffer.from('{}')])],
    ['a head that is no JSON', Buffer.concat([length(6), length(2), Buffer.from('{!')])],
    ['a head that is no object', Buffer.concat([length(8), length(4), Buffer.from('null')])],
  ])('are refused: %s', (_title, wrong) => {
    expect(() => read(wrong, 1000)).toThrow();
  });
});

describe('JSON of a guest', () => {
  test.each([
    ['{"a":[1,"]}[{",{"b":null}]}', { a: [1, ']}[{', { b: null }] }],
    ['"\\\\\\"[[["', '\\"[[['],
    ['{"constructor":"Ferrari","prototype":"F1-75"}', { constructor: 'Ferrari', prototype: 'F1-75' }],
    ['{"a":{"__proto__":{"x":1}}}', { a: {} }],
    ['{"\\u005f_proto__":{"x":1},"b":1}', { b: 1 }],
    ['{"constructor":{"prototype":{"x":1}},"b":1}', { b: 1 }],
    [`${'['.repeat(64)}1${']'.repeat(64)}`, JSON.parse(`${'['.repeat(64)}1${']'.repeat(64)}`)],
  ])('%s', (text, value) => {
    const parsed = parseGuestJson(text);
    expect(JSON.stringify(parsed)).toBe(JSON.stringify(value));
    expect(Object.getOwnPropertyNames(Object(parsed))).toEqual(Object.getOwnPropertyNames(Object(value)));
  });

  test.each([[`${'['.repeat(65)}${']'.repeat(65)}`], ['{"a":'], [''], ['undefined']])(
    'refuses %s',
    (text) => {
      expect(() => parseGuestJson(text)).toThrow();
    },
  );
});

test.each([
  ['7.0.1', false],
  ['7.0.2', false],
  ['8.0.0', false],
  ['10.0.0', false],
  ['7.0.0', true],
  ['6.9.9', true],
  ['7.0.1-beta.1', true],
])('isolated-vm %s is older than 7.0.1: %s', (version, older) => {
  expect(olderThan(version, [7, 0, 1])).toBe(older);
});
