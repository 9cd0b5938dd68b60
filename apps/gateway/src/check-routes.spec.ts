import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkCommand } from './check-routes.js';

const PUBLIC = 'apps/gateway/routes/public.yaml';

function check(...given: string[]) {
  const lines: string[] = [];
  const errors: string[] = [];
  const code = checkCommand(given, {
    out: (line) => void lines.push(line),
    err: (line) => void errors.push(line),
  });
  return { code, text: lines.join('\n'), errors: errors.join('\n') };
}

function aFile(text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'check-')), 'routes.yaml');
  writeFileSync(file, text);
  return file;
}

const table = (path: string) => `apiVersion: gateway/v1
kind: RouteTable
metadata: { name: own, revision: '1' }
spec:
  routes:
    - get: ${path}
      auth: none
      to: { message: products.list }
`;

describe('gateway check', () => {
  it('[4.3] finds nothing wrong with the routes of the platform', () => {
    expect(check('check', PUBLIC)).toMatchObject({ code: 0, text: /nothing wrong/ });
  });

  it('[4.33] finds a clash with the gateway’s own pages and with another file', () => {
    const file = aFile(table('/livez'));
    const { code, text } = check(file);
    expect(code).toBe(1);
    expect(text).toBe(
      `${file}:6:12 GET /livez can never match: /livez of @Route of ProbesController.livez ` +
        'takes the same requests',
    );
    const other = check(PUBLIC, aFile(table('/api/v1/products')));
    expect([other.code, other.text]).toEqual([1, expect.stringContaining(`of ${PUBLIC} takes`)]);
  });

  it('tells how it is used, and what it does not understand', () => {
    expect(check('--help')).toMatchObject({ code: 0 });
    expect(check('--help').text).toContain('Usage: gateway check FILE');
    expect(check()).toMatchObject({ code: 2 });
    expect(check('--fix', PUBLIC).errors).toContain('there is no option --fix');
    expect(check('/nowhere.yaml').errors).toContain('/nowhere.yaml');
  });
});
