import { routePath } from './route-path.js';

describe('the path of a route', () => {
  it('[4.18] is text, parts with names, and a last *', () => {
    expect(routePath('/api/v1/users/{id}')).toEqual({
      text: '/api/v1/users/{id}',
      pattern: '/api/v1/users/:id',
      shape: '/api/v1/users/{}',
      params: ['id'],
    });
    expect(routePath('/web/*')).toMatchObject({ pattern: '/web/*', params: ['*'] });
    expect(routePath('/')).toMatchObject({ pattern: '/', shape: '/' });
  });

  it.each([
    'users',
    '/users/',
    '//users',
    '/a/../b',
    '/a?b',
    '/a/*/b',
    '/{a}/{a}',
    '/a:b',
    '/a-{b}',
  ])('is refused where no request could have it: %s', (text) =>
    expect(routePath(text)).toEqual(expect.any(String)),
  );
});
