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

  const second = read().replace('/users/{id}', '/v2/{id}');
  const deprecated = (given: string, more = second) => read(`deprecated: ${given}`) + more;
  const days = 'since: 2026-12-01, sunset: 2027-06-01';

  it('[4.26] may say that another version comes next', () => {
    expect(faultsOf(deprecated(`{ ${days}, successor: '/v2/{id}', gone: true }`))).toEqual([]);
    expect(faultsOf(deprecated(`{ ${days}, docs: https://a.example/v2 }`, ''))).toEqual([]);
    const elsewhere = deprecated(`{ ${days}, successor: '/v2/{id}' }`, '');
    expect(faultsOf(elsewhere, second)).toEqual([]);
  });

  it.each([
    [
      'a sunset that is not later',
      "{ since: 2027-06-01, sunset: 2027-06-01, successor: '/v2/{id}' }",
      '9:48 spec.routes.0.deprecated.sunset: must be later than since',
    ],
    [
      'a day that does not exist',
      "{ since: 2026-02-30, sunset: 2027-06-01, successor: '/v2/{id}' }",
      '9:28 spec.routes.0.deprecated.since: must be a day such as 2027-05-01',
    ],
    [
      'a sunset that is missing',
      "{ since: 2026-12-01, successor: '/v2/{id}' }",
      '9:19 spec.routes.0.deprecated.sunset: must be a day',
    ],
    [
      'neither successor nor docs',
      `{ ${days} }`,
      '9:19 spec.routes.0.deprecated: names a successor, or docs',
    ],
    [
      'a successor that no route has',
      `{ ${days}, successor: '/v3/{id}' }`,
      '9:71 there is no route /v3/{id} to use instead',
    ],
    [
      'a successor with a part that the path does not have',
      `{ ${days}, successor: '/v2/{name}' }`,
      '9:71 /users/{id} has no {name}',
    ],
    ['a successor that is no path', `{ ${days}, successor: v2 }`, '9:71 spec.routes.0.deprecated'],
    [
      'itself as its successor',
      `{ ${days}, successor: '/users/{id}' }`,
      '9:71 /users/{id} ends no later than /users/{id}',
    ],
    [
      'docs that are no link',
      `{ ${days}, docs: "see <b>" }`,
      '9:66 spec.routes.0.deprecated.docs: must be a path or a URL',
    ],
    ['a key that is not known', `{ ${days}, until: x }`, '9:60 spec.routes.0.deprecated has no'],
  ])('[4.26] is refused for %s', (_name, given, expected) => {
    const [fault = ''] = faultsOf(deprecated(given));
    expect(fault.startsWith(`a.yaml:${expected}`) ? '' : fault).toBe('');
  });

  it('[4.26] is refused for a successor that ends as early', () => {
    const chain = (sunset: string) =>
      deprecated(
        `{ ${days}, successor: '/v2/{id}' }`,
        `${second}
  deprecated: { since: 2026-12-01, sunset: ${sunset}, docs: /docs }`,
      );
    expect(faultsOf(chain('2027-06-02'))).toEqual([]);
    expect(faultsOf(chain('2027-06-01'))).toEqual([
      'a.yaml:9:71 /v2/{id} ends no later than /users/{id}',
    ]);
  });

  describe('that says it of all its routes', () => {
    const build = (said: string, routes: string) => {
      const text = head.replace('  routes:\n', `  deprecated: { ${days}, ${said} }\n  routes:\n`);
      const v2 = head.replace('name: spec', 'name: v2') + route(second);
      return buildRoutes(
        [
          { file: 'a.yaml', text: text + route(routes) },
          { file: 'v2.yaml', text: v2 },
        ],
        [],
      );
    };
    const prefixes = 'prefix: /users, successor: /v2';

    it('[4.26] finds the successor of each under the other prefix', () => {
      const { routes, faults } = build(prefixes, read());
      expect(faults).toEqual([]);
      const successors = routes.map(({ path, deprecation }) => [
        path.text,
        deprecation?.successor?.text,
      ]);
      expect(successors).toEqual([
        ['/users/{id}', '/v2/{id}'],
        ['/v2/{id}', undefined],
      ]);
    });

    it('[4.26] leaves what a route says of itself', () => {
      const own = read('deprecated: { since: 2026-12-01, sunset: 2028-01-01, docs: /docs }');
      expect(build(prefixes, own).routes[0]?.deprecation).toMatchObject({
        sunset: '2028-01-01',
        successor: undefined,
      });
    });

    it('[4.26] is refused for a route that the prefix does not fit or that has no successor', () => {
      const other = read().replace('/users/{id}', '/others/{id}');
      const deep = read().replace('/users/{id}', '/users/{id}/deep');
      expect(build(prefixes, other + deep).faults.map(faultText)).toEqual([
        'a.yaml:5:64 /others/{id} does not start with /users/: say deprecated in that route',
        'a.yaml:5:83 there is no route /v2/{id}/deep to use instead',
      ]);
      expect(build('successor: /v2', read()).faults.map(faultText)[0]).toMatch(
        /^a\.yaml:5:15 spec\.deprecated: prefix and successor belong together/,
      );
    });
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
