import { answers, asksAgain, folder, keeps, refuses, request, script, signIn } from '../item.mjs';

const NEW_USER = { username: '{{username}}', password: '{{password}}' };

/** Signs up somebody whose name nobody has. @param options `before`: a script that may pass over it */
export const signUp = (name, { before = [] } = {}) =>
  request(name, {
    ask: 'POST /api/users',
    body: NEW_USER,
    before: [
      before,
      script(() => {
        // A password of its own for each run: nobody else can sign in as whom a run made.
        const random = () => pm.variables.replaceIn('{{$randomUUID}}');
        pm.environment.set('username', `postman-${random().slice(-12)}`);
        pm.environment.set('password', `${random()} ${random()}`);
      }),
    ],
    after: [
      answers(201),
      script(() => {
        pm.test('says where the account is, and nothing of its password', () => {
          const { id, username } = pm.response.json();
          pm.expect(username).to.equal(pm.environment.get('username'));
          pm.expect(pm.response.headers.get('location')).to.equal(`/api/v1/users/${id}`);
          pm.expect(pm.response.text()).not.to.match(/password|hash/i);
        });
      }),
      keeps('userId', 'id'),
    ],
  });

const waiting = () =>
  request('Waits until every service is up', {
    ask: 'GET /smoke',
    after: [
      // The gateway keeps its answer for 5 s, and a pod may just have started.
      asksAgain({
        triesMax: 60,
        everyMs: 500,
        isDone: () => pm.response.code === 200,
        judge: () => {
          pm.test('every service is up', () => {
            const found = Object.entries(pm.response.json().services);
            const down = found.filter(([, { up }]) => !up).map(([name]) => name);
            pm.expect(down).to.eql([]);
            pm.response.to.have.status(200);
          });
        },
      }),
    ],
  });

const signingUp = () => [
  signUp('Signs up'),
  request('Cannot take a name that somebody has', {
    ask: 'POST /api/users',
    body: NEW_USER,
    after: [refuses(409, 'users.username-taken')],
  }),
  request('Hears of every fault at once', {
    ask: 'POST /api/users',
    body: { username: 'not a name', email: 'nowhere', nickname: 'unknown key' },
    after: [
      refuses(400, 'request.invalid'),
      script(() => {
        pm.test('points at each fault', () => {
          const pointers = pm.response.json().errors.map(({ pointer }) => pointer);
          pm.expect(pointers).to.include.members(['/username', '/password', '/email']);
        });
      }),
    ],
  }),
  request('Cannot sign in with a wrong password', {
    ask: 'POST /api/login',
    body: { username: '{{username}}', password: 'not {{password}}' },
    after: [refuses(401, 'auth.credentials-wrong')],
  }),
  signIn('Signs in', { username: 'username', password: 'password', token: 'userToken' }),
];

const ownAccount = () => [
  request('Reads the own account', {
    ask: 'GET /api/v1/users/me',
    as: 'userToken',
    after: [
      answers(200),
      script(() => {
        pm.test('is the account that was made', () => {
          pm.expect(pm.response.json().id).to.equal(pm.environment.get('userId'));
        });
        pm.environment.set('userVersion', pm.response.headers.get('etag'));
      }),
    ],
  }),
  request('Changes the own name, as it was read', {
    ask: 'PATCH /api/v1/users/:id',
    params: { id: '{{userId}}' },
    as: 'userToken',
    headers: { 'If-Match': '{{userVersion}}' },
    body: { displayName: 'Ada' },
    after: [answers(200)],
  }),
  request('Cannot change what somebody else changed meanwhile', {
    ask: 'PATCH /api/v1/users/:id',
    params: { id: '{{userId}}' },
    as: 'userToken',
    headers: { 'If-Match': '{{userVersion}}' },
    body: { displayName: 'Bea' },
    after: [refuses(412, 'request.precondition-failed')],
  }),
];

/** Somebody comes: the platform is up, they sign up, and what makes no sense is refused. */
export const arriving = () =>
  folder('Sign up and sign in', 'Somebody new comes, signs up and signs in.', [
    waiting(),
    ...signingUp(),
    ...ownAccount(),
  ]);
