import { buildRoutes } from './build-routes.js';
import { faultText } from './fault.js';

const head = `apiVersion: gateway/v1
kind: RouteTable
metadata: { name: spec, revision: '1' }
spec:
  routes:
`;
const route = (lines: string) =>
  lines
    .trim()
    .split('\n')
    .map((line) => `    ${line}\n`)
    .join('');

/** What is wrong with these routes; they start in line 6. */
const faultsOf = (...tables: string[]): string[] =>
  buildRoutes(
    tables.map((text, index) => ({
      file: index === 0 ? 'a.yaml' : `${index}.yaml`,
      text: head.replace('name: spec', `name: spec-${index}`) + route(text),
    })),
    [],
  ).faults.map(faultText);

const read = (more = '', to = '{ message: users.read, input: { id: $path.id } }') => `
- get: /users/{id}
  auth: user
  to: ${to}
${more && `  ${more}`}`;

describe('a route file', () => {
  it('[4.3] is taken when nothing is wrong with it', () => {
    expect(faultsOf(read())).toEqual([]);
  });

  it('[4.3] is refused with file, line, column and a sentence for every fault', () => {
    const text = `
- get: /users/{id}
  auht: user
  to: { message: users.read, input: { id: $path.id } }
- get: /time
  auth: admin
  to: { message: time.read }
`;
    expect(faultsOf(text)).toEqual([
      'a.yaml:6:7 spec.routes.0.auth: every route says auth: none or auth: user',
      'a.yaml:7:7 spec.routes.0 has no key auht',
      'a.yaml:10:13 spec.routes.1.auth: every route says auth: none or auth: user',
    ]);
  });

  it('[4.3] is refused where it is no YAML, repeats a key or is another kind of file', () => {
    const faults = (text: string) =>
      buildRoutes([{ file: 'a.yaml', text }], []).faults.map(faultText);
    expect(faults('a: [1')[0]).toMatch(/^a\.yaml:1:6 /);
    expect(faults('kind: a\nkind: b\n')[0]).toMatch(/^a\.yaml:2:1 Map keys must be unique/);
    expect(faults('')[0]).toMatch(/^a\.yaml:1:1 /);
    expect(faults(`${head.replace('gateway/v1', 'v2')}`)[0]).toBe(
      'a.yaml:1:13 apiVersion: must be gateway/v1',
    );
  });

  it.each([
    [
      'an unknown message',
      read('', '{ message: users.raed }'),
      '8:22 there is no message users.raed',
    ],
    [
      'a message for services only',
      read('', '{ message: users.read-access, input: { id: $path.id } }'),
      '8:22 users.read-access is for services only (auth), never for a route',
    ],
    [
      'a field that the message does not have',
      read('', '{ message: users.read, input: { id: $path.id, name: x } }'),
      '8:63 users.read has no field name: it takes id',
    ],
    [
      'a required field that is missing',
      '- get: /me\n  auth: user\n  to: { message: users.read }',
      '8:11 the input of users.read misses id',
    ],
    [
      'a part of the path that is never used',
      read('', '{ message: users.read, input: { id: $claims.sub } }'),
      '8:41 {id} of /users/{id} is never used',
    ],
    [
      'a part of the path that is not there',
      read('', '{ message: users.read, input: { id: $path.user } }'),
      '8:47 /users/{id} has no {user}',
    ],
    [
      'a source that does not exist',
      read('', '{ message: users.read, input: { id: $header.id } }'),
      '8:47 $header.id is none of',
    ],
    [
      'a body where there is none',
      read('', "{ message: users.update, input: { '...': $body, id: $path.id } }"),
      '8:43 requests of this method carry no body',
    ],
    ['neither message nor upstream', read('', '{ input: $body }'), '8:11 spec.routes.0.to: names'],
    ['an unknown upstream', read('', '{ upstream: WBE_URL }'), '8:23 spec.routes.0.to.upstream'],
    [
      'a field of the answer that is not there',
      read('response: { drop: [emial] }'),
      '9:25 users.read answers no emial',
    ],
    [
      'a Location of an unknown field',
      read("response: { location: '/x/{uid}' }"),
      '9:29 users.read answers no uid',
    ],
    [
      'a header that is the gateway’s own',
      read('response: { headers: { etag: x } }'),
      '9:28 the gateway itself',
    ],
    ['a time without a unit', read('timeout: 5'), '9:16 spec.routes.0.timeout'],
    ['a path with a trailing slash', read().replace('{id}', '{id}/'), '6:12 the path'],
    ['two methods', read('post: /users'), '6:7 spec.routes.0: names exactly one of'],
  ])('[4.3] is refused for %s', (_name, text, expected) => {
    const [fault = ''] = faultsOf(text);
    const sentence = expected.replace('the path', '/users/{id}/ can never match');
    expect(fault.startsWith(`a.yaml:${sentence}`) ? '' : fault).toBe('');
  });

  it('[0.9] never opens what the contract keeps for users', () => {
    expect(faultsOf(read().replace('auth: user', 'auth: none'))).toEqual([
      'a.yaml:7:13 users.read needs a user: this route must say auth: user',
    ]);
    const claims = read('', '{ message: products.read, input: { id: $claims.sub } }');
    expect(faultsOf(claims.replace('auth: user', 'auth: none'))[0]).toContain(
      'there are no claims where auth is none',
    );
  });

  it('[4.18] is refused for a route that can never match, in one file and between two', () => {
    const same = read().replaceAll('id}', 'who}').replaceAll('path.id', 'path.who');
    const sentence =
      'GET /users/{who} can never match: /users/{id} of a.yaml takes the same requests';
    expect(faultsOf(read() + same)).toEqual([`a.yaml:10:12 ${sentence}`]);
    expect(faultsOf(read(), same)).toEqual([`1.yaml:6:12 ${sentence}`]);
    const me =
      '- get: /users/me\n  auth: user\n  to: { message: users.read, input: { id: $claims.sub } }';
    expect(faultsOf(`${me}${read()}`)).toEqual([]);
  });

  it('repeats its routes under another prefix, each as it stands', () => {
    const aliases = "  aliases: [{ prefix: /old, to: /users, only: ['{id}'] }]\n  routes:\n";
    const text = head.replace('  routes:\n', aliases) + route(read());
    const { routes, faults } = buildRoutes([{ file: 'a.yaml', text }], []);
    expect(faults).toEqual([]);
    expect(routes.map(({ path, aliasOf }) => [path.text, aliasOf])).toEqual([
      ['/users/{id}', undefined],
      ['/old/{id}', '/users/{id}'],
    ]);
    const unused = text.replace("'{id}'", 'me');
    const [fault] = buildRoutes([{ file: 'a.yaml', text: unused }], []).faults;
    expect(fault && faultText(fault)).toBe(
      'a.yaml:5:13 no route of this file starts with /users/me',
    );
  });
});
