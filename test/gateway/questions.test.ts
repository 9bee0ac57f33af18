import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createSecrets } from '#lib/auth/sealing.ts';
import type { Question } from '#lib/engine/question.ts';
import { type ClientAbilities, NO_ABILITIES } from '#lib/gateway/client-abilities.ts';
import { takeAnswer } from '#lib/gateway/client-answer.ts';
import { type AskOptions, clientRequest } from '#lib/gateway/client-request.ts';
import { createClientRequestIds } from '#lib/gateway/client-request-id.ts';
import type { Fault } from '#lib/gateway/errors.ts';
import { openState, sealState } from '#lib/gateway/request-state.ts';
import type { Session } from '#lib/gateway/sessions.ts';
import type { OpenQuestion } from '#lib/operations/open-questions.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';

const ALL: ClientAbilities = { form: true, url: true, sampling: true, roots: true };
const expiresAt = 1_800_000_000_000;
const schema: JsonObject = {
  type: 'object',
  properties: { name: { type: 'string', minLength: 1 }, age: { type: 'integer' } },
  required: ['name'],
};
const form: Question = { type: 'form', message: 'Who are you?', schema, expiresAt };
const url: Question = { type: 'url', message: 'Sign this.', url: 'https://sign.example/7', expiresAt };
const consent = (by: 'caller' | 'team', details: JsonValue = { total: 40 }): Question => ({
  type: 'approval',
  message: 'Pay the bill?',
  details,
  by,
  expiresAt,
});
const model: Question = { type: 'model', params: { messages: [], maxTokens: 9 }, expiresAt };
const roots: Question = { type: 'roots', expiresAt };

const ask = (question: Question, options: Partial<AskOptions> = {}) =>
  clientRequest(question, {
    era: 'modern',
    abilities: ALL,
    id: 'q-1',
    approvalsUrl: 'https://here.example/approvals',
    ...options,
  });

describe('a question, put to a client', () => {
  it('is a form, with its mode where the revision has modes', () => {
    const params = { message: 'Who are you?', requestedSchema: schema };
    expect(ask(form)).toEqual({ method: 'elicitation/create', params: { mode: 'form', ...params } });
    expect(ask(form, { era: 'legacy' })).toEqual({ method: 'elicitation/create', params });
  });

  it('says what was wrong with the last answer', () => {
    expect(ask(form, { complaint: '/name is missing' })?.params['message']).toBe(
      'Who are you?\n\nThe last answer did not fit: /name is missing',
    );
  });

  it('is a page, with an id where the revision has ids', () => {
    const params = { mode: 'url', message: 'Sign this.', url: 'https://sign.example/7' };
    expect(ask(url)?.params).toEqual(params);
    expect(ask(url, { era: 'legacy' })?.params).toEqual({ ...params, elicitationId: 'q-1' });
  });

  it('asks the caller for consent to what is shown', () => {
    const { message, requestedSchema } = ask(consent('caller'))!.params as {
      message: string;
      requestedSchema: JsonObject;
    };
    expect(message).toBe('Pay the bill?\n\n{\n  "total": 40\n}');
    expect(requestedSchema).toMatchObject({
      properties: { approved: { type: 'boolean' }, comment: { type: 'string' } },
      required: ['approved'],
    });
    expect(String(ask(consent('caller', 'x'.repeat(9000)))?.params['message']).length).toBeLessThan(4100);
  });

  it('sends the team to its page; in 2025, where the call would have to wait for them, it does not', () => {
    expect(ask(consent('team'))?.params).toMatchObject({
      mode: 'url',
      url: 'https://here.example/approvals',
    });
    expect(ask(consent('team'), { era: 'legacy' })).toBeNull();
  });

  it('is for the client’s model, or about its roots', () => {
    expect(ask(model)).toEqual({ method: 'sampling/createMessage', params: { messages: [], maxTokens: 9 } });
    expect(ask(roots)).toEqual({ method: 'roots/list', params: {} });
  });

  it('is not put to a client that did not say it can', () => {
    for (const question of [form, url, consent('caller'), consent('team'), model, roots]) {
      expect(ask(question, { abilities: NO_ABILITIES })).toBeNull();
    }
    expect(ask(form, { abilities: { ...ALL, form: false } })).toBeNull();
    expect(ask(url, { abilities: { ...ALL, url: false } })).toBeNull();
  });

  it('is nobody’s when it is only about time', () => {
    expect(ask({ type: 'time', until: expiresAt })).toBeNull();
  });
});

describe('an answer of a client', () => {
  const take = (question: Question, given: unknown) =>
    takeAnswer(question as OpenQuestion['question'], given as JsonValue, {
      type: 'client',
      name: 'Tester 3',
    });
  const complaint = { complaint: expect.any(String) };
  const message = { role: 'assistant', content: { type: 'text', text: 'Paris' }, model: 'm' };

  it.each<[string, Question, unknown, unknown]>([
    [
      'a form filled in',
      form,
      { action: 'accept', content: { name: 'Ada' } },
      { answer: { action: 'accept', content: { name: 'Ada' } } },
    ],
    ['a form declined', form, { action: 'decline' }, { answer: { action: 'decline' } }],
    ['a form closed', form, { action: 'cancel' }, { answer: { action: 'cancel' } }],
    ['a form without content', form, { action: 'accept' }, complaint],
    ['a form that does not fit', form, { action: 'accept', content: { name: 5 } }, complaint],
    ['a form whose content is no object', form, { action: 'accept', content: 'Ada' }, complaint],
    ['no action', form, { name: 'Ada' }, complaint],
    ['another action', form, { action: 'constructor' }, complaint],
    ['a number', form, 12_345, complaint],
    ['nothing', form, undefined, complaint],
    ['a page visited', url, { action: 'accept' }, { answer: { action: 'accept' } }],
    ['a page declined', url, { action: 'decline' }, { answer: { action: 'decline' } }],
    [
      'consent',
      consent('caller'),
      { action: 'accept', content: { approved: true, comment: ' fine ' } },
      { answer: { approved: true, comment: ' fine ' } },
    ],
    [
      'refusal',
      consent('caller'),
      { action: 'accept', content: { approved: false } },
      { answer: { approved: false } },
    ],
    [
      'a declined form for consent',
      consent('caller'),
      { action: 'decline' },
      { answer: { approved: false } },
    ],
    ['a closed form for consent', consent('caller'), { action: 'cancel' }, 'put-off'],
    ['a form for consent left empty', consent('caller'), { action: 'accept', content: {} }, complaint],
    ['consent as a text', consent('caller'), { action: 'accept', content: { approved: 'true' } }, complaint],
    ['a look at the page of the team', consent('team'), { action: 'accept' }, 'opened'],
    [
      'consent in the name of the team',
      consent('team'),
      { action: 'accept', content: { approved: true } },
      'opened',
    ],
    ['no look at it', consent('team'), { action: 'decline' }, 'put-off'],
    ['a message of the model', model, message, { answer: message }],
    [
      'several parts',
      model,
      { ...message, content: [message.content] },
      { answer: { ...message, content: [message.content] } },
    ],
    ['a message without content', model, { role: 'assistant', model: 'm' }, complaint],
    ['a form where a message should be', model, { action: 'accept' }, complaint],
    [
      'roots',
      roots,
      { roots: [{ uri: 'file:///a', name: 'A' }] },
      { answer: { roots: [{ uri: 'file:///a', name: 'A' }] } },
    ],
    ['roots without addresses', roots, { roots: ['file:///a'] }, complaint],
    ['an answer to a timer', { type: 'time', until: 1 }, {}, complaint],
  ])('%s', (_what, question, given, expected) => {
    expect(take(question, given)).toEqual(expected);
  });
});

describe('the state of a call between two rounds', () => {
  const secrets = createSecrets(randomBytes(32));
  const state = { runId: 'r-1', asked: { name: 7 }, expiresAt: Date.now() + 60_000 };
  const call = { holder: 'p-1 key k-1', tool: 'pay', args: { to: 'Ada', amount: { eur: 4, cent: 2 } } };
  const sealed = sealState(secrets, state, call);
  const reasonOf = (open: () => unknown) => {
    try {
      open();
    } catch (error) {
      return [(error as Fault).code, (error as Fault).data?.['reason']];
    }
    return 'opened';
  };

  afterEach(() => vi.useRealTimers());

  it('opens for the same call, however its arguments are written', () => {
    const args = { amount: { cent: 2, eur: 4 }, to: 'Ada' };
    expect(openState(secrets, sealed, { ...call, args })).toEqual(state);
  });

  it('tells nothing of what is in it', () => {
    expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain('r-1');
    expect(sealed).not.toContain('r-1');
  });

  it('opens for no other tool or arguments', () => {
    const mismatch = [-32_602, 'mismatch'];
    expect(reasonOf(() => openState(secrets, sealed, { ...call, tool: 'refund' }))).toEqual(mismatch);
    expect(reasonOf(() => openState(secrets, sealed, { ...call, args: { to: 'Eve' } }))).toEqual(mismatch);
  });

  it('opens for nobody else, nowhere else, and not when a letter was changed', () => {
    const invalid = [-32_602, 'invalid'];
    const changed = [...sealed];
    const last = changed.length - 5;
    changed[last] = changed[last] === 'A' ? 'B' : 'A';
    for (const [given, holder] of [
      [sealed, 'p-1 key k-2'],
      [sealed, 'p-2 key k-1'],
      [`${sealed}-TAMPERED`, call.holder],
      [changed.join(''), call.holder],
      ['', call.holder],
      ['x'.repeat(100_000), call.holder],
      [7, call.holder],
    ] as const) {
      expect(reasonOf(() => openState(secrets, given, { ...call, holder }))).toEqual(invalid);
    }
    const elsewhere = createSecrets(randomBytes(32));
    expect(reasonOf(() => openState(elsewhere, sealed, call))).toEqual(invalid);
  });

  it('opens until it expires', () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    vi.setSystemTime(state.expiresAt + 1);
    expect(reasonOf(() => openState(secrets, sealed, call))).toEqual([-32_602, 'expired']);
  });
});

describe('the id of a request to a client', () => {
  const secrets = createSecrets(randomBytes(32));
  const ids = createClientRequestIds(secrets);
  const session = { id: 'session-1' } as Session;
  const question = { runId: 'r-1', key: 'name', expiresAt };

  it('says what was asked, to the session that was asked', () => {
    const id = ids.issue(question, session);
    expect(createClientRequestIds(secrets).open(id, session)).toEqual(question);
    expect(ids.open(id, { id: 'session-2' } as Session)).toBeNull();
  });

  it('cannot be made up', () => {
    const [body, signature] = ids.issue(question, session).split('.') as [string, string];
    const other = Buffer.from(JSON.stringify(['r-2', 'name', expiresAt])).toString('base64url');
    for (const id of ['', '0', body, `${body}.`, `${other}.${signature}`, `${body}.${signature}.x`]) {
      expect([id, ids.open(id, session)]).toEqual([id, null]);
    }
  });
});
