import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command } from '../command.js';
import { platform } from './installation.js';
import { firstAdmin } from './journeys.js';
import { authority } from './platform.js';

export const postman = (): void =>
  describe('asked by the Postman collection', () => {
    it('[1.12] passes its journey and every operation by newman, through the ingress over TLS', async () => {
      const { username, password } = await firstAdmin();
      const folder = mkdtempSync(join(tmpdir(), 'first-admin-'));
      const file = join(folder, 'password');
      writeFileSync(file, password, { mode: 0o600 });
      const admin = ['--admin-username', username, '--admin-password-file', file];
      const where = ['--url', platform.url, '--insecure-ca', authority];
      try {
        const said = await command(
          'npm',
          ['run', '--silent', 'smoke', '--', ...where, ...admin, '--operations'],
          { withinMs: 180_000 },
        );
        expect(said).toMatch(/^\d+ steps passed in [\d.]+ s$/m);
        expect(said).not.toContain(password);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  });
