import { classifyInboundRequest } from '@modelcontextprotocol/server';
import { describe, expect, it } from 'vitest';
import { classify, type ProtocolHeaders } from '#lib/gateway/era.ts';
import { Fault } from '#lib/gateway/errors.ts';
import { ENVELOPE } from './support/wire.ts';

const VERSION = 'io.modelcontextprotocol/protocolVersion';
const CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';
const CLIENT = 'io.modelcontextprotocol/clientInfo';

const NO_HEADERS: ProtocolHeaders = { version: undefined, method: undefined, name: undefined };
const MODERN: ProtocolHeaders = { version: '2026-07-28', method: 'tools/list', name: undefined };

function outcome(body: unknown, headers: ProtocolHeaders): string {
  try {
    const { kind, era } = classify(body, headers);
    return `${era} ${kind}`;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return `${error.status} ${error.code}`;
  }
}

/** What the SDK's own classifier, and then its server, make of a request that names a version they know. */
function sdkOutcome(body: unknown, { version, method, name }: ProtocolHeaders): string {
  const found = classifyInboundRequest({
    httpMethod: 'POST',
    protocolVersionHeader: version,
    mcpMethodHeader: method,
    mcpNameHeader: name,
    body,
  });
  if (found.kind === 'reject') return `${found.httpStatus} ${found.code}`;
  if (found.kind === 'modern') return `modern ${found.messageKind}`;
  if (found.reason === 'response') return 'legacy response';
  return found.reason === 'notification' ? 'legacy notification' : 'legacy request';
}

const request = (params?: object, method = 'tools/list') => ({
  jsonrpc: '2.0',
  id: 1,
  method,
  ...(params && { params }),
});
const enveloped = (meta: object, method?: string) => request({ _meta: meta }, method);

const BODIES: Record<string, unknown> = {
  'a whole envelope': enveloped(ENVELOPE),
  'no client info': enveloped({ [VERSION]: '2026-07-28', [CAPABILITIES]: {} }),
  'a version that is no text': enveloped({ [VERSION]: 5, [CAPABILITIES]: {} }),
  'no capabilities': enveloped({ [VERSION]: '2026-07-28' }),
  'capabilities that are a list': enveloped({ [VERSION]: '2026-07-28', [CAPABILITIES]: [] }),
  'client info without a version': enveloped({ ...ENVELOPE, [CLIENT]: { name: 'x' } }),
  'an empty _meta': enveloped({}),
  'no params': request(),
  'an initialize': request({ protocolVersion: '2025-11-25', capabilities: {}, clientInfo: {} }, 'initialize'),
  'a notification': { jsonrpc: '2.0', method: 'notifications/initialized' },
  'an enveloped notification': { jsonrpc: '2.0', method: 'notifications/x', params: { _meta: ENVELOPE } },
  'a response': { jsonrpc: '2.0', id: 1, result: {} },
  'an id that is null': { ...request(), id: null },
  'an id that is a fraction': { ...request(), id: 1.5 },
  'another jsonrpc': { ...request(), jsonrpc: '1.0' },
  'no method': { jsonrpc: '2.0', id: 1 },
  'params that are a list': { ...request(), params: [] },
  'a text': 'tools/list',
  'a number': 7,
  null: null,
};

const HEADERS: Record<string, ProtocolHeaders> = {
  'no headers': NO_HEADERS,
  'modern headers': MODERN,
  'another method in the header': { ...MODERN, method: 'tools/call' },
  'a 2025 version': { ...NO_HEADERS, version: '2025-11-25' },
  'a future version': { ...NO_HEADERS, version: '2099-01-01' },
};

describe('telling the eras apart', () => {
  for (const [bodyName, body] of Object.entries(BODIES)) {
    for (const [headersName, headers] of Object.entries(HEADERS)) {
      // The tolerances, which have tests of their own.
      const modernBody = JSON.stringify(body)?.includes('2026-07-28') ?? false;
      if (modernBody && (headers === HEADERS['a 2025 version'] || headers === NO_HEADERS)) continue;
      it(`agrees with the SDK on ${bodyName} under ${headersName}`, () => {
        expect(outcome(body, headers)).toBe(sdkOutcome(body, headers));
      });
    }
  }

  it('refuses a version it does not serve and names the one it does', () => {
    const body = enveloped({ ...ENVELOPE, [VERSION]: 'v999.0.0' });
    expect.assertions(3);
    try {
      classify(body, { ...MODERN, version: 'v999.0.0' });
    } catch (error) {
      expect(error).toBeInstanceOf(Fault);
      expect((error as Fault).code).toBe(-32022);
      expect((error as Fault).data).toEqual({ supported: ['2026-07-28'], requested: 'v999.0.0' });
    }
  });

  it('refuses a body whose version is not that of the header', () => {
    const body = enveloped({ ...ENVELOPE, [VERSION]: 'v999.0.0' });
    expect(outcome(body, MODERN)).toBe('400 -32020');
  });

  describe('the name of the tool in Mcp-Name', () => {
    const call = (name: string) => ({ ...request({ name, _meta: ENVELOPE }, 'tools/call') });
    const headers = (name: string | undefined): ProtocolHeaders => ({
      ...MODERN,
      method: 'tools/call',
      name,
    });

    it('must be there and be the same', () => {
      expect(outcome(call('echo'), headers('echo'))).toBe('modern request');
      expect(outcome(call('echo'), headers('other'))).toBe('400 -32020');
      expect(outcome(call('echo'), headers(undefined))).toBe('400 -32020');
    });

    it('may be encoded, well', () => {
      expect(outcome(call('héllo'), headers(`=?base64?${Buffer.from('héllo').toString('base64')}?=`))).toBe(
        'modern request',
      );
      expect(outcome(call('Hello'), headers('=?base64?SGVsbG8?='))).toBe('400 -32020');
      expect(outcome(call('Hello'), headers('=?base64?SGVs!!!bG8=?='))).toBe('400 -32020');
      expect(outcome(call('SGVsbG8=?='), headers('SGVsbG8=?='))).toBe('modern request');
    });
  });

  describe('what real clients do', () => {
    it('serves a 2026 body under the header of an older version (claude-code#93290)', () => {
      expect(outcome(BODIES['a whole envelope'], { ...NO_HEADERS, version: '2025-11-25' })).toBe(
        'modern request',
      );
    });

    it('serves a 2026 body without any header', () => {
      expect(outcome(BODIES['a whole envelope'], NO_HEADERS)).toBe('modern request');
    });

    it('serves 2025 requests without a version, and those of the transport before', () => {
      expect(outcome(request(), NO_HEADERS)).toBe('legacy request');
      expect(outcome(request(), { ...NO_HEADERS, version: '2024-11-05' })).toBe('legacy request');
    });

    it('still refuses headers that disagree, and versions nobody knows', () => {
      expect(outcome(BODIES['a whole envelope'], { ...NO_HEADERS, method: 'tools/call' })).toBe('400 -32020');
      expect(outcome(request(), { ...NO_HEADERS, version: '2025-01-01' })).toBe('400 -32000');
    });
  });
});
