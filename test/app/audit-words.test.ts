import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { actorWords, auditWords, factWords } from '#app/(app)/organization/audit/audit-words.ts';

describe('the audit log in words', () => {
  it('says what was done, and by whom', () => {
    expect(
      ['workflow.publish', 'session.create', 'key.revoke', 'tool.call', 'future.thing'].map(auditWords),
    ).toEqual(['Published a workflow', 'Signed in', 'Revoked an API key', 'Called', 'future.thing']);
    expect(
      ['member.join', 'invitation.create', 'project.transfer', 'template.update'].map(auditWords),
    ).toEqual([
      'Joined by an invitation',
      'Invited somebody',
      'Moved a project to another organization',
      'Changed a shared template',
    ]);
    expect(actorWords({ type: 'user', id: '1', name: 'Ada' })).toBe('Ada');
    expect(actorWords({ type: 'user', id: '1', name: null })).toBe('Somebody who is gone');
    expect(actorWords({ type: 'system', id: null, name: null })).toBe('The server');
  });

  it('has words for everything that is written to the log', () => {
    const written = globSync('lib/**/*.ts')
      .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/\baction: '([a-z_]+(?:\.[a-z_]+)+)'/g)])
      .map(([, action]) => action!);
    expect(written).toContain('workflow.publish');
    expect(written.filter((action) => auditWords(action) === action)).toEqual([]);
  });

  it('names facts that people read, and no ids', () => {
    expect(
      factWords({ name: 'Night shift', projectId: 'dcfae50c', tools: null, contractHash: 'cb9f1c' }),
    ).toBe('name Night shift');
    expect(factWords({ hosts: ['a.example', 'b.example'], version: 3, offered: true })).toBe(
      'hosts a.example, b.example, version 3, offered true',
    );
    expect(factWords({})).toBe('');
  });
});
