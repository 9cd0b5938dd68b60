import { anonymous, type Identity } from '@courtside/service';
import type { Access } from '@courtside/contracts';
import { accessProblem } from './access.js';

const me = '01938000-0000-7000-8000-000000000002';
const reader: Identity = {
  kind: 'user',
  userId: me,
  sessionId: 's',
  roles: [],
  permissions: ['users:read'],
};
const plain: Identity = { ...reader, permissions: [] };
const codeOf = (access: Access, identity: Identity, input: unknown = {}) =>
  accessProblem(access, { identity, caller: 'gateway' }, input)?.code;

describe('the access that a contract states', () => {
  it('lets anyone in where it says anyone', () => {
    expect(codeOf({ by: 'anyone' }, anonymous)).toBeUndefined();
  });

  it('asks for a token where someone must be signed in', () => {
    expect(codeOf({ by: 'signed-in' }, anonymous)).toBe('auth.token-missing');
    expect(codeOf({ by: 'signed-in' }, plain)).toBeUndefined();
  });

  it('asks for the permission it names', () => {
    const access: Access = { by: 'permission', permission: 'users:read' };
    expect(codeOf(access, anonymous)).toBe('auth.token-missing');
    expect(codeOf(access, plain)).toBe('access.denied');
    expect(codeOf(access, reader)).toBeUndefined();
  });

  it('lets users at what is their own', () => {
    const access: Access = { by: 'permission', permission: 'users:read', orSelf: 'id' };
    expect(codeOf(access, plain, { id: me })).toBeUndefined();
    expect(codeOf(access, plain, { id: 'other' })).toBe('access.denied');
    expect(codeOf(access, plain, null)).toBe('access.denied');
    expect(codeOf(access, plain, Object.create({ id: me }))).toBe('access.denied');
  });

  it('lets only the named apps ask what is between services', () => {
    expect(codeOf({ by: 'service', callers: ['orders'] }, reader)).toBe('access.denied');
    expect(codeOf({ by: 'service', callers: ['gateway'] }, anonymous)).toBeUndefined();
  });
});
