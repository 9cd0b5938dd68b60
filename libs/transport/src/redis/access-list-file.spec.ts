import { bothAccessLists, parseAccessList } from './access-list-file.js';

const both = (installed: string, next: string) =>
  Object.fromEntries(bothAccessLists(parseAccessList(installed), parseAccessList(next)));

describe('access lists of two releases', () => {
  const shop = 'user shop on >${SHOP} resetkeys -@all +ping (+get ~a:*) (+set ~a:*)';

  it('give nobody anything when they say the same, in whatever order', () => {
    const other = 'user shop on >${SHOP} resetkeys -@all +ping (+set ~a:*) (+get ~a:*)';
    expect(both(`${shop}\n`, `# users of the bus\n\n${other}`)).toEqual({});
  });

  it('give a user the rules of the next one, and what the installed one let it do beside them', () => {
    const next = 'user shop on >${SHOP} resetkeys -@all +time (+get ~a:*) (+set ~b:*)';
    expect(both(shop, next)['shop']).toEqual(
      ['on', '>${SHOP}', 'resetkeys', '-@all', '+time', '(+get ~a:*)', '(+set ~b:*)'].concat(
        '(resetkeys -@all +ping)',
        '(+set ~a:*)',
      ),
    );
  });

  it('give a user that is new its rules alone, and leave one that is gone as it is', () => {
    const mail = 'user mail on >${MAIL} -@all (+get ~m:*)';
    expect(both(shop, mail)).toEqual({ mail: ['on', '>${MAIL}', '-@all', '(+get ~m:*)'] });
  });

  it('give a user another password or switch it off, where that is all that is new', () => {
    expect(both(shop, shop.replace('>${SHOP}', '>${OTHER}'))['shop']).toContain('>${OTHER}');
    expect(both(shop, shop.replace(' on ', ' off '))['shop']).toContain('off');
  });

  it('are refused with the line that is none of a user', () => {
    expect(() => parseAccessList(`${shop}\nshop on`)).toThrow(
      'line 2 of the access list does not begin with user NAME',
    );
    expect(() => parseAccessList('user')).toThrow('line 1');
  });
});
